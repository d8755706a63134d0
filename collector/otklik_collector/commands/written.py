"""What a command made, written where it was asked for: whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from otklik_collector.words import _
from otklik_widget.faults import refuse


def write_text(text: str, out: Path | None) -> None:
    """To a file whole or not at all, else to the output."""
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if not out.absolute().parent.is_dir():
        raise refuse(_("there is no such folder"), str(out.parent))
    if out.is_dir():
        raise refuse(_("this is a folder, not a file"), str(out))
    if out.exists() and not out.is_file():  # a device or a pipe is written to, never replaced
        out.write_text(text, encoding="utf-8", newline="")
        return
    with NamedTemporaryFile("w", dir=out.absolute().parent, delete=False, encoding="utf-8", newline="") as unfinished:
        try:
            unfinished.write(text)
            unfinished.close()
            Path(unfinished.name).chmod(0o666 & ~_umask())
            Path(unfinished.name).replace(out)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    """What new files may not be; there is no way to ask but to set it."""
    found = os.umask(0o022)
    os.umask(found)
    return found
