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
    _write(text.encode("utf-8"), out)


def write_pdf(html: str, out: Path | None) -> None:
    """The page as it prints; raises `Faults` where no browser can, or no file is named."""
    from otklik_collector.browser import pdf

    if out is None:
        raise refuse(_("a PDF needs a file; name it"), "--out")
    _check(out)
    _write(pdf(html), out)


def _check(out: Path) -> None:
    if not out.absolute().parent.is_dir():
        raise refuse(_("there is no such folder"), str(out.parent))
    if out.is_dir():
        raise refuse(_("this is a folder, not a file"), str(out))


def _write(content: bytes, out: Path) -> None:
    _check(out)
    if out.exists() and not out.is_file():  # a device or a pipe is written to, never replaced
        out.write_bytes(content)
        return
    with NamedTemporaryFile(dir=out.absolute().parent, delete=False) as unfinished:
        try:
            unfinished.write(content)
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
