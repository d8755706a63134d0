"""Addresses frozen by this process or several, with the questions that their making asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otklik_site.asked import Answers
from otklik_site.forks import each
from otklik_site.freezing import Work
from otklik_site.output import file_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otklik_site.building import Watcher
    from otklik_site.freeze import Frozen
    from otklik_site.output import Workshop
    from otklik_site.website import Website
    from otklik_widget.faults import Fault


class Harvest:
    """What freezing gave: files that wait to be published, in the order of the addresses, and faults."""

    def __init__(
        self, website: Website, made: Mapping[str, tuple[bytes, str]], shop: Workshop, urls: Sequence[str],
        watcher: Watcher,
    ) -> None:  # fmt: skip
        self._website = website
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
        self.staged = {file_of(url): self.frozen[url].staged for url in urls}

    def made(self) -> dict[str, tuple[bytes, list[tuple[Any, Any]]]]:
        """Each file's digest with the questions of its making, and their answers."""
        found = {}
        for url, one in self.frozen.items():
            questions = self.questions[self.process[url]]
            found[file_of(url)] = (one.digest, [questions[number] for number in one.asked])
        return found

    def shared(self) -> frozenset[str]:
        """The files of pages whose text or file another address asked for too: none, as views are now."""
        answers = Answers(self._website)
        found: set[str] = set()
        pages = {process: [answers.shown_by(question) for question, _answer in questions]
                 for process, questions in self.questions.items()}  # fmt: skip
        for url, one in self.frozen.items():
            shown = pages[self.process[url]]
            found.update(other for number in one.asked if (other := shown[number]) is not None and other != url)
        return frozenset(map(file_of, found))

    def link_faults(self, before: Mapping[str, tuple[Fault, ...]]) -> dict[str, tuple[Fault, ...]]:
        """What is wrong with links and templates, by the file; with a page that stays it is what was wrong before."""
        found: dict[str, list[Fault]] = {}
        for fault in dict.fromkeys([*self.faults, *self._website.bodies.faults]):
            found.setdefault(fault.where, []).append(fault)
        for page in self._website.content.pages:
            if page.where in before and page.url not in self.frozen:
                found.setdefault(page.where, list(before[page.where]))
        return {where: tuple(faults) for where, faults in found.items()}
