"""QR codes: as SVG within a page, as a picture of its own, and as one path for whoever draws by itself.

Level M bears a fold or a stain and stays small; black on white is what every camera reads, whatever our colours.
"""

from __future__ import annotations

import io
from typing import TypedDict

import segno
from markupsafe import Markup

BORDER = 4
"""The quiet zone that a code on paper needs, in modules."""
OWN_BORDER = 2
"""Of a path: who draws it puts a white margin around."""


class Drawn(TypedDict):
    """One path of horizontal strokes in a square of `size`, its quiet zone within."""

    size: int
    path: str


def svg(address: str, *, title: str | None = None) -> Markup:
    """An SVG element of the class `qr` without a size of its own, to stand within a page."""
    drawn = _saved(address, svgns=False, omitsize=True, svgclass="qr", title=title)
    return Markup(drawn)  # noqa: S704 - drawn by segno from an address of ours


def picture(address: str) -> str:
    """A whole SVG file."""
    return _saved(address, scale=8)


def path(address: str) -> Drawn:
    rows = _made(address).matrix
    strokes = []
    for y, row in enumerate(rows, OWN_BORDER):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                strokes.append(f"M{x + OWN_BORDER} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return {"size": len(rows) + 2 * OWN_BORDER, "path": "".join(strokes)}


def _made(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def _saved(address: str, **how: object) -> str:
    drawn = io.BytesIO()
    _made(address).save(drawn, kind="svg", border=BORDER, xmldecl=False, light="#fff", dark="#000", **how)
    return drawn.getvalue().decode()
