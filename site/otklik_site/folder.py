"""The files of a content folder, and what in it would be passed over without a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from otklik_site.sources import FILE, GONE, LINKED_FOLDER, OTHER
from otklik_site.words import _
from otklik_widget.faults import Fault, refuse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from otklik_site.sources import Sources

STATIC = "static"
SNIPPETS = "snippets"
# What editors and systems leave behind, and nobody means to publish.
LITTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|.*~|.*\.sw[op]|\.git.*|#.*#")
NEARLY_PAGES = (".markdown", ".mdown", ".mkd", ".mdwn", ".mdx")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def files(sources: Sources, part: str) -> Iterator[str]:
    """Every file below a folder, in order, without litter and without what lies behind linked folders."""
    for path, source in sources.below(part):
        if source.kind == FILE and not LITTER.fullmatch(path.rpartition("/")[2]):
            yield path


def faults(sources: Sources, part: str) -> Iterator[Fault]:
    """What cannot be published as it stands: links to nothing, names that no address can hold."""
    for path, source in sources.below(part):
        name = path.rpartition("/")[2]
        usual = source.kind == FILE and not source.linked and path.isascii() and name.endswith(".md")
        if usual or LITTER.fullmatch(name):
            continue
        item = sources.folder / part / path
        if not _is_text(path):
            shown = str(item).encode("utf-8", "backslashreplace").decode()
            yield Fault(shown, None, _("the name is not UTF-8; rename it"), "file-name")
        elif source.kind == GONE:
            yield Fault(str(item), None, _("this is a link to a file or folder that does not exist"), "file-gone")
        elif source.kind == OTHER:
            yield Fault(str(item), None, _("this is neither a file nor a folder, so it is left out"), "left-out")
        elif source.kind == FILE and source.linked and not _is_inside(item, sources.folder):
            said = _("this link leads out of the content folder; copy the file here instead")
            yield Fault(str(item), None, said, "file-outside")
        elif source.kind == FILE and item.suffix != ".md" and item.suffix.lower() in (".md", *NEARLY_PAGES):
            yield Fault(str(item), None, _("a page's file must end in .md, in small letters; rename it"), "file-name")


def warnings(sources: Sources, languages: Collection[str]) -> Iterator[Fault]:
    """Pages that are left out because of where they lie."""
    tops: dict[str, bool] = {}
    for path in sources.files:
        top, slash, _inside = path.partition("/")
        tops[top] = tops.get(top, False) or (bool(slash) and path.endswith(".md"))
    for top, holds_pages in tops.items():
        item = sources.folder / top
        if LANGUAGE.fullmatch(top) and holds_pages:
            if top not in languages:
                said = _("“%(lang)s” is none of the company's languages (%(known)s), so these pages are left out",
                         lang=top, known=", ".join(languages))  # fmt: skip
                yield Fault(str(item), None, said, "language-unknown")
            yield from _linked(sources, top)
        elif top == STATIC:
            yield from _linked(sources, top)
        elif top == SNIPPETS:
            continue
        elif holds_pages or (item.suffix == ".md" and item.stem.lower() != "readme"):
            said = _("pages are read from the folders of the languages (%(known)s), so this is left out",
                     known=", ".join(languages))  # fmt: skip
            yield Fault(str(item), None, said, "left-out")


def guess_languages(sources: Sources) -> list[str]:
    """The languages that the folders speak of, for when the journey cannot say."""
    tops = {path.partition("/")[0] for path in sources.files if "/" in path and path.endswith(".md")}
    return sorted(top for top in tops if LANGUAGE.fullmatch(top))


def _linked(sources: Sources, part: str) -> Iterator[Fault]:
    for path, source in sources.below(part):
        if source.kind == LINKED_FOLDER:
            item = sources.folder / part / path
            said = _("a linked folder is not read, so what it holds is left out")
            yield Fault(str(item), None, said, "left-out")


def refuse_outside(file: Path, content: Path) -> None:
    """Raises `Faults` for a file that a link brings in from elsewhere: it may be nobody's to publish."""
    if not _is_inside(file, content):
        raise refuse(
            _("this link leads out of the content folder; copy the file here instead"), str(file), None, "file-outside"
        )


def _is_inside(item: Path, folder: Path) -> bool:
    return item.resolve().is_relative_to(folder.resolve())


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
