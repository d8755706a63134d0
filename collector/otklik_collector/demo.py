"""The command `otklik demo`: the demo company's site, a year of samples, and its map, served or left in a folder."""

from __future__ import annotations

import tempfile
from datetime import date
from itertools import islice
from pathlib import Path

from otklik_collector.cases import CaseRule
from otklik_collector.drawing import before, draw, today_of, window
from otklik_collector.map.output import render
from otklik_collector.map.problem_map import Filters
from otklik_collector.sample_words import WHO, Message, SampleWords
from otklik_collector.samples import SOURCE, SampleShown, read_plans, sample_responses
from otklik_collector.serve import Listen, leave, serve
from otklik_collector.store import Store, open_store
from otklik_collector.words import _
from otklik_widget import assets, cli
from otklik_widget.cli import DONE, Context, show
from otklik_widget.faults import refuse
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.words import language

TRANSACTION = 20_000


def show_demo(context: Context) -> int:
    """Makes everything once in a folder, or in a temporary one and serves it until it is stopped."""
    args = context.args
    journey = read_journey(assets.demo_content() / "journey.toml")
    today = args.today or today_of(journey)
    if args.once:
        return make(journey, args.once, today)
    with tempfile.TemporaryDirectory(prefix="otklik-demo-") as folder:
        made = make(journey, Path(folder), today)
        if made != DONE:
            return made
        where = f"http://127.0.0.1:{args.port}"
        show(_("Open %(site)s for the site and %(map)s for the map.", site=f"{where}/", map=f"{where}/console/map"))
        listen = Listen("127.0.0.1", args.port)
        status = serve(journey, context.settings, Path(folder) / "otklik.db", Path(folder) / "public", listen)
    return leave(status)


def make(journey: Journey, folder: Path, today: date) -> int:
    """Writes public/, otklik.db, map.json and map.html into a folder; returns an exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    db = folder / "otklik.db"
    _remove_samples(db)
    content = str(assets.demo_content())
    built = cli.main(["build", "--content", content, "--out", str(folder / "public"), "--lang", language()])
    if built != DONE:
        return built
    _fill(journey, db, today)
    period = window(today)
    with open_store(db) as store:
        found = draw(store, journey, period, before(period), Filters(), language())
    for name in ("json", "html"):
        (folder / f"map.{name}").write_text(render(found, journey, name, language()), encoding="utf-8")
    return DONE


def _remove_samples(db: Path) -> None:
    """An earlier demo's database gives way to the new one; one with anybody's own responses never does."""
    if not db.exists():
        return
    with open_store(db) as store:
        strangers = store.recount.responses_from_elsewhere(SOURCE)
    if strangers:
        said = _("this database holds responses that are no samples; choose another folder for the demo")
        raise refuse(said, str(db))
    for end in ("", "-wal", "-shm", ".lock"):
        db.with_name(db.name + end).unlink(missing_ok=True)


def _fill(journey: Journey, db: Path, today: date) -> None:
    content = assets.demo_content()
    words = SampleWords(content / "sample-words.toml")
    messages = words.messages(journey, today)
    plans = read_plans(content / "samples.toml")
    made, seen = sample_responses(journey, plans, today, words), SampleShown(plans)
    # In the order of time each batch is written at one end of the tables, as in life.
    responses = iter(sorted((*made, *(one.response for one in messages)), key=lambda response: response.id))
    stored = 0
    with open_store(db, create=True) as store:
        store.series.use(journey)
        rule = CaseRule(journey)
        store.open_cases(rule)
        while batch := list(islice(responses, TRANSACTION)):
            store.responses.submit(batch)
            seen.add(batch)
            stored += len(batch)
        store.responses.submit([], seen.shown())
        for change in words.changes(today):
            store.changes.add(change, WHO)
        for message in messages:
            _settle(store, rule, message)
    show(_.plural("%(n)d sample response", "%(n)d sample responses", stored))


def _settle(store: Store, rule: CaseRule, message: Message) -> None:
    """Does about a message's case what the samples say was done."""
    case = store.cases.of_response(message.response.id)
    if case is None:
        return
    store.cases.mark(case, message.kind, claim=False, claim_due_at=None, who=WHO, now=case.opened_at)
    if message.answered is None:
        return
    at = case.opened_at + round(message.answered * 3_600_000)
    after = rule.open_hours(case.touchpoint, case.place, case.opened_at, at)
    store.cases.answer(case.number, after, "", WHO, at)
    store.cases.close(case.number, "nothing" if message.kind == "praise" else "solved", "", WHO, at)
