"""The console's door: asks every request who it is, guards forms, and sets the headers. Closed unless named open."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import flask

from otklik_collector.bridge import UNREAD
from otklik_collector.console.asked import Misled
from otklik_collector.proxies import Proxies
from otklik_collector.store import Store, open_store
from otklik_collector.store.people import Person
from otklik_collector.words import _

Language = Callable[[], str]
NUMBER = "int(max=2147483647)"
"""A number in an address: a longer one names nothing, and the database could not even be asked for it."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
OPEN = ("console.sign_in", "console.begin")
"""Who nobody knows yet may ask for these; each guards itself."""
STYLES = ("console.style", "console.map_style", "console.charts_style", "console.sheet_style",
          "console.kiosks_style")  # fmt: skip
OF_THIS_MACHINE = ("console.map", "console.home", "console.touchpoint", "console.links", "console.link",
                   "console.link_code")  # fmt: skip
OF_THE_WHOLE = ("console.audit", "console.settings")
"""Who is limited to places is told so there."""
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Gate:
    """Sets `flask.g.person` before a page of the console is made; None: somebody at this machine, before sign-in."""

    def __init__(
        self, db: Path, proxies: Proxies, language: Language, clock: Callable[[], float] = time.time, address: str = ""
    ) -> None:
        self._db = db
        self._address = address
        self._parts = urlsplit(address)
        self._proxies = proxies
        self._language = language
        self.now = clock
        self.roles: dict[str, str] = {}

    def install(self, app: flask.Flask) -> None:
        app.before_request(self._check)
        app.after_request(self._guard)
        app.teardown_request(lambda _error: _close())

    def _check(self) -> flask.typing.ResponseReturnValue | None:
        request = flask.request
        flask.g.person = None
        if not of_console() or request.endpoint in STYLES:
            return None
        lang = self._language()
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            return said(_("This form was sent from another site, so nothing was done."), 403)
        if request.endpoint in OPEN:
            return None
        if not self.store().people.anybody():
            if request.endpoint in OF_THIS_MACHINE and self.at_this_machine():
                return None
            return said(
                _("Until somebody can sign in, the console shows the map alone, and only at the machine it runs on."),
                403,
                _("“otklik serve” prints a link with which the first administrator signs in."),
            )
        person = self.store().sessions.person(self.token(), self.now())
        if person is None:
            back = request.full_path.rstrip("?") if request.method == "GET" else ""
            asked = {"lang": lang, **({"next": back} if back not in ("", "/console/") else {})}
            return flask.redirect(f"/console/sign-in?{urlencode(asked)}", 303)
        flask.g.person = person
        if not person.may(self.roles.get(request.endpoint or "", "viewer")):
            return said(_("Your role does not open this page. An administrator can change it."), 403)
        if unread := request.environ.get(UNREAD):
            flask.abort(unread.status)
        if request.method == "POST" and not self.form_is_ours(self.token()):
            return said(_("This form is too old. Go back, load the page again and repeat."), 403)
        return None

    def opens(self, endpoint: str) -> bool:
        """Is there such a page, and may whoever asks open it?"""
        if endpoint not in flask.current_app.view_functions:
            return False
        person: Person | None = flask.g.person
        if person is None:
            return endpoint in OF_THIS_MACHINE
        return person.may(self.roles.get(endpoint, "viewer")) and (person.whole or endpoint not in OF_THE_WHOLE)

    def store(self) -> Store:
        """The request's own connection, closed at its end."""
        if "store" not in flask.g:
            flask.g.store = open_store(self._db)
        store: Store = flask.g.store
        return store

    def at_this_machine(self) -> bool:
        """Does the visitor sit here, and mean this machine? A foreign name could be a trick to read us from afar."""
        request = flask.request
        named = urlsplit(f"//{request.host}").hostname or ""
        return named in LOCAL_NAMES and self._proxies.at_this_machine(self._client(), request.headers.get)

    def visitor(self) -> str:
        return self._proxies.visitor(self._client(), flask.request.headers.get)

    def secure(self) -> bool:
        """Did the visitor come by https: here, to a proxy that we trust, or to the address in the settings?"""
        request = flask.request
        if self._parts.scheme == "https" and request.host == self._parts.netloc:
            return True
        return self._proxies.secure(request.scheme, self._client(), request.headers.get)

    def address(self) -> str:
        """Where we are reached: as the settings say, else as the visitor came; for links that are used elsewhere."""
        return self._address or f"{'https' if self.secure() else 'http'}://{flask.request.host}"

    def _client(self) -> str:
        return f"{flask.request.remote_addr}:0"

    def token(self) -> str:
        """The session's token, as the browser sent it."""
        return flask.request.cookies.get(self._cookie(""), "")

    def form_token(self) -> str:
        """The token that guards forms before sign-in; made where the browser has none."""
        if "form_token" not in flask.g:
            flask.g.form_token = flask.request.cookies.get(self._cookie("-form")) or secrets.token_urlsafe(32)
        token: str = flask.g.form_token
        return token

    def form_is_ours(self, token: str) -> bool:
        """Does the form carry what only our own page could have put into it?"""
        sent = flask.request.form.get("form", "")
        return bool(token) and is_form_guard(token, sent)

    def keep(self, reply: flask.Response, token: str) -> flask.Response:
        """Gives the browser its session; without an age, so a shared computer forgets it with its window."""
        return self._set(reply, "", token)

    def keep_form_token(self, reply: flask.Response) -> flask.Response:
        return self._set(reply, "-form", self.form_token())

    def forget(self, reply: flask.Response) -> flask.Response:
        for which in ("", "-form"):
            self._set(reply, which, "", max_age=0)
        return reply

    def _cookie(self, which: str) -> str:
        # __Host-: no other site of the same domain can put a session of its own in its place.
        return f"{'__Host-' if self.secure() else ''}otklik{which}"

    def _set(self, reply: flask.Response, which: str, value: str, max_age: int | None = None) -> flask.Response:
        secure = self.secure()
        path = "/" if secure else "/console"
        reply.set_cookie(
            self._cookie(which), value, max_age=max_age, path=path, secure=secure, httponly=True, samesite="Lax"
        )
        return reply

    def _guard(self, response: flask.Response) -> flask.Response:
        if of_console():
            for name, value in HEADERS.items():
                response.headers[name] = value
            if self.secure():
                response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def form_guard(token: str) -> str:
    """What stands hidden in each form: follows from the token that the browser alone has, and doesn't tell it.

    It is written differently each time, so that the length of packed pages tells nothing of it.
    """
    mask = secrets.token_bytes(32)
    return (mask + _xor(mask, _guard_of(token))).hex()


def is_form_guard(token: str, sent: str) -> bool:
    """Is this the guard of a form that was made for this token?"""
    try:
        found = bytes.fromhex(sent)
    except ValueError:
        return False
    return len(found) == 64 and hmac.compare_digest(_xor(found[:32], found[32:]), _guard_of(token))


def _guard_of(token: str) -> bytes:
    return hmac.digest(token.encode("utf-8", "replace"), b"form of the console", "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def said(title: str, status: int, more: str = "", *, wrong: Sequence[str] = (), back: str = "") -> flask.Response:
    """A page with one sentence, what is `wrong` in the address, and the same address without that as the way back."""
    page = flask.render_template("said-console.html", title=title, more=more, wrong=wrong, back=back)
    return flask.make_response(page, status)


def misled(error: Misled) -> flask.Response:
    """Shown where an address asks for what is not there, or is not the person's."""
    path = flask.request.path
    if path.startswith("/console/export/"):  # forms and files of that page
        path = "/console/export"
    return said(error.title, error.status, wrong=error.said, back=f"{path}?{error.back}" if error.back else path)


def signed_in() -> Person:
    """Who asks; only for pages that nobody sees without sign-in."""
    person: Person = flask.g.person
    return person


def refused(_error: Exception) -> flask.Response:
    """Shown where the disk, a lock or too many sign-ins refuse; the next try may succeed."""
    reply = said(_("That did not work just now. Please try again."), 503)
    reply.headers["Retry-After"] = "5"
    return reply


def of_console() -> bool:
    """By its address or by the page that was found for it: however an address is spelt, no page is left open."""
    path = flask.request.path
    return flask.request.blueprint == "console" or path == "/console" or path.startswith("/console/")


def _close() -> None:
    store: Store | None = flask.g.pop("store", None)
    if store:
        store.close()
