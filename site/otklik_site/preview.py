"""The preview: the site as pages in a browser that follow each save, with what visitors would not see yet."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, jsonify, redirect, request
from markupsafe import Markup

from otklik_site import made_files, views
from otklik_site.packs import Damaged
from otklik_site.templating import Fragments
from otklik_site.words import _
from otklik_widget.faults import Faults
from otklik_widget.words import language, speak

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as Reply

    from otklik_site.pages import Page
    from otklik_site.website import Website
    from otklik_site.workbench import Workbench
    from otklik_widget.faults import Fault

STATIC = Path(__file__).resolve().parent / "static"
OWN = "/.otklik/"
COOKIE = "otklik-as-of"
# A browser asks again after so many seconds in which nothing was saved.
PATIENCE = 20.0
# So many lines are shown before and after one with a fault.
AROUND = 2
MOST = 50


class _Made(Mapping[str, tuple[bytes, str]]):
    """The files made of a whole site, made when one is asked for; those of its looks are at hand: pages name them."""

    def __init__(self, website: Website) -> None:
        self.website = website
        self._looks = made_files.looks(website)
        self._found: made_files.Made | None = None

    def _all(self) -> made_files.Made:
        if self._found is None:
            self._found = made_files.made(self.website)
        return self._found

    def __getitem__(self, url: str) -> tuple[bytes, str]:
        return self._looks[url] if url in self._looks else self._all()[url]

    def __iter__(self) -> Iterator[str]:
        yield from self._looks
        yield from self._all().keys() - self._looks.keys()

    def __len__(self) -> int:
        return len(self._all())


class Preview:
    """The application; `address` is where a phone in the same network finds it, or empty."""

    def __init__(self, bench: Workbench, content: Path, address: str = "") -> None:
        self._content = content
        self._bench = bench
        self._cache = content.resolve().parent
        self.address = address
        self._lang = language()
        self._fragments = Fragments(content)
        self._made: _Made | None = None

    def app(self) -> Flask:
        app = views.app_of(self._views, self._content)
        app.register_error_handler(Faults, lambda refused: self._faults(refused.faults, 500))
        app.jinja_env.auto_reload = True
        app.add_url_rule(f"{OWN}changed", "changed", self._changed)
        app.add_url_rule(f"{OWN}as-of", "as_of", self._as_of)
        app.add_url_rule(f"{OWN}faults", "faults", lambda: self._faults(self._bench.faults, 200))
        app.add_url_rule(f"{OWN}phone", "phone", self._phone)
        app.add_url_rule(f"{OWN}<any('preview.css', 'preview.js'):name>", "own", _own)
        app.before_request(self._refuse)
        app.after_request(self._dress)
        app.register_error_handler(Damaged, lambda _error: ("", 503, {"Refresh": "1"}))
        return app

    def _views(self) -> views.Views:
        website = self._bench.website(_day())
        assert website  # `_refuse` has answered where there is none
        if self._made is None or self._made.website is not website:
            self._made = _Made(website)
        return views.Views(website, self._made, self._cache)

    def _refuse(self) -> Response | None:
        """The faults instead of a page that has some, or that cannot be found while there are any."""
        speak(self._lang)  # each request has a thread of its own, and a thread begins in English
        if not _is_ours(request.host):
            return Response(_("The preview is opened by a number or as “localhost”."), 421, mimetype="text/plain")
        if request.path.startswith(OWN) or not self._bench.faults:
            return None
        url = request.path.lstrip("/")
        website = self._bench.website(_day())
        mine = [fault for fault in self._bench.faults if self._bench.urls.get(fault.where) == url]
        if website is None or mine or (url.endswith("/") and url not in website.by_url):
            return self._faults(mine or self._bench.faults, 500)
        return None

    def _dress(self, reply: Response) -> Response:
        """Adds the bar and the script that waits for the next save."""
        reply.headers["Cache-Control"] = "no-store"
        if reply.mimetype != "text/html" or request.path == f"{OWN}phone":
            return reply
        url = request.path.lstrip("/")
        website = self._bench.website(_day())
        page = website.by_url.get(url) if website else None
        if page and not page.made:
            self._bench.watch(page.where)
        links = [fault for fault in website.bodies.faults if page and fault.where == page.where] if website else []
        bar = self._fragments.render(
                "preview_bar.html", badge=_badge(page, date.today()) if page else "", day=_day(),  # noqa: DTZ011
                version=self._bench.version, faults=len(self._bench.faults), links=list(dict.fromkeys(links)),
                here=request.path, phone=bool(self.address), lang=self._lang,
            )  # fmt: skip
        body, end, rest = reply.get_data(as_text=True).rpartition("</body>")
        reply.set_data(f"{body}{bar}\n{end}{rest}")
        return reply

    def _faults(self, faults: Any, status: int) -> Response:
        shown = [(fault, _lines(fault)) for fault in faults[:MOST]]
        html = self._fragments.render(
            "preview_faults.html", faults=shown, more=max(0, len(faults) - MOST), lang=self._lang
        )
        return Response(html, status, mimetype="text/html")

    def _changed(self) -> Response:
        since = request.args.get("since", "0")
        return jsonify(version=self._bench.wait(int(since) if since.isdecimal() else 0, PATIENCE))

    def _as_of(self) -> Reply:
        here = request.args.get("here", "/")
        # Browsers read a backslash as a slash, and overlook tabs and line ends.
        reply = redirect(here if here.startswith("/") and here[1:2] not in ("/", "\\") and here.isprintable() else "/")
        day = request.args.get("day", "")
        if _read_day(day):
            reply.set_cookie(COOKIE, day, samesite="Strict")
        else:
            reply.delete_cookie(COOKIE)
        return reply

    def _phone(self) -> str:
        import segno

        here = request.args.get("here", "/")
        address = f"{self.address}{here}" if here.startswith("/") else self.address
        code = segno.make(address, error="m").svg_inline(scale=8, border=4) if self.address else ""
        return self._fragments.render(
            "preview_phone.html",
            code=Markup(code),  # noqa: S704 - drawn by segno from an address
            address=address if self.address else "",
            lang=self._lang,
        )


def _is_ours(host: str) -> bool:
    """Is it a number or this machine? Another name may be somebody's who lets it lead here to read drafts."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _own(name: str) -> Response:
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return Response((STATIC / name).read_bytes(), mimetype=kind)


def _day() -> date | None:
    return _read_day(request.cookies.get(COOKIE, ""))


def _read_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _badge(page: Page, today: date) -> str:
    """Why visitors do not see a page, or nothing where they do."""
    if page.draft:
        return _("Draft: visitors do not see this page")
    if page.publish and today < page.publish:
        return _("Visitors see this page from %(day)s", day=page.publish.isoformat())
    if page.expire and today > page.expire:
        return _("Gone since %(day)s: visitors do not see this page any more", day=page.expire.isoformat())
    return ""


def _lines(fault: Fault) -> list[tuple[int, str, bool]]:
    """The lines around a fault: number, text, and whether it is the one."""
    try:
        lines = Path(fault.where).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    if not fault.line:
        return []
    first, last = max(1, fault.line - AROUND), min(len(lines), fault.line + AROUND)
    return [(number, lines[number - 1], number == fault.line) for number in range(first, last + 1)]


def address_for_phones(port: int) -> str:
    """Where other machines of the network find this one; nothing is sent to ask for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # an address kept for examples: only the way there is looked up
            return f"http://{way.getsockname()[0]}:{port}"
        except OSError:
            return ""
