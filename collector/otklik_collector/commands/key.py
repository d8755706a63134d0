"""otklik key: site keys, which let other origins send."""

from __future__ import annotations

import json

from otklik_collector.commands.values import rate
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults, nearest, refuse


def add(commands: Commands) -> None:
    key = commands.group(
        "key", _("site keys: who else may send responses"), "otklik key add shop --origin https://shop.example"
    )
    made = key.add("add", run_add, _("make a key and print it"), "otklik key add shop --origin https://shop.example")
    made.add_argument("name", metavar="NAME", help=_("what it is for"))
    made.add_argument(
        "--origin", action="append", default=[], metavar="URL", help=_("a site that may use it; repeatable")
    )
    made.add_argument(
        "--rate", type=rate, default=30, metavar="N", help=_("responses a minute per visitor; 0: no limit (30)")
    )
    listed = key.add("list", run_list, _("show all keys"), "otklik key list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    revoke = key.add("revoke", run_revoke, _("refuse a key from now on"), "otklik key revoke shop")
    revoke.add_argument("name", metavar="NAME", help=_("its name or the key itself"))


def run_add(context: Context) -> int:
    from otklik_collector.door import origin_of
    from otklik_collector.store import open_store

    args = context.args
    origins, faults = [], []
    for written in args.origin:
        origin = origin_of(written)
        if origin is None or written.rstrip("/").count("/") > 2 or "?" in written or "#" in written:
            said = _("“%(value)s” is no origin like https://shop.example", value=written)
            faults.append(Fault("--origin", None, said))
        else:
            origins.append(origin)
    if not args.name.strip() or len(args.name) > 100 or not args.name.isprintable():
        faults.append(Fault("NAME", None, _("give the key a name of 1 to 100 visible letters")))
    if faults:
        raise Faults(faults)
    with open_store(context.db, create=True) as store:
        if any(key.name == args.name for key in store.keys.live().values()):
            said = _("there is already a key “%(name)s”; revoke it first or choose another name", name=args.name)
            raise refuse(said)
        key = store.keys.add(args.name, tuple(dict.fromkeys(origins)), args.rate)
    print(_("Site key “%(name)s”:", name=args.name), key)
    return DONE


def run_list(context: Context) -> int:
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        keys = store.keys.all()
    if context.args.json:
        print(json.dumps([key._asdict() for key in keys], ensure_ascii=False, indent=2))
        return DONE
    if not keys:
        show(_("There is no key yet: otklik key add NAME"))
    for key in keys:
        rate = _("%(n)d a minute", n=key.rate) if key.rate else _("no limit")
        state = _("revoked") if key.revoked_at else _("live")
        print(f"{key.key}  {state}  {rate}  {key.name}  {' '.join(key.origins)}".rstrip())
    return DONE


def run_revoke(context: Context) -> int:
    from otklik_collector.store import open_store

    name = context.args.name
    with open_store(context.db) as store:
        if not store.keys.revoke(name):
            live = [key.name for key in store.keys.live().values()]
            raise refuse(_("there is no live key “%(name)s”.", name=name) + nearest(name, live))
    show(_("The key is refused from now on; a running collector knows within a second."))
    return DONE
