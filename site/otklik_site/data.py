"""The company's data files, content/data/: read once each, with what is wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site.folder import refuse_outside
from otklik_site.words import _
from otklik_widget.faults import nearest, refuse
from otklik_widget.toml_file import read_text

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "data"
# Of a longer name the system says not that there is no such file, but that it is too long.
LONGEST = 200


class Data:
    """The files of content/data/ by name; whoever reads one reads it through here."""

    def __init__(self, content: Path) -> None:
        self.folder = content / FOLDER
        self._texts: dict[str, str] = {}

    def where(self, name: str) -> str:
        return str(self.folder / name)

    def has(self, name: str) -> bool:
        return len(name.encode()) <= LONGEST and (self.folder / name).is_file()

    def names(self) -> list[str]:
        """Every file below the folder, by its path in it."""
        found = (file for file in self.folder.rglob("*") if file.is_file() and not file.name.startswith("."))
        return sorted(file.relative_to(self.folder).as_posix() for file in found)

    def text(self, name: str) -> str:
        """A file's text; raises `Faults` where there is none, or where it is not UTF-8."""
        if name not in self._texts:
            if ".." in name.split("/") or name.startswith("/") or not self.has(name):
                said = _("there is no file “%(name)s” in %(folder)s.", name=name, folder=self.folder)
                raise refuse(said + nearest(name, self.names()))
            refuse_outside(self.folder / name, self.folder.parent)
            self._texts[name] = read_text(self.folder / name)
        return self._texts[name]
