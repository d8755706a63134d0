"""A whole site read from its folder: pages that stayed what they were from memory, the others anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from otklik_site import checks, lists, search, theme
from otklik_site.bodies import Bodies, Leaf
from otklik_site.folder import STATIC, guess_languages
from otklik_site.forks import each
from otklik_site.packs import Packs, PackWriter
from otklik_site.pages import Content, PageFile, find_content
from otklik_site.reading import Ground, Reading, is_settled
from otklik_site.website import Website
from otklik_widget.journey import Company, Journey, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from otklik_site.building import Order, Watcher
    from otklik_site.cache import Pages
    from otklik_site.codes import Severities
    from otklik_site.sources import Sources
    from otklik_widget.faults import Fault
    from otklik_widget.journey import Journey

THEME = "theme"
Read = tuple[PageFile, "Leaf | tuple[Fault, ...]", bool]


@dataclass
class Found:
    """What reading found: the website, unless the journey is at fault; what is wrong; and what may be kept.

    `faults` stop a build, `warnings` do not; those of links are in neither, until they are looked at.
    """

    website: Website | None
    faults: list[Fault]
    warnings: list[Fault]
    ground: bytes
    sources: Sources
    bodies: Bodies | None
    settled: dict[str, Leaf] = field(default_factory=dict)
    # The addresses of pages whose files stayed what they were, and the paths of those read anew.
    same: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    # What the website was made of.
    content: Content = field(default_factory=Content)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    packs: Packs = field(default_factory=Packs)

    def look_at_links(self, severities: Severities) -> None:
        """Adds what is wrong with links, on pages that cannot be shown too."""
        if self.bodies is None or self.bodies.website is None:
            return
        for url in self.bodies:
            self.bodies[url]
        for leaf in self.leaves.values():
            if leaf.broken:
                self.bodies.of_leaf(leaf, self.bodies.website)
        errors, warnings = severities.sort(self.bodies.faults)
        self.faults += errors
        self.warnings += warnings

    def close(self) -> None:
        self.packs.close()


def read_site(
    order: Order,
    faults: Sequence[Fault],
    sources: Sources,
    before: Pages,
    packs: Path,
    look: bytes,
    watcher: Watcher,
    new_packs: Path | None = None,
) -> Found:
    """The site of a content folder; links are not yet looked at."""
    languages = languages_of(order, sources)
    content = find_content(sources, languages)
    ground = _ground(order, sources, languages, look)
    searched = search.searched(content.page_files)
    leaves: dict[str, Leaf] = {}
    settled: dict[str, Leaf] = {}
    same: set[str] = set()
    unread = []
    for one in content.page_files:
        path = f"{one.lang}/{one.inside}"
        leaf = before.leaves.get(path)
        if leaf is None or not _holds(leaf, one, before.ground == ground, order, one.lang in searched):
            unread.append(one)
        else:
            leaves[path] = settled[path] = leaf
            same.add(leaf.page.url)
    reader = _Reader(order, new_packs or packs, searched)
    watcher.more(len(unread))
    for results in each(reader.begin, unread, watcher.step):
        for one, leaf_or_faults, is_sound in results:
            path = f"{one.lang}/{one.inside}"
            if isinstance(leaf_or_faults, Leaf):
                leaves[path] = leaf_or_faults
                if is_sound:
                    settled[path] = leaf_or_faults
            else:
                content.broken.add(one.where)
                content.faults += leaf_or_faults
    texts = Packs(packs, *([new_packs] if new_packs else []))
    anew = {f"{one.lang}/{one.inside}" for one in unread}
    begun = Found(None, list(faults), [], ground, sources, None, settled, same, anew, content, leaves, texts)
    return site_of(order, begun, leaves)


def _holds(leaf: Leaf, page_file: PageFile, same_ground: bool, order: Order, searched: bool) -> bool:
    """Is the page what was read before, and its text, where it is wanted?"""
    if leaf.page.digest != page_file.digest or (leaf.ground and not same_ground):
        return False
    if not order.shows(leaf.page):
        return True
    return bool(leaf.place) and leaf.whole == searched


def _ground(order: Order, sources: Sources, languages: Sequence[str], look: bytes) -> bytes:
    """A digest of what texts may rest on besides their own file: journey, settings, data, templates."""
    beside = [path for path in ground_files(sources, languages) if not path.startswith(f"{THEME}/")]
    return blake2b(order.company_digest + look + sources.digest(beside), digest_size=16).digest()


def languages_of(order: Order, sources: Sources) -> tuple[str, ...]:
    """The company's languages; without a journey those that the folders speak of."""
    return order.journey.company.languages if order.journey else tuple(guess_languages(sources))


def ground_files(sources: Sources, languages: Sequence[str]) -> list[str]:
    """The files that no address shows by itself: data, snippets, the theme."""
    published = {*languages, STATIC}
    return [path for path in sources.files if path.partition("/")[0] not in published]


def site_of(order: Order, found: Found, leaves: dict[str, Leaf], *, checking: bool = True) -> Found:
    """The site that pages make on a day; without `checking` its faults and warnings are those found before."""
    before = found.content
    content = replace(before, pages=[], drafts=[], made=[], broken=set(before.broken), unshown=[])
    by_url: dict[str, Leaf] = {}
    raised: list[Fault] = []
    for one in content.page_files:
        leaf = leaves.get(f"{one.lang}/{one.inside}")
        if leaf is None:
            continue
        if checking:
            raised += leaf.faults
        if leaf.broken:
            content.broken.add(one.where)
            if order.shows(leaf.page):
                content.unshown.append(leaf.page)
        elif order.shows(leaf.page):
            content.pages.append(leaf.page)
            if leaf.place:
                by_url[leaf.page.url] = leaf
        else:
            content.drafts.append(leaf.page)
    journey = order.journey
    languages = languages_of(order, found.sources)
    clashes = list(lists.make(content, languages, order.today))
    by_url |= {page.url: Leaf(page) for page in content.made}
    # Without a journey there is nothing to be shown, but where links lead can still be told.
    shown = journey or _nobodys(languages)
    website = Website(shown, order.settings, content, found.sources, order.today, order.company_digest)
    bodies = Bodies(by_url, found.packs, website)
    object.__setattr__(website, "bodies", bodies)
    faults, warnings = found.faults, found.warnings
    if checking:
        raised += [*theme.faults(order.content), *content.faults, *clashes, *checks.faults(content, journey)]
        if journey:
            raised += checks.of_site(website)
        errors, warnings = order.severities.sort(raised)
        faults = [*faults, *errors]
    return replace(
        found,
        website=website if journey else None,
        faults=faults,
        warnings=warnings,
        bodies=bodies,
        content=content,
        leaves=leaves,
    )


def _nobodys(languages: Sequence[str]) -> Journey:
    """A journey that leads nowhere."""
    return Journey(Company(Text({}), tuple(languages), "UTC", 0, ()), (), (), {})


def begin_reading(order: Order, packs: Path, found: Found) -> Callable[[Sequence[PageFile]], list[Read]]:
    """What reads single pages again, of a site that was read before."""
    return _Reader(order, packs, search.searched(found.content.page_files)).begin()


class _Reader:
    """Makes the worker of each process that reads pages."""

    def __init__(self, order: Order, packs: Path, searched: Collection[str]) -> None:
        self._order = order
        self._searched = searched
        self._packs = packs

    def begin(self) -> Callable[[Sequence[PageFile]], list[Read]]:
        order = self._order
        pack = PackWriter(self._packs)
        ground = Ground(order.content, order.journey, order.settings)

        reading = Reading(ground, pack, order.shows, self._searched)

        def read(page_files: Sequence[PageFile]) -> list[Read]:
            results: list[Read] = []
            with pack:
                for one in page_files:
                    leaf = reading.read(one)
                    results.append((one, leaf, isinstance(leaf, Leaf) and is_settled(leaf)))
            return results

        return read
