"""The preview: what its author sees while she writes."""

from __future__ import annotations

import http.client
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otklik_site import preview_server, search, workbench
from otklik_site.building import Order, Watcher
from otklik_site.preview_server import start
from otklik_widget.faults import Faults
from otklik_widget.journey_file import read_journey
from otklik_widget.settings import Settings

if TYPE_CHECKING:
    from conftest import Company

# The preview's own clock; its badges speak of the machine's day, which no test may depend on.
TODAY = date(2026, 11, 22)


@dataclass
class Shown:
    """A running preview."""

    address: str

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(urllib.request.Request(self.address + path, headers=headers)) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def after(self, change: Callable[[], object], path: str, says: str) -> tuple[int, str]:
        """Does something, and returns what the browser shows once that says it, as the browser itself asks for it.

        A file is empty for a moment while it is written, so there may be something else to be seen before.
        """
        change()
        for _change in range(20):
            version = json.loads(self.get("/.otklik/changed?since=0")[1])["version"]
            status, html = self.get(path)
            if says in html:
                return status, html
            self.get(f"/.otklik/changed?since={version}")
        raise AssertionError(html)


class Once(workbench.Workbench):
    """Reads the whole site once, and never again."""

    def _read(self, watcher: Watcher) -> None:
        if not self.version:
            super()._read(watcher)


@pytest.fixture
def preview(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    company.page("en/tea.md", "Oolong", "Green.\n\n[soon](soon.md)")
    company.page("en/draft.md", "Draft tea", "Not yet.", draft="true")
    company.page("en/soon.md", "Spring tea", "In spring.", publish="2999-03-01")
    content = company.folder / "content"

    def order() -> Order:
        try:
            journey, faults = read_journey(content / "journey.toml"), ()
        except Faults as refused:
            return Order(content, None, content / "journey.toml", Settings(), TODAY, refused.faults)
        return Order(content, journey, content / "journey.toml", Settings(), TODAY, faults)

    packs = tmp_path_factory.mktemp("packs")
    server, bench = start(order, company.folder / "public", packs, "127.0.0.1", 0, Watcher())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Shown(f"http://127.0.0.1:{server.port}")
    bench.stop()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_saved_page_shows_at_once(company: Company, preview: Shown) -> None:
    assert "Green." in preview.get("/en/tea/")[1]

    assert preview.after(lambda: company.page("en/tea.md", "Oolong", "Dark."), "/en/tea/", "Dark.")[0] == 200
    assert not (company.folder / "public").exists()


def test_other_words_on_a_large_site_show_without_reading_it_again(
    company: Company, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(search, "WHOLE", 0)
    looked: list[int] = []
    monkeypatch.setattr(workbench, "site_of", lambda *_site, **_more: looked.append(1))
    monkeypatch.setattr(preview_server, "Workbench", Once)
    preview = request.getfixturevalue("preview")
    preview.get("/en/tea/")

    dark = "Dark.\n\n[soon](soon.md)"
    assert preview.after(lambda: company.page("en/tea.md", "Oolong", dark), "/en/tea/", "Dark.")[0] == 200
    assert not looked


def test_a_new_page_a_new_title_and_a_new_question_show_too(company: Company, preview: Shown) -> None:
    preview.after(lambda: company.page("en/new.md", "White tea", "White.", nav="2"), "/en/new/", "White.")

    assert ">White tea</a>" in preview.get("/en/tea/")[1]
    journey = company.folder / "content/journey.toml"
    renamed = journey.read_text(encoding="utf-8").replace("Anna's Tea", "Olga's Tea")
    preview.after(lambda: journey.write_text(renamed, encoding="utf-8"), "/en/tea/", "Olga&#39;s Tea")


def test_drafts_and_coming_pages_show_with_a_badge_and_not_as_of_a_day(preview: Shown) -> None:
    assert "Draft: visitors do not see this page" in preview.get("/en/draft/")[1]
    assert "Visitors see this page from 2999-03-01" in preview.get("/en/soon/")[1]
    assert "otklik-badge" not in preview.get("/en/tea/")[1]
    assert ">soon</a>" in preview.get("/en/tea/")[1]

    on_a_day = {"Cookie": "otklik-as-of=2026-12-01"}
    assert preview.get("/en/draft/", **on_a_day)[0] == 404
    assert preview.get("/en/soon/", **on_a_day)[0] == 404
    assert "<a>soon</a>" in preview.get("/en/tea/", **on_a_day)[1]
    assert preview.get("/en/soon/", Cookie="otklik-as-of=2999-03-01")[0] == 200


def test_a_fault_is_shown_in_its_place_and_goes_when_it_is_mended(company: Company, preview: Shown) -> None:
    preview.get("/en/tea/")
    broken = "/// note\nNever closed.\n"
    status, html = preview.after(lambda: company.page("en/tea.md", "Oolong", broken), "/en/tea/", "is never closed")

    assert status == 500
    assert "content/en/tea.md:5" in html
    assert "<mark>    5  /// note</mark>" in html
    # All other pages can still be looked at, and say that something is wrong elsewhere.
    status, html = preview.get("/en/")
    assert status == 200
    assert "Faults: 1" in html
    style = re.findall(r"site\.[0-9a-f]+\.css", html)[0]
    assert preview.get(f"/{style}")[0] == 200
    assert preview.after(lambda: company.page("en/tea.md", "Oolong", "Mended."), "/en/tea/", "<p>Mended.</p>")[0] == 200


def test_a_link_that_leads_nowhere_is_named_below_its_page(company: Company, preview: Shown) -> None:
    preview.get("/en/tea/")
    says = "tea.md:5: the link “gone.md” leads nowhere"
    assert preview.after(lambda: company.page("en/tea.md", "Oolong", "[gone](gone.md)"), "/en/tea/", says)[0] == 200


def test_faults_of_the_journey_are_shown_everywhere(company: Company, preview: Shown) -> None:
    journey = company.folder / "content/journey.toml"
    good = journey.read_text(encoding="utf-8")
    wrong = good.replace("languages", "langauges")
    assert preview.after(lambda: journey.write_text(wrong, encoding="utf-8"), "/en/", "journey.toml:4")[0] == 500
    assert preview.after(lambda: journey.write_text(good, encoding="utf-8"), "/en/", "<p>Tea.</p>")[0] == 200


def test_a_fault_of_a_home_page_is_shown_everywhere(company: Company, preview: Shown) -> None:
    change = partial(company.page, "en/index.md", "Tea", kind="contacts")
    status, _html = preview.after(change, "/ru/", "“phone” is missing")

    assert status == 500
    assert preview.after(lambda: company.page("en/index.md", "Tea", "Tea."), "/ru/", "<p>Чай.</p>")[0] == 200


def test_a_phone_is_led_by_a_code_or_told_how(preview: Shown) -> None:
    assert "otklik preview --host 0.0.0.0" in preview.get("/.otklik/phone?here=/en/")[1]


def test_nothing_leads_out_of_the_preview(preview: Shown) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object, **_more: object) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    with pytest.raises(urllib.error.HTTPError) as left:
        opener.open(f"{preview.address}/.otklik/as-of?here=//evil.example/&day=2026-12-01")
    assert left.value.headers["Location"] == "/"
    assert "otklik-as-of=2026-12-01" in left.value.headers["Set-Cookie"]
    left.value.close()


def test_a_port_that_is_taken_is_named(company: Company, preview: Shown) -> None:
    port = preview.address.rpartition(":")[2]

    assert company.run("preview", "--port", port) == 1
    assert f"127.0.0.1:{port}: nobody can listen here" in company.said
    assert Path(company.folder / "public").exists() is False


def test_a_foreign_name_that_leads_to_this_machine_reads_no_drafts(preview: Shown) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[evil", ""):
        status, said = preview.get("/en/draft/", Host=host)
        assert (status, "Draft tea" in said) in ((421, False), (400, False)), host
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.1.7:8000"):
        assert preview.get("/en/draft/", Host=host)[0] == 200, host


def test_the_preview_leads_nobody_to_another_site(preview: Shown) -> None:
    for here in ("//evil.example/", "/%5Cevil.example/", "/%09/evil.example/", "https://evil.example/"):
        connection = http.client.HTTPConnection(preview.address.removeprefix("http://"))
        connection.request("GET", f"/.otklik/as-of?here={here}")
        assert connection.getresponse().headers["Location"] == "/", here
        connection.close()
