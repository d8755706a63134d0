"""Links and images of pages: every one leads somewhere, or is a fault with its line."""

from __future__ import annotations

import os.path
import posixpath
import re
from functools import partial
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from otklik_site import attachments, pictures
from otklik_site.enclosed import COMMENT, opening, without
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from otklik_site.pages import Page
    from otklik_site.pictures import Picture
    from otklik_site.website import Website

_TAG = re.compile(r"<(a|img|source|video|audio)\b([^>]*)>", re.IGNORECASE)
_TARGET = re.compile(r"""(\s(?:href|src)\s*=\s*)("([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""\salt=("([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ID = re.compile(r"""<[^<>]*\sid=("([^"]*)"|'([^']*)')""")
_NOT_OURS = opening("otklik-ask", COMMENT)
# With so many files all are compared with a wrong link.
MANY = 500
PAGE, FILE, DRAFT, HIDDEN, BROKEN = "page", "file", "draft", "hidden", "broken"
OUTSIDE = ("http", "https", "mailto", "tel", "sms", "ftp", "tg", "viber", "whatsapp", "skype", "geo")


def root_of(url: str) -> str:
    """The way from a page to the site's root: `ru/club/` gives `../../`, so a site works at any address."""
    return "../" * url.count("/")


def ids_in(html: str) -> list[str]:
    """The anchors of a page, in order."""
    if "<otklik-ask" in html or "<!--" in html:
        html = without(html, _NOT_OURS)
    return [found[2] or found[3] or "" for found in _ID.finditer(html)]


def normpath(path: str | Path) -> str:
    """A path to compare with: some systems write the same name's letters apart, й as и and a breve."""
    return normalize("NFC", os.path.normpath(path))


class _Hidden(Exception):  # noqa: N818 - never leaves this module
    """The link leads to a page whose day has not come, or is over: its words stay, without a link."""


class _Dead(Exception):  # noqa: N818 - never leaves this module
    """The link leads nowhere; where that is let pass, it leads to `instead`, or is only words."""

    def __init__(self, said: str, code: str, instead: str | None = None) -> None:
        super().__init__(said)
        self.code = code
        self.instead = instead


class Links:
    """Resolves what pages link to, as the website answers now."""

    def __init__(self, website: Website) -> None:
        self._site = website

    def mend(self, page: Page, html: str) -> tuple[str, list[Fault]]:
        """The HTML with every link made relative to the page; a fault for every one that leads nowhere."""
        faults: list[Fault] = []
        seen: list[str] = []
        reported: set[tuple[str, str]] = set()

        def tag(found: re.Match[str]) -> str:
            name, attributes = found[1].lower(), found[2]
            target = _TARGET.search(attributes)
            if not target:
                return found[0]
            written = unescape(next(found for found in target.group(3, 4, 5) if found is not None))
            said: list[tuple[str, str]] = []
            mended: str | None = None
            try:
                mended = self.address(page, written, image=name != "a")
            except _Dead as dead:
                said.append((str(dead), dead.code))
                mended = dead.instead
            except _Hidden:
                pass
            alt = _ALT.search(attributes)
            shown = ((alt[2] or alt[3] or "") if alt else "").strip()
            if name == "img" and not shown:
                told = _("the image “%(image)s” has no alt text: say in its brackets what it shows", image=written)
                said.append((told, "alt-missing"))
            for text, code in said:
                if (written, text) not in reported:
                    reported.add((written, text))
                    lines = _bare_lines(page, written) if code == "alt-missing" else lines_of(page, written)
                    faults.extend(Fault(page.where, line, text, code) for line in lines)
            start, end = target.span()
            if mended is None:
                return shown if name == "img" else f"<{found[1]}{attributes[:start]}{attributes[end:]}>"
            attributes = f'{attributes[:start]}{target[1]}"{escape(mended)}"{attributes[end:]}'
            if name == "img" and (picture := self._picture(page, mended)):
                first, alone = not seen, "<picture" not in html
                seen.append(mended)
                return pictures.tag(attributes, picture, root_of(page.url), first=first, alone=alone)
            return f"<{found[1]}{attributes}>"

        mended = _TAG.sub(tag, html)
        with speaking(page.lang):
            mended = attachments.told(mended, partial(self._size, page), page.lang)
        return mended, list(dict.fromkeys(faults))

    def page(self, page: Page, written: str) -> Page | None:
        """The page that a link leads to; None where it is not on the site now, `LookupError` where it leads nowhere."""
        try:
            url = self._url(page, written, written, "link-dead")
        except _Hidden:
            return None
        except _Dead as dead:
            raise LookupError(str(dead)) from None
        return self._site.by_url.get(url) if url else None

    def _file(self, page: Page, mended: str) -> Path | None:
        """The file that a mended link leads to."""
        return self._site.files.get(unquote(mended.removeprefix(root_of(page.url)).partition("?")[0]))

    def _size(self, page: Page, mended: str) -> int | None:
        file = self._file(page, unescape(mended))
        return file.stat().st_size if file else None

    def _picture(self, page: Page, mended: str) -> Picture | None:
        file = self._file(page, mended)
        try:
            return pictures.picture(file) if file else None
        except (Faults, OSError):
            return None  # it is a fault of its own

    def address(self, page: Page, written: str, *, image: bool = False) -> str:
        """The address to write into the page; raises `_Dead` with a sentence where it leads nowhere."""
        gone = "image-missing" if image else "link-dead"
        try:
            parts = urlsplit(written)
        except ValueError:
            raise _Dead(_("“%(link)s” is no address", link=written), gone) from None
        if parts.scheme:
            if parts.scheme.lower() not in OUTSIDE:
                said = _("the link “%(link)s” begins with “%(scheme)s:”, which is not allowed",
                         link=written, scheme=parts.scheme)  # fmt: skip
                raise _Dead(said, "link-scheme")
            if parts.scheme.lower().startswith("http") and not parts.netloc:
                raise _Dead(_("“%(link)s” is no address", link=written), gone)
            return written
        if parts.netloc:
            return written
        path, anchor = unquote(parts.path), unquote(parts.fragment)
        if not path:
            if not anchor and not image:
                raise _Dead(_("the link “%(link)s” leads nowhere", link=written), gone)
            self._anchor(page.url, anchor, written, "")
            return written
        url = self._url(page, path, written, gone)
        if image and url and self._site.addresses.get(url) == PAGE:
            raise _Dead(_("the image “%(link)s” is a page", link=written), gone)
        if url is None:
            return written  # it leads to a page that has faults of its own
        query = f"?{parts.query}" if parts.query else ""
        address = f"{root_of(page.url)}{url or './'}{query}"
        self._anchor(url, anchor, written, address)
        return f"{address}{'#' + anchor if anchor else ''}"

    def _url(self, page: Page, path: str, written: str, gone: str) -> str | None:
        absolute = path.startswith("/")
        return self._absolute(path, written, gone) if absolute else self._relative(page, path, written, gone)

    def _absolute(self, path: str, written: str, gone: str) -> str:
        url = path.lstrip("/")
        kind = self._site.addresses.get(url)
        if kind == HIDDEN:
            raise _Hidden
        if not url or kind:
            return url
        said = _("the link “%(link)s” leads nowhere: there is no such page.", link=written)
        close = nearest(url, _likely(url.rstrip("/"), list(self._site.addresses)))
        raise _Dead(said + close, gone)

    def _relative(self, page: Page, path: str, written: str, gone: str) -> str | None:
        folder = os.path.dirname(page.where)  # noqa: PTH120 - a Path takes ten times as long, for each link
        file = normpath(f"{folder}{os.sep}{path}")
        for candidate in (file, f"{file}{os.sep}index.md"):
            target = self._site.targets.get(normpath(candidate))
            if target is None:
                continue
            kind, url = target
            if kind == HIDDEN:
                raise _Hidden
            if kind == DRAFT:
                said = _("the link “%(link)s” leads to a draft, which is not published", link=written)
                raise _Dead(said, "link-draft")
            return None if kind == BROKEN else url
        said = _("the link “%(link)s” leads nowhere: there is no file %(file)s.", link=written, file=file)
        here = Path(normpath(page.file.parent)).as_posix()
        known = [posixpath.relpath(other, here) for other in _likely(file, self._site.linkable[page.lang])]
        raise _Dead(said + nearest(path, known), gone)

    def _anchor(self, url: str, anchor: str, written: str, instead: str) -> None:
        if anchor and self._site.has_anchor(url, anchor) is False:
            said = _("the link “%(link)s” leads to a place that the page does not have.", link=written)
            raise _Dead(said + nearest(anchor, self._site.anchors(url)), "anchor-dead", instead or None)


def _likely(wanted: str, known: list[str]) -> list[str]:
    """Those that somebody may have meant; of many only the ones of the same name, or in the same folder.

    Comparing a thousand wrong links with ten thousand files would take minutes.
    """
    if len(known) <= MANY:
        return known
    folder, _slash, name = wanted.rpartition("/")
    ends = (f"/{name}", f"/{name}/")
    return [one for one in known if one.endswith(ends) or one.rstrip("/").rpartition("/")[0] == folder][:MANY]


def lines_of(page: Page, written: str) -> list[int | None]:
    """The lines of a page's file that hold a link's target; Markdown itself forgets where it found it."""
    marks = (
        f"]({written}", f"](<{written}", f"]: {written}", f'"{written}"', f"'{written}'", f"<{written}>", f"={written}",
    )  # fmt: skip
    found: list[int | None] = []
    at = 0
    number = 1
    # By the target itself: of a thousand wrong links each would look at every line.
    while (there := page.text.find(written, at)) >= 0:
        number += page.text.count("\n", at, there)
        end = page.text.find("\n", there) + 1 or len(page.text) + 1
        line = page.text[page.text.rfind("\n", 0, there) + 1 : end - 1]
        if any(_holds(line, mark) for mark in marks):
            found.append(number)
        at, number = end, number + 1
    return found or [page.body_line]


def _bare_lines(page: Page, written: str) -> list[int | None]:
    """Those of them where the picture stands without a text: elsewhere on the page it may have one."""
    lines = page.text.split("\n")
    bare = re.compile(rf"!\[\s*\]\(<?{re.escape(written)}")
    found = lines_of(page, written)
    return [number for number in found if number and bare.search(lines[number - 1])] or found


def _holds(line: str, mark: str) -> bool:
    """Does a line hold the target and not only a longer one that begins with it?"""
    at = line.find(mark)
    while at >= 0:
        after = line[at + len(mark) : at + len(mark) + 1]
        if mark[-1] in "\"'>" or after in ("", ")", " ", ">", "\t", '"'):
            return True
        at = line.find(mark, at + 1)
    return False
