"""The codes of faults: what each means, how much it weighs, and who may weigh it otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from otklik_site.words import _, later
from otklik_widget.faults import Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from otklik_widget.settings import Settings

ERROR, WARNING, OFF = "error", "warning", "off"


@dataclass(frozen=True)
class Code:
    """A sort of fault: an error stops a build, a warning does not.

    `always`: the settings cannot change that. `lenient`: with --lenient the site is built all the same.
    """

    meaning: str
    severity: str = ERROR
    always: bool = False
    lenient: bool = True

    def says(self) -> str:
        """What the code means, in the language that speaks now."""
        return _(self.meaning)


def _fatal(meaning: str) -> Code:
    return Code(meaning, always=True, lenient=False)


def _foreign(meaning: str) -> Code:
    return Code(meaning, always=True)


def _advice(meaning: str) -> Code:
    return Code(meaning, WARNING)


CODES: Mapping[str, Code] = {
    # Without these mended there is no page, or no site.
    "home-missing": _fatal(later("a language has no home page, or there is no content folder")),
    "address-twice": _fatal(later("two pages have one address")),
    "address-taken": _fatal(later("a page or a file has an address that the site itself needs")),
    "file-name": _fatal(later("a file's name that no address can hold, or a page that does not end in .md")),
    "file-gone": _fatal(later("a link of the file system that leads to nothing")),
    "file-outside": _fatal(later("a link of the file system that leads out of the content folder")),
    "file-unreadable": _fatal(later("a page's file cannot be read")),
    "key-missing": _fatal(later("a key that this kind of page cannot do without")),
    "program": _fatal(later("terms, of a program or of the law, that cannot be right")),
    "touchpoint": _fatal(later("a touchpoint, scale or place that the journey does not have")),
    "nesting": _fatal(later("lists or quotations inside one another, too many to be read")),
    "theme": _fatal(later("a template or style of your own that cannot be used")),
    # Of other programs, or half-written: --lenient makes of them what it can.
    "front-matter-missing": _foreign(later("a page without front matter")),
    "front-matter": _foreign(later("front matter that has no end or cannot be read")),
    "front-matter-foreign": _foreign(later("front matter as other programs write it")),
    "directive": _foreign(later("a directive that is unknown, not closed, or asks for what is not there")),
    "data": _foreign(later("a data file or snippet that cannot be read")),
    "redirect": _foreign(later("an old address that cannot lead to its page")),
    # Their weight is the company's own choice.
    "encoding": Code(later("a page that is not written in UTF-8")),
    "control-character": Code(later("invisible control characters in a page")),
    "shortcode": Code(later("a shortcode or tag of another program in the text")),
    "key-unknown": Code(later("a key that does not exist, or not on this kind of page")),
    "key-twice": Code(later("a key that stands twice")),
    "value": Code(later("a value that is not what its key wants")),
    "title-missing": Code(later("a page without a title")),
    "title-twice": Code(later("two pages with one title")),
    "description-missing": Code(later("a page without a description")),
    "description-twice": Code(later("two pages with one description")),
    "heading-first": Code(later("a first heading in the text: the title is the only one")),
    "heading-order": Code(later("a heading that skips a level")),
    "anchor-twice": Code(later("an anchor that stands on a page twice")),
    "anchor-dead": Code(later("a link to a place that the page does not have")),
    "link-dead": Code(later("a link that leads nowhere")),
    "link-scheme": Code(later("a link that begins with something like javascript:")),
    "link-draft": Code(later("a link to a draft")),
    "image-missing": Code(later("a picture, sound or film that is not there")),
    "image-broken": Code(later("a picture that cannot be read, or is too large")),
    "alt-missing": Code(later("a picture without alternative text")),
    # A look is deserved.
    "orphan": _advice(later("a page to which no text, list or navigation leads")),
    "question-missing": _advice(later("a page that asks its readers nothing")),
    "helpful-missing": _advice(later("no touchpoint asks whether pages help")),
    "base-url": _advice(later("the site does not know where it is published")),
    "consent-link": _advice(later("the address of the consent lies outside the folder of the published site")),
    "translation-missing": _advice(later("a page that is missing in a language")),
    "translation-same": _advice(later("a page that is the same, word for word, in two languages")),
    "language-unknown": _advice(later("a folder of a language that the company does not speak")),
    "left-out": _advice(later("a file or folder that is left out because of where it lies")),
    "reference": _advice(later("a link or footnote by a name that is given nowhere")),
    "fill-in": _advice(later("a place that waits for your own words")),
    "html-policy": _advice(later("HTML that a strict security policy blocks")),
    "image-place": _advice(later("a picture that tells where it was taken")),
    "image-small": _advice(later("a picture too small to stand beside a shared link")),
    "review-due": _advice(later("a program whose day of review has come")),
    "date-past": _advice(later("a program or meeting that is over")),
    "odds-low": _advice(later("a game in which hardly anybody wins")),
    "point-value": _advice(later("a point whose worth is hard to reckon with")),
}
# What tells that a page was written for another program.
FOREIGN = ("front-matter-missing", "front-matter-foreign", "encoding", "shortcode")


def is_fatal(code: str) -> bool:
    """Is there no page, or no site, until this is mended?"""
    known = CODES.get(code)
    return known is None or (known.always and not known.lenient)


@dataclass(frozen=True)
class Severities:
    """How much each code weighs in this build."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False

    @classmethod
    def of(cls, settings: Settings, *, lenient: bool = False) -> Severities:
        """As the settings say; faults in them are told by `faults`."""
        sound = {one.code: one.severity for one in settings.checks if one.code in CODES and not CODES[one.code].always}
        return cls(sound, lenient)

    def weigh(self, code: str) -> str:
        """How much a code weighs: what the company chose counts more than --lenient; no code stops a build."""
        known = CODES.get(code)
        if known is None:
            return ERROR
        usual = WARNING if self.lenient and known.lenient else known.severity
        return self.chosen.get(code, usual)

    def sort(self, faults: Iterable[Fault]) -> tuple[list[Fault], list[Fault]]:
        """What stops a build, and what does not; what is turned off is in neither."""
        found: dict[str, list[Fault]] = {ERROR: [], WARNING: [], OFF: []}
        for fault in faults:
            found[self.weigh(fault.code)].append(fault)
        return found[ERROR], found[WARNING]


def faults(settings: Settings) -> Iterator[Fault]:
    """What is wrong with the settings' [checks]: codes that do not exist, or that nobody can turn down."""
    for one in settings.checks:
        if one.code not in CODES:
            known = nearest(one.code, CODES) or " " + _("Known: %(known)s.", known=", ".join(CODES))
            yield Fault(one.where, one.line, _("there is no check “%(code)s”.", code=one.code) + known)
        elif CODES[one.code].always and one.severity != ERROR:
            said = _("“%(code)s” always stops a build: %(meaning)s", code=one.code, meaning=CODES[one.code].says())
            yield Fault(one.where, one.line, said)
