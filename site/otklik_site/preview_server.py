"""The preview's server: for one person and a phone, never for visitors."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

from otklik_site.building import Watcher, made_by_now
from otklik_site.cache import Cache
from otklik_site.preview import Preview, address_for_phones
from otklik_site.words import _
from otklik_site.workbench import Workbench
from otklik_widget.cli import show
from otklik_widget.faults import refuse, why

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from werkzeug.serving import BaseWSGIServer

    from otklik_site.building import Order

HERE = ("127.0.0.1", "localhost", "::1")


def serve(
    order: Callable[[], Order], out: Path, packs: Path, host: str, port: int, tell: Callable[[int, int], None]
) -> None:
    """Serves the preview until it is interrupted; raises `Faults` where it cannot listen."""
    server, bench = start(order, out, packs, host, port, Watcher(tell))
    show(_("The preview is at %(address)s; Ctrl+C ends it", address=f"http://{host}:{server.port}/"))
    try:
        server.serve_forever()
    finally:
        bench.stop()
        server.server_close()


def start(
    order: Callable[[], Order], out: Path, packs: Path, host: str, port: int, watcher: Watcher
) -> tuple[BaseWSGIServer, Workbench]:
    """The server, listening but not yet serving, and what it shows, being watched."""
    first = order()
    cache = Cache.beside(first.content, out)
    bench = Workbench(order, packs, cache, made_by_now(first), watcher)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    preview = Preview(bench, first.content)
    try:
        # werkzeug would print its own advice and end the process.
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
            server = make_server(host, port, preview.app(), threaded=True, fd=listening.fileno())
    except OSError as error:
        said = _("nobody can listen here (%(why)s); choose another port with --port", why=why(error))
        raise refuse(said, f"{host}:{port}") from None
    if host not in HERE:
        preview.address = address_for_phones(server.port)
    bench.start()
    return server, bench
