"""Examines an installation: each finding says whether it is well and, where it is not, what to mend."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from otklik_collector.doctor_database import of_copies, of_database, of_disk
from otklik_collector.findings import OK, WARNING, WRONG, Finding, Patient, moment
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey_file import read_journey
from otklik_widget.settings import Settings

REACH_SECONDS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def examine(patient: Patient, *, reach: bool = False) -> Iterator[Finding]:
    """Every finding, in the order in which a person would look; `reach` also asks the network."""
    yield from of_settings(patient)
    yield from of_content(patient)
    yield from of_site(patient)
    yield from of_database(patient)
    yield from of_disk(patient)
    yield from of_copies(patient)
    yield from of_programs(sys.version_info[:3], sqlite3.sqlite_version_info)
    yield of_browser()
    if reach:
        yield of_address(patient.settings)


def of_settings(patient: Patient) -> Iterator[Finding]:
    for fault in patient.found.faults:
        yield Finding("settings", WRONG, str(fault), _("Correct or remove this setting."))
    for name, value, origin in patient.found.all():
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        if name == "smtp_password" and shown:
            shown = "***"  # what doctor says is sent to others
        yield Finding("settings", OK, f"{name} = {shown or '-'}  ({origin or _('not set')})")
    settings = patient.settings
    if settings.base_url.startswith("http://") and "//localhost" not in settings.base_url:
        yield Finding(
            "settings",
            WARNING,
            _("base_url begins with http://: whoever is on the way can read and change"),
            _("Put a web server with TLS in front; see the manual, “Operations”."),
        )
    if settings.base_url.startswith("https://") and settings.host == "127.0.0.1" and not settings.trusted_proxies:
        said = _("a web server stands in front, but trusted_proxies is empty: all visitors look like one")
        yield Finding("settings", WARNING, said, _('Set trusted_proxies = ["127.0.0.1"].'))


def of_content(patient: Patient) -> Iterator[Finding]:
    if patient.content.is_dir():
        number = sum(1 for _file in patient.content.rglob("*.md"))
        said = _.plural("%(n)d page", "%(n)d pages", number)
        yield Finding("content", OK, f"{patient.content}: {said}")
    else:
        yield Finding(
            "content",
            WARNING,
            _("%(folder)s: there is no such folder", folder=patient.content),
            _("Name it with --content, or begin with “otklik new DIR”."),
        )
    try:
        journey = read_journey(patient.journey)
    except Faults as refused:
        for fault in refused.faults:
            yield Finding("journey", WRONG, str(fault), _("The collector does not start until this is mended."))
        return
    number = len(journey.touchpoints)
    said = _.plural("%(n)d touchpoint", "%(n)d touchpoints", number)
    yield Finding("journey", OK, f"{patient.journey}: {said}")
    for warning in journey.warnings:
        yield Finding("journey", WARNING, str(warning))


def of_site(patient: Patient) -> Iterator[Finding]:
    index = patient.site / "index.html"
    if not index.is_file():
        yield Finding(
            "site", WARNING, _("%(folder)s: no site is built here", folder=patient.site), _("Build it: otklik build")
        )
        return
    built, written = _newest(patient.site, "*"), _newest(patient.content, "*")
    if written > built:
        yield Finding(
            "site", WARNING, _("the pages were changed after the site was built"), _("Build it: otklik build")
        )
    else:
        yield Finding("site", OK, _("built %(when)s", when=moment(built)))


def of_programs(python: tuple[int, ...], sqlite: tuple[int, ...]) -> Iterator[Finding]:
    yield Finding("python", OK, "Python " + ".".join(map(str, python)))
    said = "SQLite " + ".".join(map(str, sqlite))
    # https://sqlite.org/wal.html#walresetbug: two connections that empty the log at the same instant.
    mended = sqlite >= (3, 51, 3) or (3, 50, 7) <= sqlite < (3, 51) or (3, 44, 6) <= sqlite < (3, 45)
    if mended:
        yield Finding("sqlite", OK, said)
    else:
        why = _("very rarely it damages a database that several programs write to")
        mend = _("Use a Python with SQLite 3.51.3 or newer, or a system that mended its own; copy every night.")
        yield Finding("sqlite", WARNING, f"{said}: {why}", mend)


def of_browser() -> Finding:
    named = os.environ.get("OTKLIK_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if named and not found:
        return Finding(
            "browser",
            WRONG,
            _("OTKLIK_BROWSER names %(file)s, which is no program", file=named),
            _("Correct it or remove it."),
        )
    if not found:
        return Finding("browser", OK, _("none found; only printing to PDF needs one (Chromium)"))
    return Finding("browser", OK, found)


def of_address(settings: Settings) -> Finding:
    address = settings.collector_url or settings.base_url
    if not address:
        return Finding("address", WARNING, _("neither base_url nor collector_url is set"), _("Set base_url."))
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=REACH_SECONDS) as reply:  # noqa: S310 - http(s) only, see settings
            if reply.read(16).strip() == b"ok":
                return Finding("address", OK, _("the collector answers at %(address)s", address=address))
        why = _("something else answers there")
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", None) or error)
    return Finding(
        "address",
        WRONG,
        f"{address}/healthz: {why}",
        _("Start the collector and look at the web server in front of it."),
    )


def _newest(folder: Path, pattern: str) -> float:
    return max((file.stat().st_mtime for file in folder.rglob(pattern) if file.is_file()), default=0.0)
