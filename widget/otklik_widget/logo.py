"""The company's logo: a file beside the journey, an SVG that only draws or a PNG, small enough for every page."""

from __future__ import annotations

import hashlib
import re
import struct
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from otklik_widget.check import Checked
from otklik_widget.faults import why
from otklik_widget.toml_file import Path_
from otklik_widget.words import _

LOGO_BYTES = 64 * 1024
LOGO_PIXELS = 4096
SVG, PNG = "image/svg+xml", "image/png"
_PNG_START = b"\x89PNG\r\n\x1a\n"
# What runs, leads elsewhere, or changes an address after it was checked.
_NOT_DRAWING = frozenset({
    "script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener", "a",
    "set", "animate", "animatetransform", "animatemotion", "discard", "html", "body", "link", "meta",
})  # fmt: skip
_SOMEWHERE = re.compile(r"@import|expression\s*\(|image-set\s*\(|url\s*\(\s*['\"]?\s*(?!#|['\"]?#)", re.IGNORECASE)
_XHTML = "{http://www.w3.org/1999/xhtml}"
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(?:px|pt|mm|cm|in|em|pc|Q)?\s*")


@dataclass(frozen=True)
class Logo:
    """A checked picture; `width` and `height` tell its shape, `version` changes with its bytes."""

    name: str
    media: str
    width: float
    height: float
    version: str
    data: bytes = field(repr=False)

    @property
    def uri(self) -> str:
        """The picture itself as an address, for a page that stands alone."""
        return f"data:{self.media};base64,{b64encode(self.data).decode()}"

    def wide(self, height: int) -> int:
        """How wide it is at this height, in whole pixels."""
        return max(1, round(self.width / self.height * height))


def read_logo(checked: Checked, company: dict[str, Any], path: Path_) -> Logo | None:
    """`logo = "logo.svg"` of a [company]: a file in the journey's own folder."""
    written = checked.string(company, path, "logo")
    if not written:
        return None
    path = (*path, "logo")
    parts = PurePosixPath(written).parts
    if PurePosixPath(written).is_absolute() or ".." in parts or "\\" in written or "\x00" in written:
        checked.fault(path, _("“logo” names a file beside this one, like “logo.svg”"))
        return None
    file = Path(checked.file.name).parent / written
    try:
        with file.open("rb") as opened:
            data = opened.read(LOGO_BYTES + 1)
    except OSError as error:
        checked.fault(path, _("the logo “%(file)s” cannot be read: %(why)s", file=written[:80], why=why(error)))
        return None
    if len(data) > LOGO_BYTES:
        said = _("the logo “%(file)s” is larger than %(n)d KB", file=written[:80], n=LOGO_BYTES // 1024)
        checked.fault(path, said)
        return None
    try:
        media, width, height = _png(data) if data.startswith(_PNG_START) else _svg(data)
    except _NoLogo as reason:
        checked.fault(path, _("the logo “%(file)s” cannot be used: %(why)s", file=written[:80], why=str(reason)))
        return None
    return Logo(PurePosixPath(written).name, media, width, height, hashlib.sha256(data).hexdigest()[:8], data)


class _NoLogo(Exception):  # noqa: N818 - a reason, told with the file's line
    pass


def _png(data: bytes) -> tuple[str, float, float]:
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-12:]:
        raise _NoLogo(_("this PNG is broken off"))
    width, height = struct.unpack(">II", data[16:24])
    if not (0 < width <= LOGO_PIXELS and 0 < height <= LOGO_PIXELS):
        raise _NoLogo(_("it must be from 1 to %(n)d pixels wide and high", n=LOGO_PIXELS))
    return PNG, width, height


def _svg(data: bytes) -> tuple[str, float, float]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _NoLogo(_("it is neither an SVG in UTF-8 nor a PNG")) from None
    declared = re.match(r"\s*<\?xml\s[^>]*?\?>", text)
    encoding = re.search(r"encoding\s*=\s*['\"]([^'\"]*)", declared[0]) if declared else None
    if encoding and encoding[1].lower() != "utf-8":
        raise _NoLogo(_("its first line names another encoding than UTF-8"))
    rest = text[declared.end() :] if declared else text
    if "<!DOCTYPE" in rest or "<!ENTITY" in rest or "<?" in rest:
        raise _NoLogo(_("it holds <!DOCTYPE or <?…?>, which a drawing does not need; take that line out"))
    try:
        root = ET.fromstring(rest.strip())  # noqa: S314 - without <!DOCTYPE nothing can expand
    except (ET.ParseError, RecursionError):
        raise _NoLogo(_("it is neither an SVG nor a PNG")) from None
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise _NoLogo(_('it does not begin with <svg xmlns="http://www.w3.org/2000/svg">'))
    for element in root.iter():
        _only_draws(element)
    return SVG, *_shape(root)


def _only_draws(element: ET.Element) -> None:
    """Raises `_NoLogo` where an element runs something, or asks for something from elsewhere."""
    name = _local(element.tag)
    if name.lower() in _NOT_DRAWING or str(element.tag).startswith(_XHTML):
        raise _NoLogo(_("it holds <%(name)s>, and a logo may only draw", name=name[:40]))
    styles = [element.text or ""] if name.lower() == "style" else []
    for attribute, value in element.attrib.items():
        own = _local(attribute).lower()
        if own.startswith("on"):
            raise _NoLogo(_("it holds a script in “%(name)s”", name=own[:40]))
        if own in ("href", "src") and not (value.strip().startswith("#") or _PICTURE.fullmatch(value.strip())):
            raise _NoLogo(_("it asks for “%(address)s”; a logo brings everything with it", address=value.strip()[:60]))
        # Those of drawing programs, as inkscape:label, mean nothing to a browser.
        styles += [] if attribute.startswith("{") else [value]
    for style in styles:
        # A backslash writes any letter of CSS in another way.
        if _SOMEWHERE.search(style) or "\\" in style:
            raise _NoLogo(_("it asks for “%(address)s”; a logo brings everything with it", address=style.strip()[:60]))


def _shape(root: ET.Element) -> tuple[float, float]:
    box = (root.get("viewBox") or "").replace(",", " ").split()
    sizes = box[2:] if len(box) == 4 else [root.get("width") or "", root.get("height") or ""]
    found = [float(match[1]) for size in sizes if (match := _LENGTH.fullmatch(size))]
    if len(found) != 2 or not all(0 < size < 1e6 for size in found) or not 0.02 < found[0] / found[1] < 50:
        raise _NoLogo(_('its size is not known; give <svg> a viewBox like "0 0 120 40"'))
    return found[0], found[1]


def _local(name: Any) -> str:
    """A name without its namespace; a comment's is no text at all."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""
