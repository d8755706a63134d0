"""What the site says to people, on its pages and in its faults; the Russian catalogue lies in locale/."""

from __future__ import annotations

from otklik_widget.words import Words

_ = Words(__file__)


def later(text: str) -> str:
    """The text itself: marks it for the catalogue where it can only be translated when it is shown."""
    return text
