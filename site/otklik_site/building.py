"""A build from folder to folder: what changed is read, what rests on it is made anew, the rest stays.

The output is always what a build without a cache would write, byte for byte.
"""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_site import output
from otklik_site.cache import Cache, Last, Outputs, Pages, look_of, made_by
from otklik_site.codes import Severities
from otklik_site.collecting import SELDOM, collecting
from otklik_site.packs import Damaged
from otklik_site.sources import digest_of, look
from otklik_widget.faults import Fault, Faults
from otklik_widget.words import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from otklik_site.output import Output
    from otklik_site.pages import Page
    from otklik_site.site_reading import Found
    from otklik_site.website import Website
    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings

THEME = "theme"
# So many pages are read again rather than kept, and their words changed rather than all looked through.
FEW = 50
# So many outputs that were made anew are remembered beside the others, before all are written whole.
MANY = 200


@dataclass(frozen=True)
class Order:
    """What to build: a content folder with its journey, as of a day, and the faults found on the way here."""

    content: Path
    journey: Journey | None
    journey_file: Path
    settings: Settings
    today: date
    faults: Sequence[Fault] = ()
    # Drafts too, and pages whose day has not come or is over.
    everything: bool = False
    severities: Severities = field(default_factory=Severities)

    def shows(self, page: Page) -> bool:
        return self.everything or page.is_shown(self.today)

    @property
    def company_digest(self) -> bytes:
        made = blake2b(repr(self.settings).encode(), digest_size=16)
        made.update(digest_of(self.journey_file))
        if self.journey and self.journey.company.logo:
            made.update(self.journey.company.logo.version.encode())
        return made.digest()


@dataclass(frozen=True)
class Built:
    """What a build says of itself."""

    pages: int
    changed: int
    warnings: Sequence[Fault]
    due: date | None = None
    made: int = 0


@dataclass
class Watcher:
    """Hears how far a build is."""

    tell: Callable[[int, int], None] = field(default=lambda _done, _all: None)
    all: int = 0
    done: int = 0

    def more(self, steps: int) -> None:
        self.all += steps

    def step(self, steps: int) -> None:
        self.done += steps
        self.tell(self.done, self.all)


def build(order: Order, out: Path, *, fresh: bool = False, watcher: Watcher | None = None) -> Built:
    """Builds the site into a folder; raises `Faults`, and leaves the folder as it was, where anything is wrong."""
    faults = list(order.faults)
    claimed = None
    try:
        claimed = output.claim(out, order.content)
    except Faults as refused:
        faults += refused.faults
    cache = Cache.beside(order.content, out)
    with collecting(SELDOM):
        try:
            return _Build(order, faults, cache, fresh=fresh, watcher=watcher).run(claimed)
        except Damaged:
            return _Build(order, faults, cache, fresh=True, watcher=watcher).run(claimed)


def made_by_now(order: Order) -> bytes:
    """A digest of all that a page read before must not differ in, to be taken for what it would be read as now."""
    made = blake2b(made_by(), digest_size=16)
    made.update(f"{language()}\0{order.content}".encode("utf-8", "surrogateescape"))
    return made.digest()


class _Build:
    def __init__(
        self, order: Order, faults: Sequence[Fault], cache: Cache, *, fresh: bool, watcher: Watcher | None
    ) -> None:
        self.order = order
        self.faults = faults
        self.cache = cache
        self.fresh = fresh
        self.watcher = watcher or Watcher()

    def run(self, claimed: Output | None) -> Built:
        order = self.order
        last = Last() if self.fresh else self.cache.last()
        sources = look(order.content, last.sources)
        now = Now.of(order)
        changed = sources.differing(last.sources)
        there = claimed if not self.faults and last.key == now.key and _is_untouched(claimed, last) else None
        if there and not changed:
            return Built(last.pages, 0, last.warnings, last.due)
        pages = Pages() if self.fresh else self.cache.pages(last)
        if pages.by != now.by:
            pages = Pages()
        from otklik_site.site_reading import read_site

        with _pack_folder(self.cache.folder) as packs:
            found = read_site(order, self.faults, sources, pages, packs, now.look, self.watcher)
            with closing(found):
                if found.faults or claimed is None or found.website is None:
                    found.look_at_links(order.severities)
                    raise self._refusal(found, last, now, found.faults)
                return self._publish(claimed, last, pages, found, now, changed if there else None)

    def _publish(
        self, claimed: Output, last: Last, pages: Pages, found: Found, now: Now, changed: set[str] | None
    ) -> Built:
        """Makes, publishes and keeps; `changed` are the paths of all that changed, or None where others may have."""
        from otklik_site.making import Making, Rewording

        website = found.website
        assert website
        newer = self.cache.newer(last)
        newer.leaves |= {path: leaf for path in found.anew if (leaf := found.settled.get(path))}
        reworded = _reworded(found, pages, last, changed) if changed and len(newer.leaves) <= FEW else []
        making: Rewording | Making
        with output.workshop(claimed) as shop:
            if reworded:
                making = Rewording(website, reworded, last, shop, self.watcher)
            else:
                before = Outputs() if self.fresh else self.cache.outputs(last)
                making = Making(website, before, now.look, last, shop, self.watcher, found.same)
            links = making.harvest.link_faults(last.links)
            errors, warnings = self.order.severities.sort(fault for some in links.values() for fault in some)
            if errors:
                raise self._refusal(found, last, now, errors)
            published = output.publish(shop, making.staged, making.kept)
        warnings = list(sorted_faults([*found.warnings, *warnings]))
        shared = last.shared | making.add_to(newer)
        count = len(website.content.pages)
        new = Last(now.key, dict(found.sources.files), count, warnings, website.due, making.signs(),
                   last.segments, shared=shared, links=links)  # fmt: skip
        segments: list[Pages | Outputs] = []
        if not pages.leaves or pages.ground != found.ground or len(newer.leaves) > FEW:
            segments.append(Pages(now.by, found.ground, found.settled))
        if isinstance(making, Making) and (not making.before.made or len(newer.made) > MANY):
            segments.append(making.outputs())
        self.cache.keep(new, newer, *segments)
        return Built(count, published, warnings, website.due, len(making.staged))

    def _refusal(self, found: Found, last: Last, now: Now, faults: Iterable[Fault]) -> Faults:
        """What is wrong; of many pages that were read meanwhile those in order need not be read again."""
        if len(found.anew) > FEW:
            new = Last(sources=dict(found.sources.files), segments=last.segments, links=last.links)
            self.cache.keep(new, self.cache.newer(last), Pages(now.by, found.ground, found.settled))
        return Faults(sorted_faults(faults))


def _is_untouched(claimed: Output | None, last: Last) -> bool:
    return claimed is not None and claimed.is_untouched(last.signs)


def _reworded(found: Found, pages: Pages, last: Last, changed: set[str]) -> list[str]:
    """The addresses of pages, if all that changed are words of these; nothing where more did.

    Words that no list, link, or index of the site knows of: whatever else is known of a page stayed what it was.
    """
    urls = []
    for path in sorted(found.anew | changed):
        before, leaf = pages.leaves.get(path), found.settled.get(path)
        if before is None or leaf is None or not leaf.place or leaf.without_words() != before.without_words():
            return []
        urls.append(leaf.page.url)
    return [] if last.shared.intersection(map(output.file_of, urls)) else urls


@dataclass(frozen=True)
class Now:
    """Digests of all that the last build's results rest on besides the content's files: `by` of what reads pages,
    `look` of templates and styles, `key` of both with journey, settings and day."""

    by: bytes
    look: bytes
    key: bytes

    @classmethod
    def of(cls, order: Order) -> Now:
        by, look = made_by_now(order), look_of(order.content / THEME)
        key = blake2b(by + look + order.company_digest, digest_size=16)
        key.update(f"{order.today} {order.everything} {order.severities}".encode())
        return cls(by, look, key.digest())


def check(order: Order, out: Path, use: Callable[[Website], None] = lambda _website: None) -> Built:
    """Everything that a build would say, without writing anything; raises `Faults` where it would.

    `use` gets the website while its texts can be read.
    """
    from otklik_site.site_reading import read_site

    cache = Cache.beside(order.content, out)
    for fresh in (False, True):
        last = Last() if fresh else cache.last()
        pages = cache.pages(last)
        if pages.by != made_by_now(order):
            pages = Pages()
        sources = look(order.content, last.sources)
        try:
            with tempfile.TemporaryDirectory() as folder:
                look_now = look_of(order.content / THEME)
                found = read_site(order, order.faults, sources, pages, cache.folder, look_now, Watcher(), Path(folder))
                with closing(found):
                    found.look_at_links(order.severities)
                    if found.faults:
                        raise Faults(sorted_faults(found.faults))
                    assert found.website
                    use(found.website)
                warnings = list(sorted_faults(found.warnings))
                return Built(len(found.website.content.pages), 0, warnings, found.website.due)
        except Damaged:
            continue
    raise AssertionError("a build without a cache found it damaged")


def sorted_faults(faults: Iterable[Fault]) -> Iterable[Fault]:
    """Each fault once, in the order of files and lines."""
    return dict.fromkeys(sorted(faults, key=lambda fault: (fault.where, fault.line or 0)))


@contextmanager
def _pack_folder(folder: Path) -> Iterator[Path]:
    """Where texts are packed: the cache, or for this build alone another folder where that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / "probe"
        probe.touch()
        probe.unlink()
    except OSError:
        with tempfile.TemporaryDirectory() as other:
            yield Path(other)
    else:
        yield folder
