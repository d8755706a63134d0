"""otklik changes: what the company changed and made public, as a file that the site reads."""

from __future__ import annotations

import json
from pathlib import Path

from otklik_collector.commands.written import write_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show


def add(commands: Commands) -> None:
    made = commands.add(
        "changes", run, _("write the public changes for the site's page “You said, we did”"),
        "otklik changes --out content/data/changes.json", out_is_file=True,
    )  # fmt: skip
    made.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file"))


def run(context: Context) -> int:
    from otklik_collector.change_words import published
    from otklik_collector.drawing import today_of
    from otklik_collector.publishing import effect_of
    from otklik_collector.store import open_store

    journey, out = context.journey(), context.args.out
    today = today_of(journey)
    with open_store(context.db) as store:
        found = [one for one in store.changes.newest(public=True) if one.day <= today]
        told = [published(one, effect_of(store, journey, one, today), journey) for one in found]
    if out and out.parent.name == "data" and out.parent.parent.is_dir():
        out.parent.mkdir(exist_ok=True)
    document = {"version": 1, "as_of": today.isoformat(), "changes": told}
    write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", out)
    if out:
        show(_.plural("%(n)d public change", "%(n)d public changes", len(told)))
    return DONE
