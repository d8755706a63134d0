"""The company that `otklik new` writes: small, bilingual, and working at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from otklik_site.words import _
from otklik_widget.faults import refuse

STARTER = Path(__file__).resolve().parent / "starter"
# Under its own name the file would hide parts of our own repository from git.
RENAMED = {"gitignore": ".gitignore"}


def write_starter(folder: Path) -> None:
    """Writes the starter company; raises `Faults`, and writes nothing, where the folder holds anything."""
    if folder.exists() and not folder.is_dir():
        raise refuse(_("this is a file; name a folder that does not exist yet"), str(folder))
    if folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise refuse(_("this folder is not empty; name one that does not exist yet"), str(folder))
    for source in sorted(STARTER.rglob("*")):
        inside = source.relative_to(STARTER)
        target = folder / inside.with_name(RENAMED.get(inside.name, inside.name))
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
