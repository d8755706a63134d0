"""Kiosks: tablets with a name, a place, what they ask and how, and a key of their own."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

PIN_ROUNDS = 100_000
"""The tablet itself does as many when staff type their PIN: a tenth of a second there."""


class Stood(NamedTuple):
    """Where a kiosk stood and what it asked until a time in ms."""

    until: int
    place: str
    points: tuple[str, ...]


class Device(NamedTuple):
    """A kiosk: `device` is what its responses carry, `name` is for people, `points` are the touchpoints it asks at.

    `lang` is where it begins ("": the company's first), `languages` which it offers (none: the company's). Times are
    in ms. `retired_at`: no longer in use, but what it holds is taken; `revoked_at`: refused.
    """

    device: str
    name: str
    place: str
    points: tuple[str, ...]
    key_hash: bytes
    created_at: int
    revoked_at: int | None = None
    lang: str = ""
    languages: tuple[str, ...] = ()
    pin_hash: str = ""
    reasons: bool = True
    changed_at: int = 0
    paired_at: int | None = None
    retired_at: int | None = None
    stood: tuple[Stood, ...] = ()

    def place_at(self, moment: int) -> str:
        """Where it stood then: a tablet that is moved brings what was answered before at the old place."""
        return next((one.place for one in self.stood if moment < one.until), self.place)

    def asks(self, point: str) -> bool:
        """May it bring answers of this touchpoint, asked there now or before?"""
        return not self.points or any(point in points for points in (self.points, *(one.points for one in self.stood)))


class Wanted(NamedTuple):
    """What people decide about a kiosk; see `Device`."""

    device: str
    name: str
    place: str
    points: tuple[str, ...]
    lang: str = ""
    languages: tuple[str, ...] = ()
    reasons: bool = True
    pin_hash: str = ""


_COLUMNS = ", ".join(Device._fields)


class DeviceTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def add(self, device: str, name: str, place: str, points: tuple[str, ...], who: str) -> str:
        """Makes a kiosk and returns its key, which is kept only as a hash; a revoked one of that name begins anew."""
        key = new_key()
        now = time.time()
        with transaction(self._conn):
            self._add(Wanted(device, name, place, points), hash_of(key), now, who)
        return key

    def add_all(self, wanted: Iterable[Wanted], who: str) -> None:
        """Makes kiosks that get their keys when they are paired, all or none."""
        now = time.time()
        with transaction(self._conn):
            for one in wanted:
                self._add(one, secrets.token_bytes(32), now, who)

    def _add(self, one: Wanted, key_hash: bytes, now: float, who: str) -> None:
        moment = int(now * 1000)
        self._conn.execute("DELETE FROM device_code WHERE device = ?", (one.device,))
        self._conn.execute("DELETE FROM device_beat WHERE device = ?", (one.device,))
        made = Device(
            one.device, one.name, one.place, one.points, key_hash, moment, lang=one.lang, languages=one.languages,
            pin_hash=one.pin_hash, reasons=one.reasons, changed_at=moment,
        )  # fmt: skip
        values = [json.dumps(value) if isinstance(value, tuple) else value for value in made]
        marks = ", ".join("?" * len(values))
        self._conn.execute(f"INSERT OR REPLACE INTO device ({_COLUMNS}) VALUES ({marks})", values)
        self._audit.put(now, who, "kiosk-added", detail=one.device)

    def all(self) -> dict[str, Device]:
        """Every kiosk by its device name, revoked and retired ones too."""
        rows = self._conn.execute(f"SELECT {_COLUMNS} FROM device ORDER BY device")
        return {row[0]: _device(row) for row in rows}

    def revoke(self, device: str, who: str) -> bool:
        """Refuses a kiosk from now on; False where there is no such live one."""
        now = time.time()
        with transaction(self._conn):
            # A code that still lies about must not bring it back.
            self._conn.execute("DELETE FROM device_code WHERE device = ?", (device,))
            where = "device = ? AND revoked_at IS NULL"
            return self._put(device, {"revoked_at": int(now * 1000)}, now, who, "kiosk-revoked", where)

    def retire(self, device: str, who: str) -> bool:
        """Takes a kiosk out of use: nobody waits for it any more, but what it still holds is taken."""
        now = time.time()
        with transaction(self._conn):
            self._conn.execute("DELETE FROM device_code WHERE device = ?", (device,))
            where = "device = ? AND retired_at IS NULL AND revoked_at IS NULL"
            return self._put(device, {"retired_at": int(now * 1000)}, now, who, "kiosk-retired", where)

    def rename(self, device: str, name: str, who: str) -> bool:
        """Gives a kiosk another name for people; what its responses carry stays. False where there is none."""
        now = time.time()
        with transaction(self._conn):
            return self._put(device, {"name": name, "changed_at": int(now * 1000)}, now, who, "kiosk-renamed")

    def move(self, device: str, place: str, points: tuple[str, ...], who: str) -> bool:
        """Puts a kiosk into another place; what was answered before stays with the old one. False: there is none."""
        return self._settle(device, {"place": place, "points": points}, who, "kiosk-moved")

    def change(self, one: Wanted, who: str) -> bool:
        """Changes what a kiosk asks and how, and its name; not its place. False where there is none."""
        settled = {
            "name": one.name, "points": one.points, "lang": one.lang, "languages": one.languages,
            "reasons": one.reasons, "pin_hash": one.pin_hash,
        }  # fmt: skip
        return self._settle(one.device, settled, who, "kiosk-changed")

    def _settle(self, device: str, settled: Mapping[str, Any], who: str, action: str) -> bool:
        now = time.time()
        moment = int(now * 1000)
        with transaction(self._conn):
            row = self._conn.execute(f"SELECT {_COLUMNS} FROM device WHERE device = ?", (device,)).fetchone()
            if row is None:
                return False
            before = _device(row)
            values = {**settled, "changed_at": moment}
            if (before.place, before.points) != (values.get("place", before.place), values["points"]):
                values["stood"] = (*before.stood, Stood(moment, before.place, before.points))
            if before.place != values.get("place", before.place):
                # Who has a code of the old place must not stand in for the new one.
                self._conn.execute("DELETE FROM device_code WHERE device = ?", (device,))
            return self._put(device, values, now, who, action)

    def _put(
        self, device: str, values: Mapping[str, Any], now: float, who: str, action: str, where: str = "device = ?"
    ) -> bool:
        """Inside the caller's transaction."""
        given = [json.dumps(value) if isinstance(value, tuple) else value for value in values.values()]
        query = f"UPDATE device SET {', '.join(f'{name} = ?' for name in values)} WHERE {where}"
        changed = self._conn.execute(query, (*given, device)).rowcount > 0
        if changed:
            self._audit.put(now, who, action, detail=device)
        return changed


def _device(row: tuple[Any, ...]) -> Device:
    values = dict(zip(Device._fields, row, strict=True))
    stood = [Stood(until, place, tuple(points)) for until, place, points in json.loads(values["stood"])]
    points, languages = tuple(json.loads(values["points"])), tuple(json.loads(values["languages"]))
    told = {"points": points, "languages": languages, "reasons": bool(values["reasons"]), "stood": tuple(stood)}
    return Device(**{**values, **told})


def new_key() -> str:
    return f"kiosk-{secrets.token_urlsafe(24)}"


def hash_pin(pin: str) -> str:
    """What is kept of a PIN: rounds, salt and hash; the tablet checks it by itself, also without a network."""
    salt = secrets.token_bytes(16)
    return f"{PIN_ROUNDS}${salt.hex()}${hashlib.pbkdf2_hmac('sha256', pin.encode(), salt, PIN_ROUNDS).hex()}"


def pin_of(device: Device) -> dict[str, Any] | None:
    """What a tablet needs to check the PIN; None where it has none."""
    if not device.pin_hash:
        return None
    rounds, salt, found = device.pin_hash.split("$")
    return {"salt": salt, "hash": found, "rounds": int(rounds)}
