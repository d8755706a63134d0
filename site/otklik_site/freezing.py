"""What each process does that freezes addresses: it asks, notes and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from otklik_site.freeze import Frozen
    from otklik_site.output import Workshop
    from otklik_site.website import Website
    from otklik_widget.faults import Fault


@dataclass(frozen=True)
class Result:
    """Frozen addresses, the questions that were new to this process, and links that lead nowhere."""

    process: int
    frozen: list[Frozen]
    questions: list[tuple[Any, Any]]
    faults: list[Fault]


@dataclass(frozen=True)
class Work:
    """What a process needs to begin; it finds all of it, being forked."""

    website: Website
    made: Mapping[str, tuple[bytes, str]]
    shop: Workshop

    def begin(self) -> Callable[[Sequence[str]], Result]:
        import os

        from otklik_site.asked import Notes
        from otklik_site.freeze import Freezing
        from otklik_site.views import create_app

        notes = Notes(self.website)
        content = self.website.sources.folder
        freezing = Freezing(
            create_app(notes.site, self.made, content.resolve().parent, content, self.website.bodies.faults),
            self.shop,
            notes.take,
        )
        told = 0

        def freeze(urls: Sequence[str]) -> Result:
            nonlocal told
            faults = self.website.bodies.faults
            before = len(faults)
            frozen = freezing.freeze(urls)
            new = notes.since(told)
            told += len(new)
            return Result(os.getpid(), frozen, new, faults[before:])

        return freeze
