"""otklik mail: tries the company's mail server, and shows what was sent."""

from __future__ import annotations

import json
import time

from otklik_collector.commands.values import count
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults, refuse


def add(commands: Commands) -> None:
    mail = commands.group("mail", _("letters to people of the console"), "otklik mail test anna@shop.example")
    test = mail.add(
        "test", run_test, _("send a letter now and say how the server took it"), "otklik mail test anna@shop.example"
    )
    test.add_argument("address", metavar="ADDRESS", help=_("to whom"))
    log = mail.add("log", run_log, _("what was sent, to whom, and how it was taken"), "otklik mail log --limit 20")
    log.add_argument("--limit", type=count, default=100, metavar="N", help=_("at most so many, the newest (100)"))
    log.add_argument("--json", action="store_true", help=_("print them as JSON"))


def run_test(context: Context) -> int:
    from otklik_collector.mail.message import Content, message
    from otklik_collector.mail.server import Refused, missing, send
    from otklik_widget.contract import make_uuid7
    from otklik_widget.settings import is_address
    from otklik_widget.words import language

    args, settings = context.args, context.settings
    faults = [Fault("otklik.toml", None, _("“%(name)s” is not set", name=name)) for name in missing(settings)]
    if not is_address(args.address):
        said = _("“%(value)s” is no mail address like anna@shop.example", value=args.address[:80])
        faults.append(Fault("ADDRESS", None, said))
    if faults:
        raise Faults(faults)
    name = context.journey().company.name.say(language())
    said = _("Otklik can send letters: this is one.")
    content = Content(
        _("A test of Otklik"), said + "\n", f"<!doctype html><html lang={language()}><p>{said}</p></html>"
    )
    try:
        send(settings, message(settings.mail_from, name, args.address, content, str(make_uuid7()), time.time()))
    except Refused as refused:
        raise refuse(str(refused), settings.smtp_host) from None
    print(_("The server has taken the letter to %(address)s.", address=args.address))
    return DONE


def run_log(context: Context) -> int:
    from otklik_collector.commands.user import moment
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        found = store.letters.newest(context.args.limit)
        names = {person.id: person.name for person in store.people.all()}
    if context.args.json:
        rows = [one._asdict() | {"id": one.uuid, "person": names.get(one.person, "")} for one in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not found:
        show(_("Nothing was sent yet."))
    kinds = {"alarm": _("alarm"), "digest": _("digest"), "kiosk": _("silent kiosk")}
    for one in found:
        if one.due_at is not None:
            state = _("next try at %(moment)s", moment=moment(one.due_at))
        else:
            state = _("given up") if one.error else _("taken")
        line = [moment(one.created_at), kinds.get(one.kind, one.kind), names.get(one.person, ""), state, one.error]
        print("  ".join(part for part in line if part))
    return DONE
