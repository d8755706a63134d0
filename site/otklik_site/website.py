"""The whole site before it is written: pages, pairs, lists, and what links may lead to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from otklik_site import checks, lists, pictures, questions, redirects, shares
from otklik_site.chosen import Choices
from otklik_site.directives import Ask
from otklik_site.folder import STATIC
from otklik_site.links import BROKEN, DRAFT, FILE, HIDDEN, PAGE, normpath
from otklik_site.listing import Listing
from otklik_site.lists import TAGS, Lists
from otklik_site.slugs import slug

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from otklik_site.bodies import Bodies
    from otklik_site.pages import Content, Page
    from otklik_site.shares import SharePicture
    from otklik_site.sources import Sources
    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings


@dataclass(frozen=True)
class Website:
    """Everything that can be published; whoever holds one knows that it has no faults."""

    journey: Journey
    settings: Settings
    content: Content = field(repr=False)
    sources: Sources = field(repr=False)
    today: date
    # Of the journey and the settings: they are no plain values that could be kept.
    company_digest: bytes
    # Filled by who makes the website: bodies ask it where their links lead.
    bodies: Bodies = field(init=False, repr=False)

    @cached_property
    def pages(self) -> Sequence[Page]:
        return [*self.content.pages, *self.content.made]

    @property
    def files(self) -> Mapping[str, Path]:
        return self.content.files

    @property
    def languages(self) -> tuple[str, ...]:
        return self.journey.company.languages

    @cached_property
    def by_url(self) -> Mapping[str, Page]:
        return {page.url: page for page in self.pages}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Page]:
        return {(page.lang, page.name): page for page in self.pages}

    @cached_property
    def redirects(self) -> Mapping[str, Page]:
        """The pages that old addresses lead to."""
        return redirects.redirects(self.content, checks.MADE)

    @cached_property
    def pictures(self) -> Mapping[str, tuple[Path, int]]:
        """The smaller versions of pictures by their addresses: the file each is made of, and its width."""
        return pictures.versions(self.files.values()) | shares.files(self)

    def own_share(self, page: Page) -> SharePicture | None:
        """The picture that a page names for its shared link."""
        return shares.own(self, page)

    @cached_property
    def usual_shares(self) -> Mapping[str, SharePicture]:
        """By language the picture beside shared links of pages that name none."""
        return shares.usual(self)

    def home(self, lang: str) -> Page:
        return self._by_name[lang, "index"]

    def has_home(self, lang: str) -> bool:
        return (lang, "index") in self._by_name

    def pair(self, page: Page, lang: str) -> Page | None:
        """The same page in another language: the one with the same file name."""
        return self._by_name.get((lang, page.name))

    @cached_property
    def _listings(self) -> Mapping[str, Listing]:
        return {lang: Listing([page for page in self.pages if page.lang == lang]) for lang in self.languages}

    def listing(self, lang: str) -> Listing:
        """The pages of a language in the orders that people meet them."""
        return self._listings[lang]

    @cached_property
    def _lists(self) -> Mapping[str, Lists]:
        return {lang: Lists((page for page in self.pages if page.lang == lang), self.today) for lang in self.languages}

    def listed(self, page: Page) -> list[Page]:
        """What stands on a page of a list, without what is over."""
        return [item for item in self._part(page) if self.state(item) != "over"]

    def over(self, page: Page) -> list[Page]:
        """What stands on a page of a list and is over."""
        return [item for item in self._part(page) if self.state(item) == "over"]

    def _part(self, page: Page) -> Sequence[Page]:
        return self._lists[page.lang].part(page, self.by_url[page.first or page.url])

    def part_urls(self, page: Page) -> list[str]:
        """The addresses of all parts of a page's list."""
        return self._lists[page.lang].urls(self.by_url[page.first or page.url])

    @cached_property
    def _choices(self) -> Choices:
        return Choices(self.content.pages, self.today)

    def chosen(self, page: Page, settings: str) -> list[Page]:
        """The pages of a list that stands in a page's text; raises `Faults` where there can be none."""
        return self._choices.chosen(page, settings)

    def tags(self, page: Page) -> list[tuple[str, str]]:
        """The tags of a page, each with the address of its list."""
        return [(f"{page.lang}/{TAGS}/{slug(tag)}/", tag) for tag in page.tags]

    def waits(self, page: Page) -> bool:
        """Do the terms of a page hold only from a later day?"""
        return bool(page.effective and page.effective > self.today)

    def state(self, page: Page) -> str:
        """Is an offer before its first day, on, or over?"""
        return lists.state(page, self.today)

    def above(self, page: Page) -> list[Page]:
        """The pages above this one, home first: every folder's index page that exists."""
        folders = page.name.removesuffix("index").strip("/").split("/")
        if not page.is_index:
            folders = page.name.split("/")
        names = ["index", *("/".join([*folders[:depth], "index"]) for depth in range(1, len(folders)))]
        found = (self._by_name.get((page.lang, name)) for name in names)
        return [item for item in found if item and item is not page]

    def question_at_end(self, page: Page) -> Ask | None:
        """The question “was this page helpful?”, unless the page has none or already asks it above."""
        key = questions.helpful_touchpoint(page, self.journey)
        asked = {(ask.touchpoint, ask.scale) for ask in self.bodies.asks(page.url)}
        return Ask(key, questions.HELPFUL) if key and (key, questions.HELPFUL) not in asked else None

    def question(self, ask: Ask, lang: str) -> str:
        """A question as HTML: most pages end with the same one."""
        return questions.html(ask, lang, self.journey, self.settings)

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """What has each address: a page, a file, or a page that is not there today."""
        hidden = [page.url for page in self.content.drafts if not page.draft]
        return {
            **dict.fromkeys(hidden, HIDDEN),
            **dict.fromkeys(self.files, FILE),
            **dict.fromkeys(self.by_url, PAGE),
        }

    @cached_property
    def targets(self) -> Mapping[str, tuple[str, str]]:
        """What a link to a file means, by the file's path: its kind and address."""
        found = {normpath(page.where): (DRAFT if page.draft else HIDDEN, "") for page in self.content.drafts}
        found |= {normpath(file): (BROKEN, "") for file in self.content.broken}
        found |= {normpath(file): (FILE, url) for url, file in self.files.items()}
        return found | {normpath(page.where): (PAGE, page.url) for page in self.content.pages}

    @cached_property
    def linkable(self) -> dict[str, list[str]]:
        """The files that links on pages of a language may mean: none of other languages, none that static/ holds."""
        found = {}
        for lang in self.languages:
            folders = [STATIC, *(other for other in self.languages if other != lang)]
            elsewhere = tuple(normpath(self.sources.folder / folder) + os.sep for folder in folders)
            found[lang] = [file for file, (kind, _url) in self.targets.items()
                           if kind in (PAGE, FILE) and not file.startswith(elsewhere)]  # fmt: skip
        return found

    def has_anchor(self, url: str, anchor: str) -> bool | None:
        """Does a page have an anchor? None where nobody knows: it is a file, or has faults of its own."""
        return anchor in self.bodies.ids(url) if url in self.bodies else None

    def anchors(self, url: str) -> Collection[str]:
        return self.bodies.ids(url)

    @property
    def due(self) -> date | None:
        """The next day on which a build gives another site, with nothing changed by anybody."""
        return lists.due([*self.content.pages, *self.content.drafts], self.today)

    def digest_of(self, file: Path) -> bytes:
        """A digest of what a file of the content holds."""
        return self.sources.files[file.relative_to(self.sources.folder).as_posix()].digest
