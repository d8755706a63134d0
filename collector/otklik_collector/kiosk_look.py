"""Looks at kiosks: brings together what is stored of them and what they told, and judges each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from otklik_collector.beats import Beats, Heard
from otklik_collector.kiosk_health import SILENT_MS, Health, Where, health, silent_ms
from otklik_collector.openings import closed_spans, is_open
from otklik_collector.response import day_number, local_minute
from otklik_collector.store import Store
from otklik_collector.store.devices import Device
from otklik_collector.store.presses import DAY_MS, Presses
from otklik_widget.journey import Journey


class Looked(NamedTuple):
    """A kiosk with all that is known of it."""

    device: Device
    heard: Heard | None
    presses: Presses
    health: Health


class KioskLook:
    def __init__(self, journey: Journey, beats: Beats) -> None:
        self._journey = journey
        self._beats = beats

    def at(self, store: Store, devices: Iterable[Device], now: int) -> list[Looked]:
        """The kiosks at a moment in ms, in the order in which people should look."""
        chosen = list(devices)
        heard = self._beats.newer(store.beats.all())
        presses = store.presses.of(chosen, lambda one: closed_spans(*self.where(one), now - DAY_MS, now), now)
        found = [self._looked(store, one, heard, presses[one.device], now) for one in chosen]
        return sorted(found, key=lambda one: (one.health.state, one.health.since or 0, one.device.device))

    def _looked(self, store: Store, device: Device, heard: Mapping[str, Heard], presses: Presses, now: int) -> Looked:
        where = self.where(device)
        today = day_number(local_minute(now, where.zone))
        its = heard.get(device.device)
        found = health(
            device, its, presses, where, now, self._beats.since,
            usual_face=partial(store.presses.usual_faces, place=device.place, today=today),
            presses_between=partial(store.presses.between, device),
        )  # fmt: skip
        return Looked(device, its, presses, found)

    def silent(self, store: Store, now: int, least: int = SILENT_MS) -> list[tuple[Device, Heard]]:
        """The kiosks of which nothing was heard for so much of their opening hours, where it is open now."""
        found = []
        devices, heard = store.devices.all(), self._beats.newer(store.beats.all())
        for device, its in sorted(heard.items()):
            one = devices.get(device)
            if one is None or one.retired_at is not None or one.revoked_at is not None or now - its.heard_at <= least:
                continue
            where = self.where(one)
            if is_open(*where, now) and silent_ms(its.heard_at, where, now, self._beats.since) > least:
                found.append((one, its))
        return found

    def where(self, device: Device) -> Where:
        """When its place is open: the place's hours, else those of the first touchpoint that has any."""
        points = device.points or ("",)
        hours = next(filter(None, (self._journey.hours(point, device.place) for point in points)), None)
        return Where(hours, self._journey.zone(points[0], device.place))
