"""Where the files are that are not code: the same answer in a checkout and in an installed wheel."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent


def demo_content() -> Path:
    """The demo company's pages and journey."""
    installed = HERE / "demo"
    return installed if installed.is_dir() else CHECKOUT / "content"


@lru_cache(maxsize=1)
def script() -> str:
    """The widget as it is served: minified, with both languages in it."""
    return (HERE / "built/ask.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def card() -> str:
    """The script of a question that comes by itself, minified; its texts are put in for each touchpoint."""
    return (HERE / "built/card.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def script_name() -> str:
    """`ask.<hash>.js`: a name that changes with the script, so that it may be cached for ever."""
    return f"ask.{hashlib.sha256(script().encode()).hexdigest()[:10]}.js"


@lru_cache(maxsize=3)
def kiosk(name: str) -> str:
    """A part of the kiosk app, minified: `kiosk.js`, `kiosk-worker.js` or `kiosk.css`."""
    return (HERE / "built" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def kiosk_app() -> str:
    """The version of the kiosk app: ten hex digits that change with any part of it."""
    parts = "".join(kiosk(name) for name in ("kiosk.js", "kiosk-worker.js", "kiosk.css"))
    return hashlib.sha256(parts.encode()).hexdigest()[:10]
