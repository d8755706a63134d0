"""otklik kiosk: tablets that ask, each with a key of its own."""

from __future__ import annotations

import json

from otklik_collector.commands import kiosk_pairing
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.contract import KEY
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.journey import Journey

HIDDEN = ("key_hash", "pin_hash")


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
    kiosk_pairing.add(kiosk)


def run_add(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    points = tuple(dict.fromkeys(args.point))
    name = args.device if args.name is None else args.name
    faults = _faults(context.journey(), args.device, args.place, points)
    if not _is_name(name):
        faults.append(_no_name())
    if faults:
        raise Faults(faults)
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
    if context.args.json:
        told = [{name: value for name, value in one._asdict().items() if name not in HIDDEN} for one in devices]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return DONE
    if not devices:
        show(_("There is no kiosk yet: otklik kiosk add DEVICE"))
    for one in devices:
        state = _("revoked") if one.revoked_at else _("live")
        print("  ".join(filter(None, [one.device, state, one.place, ", ".join(one.points), one.name])))
    return DONE


def run_revoke(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    device = context.args.device
    with open_store(context.db) as store:
        if not store.devices.revoke(device, COMMAND_LINE):
            live = [one.device for one in store.devices.all().values() if one.revoked_at is None]
            raise refuse(_("there is no live kiosk “%(device)s”.", device=device) + nearest(device, live))
    show(_("The kiosk is refused from now on; a running collector knows within a second."))
    return DONE


def run_rename(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    if not _is_name(args.name):
        raise Faults([_no_name()])
    with open_store(context.db) as store:
        if not store.devices.rename(args.device, args.name, COMMAND_LINE):
            said = _("there is no kiosk “%(device)s”.", device=args.device)
            raise refuse(said + nearest(args.device, list(store.devices.all())))
    show(_("The kiosk is called “%(name)s” now.", name=args.name))
    return DONE


def _faults(journey: Journey, device: str, place: str, points: tuple[str, ...]) -> list[Fault]:
    faults = []
    if not KEY.fullmatch(device):
        said = _("“%(value)s” is no key of small letters, digits and hyphens, like exit-1", value=device)
        faults.append(Fault("DEVICE", None, said))
    if place and place not in journey.place_keys:
        said = _("the journey has no place “%(key)s”.", key=place) + nearest(place, journey.place_keys)
        faults.append(Fault("--place", None, said))
    if not place and journey.places:
        faults.append(
            Fault("--place", None, _("say where it stands: %(places)s", places=", ".join(journey.place_keys)))
        )
    for point in points:
        found = journey.touchpoints.get(point)
        if found is None:
            said = _("the journey has no touchpoint “%(key)s”.", key=point) + nearest(point, journey.touchpoints)
            faults.append(Fault("--point", None, said))
        elif place and found.places and place not in found.places:
            said = _("the touchpoint “%(key)s” does not exist in that place", key=point)
            faults.append(Fault("--point", None, said))
    return faults


def _is_name(name: str) -> bool:
    return bool(name.strip()) and len(name) <= 100


def _no_name() -> Fault:
    return Fault("NAME", None, _("give the kiosk a name of 1 to 100 letters"))
