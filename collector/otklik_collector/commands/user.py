"""otklik user: who may sign in to the console."""

from __future__ import annotations

import getpass
import json
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, Parser, show
from otklik_widget.faults import Fault, Faults, nearest, refuse

if TYPE_CHECKING:
    from otklik_collector.store import Store
    from otklik_collector.store.people import Person


def add(commands: Commands) -> None:
    from otklik_collector.store.people import ROLES

    user = commands.group("user", _("people who may sign in to the console"), "otklik user add anna --role admin")
    added = user.add(
        "add", run_add, _("let somebody in; asks for a password"), "otklik user add anna --role manager --place centre"
    )
    added.add_argument("name", metavar="NAME", help=_("the name to sign in with"))
    added.add_argument("--role", choices=ROLES, help=_("what they may do (viewer; admin where there is nobody yet)"))
    added.add_argument(
        "--place", action="append", default=[], metavar="KEY", help=_("only this place; repeatable (all)")
    )
    _password_option(added)
    changed = user.add("passwd", run_passwd, _("give a new password; ends all sessions"), "otklik user passwd anna")
    changed.add_argument("name", metavar="NAME", help=_("the name to sign in with"))
    _password_option(changed)
    listed = user.add("list", run_list, _("show who may sign in"), "otklik user list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    removed = user.add("remove", run_remove, _("let somebody in no more"), "otklik user remove anna")
    removed.add_argument("name", metavar="NAME", help=_("the name to sign in with"))
    sessions = user.add("sessions", run_sessions, _("show or end sessions"), "otklik user sessions anna --end")
    sessions.add_argument("name", metavar="NAME", nargs="?", help=_("only those of this person"))
    sessions.add_argument("--end", action="store_true", help=_("end them all: sign out everywhere"))
    sessions.add_argument("--json", action="store_true", help=_("print them as JSON"))


def _password_option(parser: Parser) -> None:
    said = _("read the password from the first line of the input")
    parser.add_argument("--password-stdin", action="store_true", help=said)


def run_add(context: Context) -> int:
    from otklik_collector.console.passwords import hash_password, name_fault, password_fault
    from otklik_collector.store import open_store
    from otklik_collector.store.people import NameTaken

    args = context.args
    faults = [Fault("NAME", None, fault)] if (fault := name_fault(args.name)) else []
    places = list(dict.fromkeys(args.place))
    if places:
        known = context.journey().place_keys
        for place in places:
            if place not in known:
                said = _(
                    "there is no place “%(value)s”; known: %(known)s.",
                    value=place,
                    known=", ".join(known) or _("none at all"),
                )
                faults.append(Fault("--place", None, said + nearest(place, known)))
    if faults:
        raise Faults(faults)
    with open_store(context.db, create=True) as store:
        first = not store.people.anybody()
        role = args.role or ("admin" if first and not places else "viewer")
        if first and (role != "admin" or places):
            raise refuse(_("the first one must be an administrator of the whole company, who can let others in"))
        if store.people.named(args.name):
            raise refuse(_("there is already somebody called “%(name)s”", name=args.name), "NAME")
        password = _asked_password(args.password_stdin)
        if fault := password_fault(password, args.name):
            raise refuse(fault)
        try:
            person = store.people.add(args.name, hash_password(password), role, places, time.time())
        except NameTaken:
            raise refuse(_("there is already somebody called “%(name)s”", name=args.name), "NAME") from None
    show(_("%(name)s may sign in now; a running collector knows at once.", name=person.name))
    return DONE


def run_passwd(context: Context) -> int:
    from otklik_collector.console.passwords import hash_password, password_fault
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        person = named(store, context.args.name)
        password = _asked_password(context.args.password_stdin)
        if fault := password_fault(password, person.name):
            raise refuse(fault)
        store.people.set_password(person.id, hash_password(password), time.time())
    show(_("The password is changed, and all sessions of %(name)s have ended.", name=person.name))
    return DONE


def run_list(context: Context) -> int:
    from otklik_collector.console.names import role_name
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        people = store.people.all()
        sessions = [session.user for session in store.sessions.live(time.time())]
    if context.args.json:
        rows = [
            {
                "name": person.name, "role": person.role, "places": list(person.places),
                "has_password": person.has_password, "sessions": sessions.count(person.id),
            }
            for person in people
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not people:
        show(_("Nobody can sign in yet: otklik user add NAME --role admin"))
    for person in people:
        places = ", ".join(person.places) or _("the whole company")
        number = sessions.count(person.id)
        live = _.plural("%(n)d session", "%(n)d sessions", number)
        state = live if person.has_password else _("has not chosen a password yet")
        print(f"{person.name}  {role_name(person.role)}  {places}  {state}")
    return DONE


def run_remove(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.people import LastAdmin

    with open_store(context.db) as store:
        person = named(store, context.args.name)
        try:
            store.people.remove(person.id, time.time())
        except LastAdmin:
            said = _("the last administrator of the whole company must stay while there are others")
            raise refuse(said, person.name) from None
    show(_("%(name)s can sign in no more, and all sessions have ended.", name=person.name))
    return DONE


def run_sessions(context: Context) -> int:
    from otklik_collector.store import open_store

    args, now = context.args, time.time()
    with open_store(context.db) as store:
        chosen = [named(store, args.name)] if args.name else store.people.all()
        if args.end:
            ended = sum(store.sessions.end_all(person, now) for person in chosen)
            show(_.plural("%(n)d session ended.", "%(n)d sessions ended.", ended))
            return DONE
        names = {person.id: person.name for person in chosen}
        found = [session for session in store.sessions.live(now) if session.user in names]
    if args.json:
        rows = [{**session._asdict(), "user": names[session.user]} for session in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not found:
        show(_("Nobody is signed in."))
    for session in found:
        print(f"{names[session.user]}  {moment(session.created_at)}  {moment(session.seen_at)}  {session.browser}")
    return DONE


def moment(milliseconds: int) -> str:
    """A time as commands print it: UTC, to the second."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def named(store: Store, name: str) -> Person:
    found = store.people.named(name)
    if not found:
        known = [person.name for person in store.people.all()]
        raise refuse(_("there is nobody called “%(name)s”.", name=name) + nearest(name, known))
    return found


def _asked_password(from_input: bool) -> str:
    """The password, typed twice without being shown, or the first line of the input."""
    if from_input or not sys.stdin.isatty():
        if not from_input:
            raise refuse(_("there is no terminal to type the password; give it with --password-stdin"))
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(_("Password: "))
    if password != getpass.getpass(_("The same once more: ")):
        raise refuse(_("the two passwords differ"))
    return password
