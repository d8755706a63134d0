"""A real browser before hostile words: wherever they are shown, nothing of them runs and no policy is broken."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from conftest import SMALL_JOURNEY, Collector, Otklik, Serve, answer
from hostile import FORMULAS, SCRIPTS
from managers import hashed
from playwright.sync_api import Browser, BrowserContext, Page

from otklik_collector.store import open_store

SECRET = "кот спит на полке"
WORDS = [word for word in (*SCRIPTS, FORMULAS[0]) if "\u2028" not in word]
LISTEN = """
window.otklikBroken = [];
document.addEventListener('securitypolicyviolation',
    event => window.otklikBroken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture
def hostile_company(tmp_path: Path) -> Path:
    """A company whose every name is hostile: each touchpoint has a word of its own, its pages and texts too."""
    whole, parts = (
        quoted(" ".join(WORDS)),
        [SMALL_JOURNEY.partition("[[stage]]")[0].replace('"Centre"', quoted(WORDS[0]))],
    )
    parts[0] = parts[0].replace('{ ru = "Лавка", en = "Corner shop" }', whole)
    parts.append(f'[[stage]]\nkey = "buy"\nname = {whole}\n')
    for number, word in enumerate(WORDS):
        name = "till" if not number else f"point-{number}"
        parts.append(
            f'[[stage.touchpoint]]\nkey = "{name}"\nname = {quoted(word)}\nask = ["smiley5"]\nreasons = ["waiting"]\n'
            f"question = {quoted(word)}\nrisks = {quoted(word)}\nowner = {quoted(word)}\npasses = 1000\n"
        )
    parts.append(f"[reason.waiting]\nru = {whole}\nen = {whole}\n")
    content = tmp_path / "content"
    for lang in ("ru", "en"):
        (content / lang).mkdir(parents=True)
        for number, word in enumerate(["index", *WORDS]):
            keys = ("title", "nav_title", "description", "summary")
            text = "\n".join(f"{key}: {quoted(word)}" for key in keys)
            name = "index" if not number else f"page-{number}"
            (content / lang / f"{name}.md").write_text(f"---\n{text}\n---\n\nText.\n\n/// ask | till\n///\n", "utf-8")
    (content / "journey.toml").write_text("\n".join(parts), encoding="utf-8")
    return content


@pytest.fixture
def collector(tmp_path: Path, hostile_company: Path, serve: Serve, otklik: Otklik) -> Collector:
    """It serves them with their site, with responses that are as hostile, and a person who looks after it."""
    built = otklik("build", "--content", hostile_company, "--out", "public")
    assert built.status == 0, built.err
    with open_store(tmp_path / "otklik.db", create=True) as store:
        store.people.add("Anna", hashed(SECRET), "admin", (), time.time())
        for number, word in enumerate(WORDS):
            store.people.add(f"{number}{word}"[:60], "", "viewer", ("centre",), time.time(), word)
            store.keys.add(word, ("https://shop.example",), 30)
            store.audit.put(time.time(), word, word, word, word)
    found = serve("--content", hostile_company, journey=hostile_company / "journey.toml")
    for number, word in enumerate(WORDS):
        point = "till" if not number else f"point-{number}"
        sent = [answer(point, score=score % 5, comment=word, page=word, segment=word[:64]) for score in range(10)]
        assert found.post(sent).status == 201
    return found


def looked_at(page: Page, said: list[str]) -> None:
    """Nothing ran on the page, and nothing was even tried that its policy had to stop."""
    page.wait_for_timeout(50)
    assert page.evaluate("window.otklikRan") is None, page.url
    assert page.evaluate("window.otklikBroken") == [], page.url
    assert urlsplit(page.url).hostname in ("127.0.0.1", None, "")
    assert said == [], page.url


def opened(context: BrowserContext) -> tuple[Page, list[str]]:
    page, said = context.new_page(), []
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: said.append(request.url) if urlsplit(request.url).hostname == "evil.example" else None,
    )
    page.on("console", lambda line: said.append(line.text) if "Refused" in line.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def test_nothing_runs_on_the_customers_pages_the_site_or_where_a_form_says_back_what_was_typed(
    browser: Browser, collector: Collector
) -> None:
    with browser.new_context(locale="en") as context:
        page, said = opened(context)
        for number, word in enumerate(WORDS):
            point = "till" if not number else f"point-{number}"
            page.goto(f"{collector.url}/q/{point}?lang=en")
            assert word.strip() in page.locator("body").inner_text() + page.title()
            looked_at(page, said)
            page.goto(f"{collector.url}/en/page-{number + 1}/")
            page.locator("otklik-ask").first.scroll_into_view_if_needed()
            looked_at(page, said)
        page.goto(f"{collector.url}/ru/")
        looked_at(page, said)
        page.goto(f"{collector.url}/q/nothing-here")
        looked_at(page, said)
        for word in WORDS:
            page.goto(f"{collector.url}/q/till")
            page.locator("form").evaluate("form => { form.noValidate = true; }")
            page.locator("summary").click() if page.locator("summary").count() else None
            page.locator("textarea").evaluate("(box, word) => { box.value = word; }", word)
            page.locator("form button[type=submit], form button:not([type])").first.click()
            page.wait_for_load_state()
            assert page.locator("textarea").input_value().strip() == word.strip()
            looked_at(page, said)


def test_nothing_runs_in_the_console_or_in_a_map_that_stands_alone(
    browser: Browser, collector: Collector, otklik: Otklik, tmp_path: Path
) -> None:
    with browser.new_context(locale="en", viewport={"width": 1280, "height": 900}) as context:
        page, said = opened(context)
        page.goto(f"{collector.url}/console/sign-in?next=javascript:window.otklikRan=1")
        page.locator("#name").fill("Anna")
        page.locator("#password").fill(SECRET)
        page.locator("main button").click()
        for path in ("map", "map?place=centre", "touchpoint/till", "comments", "people", "audit", "account"):
            page.goto(f"{collector.url}/console/{path}")
            assert "otklikRan" in page.content() or path == "account"
            for summary in page.locator("summary:visible").all():
                summary.click()
            looked_at(page, said)
        for word in WORDS:
            for name in ("place", "from", "segment"):
                page.goto(f"{collector.url}/console/map?{name}={quote(word, safe='')}")
                looked_at(page, said)
        for form in ("html", "svg"):
            file = tmp_path / f"map.{form}"
            ran = otklik("map", "--journey", collector.journey, "--format", form, "--out", file)
            assert ran.status == 0, ran.err
            page.goto(file.as_uri())
            assert "otklikRan" in page.content()
            looked_at(page, said)
