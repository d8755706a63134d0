"""otklik drivers: which touchpoints the recommendation goes with."""

from __future__ import annotations

import json
from dataclasses import asdict

from otklik_collector.commands.progress import percent
from otklik_collector.commands.values import day
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show


def add(commands: Commands) -> None:
    drivers = commands.add(
        "drivers", run, _("which touchpoints the recommendation goes with"), "otklik drivers --to 2017-06-01"
    )
    drivers.add_argument("--to", dest="end", metavar="DATE", type=day, help=_("the day after the last (tomorrow)"))
    drivers.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def run(context: Context) -> int:
    from datetime import timedelta

    from otklik_collector.drawing import today_of
    from otklik_collector.map import figures
    from otklik_collector.map.drivers import key_drivers
    from otklik_collector.store import open_store
    from otklik_widget.words import language

    journey = context.journey()
    end = context.args.end or today_of(journey) + timedelta(days=1)
    with open_store(context.db) as store:
        ratings = store.linked.ratings(journey, end)
    found = key_drivers(ratings, tell=percent)
    if context.args.json:
        print(json.dumps(asdict(found) if found else None, ensure_ascii=False, indent=2))
        return DONE
    if found is None:
        said = _.plural(
            "%(n)d person rated touchpoints and said whether they recommend you: at least 100 are needed, and ten for "
            "each touchpoint",
            "%(n)d people rated touchpoints and said whether they recommend you: at least 100 are needed, and ten for "
            "each touchpoint",
            len(ratings),
        )
        show(said)
        return DONE
    explained = figures.of_100(found.explained)
    show(_("Of 100 parts of the recommendation %(parts)s go with these touchpoints:", parts=explained))
    for driver in found.drivers:
        name = journey.touchpoints[driver.touchpoint].name.say(language())
        part, between = figures.of_100(driver.part, 1), figures.between(driver.low, driver.high, 1)
        alone = figures.number(driver.correlation, 2)
        show(_("  %(part)s (%(between)s)  %(name)s; correlation %(alone)s",
               part=part, between=between, name=name, alone=alone))  # fmt: skip
    if found.left_out:
        names = [journey.touchpoints[key].name.say(language()) for key in found.left_out]
        show(_("Too few people rated these: %(names)s.", names=", ".join(names)))
    return DONE
