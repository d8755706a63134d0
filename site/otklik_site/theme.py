"""The company's own looks, content/theme/: templates instead of ours, styles instead of ours or after them."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

from otklik_site import templating
from otklik_site.folder import LITTER, refuse_outside
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.toml_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = templating.THEME
# The style sheets of all pages and of few, and what is added to the first.
SHEETS, MORE = ("site.css", "apart.css", "program.css"), "more.css"


def style(content: Path, ours: Path) -> tuple[str, str]:
    """The style sheet of a content folder, and what the company adds to it."""
    folder = content / FOLDER
    own, more = folder / ours.name, folder / MORE
    return read_text(own if own.is_file() else ours), read_text(more) if more.is_file() else ""


def apart(content: Path, ours: Path) -> str:
    """A style sheet that only few pages have."""
    own = content / FOLDER / ours.name
    return read_text(own if own.is_file() else ours)


def faults(content: Path) -> Iterator[Fault]:
    """What is wrong with a theme before any page is made: names that nobody asks for, templates that cannot be read."""
    folder = content / FOLDER
    known = sorted([*SHEETS, MORE, *(file.name for file in templating.TEMPLATES.iterdir())])
    environment = templating.environment(content)
    for file in sorted(folder.rglob("*")):
        if file.is_dir() or LITTER.fullmatch(file.name):
            continue
        name = file.relative_to(folder).as_posix()
        if name not in known:
            said = _("a theme has no file “%(name)s”.", name=name)
            also = nearest(name, known) or " " + _("Known: %(known)s.", known=", ".join(known))
            yield Fault(str(file), None, said + also, "theme")
            continue
        try:
            refuse_outside(file, content)
            text = read_text(file)
            if name.endswith(".html"):
                environment.parse(text)
        except TemplateSyntaxError as error:
            said = _("this template cannot be read: %(why)s", why=error.message)
            yield Fault(str(file), error.lineno, said, "theme")
        except Faults as refused:
            yield from (replace(one, code="theme") for one in refused.faults)


def fault_of(error: Exception, content: Path | None) -> Fault | None:
    """The fault of a theme's template that failed while a page was made; None of an error that is not its own."""
    if content is None:
        return None
    folder = str(content / FOLDER)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(folder):
            said = _("this template fails: %(why)s", why=error)
            return Fault(frame.filename, frame.lineno, said, "theme")
    return None
