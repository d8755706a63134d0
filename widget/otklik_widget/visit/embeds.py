"""What a page's HTML says of questions: elements, scripts, what other scripts may insert, and its own policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

OURS = re.compile(r"(^|/)ask(\.[0-9a-f]{10})?\.js$")
_WRITTEN = re.compile(r"""["'(]([^"'()\s<>\\]*\bask(?:\.[0-9a-f]{10})?\.js(?:\?[^"'\s<>\\]*)?)""")
_MANAGER = re.compile(r"\bGTM-[A-Z0-9]{4,12}\b")
# What stands in these is no part of the living page; a <noscript> shows only where scripts don't run.
_INERT = ("template", "noscript")


@dataclass(frozen=True)
class Tag:
    """An element of a question or a script: its attributes, its line, and in what inert tag it stands."""

    attributes: dict[str, str]
    line: int
    inside: str = ""


@dataclass
class Embeds(HTMLParser):
    """Reads a page; `scripts` are the widget's only, with whole addresses."""

    page: str
    elements: list[Tag] = field(default_factory=list)
    scripts: list[Tag] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    managers: list[str] = field(default_factory=list)
    commented: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._base = self.page
        self._inert: list[str] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in reversed(attrs)}  # the first of two counts
        here = Tag(found, self.getpos()[0], self._inert[-1] if self._inert else "")
        if tag in _INERT:
            self._inert.append(tag)
        elif tag == "base" and found.get("href"):
            self._base = _whole(self.page, found["href"]) or self._base
        elif tag == "meta" and found.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(found.get("content", ""))
        elif tag in ("otklik-ask", "otklik-card"):
            self.elements.append(here)
        elif tag == "script" and "src" in found:
            address = _whole(self._base, found["src"].strip().replace(" ", "%20"))
            self._look_for_manager(address)
            if OURS.search(urlsplit(address).path):
                self.scripts.append(Tag({**found, "src": address}, here.line, here.inside))
        elif tag == "script":
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._text is not None:
            text, self._text = "".join(self._text), None
            self._look_for_manager(text)
            self.written += filter(None, (_whole(self._base, address) for address in _WRITTEN.findall(text)))
        elif self._inert and tag == self._inert[-1]:
            self._inert.pop()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_comment(self, data: str) -> None:
        if "<otklik-" in data or _WRITTEN.search(data):
            self.commented = self.commented or self.getpos()[0]

    def _look_for_manager(self, text: str) -> None:
        self.managers += [name for name in _MANAGER.findall(text) if name not in self.managers]


def read(html: str, page: str) -> Embeds:
    """What stands on a page of this address."""
    found = Embeds(page)
    # What is left open at the end is no element; ending it, the parser would read a broken page again and again.
    found.feed(html)
    return found


def _whole(base: str, address: str) -> str:
    """The whole address; empty where a browser would find none either, as in http://[x."""
    try:
        whole = urljoin(base, address)
        urlsplit(whole)
    except ValueError:
        return ""
    return whole
