"""otklik kiosk: tablets that ask, each with a key of its own."""

from __future__ import annotations

import json

from otklik_collector.commands import kiosk_pairing
from otklik_collector.commands.kiosk_pairing import unknown
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults, nearest, refuse

HIDDEN = ("key_hash", "pin_hash", "stood")
WHERE = {"device": "DEVICE", "name": "NAME", "place": "--place", "points": "--point"}


def add(commands: Commands) -> None:
    example = "otklik kiosk add exit-1 --place sadovaya --point checkout"
    kiosk = commands.group("kiosk", _("tablets that ask, each with a key of its own"), example)
    made = kiosk.add("add", run_add, _("make a kiosk and print its key, once"), example)
    made.add_argument("device", metavar="DEVICE", help=_("what its responses carry: small letters, digits, hyphens"))
    made.add_argument("--place", metavar="P", default="", help=_("where it stands"))
    said = _("a touchpoint it asks at; repeatable")
    made.add_argument("--point", metavar="T", action="append", required=True, help=said)
    made.add_argument("--name", metavar="NAME", help=_("what people call it (DEVICE)"))
    listed = kiosk.add("list", run_list, _("show all kiosks"), "otklik kiosk list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    revoke = kiosk.add("revoke", run_revoke, _("refuse a kiosk from now on"), "otklik kiosk revoke exit-1")
    revoke.add_argument("device", metavar="DEVICE", help=_("the kiosk"))
    rename = kiosk.add(
        "rename", run_rename, _("give it another name for people"), 'otklik kiosk rename exit-1 "By the lift"'
    )
    rename.add_argument("device", metavar="DEVICE", help=_("the kiosk"))
    rename.add_argument("name", metavar="NAME", help=_("what people call it from now on"))
    move = kiosk.add("move", run_move, _("put it into another place"), "otklik kiosk move exit-1 --place lesnaya")
    move.add_argument("device", metavar="DEVICE", help=_("the kiosk"))
    move.add_argument("--place", metavar="P", required=True, help=_("where it stands from now on"))
    said = _("a touchpoint it asks at there; repeatable (those of before)")
    move.add_argument("--point", metavar="T", action="append", help=said)
    said = _("take it out of use: nobody waits for it, what it still holds is taken")
    retire = kiosk.add("retire", run_retire, said, "otklik kiosk retire exit-1")
    retire.add_argument("device", metavar="DEVICE", help=_("the kiosk"))
    kiosk_pairing.add(kiosk)


def run_add(context: Context) -> int:
    from otklik_collector.kiosks import Written, faults_of
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    points = tuple(dict.fromkeys(args.point))
    name = args.device if args.name is None else args.name
    _check(faults_of(Written(args.device, name or " ", args.place, points), context.journey()))
    with open_store(context.db, create=True) as store:
        there = store.devices.all().get(args.device)
        if there and there.revoked_at is None:
            said = _("there is already a kiosk “%(device)s”; revoke it first to give it a new key", device=args.device)
            raise refuse(said)
        key = store.devices.add(args.device, name, args.place, points, COMMAND_LINE)
    show(_("The key is shown this once and kept only as a hash."))
    print(_("Key of the kiosk “%(device)s”:", device=args.device), key)
    return DONE


def run_list(context: Context) -> int:
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        devices = store.devices.all().values()
        heard = store.beats.all()
    if context.args.json:
        told = []
        for one in devices:
            facts = {name: value for name, value in one._asdict().items() if name not in HIDDEN}
            beat = heard.get(one.device)
            told.append({
                **facts, "pin": bool(one.pin_hash), "heard_at": beat and beat.heard_at,
                "queue": beat and beat.beat.queue, "offset": beat and beat.offset,
            })  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return DONE
    if not devices:
        show(_("There is no kiosk yet: otklik kiosk add DEVICE"))
    for one in devices:
        state = _("revoked") if one.revoked_at else _("retired") if one.retired_at else _("live")
        print("  ".join(filter(None, [one.device, state, one.place, ", ".join(one.points), one.name])))
    return DONE


def run_revoke(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    device = context.args.device
    with open_store(context.db) as store:
        if not store.devices.revoke(device, COMMAND_LINE):
            live = [one.device for one in store.devices.all().values() if one.revoked_at is None]
            raise refuse(
                _("there is no live kiosk “%(device)s”; otklik kiosk list shows all.", device=device)
                + nearest(device, live)
            )
    show(_("The kiosk is refused from now on; a running collector knows within a second."))
    return DONE


def run_rename(context: Context) -> int:
    from otklik_collector.kiosks import is_name
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    if not is_name(args.name):
        raise Faults([Fault("NAME", None, _("give the kiosk a name of 1 to 100 letters"))])
    with open_store(context.db) as store:
        if not store.devices.rename(args.device, args.name, COMMAND_LINE):
            raise unknown(args.device, store.devices.all())
    show(_("The kiosk is called “%(name)s” now.", name=args.name))
    return DONE


def run_move(context: Context) -> int:
    from otklik_collector.kiosks import place_faults, point_faults
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args, journey = context.args, context.journey()
    with open_store(context.db) as store:
        known = store.devices.all()
        if args.device not in known:
            raise unknown(args.device, known)
        points = tuple(dict.fromkeys(args.point or known[args.device].points))
        _check([*place_faults(args.place, journey), *point_faults(points, args.place, journey)])
        store.devices.move(args.device, args.place, points, COMMAND_LINE)
    show(_("The kiosk belongs to “%(place)s” now; what was answered before stays with the old place.",
           place=args.place))  # fmt: skip
    return DONE


def run_retire(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    device = context.args.device
    with open_store(context.db) as store:
        if not store.devices.retire(device, COMMAND_LINE):
            live = [one.device for one in store.devices.all().values() if not one.revoked_at and not one.retired_at]
            raise refuse(
                _("there is no live kiosk “%(device)s”; otklik kiosk list shows all.", device=device)
                + nearest(device, live)
            )
    show(_("Nobody waits for the kiosk any more. What it still holds is taken; its responses stay."))
    return DONE


def _check(faults: list[tuple[str, str]]) -> None:
    if faults:
        raise Faults([Fault(WHERE[field], None, said) for field, said in faults])
