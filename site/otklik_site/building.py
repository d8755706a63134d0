"""A build from folder to folder: what changed is read, what rests on it is made anew, the rest stays.

The output is always what a build without a cache would write, byte for byte.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from array import array
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otklik_site import output
from otklik_site.cache import Cache, Last, Made, Memory, look_of, made_by
from otklik_site.output import file_of
from otklik_site.packs import Damaged
from otklik_site.sources import Sources, digest_of, look
from otklik_widget.faults import Fault, Faults
from otklik_widget.words import language

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from otklik_site.freeze import Frozen
    from otklik_site.output import Output
    from otklik_site.pages import Page
    from otklik_site.site_reading import Found
    from otklik_site.website import Website
    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings

THEME = "theme"


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
    # The site without the pages that have faults, for who must see the others.
    lenient: bool = False

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
    with _little_collecting():
        try:
            return _Build(order, faults, cache, fresh=fresh, watcher=watcher).run(claimed)
        except Damaged:
            return _Build(order, faults, cache, fresh=True, watcher=watcher).run(claimed)


@contextmanager
def _little_collecting() -> Iterator[None]:
    """Ten thousand pages are looked through for rubbish again and again, a fifth of a build, and hold none."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
        by, look_now = made_by_now(order), look_of(order.content / THEME)
        key = self._key(sources, by, look_now)
        if claimed and not self.faults and last.key == key and _untouched(claimed, last):
            return Built(last.pages, 0, last.warnings, last.due)
        memory = Memory() if self.fresh else self.cache.memory()
        if memory.by != by:
            memory = Memory()
        with _pack_folder(self.cache.folder) as packs:
            return self._make(claimed, last, memory, sources, packs, (key, by, look_now))

    def _key(self, sources: Sources, by: bytes, look_now: bytes) -> bytes:
        made = blake2b(by + look_now + self.order.company_digest, digest_size=16)
        made.update(sources.digest(sources.files) + str(self.order.today).encode())
        return made.digest()

    def _make(
        self,
        claimed: Output | None,
        last: Last,
        memory: Memory,
        sources: Sources,
        packs: Path,
        keys: tuple[bytes, bytes, bytes],
    ) -> Built:
        from otklik_site.site_reading import read_site

        key, by, look_now = keys
        order = self.order
        found = read_site(order, self.faults, sources, memory, packs, look_now, self.watcher)
        with closing(found):
            return self._publish(claimed, last, memory, found, key, by, look_now)

    def _publish(
        self, claimed: Output | None, last: Last, memory: Memory, found: Found, key: bytes, by: bytes, look_now: bytes
    ) -> Built:
        sources = found.sources
        kept = replace(memory, by=by, ground=found.ground, leaves=found.settled)
        if found.faults or claimed is None or found.website is None:
            self.cache.keep(Last(sources=dict(sources.files)), kept)
            raise Faults(sorted_faults(found.all_faults()))
        website = found.website
        with output.workshop(claimed.folder) as folder:
            making = _Making(website, memory, look_now, claimed, last, folder, self.watcher, found.same)
            making.run()
            if website.bodies.faults or making.faults:
                self.cache.keep(Last(sources=dict(sources.files)), kept)
                raise Faults(sorted_faults([*website.bodies.faults, *making.faults]))
            changed = output.publish(claimed, making.staged, making.kept)
        due = website.due
        new = Last(key, dict(sources.files), len(website.content.pages), found.warnings, due, making.signs())
        memory = Memory(by, found.ground, look_now, found.settled, making.questions, making.made, making.tidy)
        self.cache.keep(new, memory)
        return Built(len(website.content.pages), changed, found.warnings, due, len(making.staged))


def check(order: Order, out: Path, use: Callable[[Website], None] = lambda _website: None) -> Built:
    """Everything that a build would say, without writing anything; raises `Faults` where it would.

    `use` gets the website while its texts can be read.
    """
    from otklik_site.site_reading import read_site

    cache = Cache.beside(order.content, out)
    for fresh in (False, True):
        last, memory = (Last(), Memory()) if fresh else (cache.last(), cache.memory())
        if memory.by != made_by_now(order):
            memory = Memory()
        sources = look(order.content, last.sources)
        try:
            with tempfile.TemporaryDirectory() as folder:
                look_now = look_of(order.content / THEME)
                found = read_site(order, order.faults, sources, memory, cache.folder, look_now, Watcher(), Path(folder))
                with closing(found):
                    if faults := found.all_faults():
                        raise Faults(sorted_faults(faults))
                    assert found.website
                    use(found.website)
                return Built(len(found.website.content.pages), 0, found.warnings, found.website.due)
        except Damaged:
            continue
    raise AssertionError("a build without a cache found it damaged")


def sorted_faults(faults: Iterable[Fault]) -> Iterable[Fault]:
    """Each fault once, in the order of files and lines."""
    return dict.fromkeys(sorted(faults, key=lambda fault: (fault.where, fault.line or 0)))


def _untouched(claimed: Output, last: Last) -> bool:
    """Is every file of the last build still in its place, as the system describes it?"""
    return claimed.files == frozenset(last.signs) and all(
        _sign(f"{claimed.folder}{os.sep}{file}") == sign for file, sign in last.signs.items()
    )


def _sign(file: str) -> tuple[int, ...]:
    try:
        about = os.lstat(file)
    except OSError:
        return ()
    return (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


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


class _Making:
    """Makes what must be made anew, and knows what may stay."""

    def __init__(
        self, website: Website, memory: Memory, look_now: bytes, claimed: Output, last: Last, folder: Path,
        watcher: Watcher, same: Collection[str],
    ) -> None:  # fmt: skip
        self.website = website
        self.same = same
        self.memory = memory if memory.look == look_now else Memory()
        self.claimed = claimed
        self.last = last
        self.folder = folder
        self.watcher = watcher
        self.staged: dict[str, Path] = {}
        self.kept: list[str] = []
        self.kept_pages: list[str] = []
        self.tidy = 0
        self.signs_kept: dict[str, tuple[int, ...]] = {}
        self.made: dict[str, Made] = {}
        self.questions: list[tuple[Any, Any]] = []
        self.faults: list[Fault] = []

    def run(self) -> None:
        from otklik_site import views

        made = views.made(self.website)
        self._stage_files(made)
        urls = views.urls(self.website)
        stays = self._stays(urls)
        anew = [url for url in urls if url not in stays]
        for url in urls:
            if url in stays:
                self._keep(url)
        frozen = self._freeze(anew, made)
        for url in anew:
            self.staged[file_of(url)] = frozen[url].staged
        self._number(frozen)

    def _stage_files(self, made: Mapping[str, tuple[bytes, str]]) -> None:
        """The company's files, and those that machines read: cheap enough to be compared each time."""
        if self.website.due:
            made = {**made, output.DUE: (f"{self.website.due.isoformat()}\n".encode(), "text/plain")}
        for url in sorted({*self.website.files, *made}):
            file = self.website.files.get(url)  # before the made ones: a company may bring its own icon.svg
            if file:
                digest = self.website.digest_of(file)
            else:
                digest = blake2b(made[url][0], digest_size=16).digest()
            self.made[url] = Made(digest)
            if self._is_published(url, digest):
                self.kept.append(url)
                continue
            staged = self.folder / blake2b(f"file {url}".encode(), digest_size=16).hexdigest()
            if file:
                shutil.copyfile(file, staged)
            else:
                staged.write_bytes(made[url][0])
            self.staged[url] = staged

    def _is_published(self, file: str, digest: bytes) -> bool:
        if file not in self.claimed.files:
            return False
        before = self.memory.made.get(file)
        sign = self.last.signs.get(file)
        if before and sign and before.digest == digest and _sign(f"{self.claimed.folder}{os.sep}{file}") == sign:
            self.signs_kept[file] = sign
            return True
        path = self.claimed.folder / file
        return path.is_file() and not path.is_symlink() and digest_of(path) == digest

    def _stays(self, urls: Sequence[str]) -> set[str]:
        """The addresses whose files are in place and whose questions are all answered as before."""
        from otklik_site.asked import Answers

        if not self.memory.made:
            return set()
        answers = Answers(self.website, self.same)
        other = {
            number
            for number, (question, answer) in enumerate(self.memory.questions)
            if not answers.same(question, answer)
        }
        found = set()
        for url in urls:
            file = file_of(url)
            before = self.memory.made.get(file)
            if before and before.asked and other.isdisjoint(before.asked) and self._is_published(file, before.digest):
                found.add(url)
        return found

    def _keep(self, url: str) -> None:
        file = file_of(url)
        self.kept.append(file)
        self.kept_pages.append(file)
        self.made[file] = self.memory.made[file]

    def _freeze(self, urls: Sequence[str], made: Mapping[str, tuple[bytes, str]]) -> dict[str, Frozen]:
        from otklik_site.forks import each
        from otklik_site.freezing import Work

        self.watcher.more(len(urls))
        found: dict[str, Frozen] = {}
        self._process: dict[str, int] = {}
        work = Work(self.website, made, self.folder)
        # Each process numbers its own questions: they are told apart by its mark.
        self._asked: dict[int, list[tuple[Any, Any]]] = {}
        for result in each(work.begin, urls, self.watcher.step):
            self._asked.setdefault(result.process, []).extend(result.questions)
            for frozen in result.frozen:
                found[frozen.url] = frozen
                self._process[frozen.url] = result.process
            self.faults += result.faults
        return found

    def _number(self, frozen: dict[str, Frozen]) -> None:
        """Numbers the new questions behind the old ones; once in a while all that are still asked anew."""
        old = self.memory.questions
        if not self.kept_pages:
            old = []
        lists = {process: _Numbers(self.questions, questions) for process, questions in self._asked.items()}
        if len(old) <= self.memory.tidy * 2:
            self.questions += old
            self.tidy = self.memory.tidy
        else:
            numbers = _Numbers(self.questions, old)
            for file in self.kept_pages:
                before = self.made[file]
                self.made[file] = Made(before.digest, numbers.of(before.asked))
        for url, one in frozen.items():
            self.made[file_of(url)] = Made(one.digest, lists[self._process[url]].of(one.asked))
        self.tidy = self.tidy or len(self.questions)

    def signs(self) -> dict[str, tuple[int, ...]]:
        """Every published file with how the system describes it now."""
        there = f"{self.claimed.folder}{os.sep}"
        return {file: self.signs_kept.get(file) or _sign(there + file) for file in self.made}


class _Numbers:
    """Gives questions of one list their numbers in another."""

    def __init__(self, questions: list[tuple[Any, Any]], source: Sequence[tuple[Any, Any]]) -> None:
        self._questions = questions
        self._source = source
        self._known = [-1] * len(source)

    def of(self, asked: Iterable[int]) -> array[int]:
        found = array("I")
        for one in asked:
            if self._known[one] < 0:
                self._known[one] = len(self._questions)
                self._questions.append(self._source[one])
            found.append(self._known[one])
        return found
