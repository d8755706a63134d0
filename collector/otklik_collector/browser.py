"""Prints a page to PDF with a browser of this machine, where one is present; Otklik brings none."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from otklik_collector.words import _
from otklik_widget.faults import Fault, Faults

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
SECONDS = 40
PATIENCE = 10
"""Seconds to wait for whoever prints now: a thread that waits serves nobody."""
_one = threading.Lock()
"""One at a time: a browser takes a core and 200 MB."""


def browser() -> str | None:
    """The browser that prints; None where there is none. `OTKLIK_BROWSER` names one."""
    named = os.environ.get("OTKLIK_BROWSER")
    return shutil.which(named) if named else next((found for name in NAMES if (found := shutil.which(name))), None)


def no_browser() -> str:
    """What to do where there is none."""
    return _("No Chromium was found on this machine. Print the page in your own browser and choose “Save as PDF”, "
             "or install Chromium, or name it in OTKLIK_BROWSER.")  # fmt: skip


def pdf(html: str) -> bytes:
    """The page as it prints, each sheet of the size its style names. Raises `Faults` where no browser can."""
    found = browser()
    if found is None:
        raise Faults([Fault("PDF", None, no_browser())])
    with _alone(), TemporaryDirectory() as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        command = [
            found, "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to start for root without it; the page is ours
        try:
            subprocess.run(command, timeout=SECONDS, check=True, capture_output=True)  # noqa: S603 - no shell; our own words
            return out.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            said = _("%(browser)s did not print the page: %(why)s", browser=found, why=str(error)[:200])
            raise Faults([Fault("PDF", None, said)]) from None


@contextmanager
def _alone() -> Iterator[None]:
    if not _one.acquire(timeout=PATIENCE):
        raise Faults([Fault("PDF", None, _("Somebody else is printing just now. Please try again."))])
    try:
        yield
    finally:
        _one.release()
