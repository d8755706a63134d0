"""Pictures as browsers want them: their size told before they come, and smaller WebP versions to choose from."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from html import escape
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from otklik_site.enclosed import up_to
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Of these smaller versions are made; others are shown as they are.
PHOTOS = (".jpg", ".jpeg", ".png")
SUFFIXES = (*PHOTOS, ".gif", ".webp", ".svg")
WIDTHS = (480, 960, 1440)
# The text's column is 42rem wide, or the window is narrower.
SIZES = "(min-width: 44rem) 42rem, 100vw"
FOLDER = "pictures"
CACHE = ".otklik-cache/pictures"
QUALITY = 80
# Twice what a good camera takes: more would fill the memory.
MOST_PIXELS = 100_000_000
_SVG = re.compile(r"<svg\b[^>]*>")
_VIEW_BOX = re.compile(r"""<svg\b[^>]*?\bviewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)""", re.DOTALL)
_SVG_SIZE = re.compile(r"""<svg\b(?=[^>]*?\swidth=["']([\d.]+)(?:px)?["'])(?=[^>]*?\sheight=["']([\d.]+)(?:px)?["'])""")
_GPS = 0x8825
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """A picture's width and height as it is shown, and its smaller versions: their widths and addresses."""

    width: int
    height: int
    versions: tuple[tuple[int, str], ...] = ()
    tells_where: bool = False


@lru_cache(maxsize=1024)
def _known(file: Path, _size: int, _changed: int) -> Picture | None:
    return _picture(file)


def picture(file: Path) -> Picture | None:
    """What is known of a picture, or None of a file that is none; raises `Faults` where it only claims to be one."""
    if file.suffix.lower() not in SUFFIXES:
        return None
    about = file.stat()
    return _known(file, about.st_size, about.st_mtime_ns)


def _picture(file: Path) -> Picture | None:
    if file.suffix.lower() == ".svg":
        return _drawing(file)
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings(), Image.open(file) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
            exif = image.getexif()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise refuse(_("this file has a picture's name, but holds none that can be read"), str(file)) from None
    if width * height > MOST_PIXELS:
        said = _("this picture has %(width)s × %(height)s points; make it smaller than %(most)s million",
                 width=width, height=height, most=MOST_PIXELS // 1_000_000)  # fmt: skip
        raise refuse(said, str(file))
    if exif.get(_ORIENTATION, 1) >= 5:
        width, height = height, width
    versions: tuple[tuple[int, str], ...] = ()
    if file.suffix.lower() in PHOTOS:
        mark = blake2b(file.read_bytes(), digest_size=5).hexdigest()
        name = slug(file.stem, empty="picture")[:40].rstrip("-")
        widths = [wide for wide in WIDTHS if wide < width] + [min(width, WIDTHS[-1])]
        versions = tuple((wide, f"{FOLDER}/{name}-{mark}-{wide}.webp") for wide in sorted(set(widths)))
    return Picture(width, height, versions, _GPS in exif)


def _drawing(file: Path) -> Picture | None:
    text = file.read_text(encoding="utf-8", errors="replace")
    if "<svg" not in text:
        raise refuse(_("this file has a picture's name, but holds none that can be read"), str(file))
    for begun in _SVG.finditer(up_to(text, ">")[0]):
        if found := _SVG_SIZE.match(begun[0]) or _VIEW_BOX.match(begun[0]):
            width, height = _length(found[1]), _length(found[2])
            return Picture(width, height) if width and height else None
    return None


def _length(written: str) -> int:
    """A length in points; 0 of what is none, as `1.2.3`."""
    try:
        length = float(written)
    except ValueError:
        return 0
    return round(length) if length < MOST_PIXELS else 0


def versions(files: Iterable[Path]) -> dict[str, tuple[Path, int]]:
    """The smaller versions of pictures by their addresses: of which file each is, and how wide."""
    found: dict[str, tuple[Path, int]] = {}
    for file in files:
        try:
            known = picture(file)
        except Faults:
            continue  # it is a fault of its own, and published as it is where that is let pass
        found |= {url: (file, wide) for wide, url in known.versions} if known else {}
    return found


def version(file: Path, width: int, url: str, cache: Path | None = None) -> bytes:
    """A smaller version's bytes, from the cache where it was made before: its address tells what it holds."""
    name = PurePosixPath(url)
    kept = cache / CACHE / f"{name.stem}-{_maker()}{name.suffix}" if cache else None
    if kept and kept.is_file() and _is_whole(made := kept.read_bytes()):
        return made
    made = _made(file, width, "JPEG" if name.suffix == ".jpg" else "WEBP")
    if kept:
        _keep(kept, made)
    return made


def _is_whole(made: bytes) -> bool:
    if made.startswith(b"RIFF"):
        return made[8:12] == b"WEBP" and len(made) == int.from_bytes(made[4:8], "little") + 8
    return made.startswith(b"\xff\xd8") and made.endswith(b"\xff\xd9")


def _made(file: Path, width: int, form: str) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(file) as image:
        ImageOps.exif_transpose(image, in_place=True)
        clear = "A" in image.getbands() or "transparency" in image.info
        shown = image.convert("RGBA" if clear else "RGB")
    height = max(1, round(shown.height * width / shown.width))
    if width < shown.width:
        shown = shown.resize((width, height), Image.Resampling.LANCZOS)
    made = BytesIO()
    if form == "JPEG" and clear:  # it knows no transparency: paper shows through
        paper = Image.new("RGBA", shown.size, "white")
        shown = Image.alpha_composite(paper, shown).convert("RGB")
    shown.save(made, form, quality=QUALITY, **({"method": 4} if form == "WEBP" else {"optimize": True}))
    return made.getvalue()


def _keep(kept: Path, made: bytes) -> None:
    new = kept.with_suffix(".new")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(made)
        new.replace(kept)
    except OSError:
        pass  # a cache that cannot be written only costs time


@lru_cache(maxsize=1)
def _maker() -> str:
    """What else a version depends on: another Pillow draws otherwise."""
    import PIL

    return blake2b(f"{PIL.__version__} {QUALITY}".encode(), digest_size=4).hexdigest()


def tag(attributes: str, shown: Picture, root: str, *, first: bool, alone: bool) -> str:
    """An `<img>` with its size and its smaller versions; `first` on a page comes at once, the others when seen."""
    more = ""
    if " width=" not in attributes and " height=" not in attributes:
        more += f' width="{shown.width}" height="{shown.height}"'
    if not first and " loading=" not in attributes:
        more += ' loading="lazy" decoding="async"'
    closing = attributes.rstrip().endswith("/")
    plain = f"<img{attributes.rstrip().removesuffix('/').rstrip() if closing else attributes}{more}>"
    if not shown.versions or not alone:
        return plain
    sources = ", ".join(f"{escape(root + url)} {wide}w" for wide, url in shown.versions)
    return f'<picture><source type="image/webp" srcset="{sources}" sizes="{SIZES}">{plain}</picture>'


def faults_in(files: Mapping[str, Path]) -> Iterator[Fault]:
    """What is wrong with the pictures among files."""
    for file in files.values():
        try:
            known = picture(file)
        except Faults as refused:
            yield from (replace(fault, code="image-broken") for fault in refused.faults)
            continue
        except OSError:
            continue
        if known and known.tells_where:
            said = _("this picture tells where it was taken (GPS); take that out before you publish it")
            yield Fault(str(file), None, said, "image-place")
