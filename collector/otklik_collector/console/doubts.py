"""What those who answered can't tell of a touchpoint: the silent, and customers of another mix than theirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from otklik_collector.console.asked import Asked
from otklik_collector.map import figures
from otklik_collector.map.scores import nps_groups
from otklik_collector.map.series import Series
from otklik_collector.map.silence import response_rate, silence
from otklik_collector.map.slices import Slice
from otklik_collector.map.weighting import weighted_nps, weighted_share, weights
from otklik_collector.store import Store
from otklik_collector.words import _
from otklik_widget.intervals import SHOWN, signed
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

MIX = "mix_"
"""So begin the names of an address that tell how large a part of the customers each channel is."""
LONGEST = 9


def silent(store: Store, journey: Journey, cut: Slice, asked: Asked) -> list[str]:
    """How many of those who saw the question on a page answered, and what the others may change; [] if not known."""
    if cut.segment or cut.channel not in (None, "web"):
        return []
    shown = store.told.shown(journey, cut.period, cut.touchpoint, cut.place or "")
    on_pages = replace(cut, channel="web")
    days, bad = store.slices.days(on_pages), SCALES[cut.scale].unhappy
    responses = sum(sum(one.counts.values()) for one in days)
    rate = response_rate(responses, shown.get((cut.touchpoint, cut.scale), 0))
    if rate is None:
        return []
    said = [
        _(
            "Of 100 who saw the question on a page %(rate)s answered (%(answered)s of %(shown)s).",
            rate=f"{figures.of_100(rate.value)} ({figures.between(rate.low, rate.high)})",
            answered=figures.number(rate.responses), shown=figures.number(rate.shown),
        )
    ]  # fmt: skip
    unhappy = sum(n for one in days for score, n in one.counts.items() if score in bad)
    bounds = silence(unhappy, rate)
    if bounds and not store.slices.withheld(on_pages, asked.places is not None):
        values = {name: figures.of_100(getattr(bounds, name)) for name in ("best", "cautious", "worst")}
        said.append(
            _(
                "Of 100 who saw it %(best)s are unhappy if none of the silent are, %(worst)s if all of them are, "
                "and %(cautious)s if the silent are unhappy one and a half times as often as those who answered, "
                "which is an assumption.",
                **values,
            )
        )
    return said


@dataclass(frozen=True)
class Part:
    """A channel in the form: its name, how many answered through it, and the part of the customers written for it."""

    key: str
    name: str
    responses: int
    written: str
    fault: str = ""


@dataclass(frozen=True)
class Mix:
    """The form of a touchpoint's channels, and what was reckoned from it in a sentence; none asked, none said."""

    parts: tuple[Part, ...]
    said: str = ""

    @property
    def asked(self) -> bool:
        return any(part.written for part in self.parts)


def mix_of(args: Mapping[str, str]) -> dict[str, str]:
    """What an address tells of the mix of customers."""
    return {name: value[:LONGEST] for name, value in args.items() if name.startswith(MIX) and value}


def mixed(store: Store, cut: Slice, row: Series, written: Mapping[str, str], limited: bool) -> Mix | None:
    """The touchpoint weighed by a mix of channels; None where it has not two of them, or is a part already."""
    counts = {channel: n for channel, n in row.channels.items() if n >= SHOWN}
    if cut.parts or len(counts) < 2 or not row.unhappy:
        return None
    told = {channel: written.get(MIX + channel, "") for channel in counts}
    parts, customers = [], {}
    for channel, n in counts.items():
        value = _part(told[channel])
        fault = _("“%(value)s” is no part of the customers: a number from 0", value=told[channel])
        name = figures.channel_name(channel)
        parts.append(Part(channel, name, n, told[channel], fault if value is None else ""))
        customers[channel] = value or 0.0
    found = Mix(tuple(parts))
    if not found.asked or any(part.fault for part in parts):
        return found
    if not math.fsum(customers.values()):
        return replace(found, said=_("Write how large a part of your customers comes by each way."))
    return replace(found, said=_weighed(store, replace(cut, wording=row.wording), row, customers, limited))


def _part(written: str) -> float | None:
    try:
        value = float(written.replace(",", ".") or 0)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _weighed(store: Store, cut: Slice, row: Series, customers: Mapping[str, float], limited: bool) -> str:
    slices = {channel: store.slices.counts(replace(cut, channel=channel), limited) for channel in customers}
    open_ones = {channel: one for channel, one in slices.items() if one.shown}
    known = {channel: part for channel, part in customers.items() if channel in open_ones}
    if not math.fsum(known.values()):
        return _("The channels you named may not be told apart from the others: fewer than 5 could be computed.")
    each = weights(known, {channel: one.responses for channel, one in open_ones.items()})
    share = weighted_share((each[channel], (one.unhappy, one.responses)) for channel, one in open_ones.items())
    assert share
    assert row.unhappy
    said = _(
        "In this mix %(share)s of 100 are unhappy (%(interval)s), as they answered %(raw)s. %(n)s responses tell as "
        "much as %(effective)s of equal weight.",
        share=figures.of_100(share.value), interval=figures.between(share.low, share.high),
        raw=figures.of_100(row.unhappy.share), n=figures.number(share.responses),
        effective=figures.number(share.effective),
    )  # fmt: skip
    if hidden := [figures.channel_name(channel) for channel in customers if channel not in open_ones]:
        said += " " + _("Left out, since fewer than 5 could be computed: %(names)s.", names=", ".join(hidden))
    if SCALES[cut.scale].kind == "nps":
        score = weighted_nps((each[channel], nps_groups(one.counts)) for channel, one in open_ones.items())
        assert score
        values = {"value": signed(score.value), "low": signed(score.low), "high": signed(score.high)}
        said += " " + _("NPS in this mix: %(score)s.", score=_("%(value)s (%(low)s to %(high)s)", **values))
    return said
