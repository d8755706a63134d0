"""Texts that several pages share: `/// snippet | hours` puts in content/snippets/<language>/hours.md."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from otklik_site.data import LONGEST
from otklik_site.directives import MADE, scan
from otklik_site.folder import SNIPPETS, refuse_outside
from otklik_site.markdown_text import Renderer
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.toml_file import read_text
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[\w-]+(/[\w-]+)*")


class Snippets:
    """The snippets of a content folder as HTML, each rendered once."""

    def __init__(self, content: Path) -> None:
        self._folder = content / SNIPPETS
        self._made: dict[tuple[str, str], str] = {}

    @cached_property
    def _renderer(self) -> Renderer:
        # A converter of its own: that of the pages is at work when a snippet is asked for.
        return Renderer(lambda _ask: "", lambda _name, _argument: "")

    def html(self, name: str, lang: str) -> str:
        """A snippet in a language; raises `Faults` where there is none, or with what is wrong in it."""
        if (name, lang) not in self._made:
            self._made[name, lang] = self._render(name, lang)
        return self._made[name, lang]

    def _render(self, name: str, lang: str) -> str:
        folder = self._folder / lang
        file = folder / f"{name}.md"
        if not _NAME.fullmatch(name) or len(name.encode()) > LONGEST or not file.is_file():
            known = [one.relative_to(folder).with_suffix("").as_posix() for one in sorted(folder.rglob("*.md"))]
            raise refuse(_("there is no snippet %(file)s.", file=file) + nearest(name, known))
        refuse_outside(file, self._folder.parent)
        text = read_text(file).replace("\r", "\n")
        scanned = scan(text, 1, str(file))
        faults = list(scanned.faults)
        for directive in scanned.directives:
            if directive.name in ("ask", *MADE):
                said = _("“/// %(name)s” cannot stand in a snippet; put it into the page", name=directive.name)
                faults.append(Fault(str(file), directive.line, said))
        for level, line in scanned.headings:
            if level == 1:
                said = _("the title is the page's only first heading; begin the text's headings with ##")
                faults.append(Fault(str(file), line, said))
        if faults:
            raise Faults(faults)
        with speaking(lang):
            return self._renderer.html(text)
