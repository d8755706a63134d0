"""People's words of the collector, in the language that speaks now."""

from __future__ import annotations

from otklik_widget.words import Words

_ = Words(__file__)
