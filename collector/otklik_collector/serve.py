"""Runs the collector: one process with granian's event loop, one writer thread, and a few threads for pages."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, NoReturn

from granian.http import HTTP1Settings
from granian.server.embed import Server

from otklik_collector.app import create_app
from otklik_collector.beats import Beats
from otklik_collector.cases import CaseRule
from otklik_collector.ceilings import Limits
from otklik_collector.console.company import Company
from otklik_collector.door import Door, own_origins
from otklik_collector.front import Front
from otklik_collector.kiosk_watch import KioskWatch
from otklik_collector.lock import free_port, sole_collector
from otklik_collector.log import Log, Reporter
from otklik_collector.mail.postman import Postman
from otklik_collector.mail.server import missing
from otklik_collector.mail.writing import Writing
from otklik_collector.numbers import Numbers
from otklik_collector.pages_of_site import BuiltSite
from otklik_collector.problem import Problem
from otklik_collector.proxies import Proxies
from otklik_collector.readiness import Readiness
from otklik_collector.request_log import RequestLog
from otklik_collector.response import Response
from otklik_collector.retention import Retention, ages_of
from otklik_collector.store import open_store
from otklik_collector.watching import Watch
from otklik_collector.webhooks.sender import Sender
from otklik_collector.words import _
from otklik_collector.writer import Writer
from otklik_widget.cli import DONE, INTERRUPTED
from otklik_widget.journey import Journey
from otklik_widget.settings import Settings

REPLY_SECONDS = 30


class Listen(NamedTuple):
    host: str
    port: int


def serve(
    journey: Journey,
    settings: Settings,
    db: Path,
    site: Path,
    listen: Listen,
    *,
    log_requests: bool = False,
    journey_file: Path | None = None,
) -> int:
    """Serves until it is told to stop; returns the exit status. Raises `Faults` where it cannot begin."""
    port = free_port(listen.host, listen.port)
    db.absolute().parent.mkdir(parents=True, exist_ok=True)
    with sole_collector(db):
        open_store(db, create=True).close()  # faults of the file are shown before the first request
        return asyncio.run(_serve(journey, settings, db, site, Listen(listen.host, port), log_requests, journey_file))


async def _serve(
    journey: Journey,
    settings: Settings,
    db: Path,
    site: Path,
    listen: Listen,
    log_requests: bool,
    journey_file: Path | None,
) -> int:
    loop = asyncio.get_running_loop()
    log = Log(settings.log)
    loop.set_exception_handler(lambda _loop, told: log.broke(told.get("exception") or RuntimeError()))
    with open_store(db) as writing, open_store(db) as reading:
        writing.series.use(journey)
        rule = CaseRule(journey, settings)
        writing.open_cases(rule)
        numbers = Numbers(db)
        writer = Writer(writing, loop, numbers, log)
        own = own_origins(settings.base_url, settings.collector_url, listen.host, listen.port)
        limits = Limits(settings.limit_visitor, settings.limit_touchpoint, settings.limit_device)
        door = Door(
            journey, own, reading.keys.live, reading.person_secret(), devices=reading.devices.all, limits=limits
        )
        proxies = Proxies(settings.trusted_proxies)
        beats = Beats()
        app = create_app(
            journey,
            db,
            door,
            proxies,
            _waiting_submit(writer, loop),
            numbers=numbers,
            log=log,
            address=settings.collector_url,
            company=Company(journey, settings, journey_file),
            limit_api=settings.limit_api,
            cases=rule,
            beats=beats,
        )
        built = BuiltSite(site)
        readiness = Readiness(db, numbers, lambda: writer.alive, settings.disk_floor_mb, Reporter(log, numbers))
        front = Front(door, writer, app, built, proxies, numbers, readiness, log)
        server = Server(
            RequestLog(front, built, app.url_map, log) if log_requests else front,
            address=listen.host,
            port=listen.port,
            log_enabled=False,
            websockets=False,
            backlog=1024,
            http1_settings=HTTP1Settings(header_read_timeout=10_000),
        )
        stopped_by: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, server, stopped_by, number)
        said = _("Otklik listens on http://%(host)s:%(port)d (site: %(site)s, database: %(db)s). Stop with Ctrl+C.")
        host = f"[{listen.host}]" if ":" in listen.host else listen.host
        found = site if built.built else _("not built yet")
        log.say(
            "started",
            said % {"host": host, "port": listen.port, "site": found, "db": db},
            version=version("otklik"),
            url=f"http://{host}:{listen.port}",
            db=str(db),
            site=str(site) if built.built else None,
        )
        address = settings.collector_url or f"http://{_reachable(host)}:{listen.port}"
        if not reading.people.anybody():
            _show_first_link(log, address, reading.people.make_link(None, time.time()))
        retention = Retention(db, ages_of(settings), log)
        sender = Sender(db, log)
        mail = not missing(settings)
        watch = Watch(db, journey, log, mail=mail).start()
        kiosk_watch = KioskWatch(db, journey, beats, log, mail=mail).start()
        postman = Postman(db, Writing(journey, address, settings.digest_hour), settings, log)
        if mail:
            postman.start()
        numbers.add_backlog("letters", lambda: postman.waiting)
        numbers.add_backlog("webhook_messages", lambda: sender.waiting)
        numbers.add_backlog("webhooks_paused", lambda: sender.paused)
        _settle()
        try:
            await server.serve()
        finally:
            retention.stop()
            sender.stop()
            watch.stop()
            kiosk_watch.stop()
            postman.stop()
            front.stop()
            writer.stop()
            readiness.stop()
            said = _("otklik: stopped; responses stored since the start: %(n)d", n=numbers.stored)
            log.say("stopped", said, stored=numbers.stored, revised=numbers.revised, known=numbers.known)
        return INTERRUPTED if stopped_by[:1] == [signal.SIGINT] else DONE


def _settle() -> None:
    """Puts what is loaded by now out of the garbage collector's sight: nothing of it goes before the end.

    Requests leave hardly any circles, so it need not look after every seven hundred objects either.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _reachable(host: str) -> str:
    """A name to open in a browser: nobody can open “all addresses of this machine”."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound


def _show_first_link(log: Log, address: str, token: str) -> None:
    said = _("Nobody can sign in to the console yet. This link makes the first administrator, once and within a day:")
    link = f"{address}/console/begin/{token}"
    log.say("first-link", f"{said}\n{link}", link=link)


def leave(status: int) -> NoReturn:
    """Ends the process with an exit status, at once: everything is on disk and closed by now.

    granian's own threads outlive the server by moments, and panic when they meet a Python that is being taken down.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _stop(server: Server, stopped_by: list[int], number: int) -> None:
    stopped_by.append(number)
    server.stop()  # type: ignore[no-untyped-call]


def _waiting_submit(writer: Writer, loop: asyncio.AbstractEventLoop) -> Callable[[Response], object]:
    """Stores a response from a thread that may wait."""

    def submit(response: Response) -> object:
        try:
            return asyncio.run_coroutine_threadsafe(writer.submit([response]), loop).result(REPLY_SECONDS)
        except TimeoutError:
            raise Problem(503, "busy", "The response could not be stored in time", retry_after=2) from None

    return submit
