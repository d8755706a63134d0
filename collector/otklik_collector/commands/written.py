"""What a command made, written where it was asked for: whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from otklik_collector.words import _
from otklik_widget.faults import refuse


def write_text(text: str, out: Path | None, *, private: bool = False) -> None:
    """To a file whole or not at all, else to the output."""
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    with written(out, private=private) as stream:
        stream.write(text.encode("utf-8"))


def write_pdf(html: str, out: Path | None) -> None:
    """The page as it prints; raises `Faults` where no browser can, or no file is named."""
    from otklik_collector.browser import pdf

    if out is None:
        raise refuse(_("a PDF needs a file; name it"), "--out")
    with written(out) as stream:
        stream.write(pdf(html))


@contextmanager
def written(out: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """What is written inside becomes the file at the end; where it fails, what was there stays.

    `private`: nobody else on this machine may read it. Raises `Faults` where no file can stand.
    """
    if not out.absolute().parent.is_dir():
        raise refuse(_("there is no such folder"), str(out.parent))
    if out.is_dir():
        raise refuse(_("this is a folder, not a file"), str(out))
    if out.exists() and not out.is_file():  # a device or a pipe is written to, never replaced
        with out.open("wb") as stream:
            yield stream
        return
    with NamedTemporaryFile(dir=out.absolute().parent, delete=False) as unfinished:
        try:
            yield unfinished
            unfinished.close()
            if not private:
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
