"""The company's pages as they are written: every .md file below content/<language>/ as a typed page."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

from otklik_site import codes, foreign, program_checks, programs, schema, unread
from otklik_site.folder import STATIC, faults, files, warnings
from otklik_site.front_matter import Reader, split
from otklik_site.page_text import read_page_text
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import Fault

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import yaml

    from otklik_site.program_parts import Version
    from otklik_site.programs import Program
    from otklik_site.sources import Sources

# What a page can be given where nobody wrote it.
UNREAD = ("title", "description")


@dataclass(frozen=True)
class Page:
    """One page; `url` is its address below the root ("ru/club/"), `name` pairs it with other languages."""

    where: str
    lang: str
    name: str
    url: str
    title: str
    description: str
    kind: str
    digest: bytes = field(repr=False)
    body_line: int
    lines: dict[str, int] = field(repr=False)
    nav: int | None = None
    nav_title: str = ""
    footer: int | None = None
    date: dt.date | None = None
    updated: dt.date | None = None
    draft: bool = False
    touchpoint: str = ""
    helpful: str | Literal[False] | None = None
    summary: str = ""
    image: str = ""
    image_alt: str = ""
    moved_from: tuple[str, ...] = ()
    publish: dt.date | None = None
    expire: dt.date | None = None
    tags: tuple[str, ...] = ()
    starts: dt.date | None = None
    until: dt.date | None = None
    effective: dt.date | None = None
    version: str = ""
    history: tuple[Version, ...] = ()
    per_page: int = 20
    order: str = "newest"
    phone: str = ""
    phone_hours: str = ""
    email: str = ""
    # Which part of a list this is, and where the list's first part stands; see `collections`.
    part: int = 1
    first: str = ""
    program: Program | None = None

    def __getstate__(self) -> dict[str, Any]:
        return unusual(self)

    @property
    def file(self) -> Path:
        return Path(self.where)

    # Ten thousand texts would fill the memory, and few are ever looked at after they were read.
    @property
    def text(self) -> str:
        """The whole file, front matter and all; nothing where nobody wrote one."""
        return "" if self.made else read_page_text(self.where, self.digest)[0]

    @property
    def body(self) -> str:
        """The Markdown below the front matter."""
        return "\n".join(self.text.split("\n")[self.body_line - 1 :])

    @property
    def short_title(self) -> str:
        return self.nav_title or self.title

    @property
    def made(self) -> bool:
        """Did nobody write this page: is it a further part of a list, or a list by itself?"""
        return bool(self.first)

    def is_shown(self, day: dt.date) -> bool:
        """Is the page on the site on a day? `expire` is the last one; a home page always is."""
        if self.draft or self.is_home:
            return not self.draft
        return (self.publish or day) <= day <= (self.expire or day)

    @property
    def turns(self) -> list[dt.date]:
        """The days on which the site changes because of this page, with nothing changed by anybody."""
        if self.draft:
            return []
        after = [last + timedelta(days=1) for last in (self.expire, self.until) if last]
        return [*after, *(day for day in (self.publish, self.starts, self.effective) if day)]

    @property
    def is_listed(self) -> bool:
        """May search engines show the page? A search is nothing to find."""
        return self.kind != "search"

    @property
    def is_home(self) -> bool:
        return self.name == "index"

    @property
    def is_index(self) -> bool:
        return self.name == "index" or self.name.endswith("/index")

    @property
    def changed(self) -> dt.date | None:
        return self.updated or self.date


def unusual(value: object) -> dict[str, Any]:
    """What of a value differs from its class's defaults: all that need be kept of it, and read by the next build."""
    usual = vars(type(value))
    return {name: one for name, one in vars(value).items() if name not in usual or one is not usual[name]}


@dataclass(frozen=True)
class PageFile:
    """A page's file before it is read: where it is, its path in its language's folder, what it holds."""

    where: str
    inside: str
    lang: str
    digest: bytes


@dataclass
class Content:
    """Everything below content/: pages, other files by their address, and all faults found on the way."""

    page_files: list[PageFile] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    # Those whose day has not come, or is over, stand here too: links to them wait, and are no fault.
    drafts: list[Page] = field(default_factory=list)
    # Those that nobody wrote: lists and their further parts.
    made: list[Page] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    # Pages that could not be read: links to them are no further fault.
    broken: set[str] = field(default_factory=set)
    # Those of them that can at least be compared with others.
    unshown: list[Page] = field(default_factory=list)


def find_content(sources: Sources, languages: Sequence[str]) -> Content:
    """All files of a company, its pages not yet read, with what is wrong with the files as such."""
    content = Content()
    folder = sources.folder
    if not folder.is_dir():
        said = _("there is no such folder; “otklik new DIR” makes a company to begin with")
        content.faults.append(Fault(str(folder), None, said, "home-missing"))
        return content
    for lang in languages:
        _find_language(sources, lang, content)
    for path in files(sources, STATIC):
        content.files[normalize("NFC", path)] = folder / STATIC / path
    for part in (*languages, STATIC):
        content.faults += faults(sources, part)
    content.faults += warnings(sources, languages)
    return content


def _find_language(sources: Sources, lang: str, content: Content) -> None:
    folder = sources.folder / lang
    start = f"{folder}{os.sep}"
    for path in files(sources, lang):
        name = path.rpartition("/")[2]
        if name.endswith(".md") and name != ".md":
            digest = sources.files[f"{lang}/{path}"].digest
            content.page_files.append(PageFile(f"{start}{path}", path, lang, digest))
        elif not name.startswith("."):
            content.files[normalize("NFC", f"{lang}/{path}")] = folder / path
    if f"{lang}/index.md" not in sources.files:
        said = _("the language “%(lang)s” has no home page; write it into this file", lang=lang)
        content.faults.append(Fault(str(folder / "index.md"), None, said, "home-missing"))


def read_page(page_file: PageFile) -> tuple[Page, tuple[Fault, ...]]:
    """One page with everything that is wrong in its front matter; raises `Faults` where it cannot even be read.

    Whatever is missing or wrong is made up from the rest, so that the page's text can be looked at too.
    """
    where, lang = page_file.where, page_file.lang
    text, faults = read_page_text(where, page_file.digest)
    parts = split(text, where)
    node, renamed = foreign.as_ours(parts.node)
    reader = Reader(where, [*faults, *parts.faults])
    for line, said in renamed:
        reader.fault(line, said, "key-unknown")
    kind = _kind(node)
    values, lines = reader.table(
        node,
        schema.keys_of(kind) if kind in schema.KINDS else dict(schema.KEYS),
        lambda name: _elsewhere(name, kind),
    )
    for name, key in schema.KEYS.items():
        if kind in key.needed_in and name not in UNREAD:
            reader.need(lines, name, 1, key.says())
    if kind in schema.PROGRAMS:
        program_checks.read_program(values, lines, kind, lang, reader)
    if kind in schema.PROGRAMS or kind == "legal":  # terms are never published in part
        reader.faults = [replace(one, code="program") if one.code == "value" else one for one in reader.faults]
    _dates(values, lines, reader)
    name = page_file.inside.removesuffix(".md")
    url = _url(lang, name, values, lines, reader)
    if not any(fault.code in ("front-matter", "front-matter-missing") for fault in parts.faults):
        for known in UNREAD:
            reader.need(lines, known, 1, schema.KEYS[known].says(), f"{known}-missing")
    if "title" not in values or "description" not in values:
        body = text.split("\n")[parts.body_line - 1 :]
        values.setdefault("title", unread.title(body, name))
        values.setdefault("description", unread.description(body) or values["title"])
    common = {key.name: values[key.name] for key in (*schema.COMMON, *schema.OWN) if key.name in values}
    common |= {key: values[key] for key in ("starts", "until") if key in values}
    common.pop("slug", None)
    broken = any(codes.is_fatal(fault.code) for fault in reader.faults)
    program = None
    if broken:
        common["kind"] = "page"
    elif kind == "legal":
        common |= {"effective": values.get("effective"), "version": values.get("version", "")}
        common["history"] = programs.history_of(values)
    elif kind in schema.PROGRAMS:
        program = programs.program_of(values, kind)
    page = Page(
        where=where, lang=lang, name=name, url=url, digest=page_file.digest, lines=lines, body_line=parts.body_line,
        program=program, **{"kind": "page", **common},
    )  # fmt: skip
    return page, tuple(sorted(reader.faults, key=lambda fault: fault.line or 0))


def _kind(node: yaml.MappingNode) -> str:
    """The kind a page claims to be, before anything is checked: it decides which keys are right."""
    for key, value in node.value:
        if key.value == "kind":
            return str(value.value) if str(value.value) in schema.KINDS else ""
    return "page"


def _dates(values: dict[str, Any], lines: dict[str, int], reader: Reader) -> None:
    for first, last in (("publish", "expire"), ("starts", "until")):
        if first in values and last in values and values[last] < values[first]:
            reader.fault(lines[last], _("“%(last)s” is before “%(first)s”", last=last, first=first))
    terms = [values.get("effective"), *(row.get("from") for row, _line in values.get("history", ()))]
    days = [day for day in terms if day]
    if days != sorted(days, reverse=True):
        reader.fault(lines.get("history"), _("the earlier versions must stand newest first, all before “effective”"))
    if values.get("per_page") == 0:
        del values["per_page"]
        reader.fault(lines["per_page"], _("“per_page” must be 1 or more"))


def _elsewhere(name: str, kind: str) -> str | None:
    key = schema.KEYS.get(name)
    if key is None:
        return None
    kinds = ", ".join(key.kinds)
    return _(
        "“%(key)s” belongs to pages of kind %(kinds)s; this page's kind is %(kind)s",
        key=name,
        kinds=kinds,
        kind=kind,
    )


def _url(lang: str, name: str, values: dict[str, Any], lines: dict[str, int], reader: Reader) -> str:
    """`ru/` and "club/nps" give `ru/club/nps/`; Cyrillic file names are written in Latin letters."""
    own = values.get("slug")
    path = PurePosixPath(name)
    parts = [slug(part, empty="page") for part in path.parts]
    if parts[-1] == "index":
        parts.pop()
        if own:
            reader.fault(lines["slug"], _("an index page has its folder's address; take “slug” out"))
    elif own:
        if own != slug(own):
            said = _(
                "“slug” may hold small Latin letters, digits and hyphens, for example “%(slug)s”",
                slug=slug(own),
            )
            reader.fault(lines["slug"], said)
        parts[-1] = slug(own, empty=parts[-1])
    return "/".join([lang, *parts, ""])
