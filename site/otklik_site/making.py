"""What must be made anew is made, what may stay stays: of a whole site, or of the few pages whose words changed."""

from __future__ import annotations

import os
import shutil
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from otklik_site import made_files, output, views
from otklik_site.asked import Answers
from otklik_site.cache import Made, Outputs
from otklik_site.harvest import Harvest
from otklik_site.output import file_of, sign
from otklik_site.sources import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from otklik_site.building import Watcher
    from otklik_site.cache import Last, Newer
    from otklik_site.output import Workshop
    from otklik_site.website import Website


class Rewording:
    """Makes anew the pages of which only the words changed: nothing else of the site can have noticed."""

    def __init__(self, website: Website, urls: Sequence[str], last: Last, shop: Workshop, watcher: Watcher) -> None:
        self.harvest = Harvest(website, made_files.looks(website), shop, urls, watcher)
        self._claimed = shop.output
        self._last = last
        self.kept = shop.output.files
        self.staged = self.harvest.staged

    def add_to(self, newer: Newer) -> frozenset[str]:
        """Adds what was made, for the next build, and returns the files of pages that others show too."""
        newer.made |= self.harvest.made()
        return self.harvest.shared()

    def signs(self) -> dict[str, tuple[int, ...]]:
        """Every published file with how the system describes it now."""
        there = f"{self._claimed.folder}{os.sep}"
        return self._last.signs | {file: sign(there + file) for file in self.staged}


class Making:
    """Makes what must be made anew, and knows what may stay."""

    def __init__(
        self, website: Website, before: Outputs, look_now: bytes, last: Last, shop: Workshop,
        watcher: Watcher, same: Collection[str],
    ) -> None:  # fmt: skip
        self.website = website
        self.same = same
        self.look = look_now
        self.before = before if before.look == look_now else Outputs()
        self.claimed = shop.output
        self.last = last
        self.shop = shop
        self.watcher = watcher
        self.staged: dict[str, Path] = {}
        self.kept: list[str] = []
        self.kept_pages: list[str] = []
        self.signs_kept: dict[str, tuple[int, ...]] = {}
        self.made: dict[str, Made] = {}
        self._make()

    def _make(self) -> None:
        made = made_files.made(self.website)
        self._stage_files(made)
        urls = views.urls(self.website)
        stays = self._stays(urls)
        anew = [url for url in urls if url not in stays]
        for url in urls:
            if url in stays:
                self._keep(url)
        self.harvest = Harvest(self.website, made, self.shop, anew, self.watcher)
        self.staged |= self.harvest.staged

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
            staged = self.shop.folder / self.shop.place(url)
            staged.parent.mkdir(parents=True, exist_ok=True)
            if file:
                shutil.copyfile(file, staged)
            else:
                staged.write_bytes(made[url][0])
            self.staged[url] = staged

    def _is_published(self, file: str, digest: bytes) -> bool:
        if file not in self.claimed.files:
            return False
        before = self.before.made.get(file)
        known = self.last.signs.get(file)
        if before and known and before.digest == digest and sign(f"{self.claimed.folder}{os.sep}{file}") == known:
            self.signs_kept[file] = known
            return True
        path = self.claimed.folder / file
        return path.is_file() and not path.is_symlink() and digest_of(path) == digest

    def _stays(self, urls: Sequence[str]) -> set[str]:
        """The addresses whose files are in place and whose questions are all answered as before."""
        if not self.before.made:
            return set()
        answers = Answers(self.website, self.same)
        other = {
            number
            for number, (question, answer) in enumerate(self.before.questions)
            if not answers.same(question, answer)
        }
        found = set()
        for url in urls:
            file = file_of(url)
            before = self.before.made.get(file)
            if before and before.asked and other.isdisjoint(before.asked) and self._is_published(file, before.digest):
                found.add(url)
        return found

    def _keep(self, url: str) -> None:
        file = file_of(url)
        self.kept.append(file)
        self.kept_pages.append(file)
        self.made[file] = self.before.made[file]

    def add_to(self, newer: Newer) -> frozenset[str]:
        """Adds what was made, for the next build, and returns the files of pages that others show too."""
        newer.made |= self.harvest.made()
        before = self.before.made
        newer.made |= {file: (made.digest, []) for file, made in self.made.items()
                       if not made.asked and (file not in before or before[file].digest != made.digest)}  # fmt: skip
        return self.harvest.shared()

    def outputs(self) -> Outputs:
        """All that was published, as the next build must know it.

        New questions are numbered behind the old ones; once in a while all that are still asked anew.
        """
        old = self.before.questions if self.kept_pages else []
        questions: list[tuple[Any, Any]] = []
        made = dict(self.made)
        lists = {process: _Numbers(questions, new) for process, new in self.harvest.questions.items()}
        tidy = self.before.tidy
        if len(old) <= tidy * 2:
            questions += old
        else:
            numbers = _Numbers(questions, old)
            made |= {file: Made(made[file].digest, numbers.of(made[file].asked)) for file in self.kept_pages}
            tidy = 0
        for url, one in self.harvest.frozen.items():
            made[file_of(url)] = Made(one.digest, lists[self.harvest.process[url]].of(one.asked))
        return Outputs(self.look, questions, made, (tidy if old else 0) or len(questions))

    def signs(self) -> dict[str, tuple[int, ...]]:
        """Every published file with how the system describes it now."""
        there = f"{self.claimed.folder}{os.sep}"
        files = [*self.made, *self.harvest.staged]
        return {file: self.signs_kept.get(file) or sign(there + file) for file in files}


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
