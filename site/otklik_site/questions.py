"""The questions on pages: which touchpoint a page asks at its end, and every question's HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site.directives import Ask
from otklik_site.words import _
from otklik_widget import embed
from otklik_widget.faults import nearest

if TYPE_CHECKING:
    from otklik_site.pages import Page
    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings

HELPFUL = "helpful"


def whole(ask: Ask, journey: Journey) -> Ask:
    """The question with its scale: the touchpoint's main one where none is named."""
    return Ask(ask.touchpoint, ask.scale or journey.touchpoints[ask.touchpoint].main, ask.place)


def fault_of(ask: Ask, journey: Journey) -> str | None:
    """What is wrong with a question, or None."""
    point = journey.touchpoints.get(ask.touchpoint)
    if point is None:
        return unknown_touchpoint(ask.touchpoint, journey)
    if ask.scale and ask.scale not in point.ask:
        said = _("“%(touchpoint)s” does not ask the scale “%(scale)s”; it asks %(asked)s.",
                 touchpoint=ask.touchpoint, scale=ask.scale, asked=", ".join(point.ask))  # fmt: skip
        return said + nearest(ask.scale, point.ask)
    if ask.place and ask.place not in journey.place_keys:
        said = _("the journey has no place “%(place)s”.", place=ask.place)
        return said + nearest(ask.place, journey.place_keys)
    return None


def unknown_touchpoint(key: str, journey: Journey) -> str:
    said = _("the journey has no touchpoint “%(touchpoint)s”.", touchpoint=key)
    return said + nearest(key, journey.touchpoints)


def helpful_touchpoint(page: Page, journey: Journey) -> str | None:
    """The touchpoint a page's end asks for: the one it names, its own, else the journey's first that asks."""
    if page.helpful is False:
        return None
    if page.helpful:
        return page.helpful
    asking = [key for key, point in journey.touchpoints.items() if HELPFUL in point.ask]
    if page.touchpoint in asking:
        return page.touchpoint
    return asking[0] if asking else None


def write_to_us(page: Page, journey: Journey, settings: Settings) -> str:
    """The way to write to us, about what the page is about; "" where the journey asks for no messages."""
    return embed.write_to_us(journey, page.lang, touchpoint=page.touchpoint, collector=settings.collector_url)


def html(ask: Ask, lang: str, journey: Journey, settings: Settings) -> str:
    """The question as the widget's element, with the plain form inside for browsers without scripts."""
    asked = whole(ask, journey)
    return embed.element(
        journey, asked.touchpoint, asked.scale, lang,
        collector=settings.collector_url, key=settings.site_key, place=asked.place,
    )  # fmt: skip
