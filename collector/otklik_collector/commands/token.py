"""otklik token: what programs may read over HTTP."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from datetime import time as clock

from otklik_collector.commands.user import moment
from otklik_collector.commands.values import day
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults, nearest, refuse


def add(commands: Commands) -> None:
    from otklik_collector.store.tokens import SCOPES

    token = commands.group(
        "token", _("tokens: which programs may read, and what"), "otklik token add crm --scope read:responses"
    )
    made = token.add(
        "add", run_add, _("make a token and print it, once"),
        "otklik token add crm --scope read:responses --scope read:comments --expires 2027-01-01",
    )  # fmt: skip
    made.add_argument("name", metavar="NAME", help=_("what it is for"))
    made.add_argument("--scope", action="append", choices=SCOPES, required=True, help=_("what it may read; repeatable"))
    made.add_argument(
        "--place", action="append", default=[], metavar="KEY", help=_("only this place; repeatable (all)")
    )
    made.add_argument("--expires", type=day, metavar="DATE", help=_("the first day on which it is refused (never)"))
    listed = token.add("list", run_list, _("show all tokens"), "otklik token list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    revoked = token.add("revoke", run_revoke, _("refuse a token from now on"), "otklik token revoke crm")
    revoked.add_argument("name", metavar="NAME", help=_("its name"))


def run_add(context: Context) -> int:
    from otklik_collector.store import open_store

    args, now = context.args, time.time()
    faults = []
    if not args.name.strip() or len(args.name) > 100 or not args.name.isprintable():
        faults.append(Fault("NAME", None, _("give the token a name of 1 to 100 letters")))
    if args.place:
        known = context.journey().place_keys
        for place in args.place:
            if place not in known:
                said = _(
                    "there is no place “%(value)s”; known: %(known)s.",
                    value=place,
                    known=", ".join(known) or _("none at all"),
                )
                faults.append(Fault("--place", None, said + nearest(place, known)))
    expires = datetime.combine(args.expires, clock(), UTC).timestamp() if args.expires else None
    if expires is not None and expires <= now:
        faults.append(Fault("--expires", None, _("this day has begun already; name one that is to come")))
    if faults:
        raise Faults(faults)
    with open_store(context.db, create=True) as store:
        if any(token.name == args.name and token.live(now) for token in store.tokens.all()):
            said = _("there is already a token “%(name)s”; revoke it first or choose another name", name=args.name)
            raise refuse(said, "NAME")
        scopes, places = tuple(dict.fromkeys(args.scope)), tuple(dict.fromkeys(args.place))
        made = store.tokens.add(args.name, scopes, places, None if expires is None else int(expires * 1000), now)
    show(_("It is shown only now; only a hash of it is kept."))
    print(_("Token “%(name)s”:", name=args.name), made)
    return DONE


def run_list(context: Context) -> int:
    from otklik_collector.store import open_store

    now = time.time()
    with open_store(context.db) as store:
        tokens = store.tokens.all()
    if context.args.json:
        rows = [{**token._asdict(), "live": token.live(now)} for token in tokens]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not tokens:
        show(_("There is no token yet: otklik token add NAME --scope read:map"))
    for token in tokens:
        state = _("live") if token.live(now) else _("revoked") if token.revoked_at else _("expired")
        until = moment(token.expires_at) if token.expires_at else _("for ever")
        places = ", ".join(token.places) or _("the whole company")
        print(f"{token.name}  {state}  {until}  {' '.join(token.scopes)}  {places}")
    return DONE


def run_revoke(context: Context) -> int:
    from otklik_collector.store import open_store

    name, now = context.args.name, time.time()
    with open_store(context.db) as store:
        if not store.tokens.revoke(name, now):
            live = [token.name for token in store.tokens.all() if token.live(now)]
            raise refuse(_("there is no live token “%(name)s”.", name=name) + nearest(name, live))
    show(_("The token is refused from now on."))
    return DONE
