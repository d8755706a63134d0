"""How fast the map's query is at a million and at ten million responses, and whether storing stays as fast.

python tests/benchmarks/big.py [--rows 1000000,10000000] [--touchpoints 200] [--folder DIR] [--ingest]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from company import LAST, TOUCHPOINTS, fill, journey_of
from werkzeug.test import TestResponse

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.drawing import before, draw, window
from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.proxies import Proxies
from otklik_collector.response import Response, local_day_hour
from otklik_collector.store import Store, open_store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

TIMES = 15
INGEST = ("stored/s, 100 at once", "CPU µs for each")


def periods() -> dict[str, Period]:
    """Periods as managers ask for them, and some that meet no calendar."""
    end = LAST + timedelta(days=1)
    return {
        "one day": window(end, 1),
        "a week": window(end, 7),
        "28 days": window(end),
        "28 days, a year ago": window(end - timedelta(days=363)),
        "a quarter": Period(date(2026, 7, 1), date(2026, 10, 1)),
        "100 days from a Thursday": Period(date(2026, 4, 9), date(2026, 7, 18)),
        "a year": window(end, 365),
    }


def median_ms(work: Callable[[], object]) -> float:
    """The median of several runs, in milliseconds of processor time: the machine's other work is no part of it.

    The first two runs only warm up; then all is in memory, and nothing waits for a disk.
    """
    taken = []
    for _time in range(TIMES + 2):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken[2:]) * 1000


def query(store: Store, journey: Journey, period: Period, filters: Filters) -> None:
    """All that the map reads, as `drawing.draw` reads it."""
    with store.reading():
        store.counts.of(journey, period, before(period), filters)
        if filters == Filters():
            store.counts.repeated_share(period)


def measure_map(store: Store, journey: Journey) -> dict[str, float]:
    found = {}
    for name, period in periods().items():
        found[name] = median_ms(lambda period=period: query(store, journey, period, Filters()))  # type: ignore[misc]
    month = periods()["28 days"]
    for name, filters in {
        "28 days of a place": Filters(place="place-7"),
        "28 days of a channel": Filters(channel="kiosk"),
        "28 days of a segment": Filters(segment="host"),
    }.items():
        found[name] = median_ms(lambda filters=filters: query(store, journey, month, filters))  # type: ignore[misc]
    year = periods()["a year"]
    found["a year of a place"] = median_ms(lambda: query(store, journey, year, Filters(place="place-7")))
    found["28 days, counted and ranked"] = median_ms(
        lambda: draw(store, journey, month, before(month), Filters(), "en")
    )
    return found


def measure_pages(store: Store, journey: Journey, db: Path) -> dict[str, float]:
    """The console's pages from the request to the packed reply, as who sits at the machine sees them."""
    door = Door(journey, frozenset(), store.keys.live, store.person_secret())
    proxies = Proxies(("127.0.0.1",))
    app = create_app(journey, db, door, proxies, lambda response: store.responses.submit([response]))
    browser, month = app.test_client(), periods()["28 days"]
    when = f"from={month.start}&to={month.end}&lang=ru"
    found = {}
    for name, path in {
        "the console's map": f"map?{when}",
        "the console's map of a place": f"map?{when}&place=place-7",
        "the console's map of a channel": f"map?{when}&channel=kiosk",
        "the console's map of a segment": f"map?{when}&segment=host",
        "the console's page of a touchpoint": f"touchpoint/point-3?{when}",
    }.items():

        def ask(path: str = path) -> TestResponse:
            return browser.get(f"/console/{path}", headers={"Accept-Encoding": "gzip"})

        assert ask().status_code == 200
        print(f"{name}: {len(ask().data) / 1000:.1f} KB", flush=True)
        found[name] = median_ms(ask)
    return found


def ingest(store: Store, journey: Journey, seconds: float = 5, batch: int = 100) -> tuple[float, float]:
    """Responses a second that the store takes in batches as under load, each flushed, and CPU µs for each."""
    store.series.use(journey)
    day, hour = local_day_hour(int(time.time() * 1000), journey.zone("point-0", ""))
    like = Response(
        id=b"", touchpoint="point-0", scale="smiley5", score=3, answered_at=0, received_at=0, day=day, hour=hour
    )
    from msgspec import structs

    number, spent, begun = 0, 0.0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        now = int(time.time() * 1000)
        some = [
            structs.replace(
                like, id=make_uuid7(now).bytes, touchpoint=f"point-{number % 200}", answered_at=now, received_at=now,
                place=f"place-{number % 19}", segment="host", score=number % 5,
            )
            for number in range(number, number + batch)
        ]  # fmt: skip
        before_it = time.process_time()
        store.responses.submit(some)
        spent += time.process_time() - before_it
        number += batch
    return number / (time.perf_counter() - begun), spent / number * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--touchpoints", type=int, default=TOUCHPOINTS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--ingest", action="store_true", help="also how fast responses are stored beside those rows")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        journey = journey_of(folder, args.touchpoints)
        columns: dict[str, dict[str, float]] = {}
        for rows in map(int, args.rows.split(",")):
            db = folder / f"{rows}.db"
            if not db.exists():
                begun = time.perf_counter()
                fill(db, journey, rows)
                print(f"{rows:,} responses made in {time.perf_counter() - begun:.0f} s", flush=True)
            with open_store(db) as store:
                begun = time.perf_counter()
                month = periods()["28 days"]
                draw(store, journey, month, before(month), Filters(), "en")
                first = time.perf_counter() - begun
                print(
                    f"{rows:,}: the first map ever {first * 1000:.0f} ms; {db.stat().st_size / 1e6:,.0f} MB", flush=True
                )
                columns[f"{rows:,}"] = measure_map(store, journey) | measure_pages(store, journey, db)
                if args.ingest:
                    columns[f"{rows:,}"] |= dict(zip(INGEST, ingest(store, journey), strict=True))
        if args.ingest:
            with open_store(folder / "empty.db", create=True) as store:
                print("empty: {:,.0f} stored/s, 100 at once, {:.1f} CPU µs each".format(*ingest(store, journey)))
        print(f"\n| ms | {' | '.join(columns)} | ratio |\n| --- |{' ---: |' * (len(columns) + 1)}")
        for name in next(iter(columns.values())):
            numbers = [column[name] for column in columns.values()]
            print(f"| {name} | {' | '.join(f'{n:,.1f}' for n in numbers)} | {numbers[-1] / numbers[0]:.2f} |")


if __name__ == "__main__":
    main()
