"""A page's file as text: in UTF-8 as it should be, or in what old editors write, with a fault that says so."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from pathlib import Path

from otklik_site.words import _
from otklik_widget.faults import Fault, refuse, why

# Markdown keeps its own notes between such characters; nobody types them on purpose.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENDS = re.compile(r"\r\n?")
# As editors mark them at a file's beginning.
_MARKED = ((codecs.BOM_UTF16_LE, "utf-16", "UTF-16"), (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"))
OLD, OLD_NAME = "cp1251", "Windows-1251"


@lru_cache(maxsize=8)
def read_page_text(where: str, digest: bytes) -> tuple[str, tuple[Fault, ...]]:  # noqa: ARG001 - a changed file is another text
    """The text with simple line ends, and what is wrong with its letters; raises `Faults` where it cannot be read."""
    try:
        raw = Path(where).read_bytes()
    except OSError as error:
        raise refuse(_("cannot be read: %(why)s", why=why(error)), where, None, "file-unreadable") from None
    text, fault = _decoded(raw, where)
    faults = [fault] if fault else []
    text = _ENDS.sub("\n", text)
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        said = _("an invisible control character (0x%(code)02X) stands in this line; delete it", code=ord(found[0]))
        faults.append(Fault(where, line, said, "control-character"))
        text = CONTROL.sub("", text)
    return text, tuple(faults)


def _decoded(raw: bytes, where: str) -> tuple[str, Fault | None]:
    for mark, codec, name in _MARKED:
        if raw.startswith(mark):
            said = _("this page is written in %(encoding)s; save it as UTF-8", encoding=name)
            return raw.decode(codec, "replace"), Fault(where, 1, said, "encoding")
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        # Counted in what the codec saw: it takes a byte-order mark off before it counts.
        line = error.object[: error.start].count(b"\n") + 1
        said = _(
            "not UTF-8 text (byte 0x%(byte)02X; it looks like %(encoding)s); save the file as UTF-8, for example with "
            "your editor's “Save as”",
            byte=error.object[error.start], encoding=OLD_NAME,
        )  # fmt: skip
        return raw.removeprefix(codecs.BOM_UTF8).decode(OLD, "replace"), Fault(where, line, said, "encoding")
