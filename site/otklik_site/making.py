"""What must be made anew is made, what may stay stays: of a whole site, or of the few pages whose words changed."""

from __future__ import annotations

import os
import shutil
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from otklik_site import asked, output
from otklik_site.cache import Made, Outputs
from otklik_site.output import file_of, sign
from otklik_site.sources import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from otklik_site.building import Watcher
    from otklik_site.cache import Last, Newer
    from otklik_site.freeze import Frozen
    from otklik_site.output import Workshop
    from otklik_site.website import Website
    from otklik_widget.faults import Fault


class Harvest:
    """Addresses frozen by this process or several, with the questions that their making asked."""

    def __init__(
        self, website: Website, made: Mapping[str, tuple[bytes, str]], shop: Workshop, urls: Sequence[str],
        watcher: Watcher,
    ) -> None:  # fmt: skip
        from otklik_site.forks import each
        from otklik_site.freezing import Work

        self.frozen: dict[str, Frozen] = {}
        self.faults: list[Fault] = []
        # Each process numbers its own questions: they are told apart by its mark.
        self.questions: dict[int, list[tuple[Any, Any]]] = {}
        self.process: dict[str, int] = {}
        watcher.more(len(urls))
        for result in each(Work(website, made, shop).begin, urls, watcher.step):
            self.questions.setdefault(result.process, []).extend(result.questions)
            for frozen in result.frozen:
                self.frozen[frozen.url] = frozen
                self.process[frozen.url] = result.process
            self.faults += result.faults

    def staged(self) -> dict[str, Path]:
        return {file_of(url): one.staged for url, one in self.frozen.items()}

    def asked(self, url: str) -> list[tuple[Any, Any]]:
        """The questions of one address with their answers."""
        questions = self.questions[self.process[url]]
        return [questions[number] for number in self.frozen[url].asked]


class Rewording:
    """Makes anew the pages of which only the words changed: nothing else of the site can have noticed."""

    def __init__(self, website: Website, urls: Sequence[str], shop: Workshop, watcher: Watcher) -> None:
        from otklik_site import views

        self._harvest = Harvest(website, views.looks(website), shop, urls, watcher)
        self.faults = self._harvest.faults
        self.staged = self._harvest.staged()

    def add_to(self, newer: Newer) -> None:
        for url, one in self._harvest.frozen.items():
            newer.made[file_of(url)] = (one.digest, self._harvest.asked(url))


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
        harvest = Harvest(self.website, made, self.shop, anew, self.watcher)
        self.faults += harvest.faults
        staged = harvest.staged()
        self.staged |= {file: staged[file] for file in map(file_of, anew)}
        self._number(harvest)

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
        answers = asked.Answers(self.website, self.same)
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

    def _number(self, harvest: Harvest) -> None:
        """Numbers the new questions behind the old ones; once in a while all that are still asked anew."""
        old = self.before.questions
        if not self.kept_pages:
            old = []
        lists = {process: _Numbers(self.questions, questions) for process, questions in harvest.questions.items()}
        if len(old) <= self.before.tidy * 2:
            self.questions += old
            self.tidy = self.before.tidy
        else:
            numbers = _Numbers(self.questions, old)
            for file in self.kept_pages:
                before = self.made[file]
                self.made[file] = Made(before.digest, numbers.of(before.asked))
        for url, one in harvest.frozen.items():
            self.made[file_of(url)] = Made(one.digest, lists[harvest.process[url]].of(one.asked))
        self.tidy = self.tidy or len(self.questions)

    def link_faults(self) -> dict[str, tuple[Fault, ...]]:
        """What is wrong with links and templates, by the file; with a page that stays it is what was wrong before."""
        found: dict[str, list[Fault]] = {}
        for fault in dict.fromkeys([*self.faults, *self.website.bodies.faults]):
            found.setdefault(fault.where, []).append(fault)
        stay = set(self.kept_pages)
        for page in self.website.content.pages:
            if page.where in self.last.links and file_of(page.url) in stay:
                found.setdefault(page.where, list(self.last.links[page.where]))
        return {where: tuple(faults) for where, faults in found.items()}

    def outputs(self) -> Outputs:
        """What the next build must know of these."""
        return Outputs(self.look, self.questions, self.made, self.tidy)

    def signs(self) -> dict[str, tuple[int, ...]]:
        """Every published file with how the system describes it now."""
        there = f"{self.claimed.folder}{os.sep}"
        return {file: self.signs_kept.get(file) or sign(there + file) for file in self.made}

    def shared(self) -> frozenset[str]:
        """The pages whose text or file was asked for by another address than their own: none, as views are now."""
        answers = asked.Answers(self.website)
        of = {number: file_of(url) for number, (question, _answer) in enumerate(self.questions)
              if (url := answers.shown_by(question)) is not None}  # fmt: skip
        found: set[str] = set()
        for file, made in self.made.items():
            found.update(other for number in made.asked if (other := of.get(number)) and other != file)
        return frozenset(found)


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
