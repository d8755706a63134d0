"""otklik digest: the week in one letter, to look at or to send."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.faults import Fault, Faults, refuse

if TYPE_CHECKING:
    from otklik_collector.mail.writing import Writing
    from otklik_collector.store import Store
    from otklik_collector.store.people import Person


def add(commands: Commands) -> None:
    example = "otklik digest --preview --user anna\notklik digest --send"
    digest = commands.add("digest", run, _("the week in one letter: look at it, or send it now"), example)
    what = digest.add_mutually_exclusive_group(required=True)
    what.add_argument("--preview", action="store_true", help=_("print it"))
    what.add_argument("--send", action="store_true", help=_("send it to whom this week's was not sent yet"))
    digest.add_argument("--user", metavar="NAME", help=_("of this person; else of the whole company, to everybody"))
    digest.add_argument("--format", choices=("text", "html"), default="text", help=_("how to print it (text)"))


def run(context: Context) -> int:
    from otklik_collector.commands.user import named
    from otklik_collector.digest import monday_of
    from otklik_collector.drawing import today_of
    from otklik_collector.mail.writing import Writing
    from otklik_collector.store import open_store
    from otklik_widget.words import language

    args, journey = context.args, context.journey()
    settings = context.settings
    writing = Writing(journey, settings.collector_url or f"http://{settings.host}:{settings.port}")
    with open_store(context.db) as store:
        person = named(store, args.user) if args.user else None
        if args.send:
            return _send(context, store, writing, person)
        content = writing.digest(store, person, monday_of(today_of(journey)), language(), time.time())
    if content is None:
        raise refuse(_("the places of this person are no longer in the journey"), "--user")
    sys.stdout.write(content.text if args.format == "text" else content.html)
    sys.stdout.flush()
    return DONE


def _send(context: Context, store: Store, writing: Writing, person: Person | None) -> int:
    """Puts down what this week's still lacks; sends it, or leaves that to the collector that runs."""
    from otklik_collector.lock import holder
    from otklik_collector.log import Log
    from otklik_collector.mail.postman import Postman
    from otklik_collector.mail.server import missing

    faults = [Fault("otklik.toml", None, _("“%(name)s” is not set", name=name)) for name in missing(context.settings)]
    if faults:
        raise Faults(faults)
    put = writing.put_digests(store, time.time(), only=person, at_once=True)
    if not put:
        show(_("Nobody wants it, or this week's was sent already; “otklik mail log” shows when."))
        return DONE
    said = _.plural("%(n)d weekly letter", "%(n)d weekly letters", len(put))
    if holder(context.db):
        print(_("%(letters)s: the collector sends them in a moment.", letters=said))
        return DONE
    Postman(context.db, writing, context.settings, Log()).round(store)
    waiting = [one for one in store.letters.newest(1000) if one.id in put and one.error]
    for one in waiting:
        show(Fault("otklik digest", None, one.error))
    print(_("%(letters)s, of these not taken: %(n)d.", letters=said, n=len(waiting)))
    return REFUSED if waiting else DONE
