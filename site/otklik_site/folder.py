"""The files of a content folder, and what in it would be passed over without a word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_site.words import _
from otklik_widget.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

STATIC = "static"
# What editors and systems leave behind, and nobody means to publish.
LITTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|.*~|.*\.sw[op]|\.git.*|#.*#")
NEARLY_PAGES = (".markdown", ".mdown", ".mkd", ".mdwn", ".mdx")


def files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order, without litter and without what lies behind linked folders."""
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.is_file() and not LITTER.fullmatch(file.name):
            yield file


def faults(folder: Path) -> Iterator[Fault]:
    """What cannot be published as it stands: links to nothing, names that no address can hold."""
    for item in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if LITTER.fullmatch(item.name):
            continue
        if not _is_text(item.name):
            shown = str(item).encode("utf-8", "backslashreplace").decode()
            yield Fault(shown, None, _("the name is not UTF-8; rename it"))
        elif item.is_symlink() and not item.exists():
            yield Fault(str(item), None, _("this is a link to a file or folder that does not exist"))
        elif item.is_file() and item.suffix != ".md" and item.suffix.lower() in (".md", *NEARLY_PAGES):
            yield Fault(str(item), None, _("a page's file must end in .md, in small letters; rename it"))


def warnings(folder: Path, languages: Collection[str]) -> Iterator[Fault]:
    """Pages that are left out because of where they lie."""
    for item in sorted(folder.iterdir()) if folder.is_dir() else ():
        if is_language(item):
            if item.name not in languages:
                said = _("“%(lang)s” is none of the company's languages (%(known)s), so these pages are left out",
                         lang=item.name, known=", ".join(languages))  # fmt: skip
                yield Fault(str(item), None, said)
            yield from _linked(item)
        elif item.name == STATIC:
            yield from _linked(item)
        elif (item.suffix == ".md" and item.stem.lower() != "readme") or _holds_pages(item):
            said = _("pages are read from the folders of the languages (%(known)s), so this is left out",
                     known=", ".join(languages))  # fmt: skip
            yield Fault(str(item), None, said)


def is_language(folder: Path) -> bool:
    named = re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", folder.name)
    return bool(named) and _holds_pages(folder)


def _holds_pages(folder: Path) -> bool:
    return folder.is_dir() and next(folder.rglob("*.md"), None) is not None


def _linked(folder: Path) -> Iterator[Fault]:
    for item in sorted(folder.rglob("*")):
        if item.is_symlink() and item.is_dir():
            yield Fault(str(item), None, _("a linked folder is not read, so what it holds is left out"))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
