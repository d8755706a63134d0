"""The company that `otklik new` writes: small, bilingual, and working at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from otklik_site.words import _
from otklik_widget.faults import refuse

STARTERS = Path(__file__).resolve().parent / "starters"
# Under its own name the file would hide parts of our own repository from git.
RENAMED = {"gitignore": ".gitignore"}
# The ready journeys; a company without a chosen one is the small one.
JOURNEYS = ("loop", "shop", "online", "b2b")


def write_starter(folder: Path, journey: str | None = None) -> None:
    """Writes a company with a ready journey; raises `Faults`, and writes nothing, where the folder holds anything."""
    if folder.exists() and not folder.is_dir():
        raise refuse(_("this is a file; name a folder that does not exist yet"), str(folder))
    if folder.is_dir() and next(folder.iterdir(), None) is not None:
        raise refuse(_("this folder is not empty; name one that does not exist yet"), str(folder))
    for part in ("every", "legal", journey) if journey else ("every", "small"):
        for source in sorted((STARTERS / part).rglob("*")):
            if source.is_file():
                inside = source.relative_to(STARTERS / part)
                target = folder / inside.with_name(RENAMED.get(inside.name, inside.name))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
