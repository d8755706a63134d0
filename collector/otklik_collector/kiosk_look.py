"""Looks at kiosks: brings together what is stored of them and what they told, and judges each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from otklik_collector.beats import Beats, Heard
from otklik_collector.kiosk_health import Health, Where, health
from otklik_collector.response import day_number, local_minute
from otklik_collector.store import Store
from otklik_collector.store.devices import Device
from otklik_collector.store.presses import Presses
from otklik_widget.journey import Journey

Versions = Callable[[Device], tuple[str, str]]
"""Which settings and which app a kiosk should have by now; empty: nobody knows."""


class Looked(NamedTuple):
    """A kiosk with all that is known of it."""

    device: Device
    heard: Heard | None
    presses: Presses
    health: Health


class KioskLook:
    def __init__(self, journey: Journey, beats: Beats, versions: Versions = lambda _device: ("", "")) -> None:
        self._journey = journey
        self._beats = beats
        self._versions = versions

    def at(self, store: Store, devices: Iterable[Device], now: int) -> list[Looked]:
        """The kiosks at a moment in ms, in the order in which people should look."""
        chosen = list(devices)
        heard = self._beats.newer(store.beats.all())
        seqs = {device: one.beat.seq for device, one in heard.items()}
        presses = store.presses.of(chosen, seqs, now)
        found = [self._looked(store, one, heard, presses[one.device], now) for one in chosen]
        return sorted(found, key=lambda one: (one.health.state, one.health.since or 0, one.device.device))

    def _looked(self, store: Store, device: Device, heard: Mapping[str, Heard], presses: Presses, now: int) -> Looked:
        where = self.where(device)
        today = day_number(local_minute(now, where.zone))
        its = heard.get(device.device)
        found = health(
            device, its, presses, where, now, self._beats.since, versions=self._versions(device),
            usual_face=partial(store.presses.usual_faces, place=device.place, today=today),
            presses_between=partial(store.presses.between, device),
        )  # fmt: skip
        return Looked(device, its, presses, found)

    def where(self, device: Device) -> Where:
        """When its place is open: the place's hours, else those of the first touchpoint that has any."""
        points = device.points or ("",)
        hours = next(filter(None, (self._journey.hours(point, device.place) for point in points)), None)
        return Where(hours, self._journey.zone(points[0], device.place))
