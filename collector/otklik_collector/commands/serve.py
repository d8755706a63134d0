"""otklik serve: receives responses, shows questions and the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from otklik_collector.words import _
from otklik_widget.cli import Commands, Context, port
from otklik_widget.settings import LOGS


def add(commands: Commands) -> None:
    serve = commands.add("serve", run, _("receive responses, show questions and the map"), "otklik serve --port 8000")
    serve.add_argument("--host", help=_("address to listen on (127.0.0.1)"))
    serve.add_argument("--port", type=port, help=_("port to listen on (8000); 0: any free one"))
    serve.add_argument("--log", choices=LOGS, help=_("how the log is written (text)"))
    serve.add_argument("--log-requests", action="store_true", help=_("log each request, without who asked"))
    serve.add_argument("--site", metavar="DIR", help=_("the built site to serve beside (public)"))


def run(context: Context) -> int:
    from otklik_collector.serve import Listen, leave, serve

    args, settings = context.args, context.settings
    journey = context.journey()
    site = Path(args.site or args.out or settings.site)
    listen = Listen(args.host or settings.host, settings.port if args.port is None else args.port)
    settings = replace(settings, log=args.log or settings.log)
    leave(
        serve(
            journey, settings, context.db, site, listen, log_requests=args.log_requests,
            journey_file=context.journey_file,
        )
    )  # fmt: skip
