"""What the collector is measured beside: the plain way with Flask, and servers that do nothing at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

BODY = b'{"id":"","rev":1,"status":"stored"}'


def naive(db: str) -> Any:
    """Flask with one sqlite-utils insert a request, as a first afternoon would write it: no checks, no counts."""
    import flask
    from sqlite_utils import Database

    app = flask.Flask("naive")

    @app.post("/responses")
    def take() -> tuple[dict[str, Any], int]:
        response = json.loads(flask.request.get_data())
        database = Database(db)
        database["responses"].insert(response, pk="id")  # type: ignore[union-attr]
        database.close()
        return {"id": response["id"], "status": "stored"}, 201

    return app


def empty_wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Reads the body and says 201."""
    environ["wsgi.input"].read()
    start_response("201 Created", [("content-type", "application/json"), ("content-length", str(len(BODY)))])
    return [BODY]


class EmptyRSGI:
    """Reads the body and says 201."""

    async def __rsgi__(self, _scope: Any, exchange: Any) -> None:
        await exchange()
        exchange.response_bytes(201, [("content-type", "application/json")], BODY)


def main() -> None:
    """python peers.py naive|wsgi|rsgi PORT FOLDER"""
    kind, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if kind == "rsgi":
        import asyncio

        from granian.server.embed import Server

        asyncio.run(Server(EmptyRSGI(), port=port, log_enabled=False, websockets=False).serve())
        return
    from granian.constants import Interfaces
    from granian.server import Server as Workers

    target = naive(str(folder / "naive.db")) if kind == "naive" else empty_wsgi
    workers = Workers("peer", port=port, interface=Interfaces.WSGI, blocking_threads=1 if kind == "naive" else 8,
                      log_enabled=False, websockets=False)  # fmt: skip
    workers.serve(target_loader=lambda *_words: target, wrap_loader=False)


if __name__ == "__main__":
    main()
