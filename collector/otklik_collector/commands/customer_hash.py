"""otklik customer-hash: what stands for a customer's key in webhooks, so that a CRM finds its customer."""

from __future__ import annotations

import sys

from otklik_collector.commands.values import customer
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context


def add(commands: Commands) -> None:
    summary = _("what stands for a customer's key in webhooks")
    hashed = commands.add("customer-hash", run, summary, "otklik customer-hash 4711\notklik customer-hash - < keys.txt")
    said = _("a customer's key as your pages send it; “-” reads one a line")
    hashed.add_argument("keys", type=customer, nargs="+", metavar="KEY", help=said)


def run(context: Context) -> int:
    from otklik_collector.people import person_of
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        secret = store.person_secret()
    for written in context.args.keys:
        for key in (line.rstrip("\r\n") for line in sys.stdin) if written == "-" else (written,):
            if key:
                print(f"{person_of(secret, key).hex()}\t{key}")
    return DONE
