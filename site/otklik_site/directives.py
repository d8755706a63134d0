"""The blocks `/// name | argument` of a page, found with their lines before Markdown sees them.

pymdownx.blocks says nothing when a block is misspelt (it stays as text) or unclosed (it swallows the page).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from otklik_site import arguments, foreign
from otklik_site.words import _
from otklik_widget.faults import Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

Need = Literal["none", "may", "must"]


@dataclass(frozen=True)
class Rule:
    """What a directive takes: an argument after the bar, text between its lines."""

    argument: Need
    text: Need
    example: str


RULES: Mapping[str, Rule] = {
    "ask": Rule("must", "none", "/// ask | checkout scale=ces7"),
    "note": Rule("may", "must", "/// note"),
    "faq": Rule("must", "must", "/// faq | …?"),
    "cta": Rule("none", "must", "/// cta"),
    "changes": Rule("may", "none", "/// changes | limit=5"),
    "table": Rule("must", "none", "/// table | prices.csv columns=name,price"),
    "snippet": Rule("must", "none", "/// snippet | hours"),
    "list": Rule("may", "none", "/// list | kind=news limit=3"),
    "calculator": Rule("must", "none", "/// calculator | nps"),
    "tiers": Rule("must", "none", "/// tiers | programs/tiers.md"),
    "offer": Rule("must", "none", "/// offer | programs/points.md"),
}
# Those whose HTML is made by `makers`.
MADE = ("changes", "list", "table", "snippet", "calculator", "tiers", "offer")
ASK_SETTINGS = ("scale", "place")

_START = re.compile(r" {0,3}(/{3,})[ ]*([\w-]+)[ ]*(?:\|[ ]*(.*?)[ ]*)?")
_TWO = re.compile(r" {0,3}//[ ]*([\w-]+)[ ]*(?:\|.*)?")
_NO_BAR = re.compile(r" {0,3}/{3,}[ ]*([\w-]+)[ ]+[^|]*")
_END = re.compile(r" {0,3}(/{3,})[ ]*")
_ANY = re.compile(r"[\s>]*/{3,}(?!/)[ ]*(?:[\w-]+[ ]*(?:\|.*)?)?")
_FENCE = re.compile(r"[\s>]*(`{3,}|~{3,})(.*)")
_ATX = re.compile(r"(#{1,6})[ \t]*\S")
_HTML_HEADING = re.compile(r"<h([1-6])[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Directive:
    name: str
    argument: str
    line: int
    slashes: int


@dataclass
class Scan:
    """A page's directives and headings (level, line), and what is wrong with them."""

    directives: list[Directive] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    # The line that closes each directive, by the line that opens it.
    ends: dict[int, int] = field(default_factory=dict)
    # The lines of what cannot be a directive, and stays text.
    text: set[int] = field(default_factory=set)
    shortcodes: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Ask:
    """What `/// ask | checkout scale=ces7` asks; `scale` is empty for the touchpoint's main question."""

    touchpoint: str
    scale: str = ""
    place: str = ""


def parse_ask(argument: str) -> tuple[Ask, list[str]]:
    """The question of an argument, and what is wrong with it."""
    words, settings, faults = arguments.parse("ask", argument, ASK_SETTINGS, "scale=ces7")
    return Ask(words[0] if words else "", **settings), faults


def scan(text: str, first_line: int, where: str) -> Scan:
    """Finds every directive and heading of a Markdown text whose first line is `first_line` of its file."""
    return _Scanner(where, first_line).run(text.split("\n"))


class _Scanner:
    def __init__(self, where: str, first_line: int) -> None:
        self.found = Scan()
        self.where = where
        self.first_line = first_line
        # Open directives, innermost last, each with whether any text has come since.
        self.open: list[tuple[Directive, bool]] = []

    def run(self, lines: list[str]) -> Scan:
        fence = ""
        hidden = ""  # what closes the raw HTML that we are in
        for number, line in enumerate(lines):
            at = self.first_line + number
            if fence:
                found = _FENCE.fullmatch(line)
                if found and found[1].startswith(fence) and not found[2].strip():
                    fence = ""
                continue
            if hidden:
                if hidden in line:
                    hidden = ""
                continue
            found = _FENCE.fullmatch(line) if "```" in line or "~~~" in line else None
            if found and not (found[1][0] == "`" and "`" in found[2]):
                fence = found[1]
                self._text()
                continue
            hidden = self._opens_raw(line) if "<" in line else ""
            if hidden:
                continue
            if "///" in line and _ANY.fullmatch(line):
                self._slashes(line, at, lines[number + 1] if number + 1 < len(lines) else "")
            elif line.strip():
                if "//" in line and self._misspelt(line, at):
                    continue
                self._text()
                self._heading(lines, number, at)
                self.found.shortcodes += [(found, at) for found in foreign.shortcodes(line)]
        for directive, _has_text in self.open:
            said = _("“/// %(name)s” is never closed; close it with a line of %(slashes)s",
                     name=directive.name, slashes="/" * directive.slashes)  # fmt: skip
            self._fault(directive.line, said)
        faulty = {fault.line for fault in self.found.faults}
        self.found.text |= {end for start, end in self.found.ends.items() if start in faulty}
        self.found.faults.sort(key=lambda fault: fault.line or 0)
        return self.found

    @staticmethod
    def _opens_raw(line: str) -> str:
        start = line.lstrip().lower()
        for opening, closing in (
            ("<!--", "-->"),
            ("<pre", "</pre>"),
            ("<script", "</script>"),
            ("<style", "</style>"),
        ):
            if start.startswith(opening) and closing not in start:
                return closing
        return ""

    def _fault(self, line: int, text: str) -> None:
        self.found.faults.append(Fault(self.where, line, text, "directive"))
        self.found.text.add(line)

    def _text(self) -> None:
        self.open = [(directive, True) for directive, _has_text in self.open]

    def _slashes(self, line: str, at: int, after: str) -> None:
        start, end = _START.fullmatch(line), _END.fullmatch(line)
        if end:
            self._close(len(end[1]), at)
        elif start:
            self._begin(Directive(start[2], start[3] or "", at, len(start[1])), "|" in line, after)
        else:
            said = _("a directive must begin its line, not stand in a list, a quotation or indented text; "
                     "put examples of code between lines of ```")  # fmt: skip
            self._fault(at, said)

    def _misspelt(self, line: str, at: int) -> bool:
        """Is this a line that would stay as text, but was surely meant as a directive? Then it is a fault."""
        two, no_bar = _TWO.fullmatch(line), _NO_BAR.fullmatch(line)
        if two and two[1] in RULES:
            self._fault(at, _("a directive begins and ends with three slashes: /// %(name)s", name=two[1]))
        elif no_bar and no_bar[1] in RULES:
            said = _("the argument of “/// %(name)s” stands after a bar: /// %(name)s | …", name=no_bar[1])
            self._fault(at, said)
            # Its closing line must not become a second fault.
            slashes = len(line.lstrip()) - len(line.lstrip().lstrip("/"))
            self.open.append((Directive(no_bar[1], "", at, slashes), RULES[no_bar[1]].text == "must"))
        else:
            return False
        return True

    def _begin(self, directive: Directive, bar: bool, after: str) -> None:
        rule = RULES.get(directive.name)
        if rule is None:
            known = nearest(directive.name, RULES) or " " + _("Known: %(known)s.", known=", ".join(RULES))
            self._fault(directive.line, _("unknown directive “/// %(name)s”.", name=directive.name) + known)
        elif rule.argument == "must" and not directive.argument:
            said = _(
                "“/// %(name)s” needs an argument, like “%(example)s”",
                name=directive.name,
                example=rule.example,
            )
            self._fault(directive.line, said)
        elif rule.argument == "none" and bar:
            self._fault(directive.line, _("“/// %(name)s” takes no argument", name=directive.name))
        if after.startswith("    ") and after.strip():
            said = _(
                "settings stand after the bar, like “%(example)s”, not indented below",
                example=RULES["ask"].example,
            )
            self._fault(directive.line + 1, said)
        for outer, _has_text in self.open:
            if outer.slashes == directive.slashes:
                said = _(
                    "“/// %(name)s” stands inside “/// %(outer)s” of line %(line)s; close that one before, "
                    "or give the outer one a slash more, at both its ends",
                    name=directive.name, outer=outer.name, line=outer.line,
                )  # fmt: skip
                self._fault(directive.line, said)
                self.open.remove((outer, _has_text))
                break
        self._text()
        self.open.append((directive, False))
        self.found.directives.append(directive)

    def _close(self, slashes: int, at: int) -> None:
        if not any(directive.slashes == slashes for directive, _has_text in self.open):
            self._fault(at, _("this line closes a directive, but none is open"))
            return
        while self.open:
            directive, has_text = self.open.pop()
            if directive.slashes == slashes:
                self.found.ends[directive.line] = at
                self._closed(directive, has_text)
                return
            said = _("“/// %(name)s” is never closed; close it with a line of %(slashes)s",
                     name=directive.name, slashes="/" * directive.slashes)  # fmt: skip
            self._fault(directive.line, said)

    def _closed(self, directive: Directive, has_text: bool) -> None:
        rule = RULES.get(directive.name)
        if rule and rule.text == "must" and not has_text:
            self._fault(directive.line, _("“/// %(name)s” is empty; write its text below it", name=directive.name))
        if rule and rule.text == "none" and has_text:
            said = _("“/// %(name)s” holds no text; put the text after its closing line", name=directive.name)
            self._fault(directive.line, said)

    def _heading(self, lines: list[str], number: int, at: int) -> None:
        line = lines[number]
        after = lines[number + 1] if number + 1 < len(lines) else ""
        starts = number == 0 or not lines[number - 1].strip()
        if found := _ATX.match(line):
            self.found.headings.append((len(found[1]), at))
        elif starts and re.fullmatch(r"(=+|-+)[ ]*", after) and not line.startswith((" ", ">", "-", "*", "|")):
            self.found.headings.append((1 if after.startswith("=") else 2, at))
        elif found := _HTML_HEADING.search(line):
            self.found.headings.append((int(found[1]), at))
