"""The site while it is being written, kept in memory: one saved page is read again, the rest stays."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from otklik_site.bodies import Leaf
from otklik_site.building import Now, Watcher, sorted_faults
from otklik_site.cache import Pages
from otklik_site.site_reading import begin_reading, ground_files, languages_of, read_site, site_of
from otklik_site.sources import digest_of, look
from otklik_widget.words import language, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from otklik_site.building import Order
    from otklik_site.cache import Cache
    from otklik_site.site_reading import Found
    from otklik_site.sources import Source
    from otklik_site.website import Website
    from otklik_widget.faults import Fault

# The files of pages that were looked at last are watched so often, and those that many pages may rest on;
# all others so often at most; in seconds.
HOT, WARM = 0.02, 0.3
# So many files that pages rest on are watched as often.
MANY = 200
# Watching everything takes at most this share of a core.
SHARE = 0.1


class Workbench:
    """The newest state of the site; `version` grows with every change."""

    def __init__(self, order: Callable[[], Order], packs: Path, cache: Cache, by: bytes, watcher: Watcher) -> None:
        self._read_order = order
        self._packs = packs
        self._cache = cache
        self._lang = language()
        last = cache.last()
        pages = cache.pages(last)
        self._pages = pages if pages.by == by else Pages()
        self._watched: deque[str] = deque(maxlen=6)
        self._seen: dict[str, tuple[int, ...]] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._by_day: dict[date, Website | None] = {}
        # Where each page was found when its file was last in order: what is broken now is shown there.
        self.urls: dict[str, str] = {}
        self.found: Found
        self.version = 0
        self._sources: Mapping[str, Source] = last.sources
        self._key = b""
        # Pages whose change is shown already; those of which more changed than words; the faults that were known then.
        self._told: set[str] = set()
        self._unchecked: set[str] = set()
        self._faults: list[Fault] = []
        self._ground: dict[str, tuple[int, ...]] = {}
        self._read(watcher)

    def _read(self, watcher: Watcher) -> None:
        order = replace(self._read_order(), everything=True)
        sources = look(order.content, self._sources)
        now = Now.of(order)
        changed = sources.differing(self._sources)
        self._sources = sources.files
        if self.version and now.key == self._key and self._is_shown(changed):
            return
        found = read_site(order, order.faults, sources, self._pages, self._cache.folder, now.look, watcher, self._packs)
        if self.version:
            self.found.close()
        self._key, self._order, self.found, self._by_day = now.key, order, found, {}
        self._pages = Pages(ground=found.ground, leaves=found.settled)
        self._page_files = {one.where: one for one in found.content.page_files}
        self._one = begin_reading(order, self._packs, found)
        told = self.version and changed and changed <= self._told and found.faults == self._faults
        self._told.clear()
        self._unchecked.clear()
        self._faults = found.faults
        beside = [str(order.content / path) for path in ground_files(sources, languages_of(order, sources))]
        self._ground = {file: _sign(file) for file in [str(order.journey_file), *beside][:MANY]}
        if not told:  # a browser that shows the saved page already need not load it again
            self._tell()

    def _is_shown(self, changed: set[str]) -> bool:
        """Is all that changed shown already, and nothing but words?"""
        leaves = self.found.leaves
        shown = changed <= self._told - self._unchecked and all(
            path in self._sources and leaves[path].page.digest == self._sources[path].digest for path in changed
        )
        if shown:
            self._told -= changed
        return shown

    def _read_page(self, where: str) -> None:
        """Reads one saved page; whatever else rests on it is looked at by the next look at everything."""
        known = self._page_files.get(where)
        if not known:
            return
        one = replace(known, digest=digest_of(where))
        ((_file, leaf, sound),) = self._one([one])
        path = f"{one.lang}/{one.inside}"
        before = self.found.leaves.get(path)
        if (
            not isinstance(leaf, Leaf)
            or not sound
            or self._order.severities.sort(leaf.faults)[0]
            or not before
            or before.page.url != leaf.page.url
        ):
            self._read(Watcher())
            return
        self._pages.leaves[path] = leaf
        self._told.add(path)
        if self.found.website and leaf.place and leaf.without_words() == before.without_words():
            self.found.leaves[path] = leaf
            self.found.website.bodies.reword(leaf)
            self._tell()
            return
        self._unchecked.add(path)
        leaves = {**self.found.leaves, path: leaf}
        self.found = site_of(self._order, self.found, leaves, checking=False)
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            for page in self.found.content.pages:
                self.urls[page.where] = page.url
            self._by_day = {}
            self.version += 1
            self._changed.notify_all()

    @property
    def faults(self) -> Sequence[Fault]:
        return list(sorted_faults(self.found.faults))

    def website(self, day: date | None = None) -> Website | None:
        """Everything there is, or the site as it will be on a day; None where journey or home page have faults."""
        found = self.found.website if day is None else self._website_of(day)
        return found if found and all(found.has_home(lang) for lang in found.languages) else None

    def _website_of(self, day: date) -> Website | None:
        if day not in self._by_day:
            order = replace(self._order, today=day, everything=False)
            self._by_day[day] = site_of(order, self.found, self.found.leaves, checking=False).website
        return self._by_day[day]

    def watch(self, where: str) -> None:
        """Looks at a page's file more often than at others."""
        if where not in self._watched:
            self._seen[where] = _sign(where)
            self._watched.append(where)

    def wait(self, version: int, seconds: float) -> int:
        """The version, as soon as it is another one, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version or self._stop.is_set(), seconds)
            return self.version

    def start(self) -> threading.Thread:
        """Begins to watch, in a thread that ends with the process or with `stop`."""
        thread = threading.Thread(target=self._run, name="preview", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self.found.close()

    def _run(self) -> None:
        with speaking(self._lang):
            due = 0.0
            while not self._stop.wait(HOT):
                for where in list(self._watched):
                    if _is_saved(where, self._seen):
                        self._read_page(where)
                        due = time.monotonic() + WARM  # the browser asks for the page first
                if any(_is_saved(file, self._ground) for file in self._ground):
                    due = 0.0
                if time.monotonic() >= due:
                    begun = time.process_time()
                    self._read(Watcher())
                    due = time.monotonic() + max(WARM, (time.process_time() - begun) / SHARE)


def _is_saved(file: str, seen: dict[str, tuple[int, ...]]) -> bool:
    """Is a file another one than was seen? It is empty for a moment while it is written: then not yet."""
    sign = _sign(file)
    if sign == seen.get(file) or not (sign and sign[0]):
        return False
    seen[file] = sign
    return True


def _sign(where: str) -> tuple[int, ...]:
    try:
        about = os.stat(where)  # noqa: PTH116 - two hundred files, fifty times a second
    except OSError:
        return ()
    return (about.st_size, about.st_mtime_ns, about.st_ino)
