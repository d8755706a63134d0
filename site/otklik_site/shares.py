"""The picture beside a shared link: the page's own, else the site's `share.png` or `share.jpg`, as a small JPEG."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from otklik_site import pictures
from otklik_site.folder import STATIC
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from otklik_site.pages import Content, Page
    from otklik_site.website import Website

DEFAULTS = ("share.png", "share.jpg", "share.jpeg", "share.webp")
# Networks show pictures below 600 × 315 as a small square, and read large files slowly or not at all.
WIDEST, LEAST = 1200, (600, 315)
SUFFIXES = tuple(suffix for suffix in pictures.SUFFIXES if suffix != ".svg")
ENDING = "-share.jpg"


@dataclass(frozen=True)
class SharePicture:
    """A picture as networks want it: its address below the root, its size, and what it shows."""

    url: str
    width: int
    height: int
    alt: str

    @property
    def large(self) -> bool:
        """Does it fill the width of a preview, instead of standing beside its words?"""
        return self.width >= LEAST[0] and self.width * 5 >= self.height * 6


def share(website: Website, page: Page) -> SharePicture | None:
    """The picture of a page's shared link, or None where neither the page nor the site has one."""
    # Few pages have their own: so builds ask once a language, and not for each page, whether it is still the same.
    return website.own_share(page) if page.image else website.usual_shares.get(page.lang)


def own(website: Website, page: Page) -> SharePicture | None:
    """The picture that a page names."""
    return _share(website, _own(page), page.image_alt)


def usual(website: Website) -> dict[str, SharePicture]:
    """By language the picture of all pages that name none."""
    company = website.journey.company
    found = {lang: _share(website, _default(website.files, lang), company.name.say(lang)) for lang in website.languages}
    return {lang: one for lang, one in found.items() if one}


def files(website: Website) -> dict[str, tuple[Path, int]]:
    """The files that are made for shared links by their addresses: of which picture each is, and how wide."""
    named = {_own(page) for page in website.content.pages if page.image}
    named |= {_default(website.files, lang) for lang in website.languages}
    made = ((address, _share(website, address, "")) for address in sorted(named))
    return {one.url: (website.files[address], one.width) for address, one in made if one}


def _share(website: Website, address: str, alt: str) -> SharePicture | None:
    file = website.files.get(address)
    known = _known(file) if file else None
    if not file or not known:
        return None
    width = min(WIDEST, known.width)
    name = slug(file.stem, empty="picture")[:40].rstrip("-")
    url = f"{pictures.FOLDER}/{name}-{website.digest_of(file).hex()[:10]}{ENDING}"
    return SharePicture(url, width, max(1, round(known.height * width / known.width)), alt)


def faults(content: Content) -> Iterator[Fault]:
    """Pictures that pages name and that are none, or that nobody could hear described."""
    for page in content.pages:
        if page.image and (said := _wrong(content, page)):
            yield Fault(page.where, page.lines.get("image"), said, "image-missing")
        elif page.image and not page.image_alt:
            said = _("“image” needs “image_alt”: say there what the picture shows")
            yield Fault(page.where, page.lines.get("image"), said, "alt-missing")
        elif page.image_alt and not page.image:
            said = _("“image_alt” says what “image” shows, and there is no “image”")
            yield Fault(page.where, page.lines.get("image_alt"), said, "value")


def warnings(content: Content) -> Iterator[Fault]:
    """Pictures that networks would show very small."""
    named = [(page.where, page.lines.get("image"), content.files.get(_own(page))) for page in content.pages]
    folders = {"", *(page.lang for page in content.pages)}
    usual = [content.files.get(posixpath.join(folder, name)) for folder in sorted(folders) for name in DEFAULTS]
    for where, line, file in (*named, *((str(file), None, file) for file in usual if file)):
        known = _known(file) if file else None
        if known and (known.width < LEAST[0] or known.height < LEAST[1]):
            said = _("this picture has %(width)s × %(height)s points; beside a shared link it will be small: take one "
                     "of 1200 × 630", width=known.width, height=known.height)  # fmt: skip
            yield Fault(where, line, said, "image-small")


def _wrong(content: Content, page: Page) -> str:
    address = _own(page)
    if not address.lower().endswith(SUFFIXES):
        return _("“%(image)s” cannot stand beside a shared link; name a picture whose name ends in %(suffixes)s",
                 image=page.image, suffixes=", ".join(SUFFIXES))  # fmt: skip
    if address in content.files:
        return ""
    said = _("the picture “%(image)s” is not there: name it as in a link, from this page's folder or, with / first, "
             "from static/.", image=page.image)  # fmt: skip
    folder = posixpath.dirname(f"{page.lang}/{page.name}")
    known = [posixpath.relpath(url, folder) for url in content.files if url.lower().endswith(SUFFIXES)]
    return said + nearest(page.image, known)


def _own(page: Page) -> str:
    """The address of the picture that a page names, as links name files; "" where it names none."""
    if not page.image:
        return ""
    if page.image.startswith("/"):
        return normalize("NFC", page.image.lstrip("/"))
    path = posixpath.normpath(posixpath.join(posixpath.dirname(f"{page.lang}/{page.name}"), page.image))
    return normalize("NFC", path.removeprefix(f"{STATIC}/"))


def _default(files: Mapping[str, Path], lang: str) -> str:
    """The address of the site's picture: that of a language, which may have words on it, before that of all."""
    return next((url for folder in (f"{lang}/", "") for name in DEFAULTS if (url := folder + name) in files), "")


def _known(file: Path) -> pictures.Picture | None:
    try:
        return pictures.picture(file) if file.suffix.lower() in SUFFIXES else None
    except (Faults, OSError):
        return None  # it is a fault of its own
