"""How helpful pages were: before and since their last change, never of fewer than five people, never a guess."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from conftest import response
from sqlite_utils import Database

from otklik_collector.page_scores import judge, scores
from otklik_collector.response import Response
from otklik_collector.samples import read_plans, sample_responses
from otklik_collector.store.migrations import migrations
from otklik_collector.store.page_answers import PageDay
from otklik_widget import assets
from otklik_widget.faults import Faults
from otklik_widget.intervals import share_difference, wilson
from otklik_widget.journey_file import read_journey
from otklik_widget.page_scores import Share

if TYPE_CHECKING:
    from pathlib import Path

    from otklik_collector.store import Store
    from otklik_widget.page_scores import Helpful, PageScores

TODAY = date(2026, 11, 20)
TURN = {"tea": date(2026, 11, 1)}


def said(no: int, yes: int, day: int = 20261110, page: str = "tea", wording: str = "w", comments: int = 0) -> PageDay:
    return PageDay(page, wording, day, no, yes, comments)


def judged(*days: PageDay, changed: dict[str, date] | None = None) -> PageScores:
    """The scores of the pages tea and coffee."""
    return judge(days, {"tea": "tea", "coffee": "coffee"}.get, TURN if changed is None else changed, TODAY)


def tea(*days: PageDay, changed: dict[str, date] | None = None) -> Helpful:
    return judged(*days, changed=changed).pages["tea"]


def test_a_page_tells_its_share_with_wilsons_interval() -> None:
    share = tea(said(4, 16), changed={}).all
    assert share
    interval = wilson(16, 20)
    assert interval
    assert (share.responses, share.value, share.low, share.high) == (20, 0.8, interval.low, interval.high)


def test_its_last_change_is_judged_by_newcombes_interval() -> None:
    found = tea(said(60, 40, 20261001), said(20, 80, 20261101))  # the day of the change belongs to the new page
    assert (found.before and found.before.value, found.since and found.since.value) == (0.4, 0.8)
    expected = share_difference(40, 100, 80, 100)
    assert found.change
    assert expected
    assert (found.change.difference, found.change.low, found.change.high) == (
        expected.value, expected.low, expected.high,
    )  # fmt: skip
    assert found.change.verdict == "better"


@pytest.mark.parametrize(
    ("before", "since", "verdict"),
    [
        ((60, 40), (20, 80), "better"),
        ((20, 80), (60, 40), "worse"),
        ((6, 4), (4, 6), "unclear"),
        ((5000, 5000), (4800, 5200), "unclear"),  # surely another share, by two of a hundred: nobody would notice
    ],
)
def test_what_is_not_clear_is_not_called_a_change(
    before: tuple[int, int], since: tuple[int, int], verdict: str
) -> None:
    change = tea(said(*before, day=20261001), said(*since)).change
    assert change
    assert change.verdict == verdict


def test_of_many_pages_one_that_looks_better_by_chance_is_not_called_so() -> None:
    alone = tea(said(13, 7, 20261001), said(6, 14)).change
    assert alone
    assert alone.verdict == "better"
    names = [f"page-{number}" for number in range(40)]
    days = [said(10, 10, day, name) for name in names for day in (20261001, 20261110)]
    days += [said(13, 7, 20261001), said(6, 14)]
    found = judge(days, str, dict.fromkeys([*names, "tea"], date(2026, 11, 1)), TODAY)
    assert {one.change.verdict for one in found.pages.values() if one.change} == {"unclear"}


@pytest.mark.parametrize(
    ("before", "since", "shown"),
    [
        ((0, 0), (2, 2), set()),
        ((2, 2), (0, 0), set()),
        ((2, 2), (1, 3), {"all"}),  # four and four: neither, and the eight together
        ((1, 2), (5, 5), {"all"}),  # ten beside thirteen would tell of three
        ((5, 5), (1, 2), {"all"}),
        ((5, 0), (0, 5), {"all", "before", "since", "change"}),
        ((0, 0), (3, 4), {"all"}),
    ],
)
def test_fewer_than_five_are_never_told_and_never_to_be_subtracted(
    before: tuple[int, int], since: tuple[int, int], shown: set[str]
) -> None:
    found = tea(said(*before, day=20261001), said(*since))
    assert {name for name in ("all", "before", "since", "change") if getattr(found, name)} == shown


def test_who_sends_away_more_readers_a_month_is_more_urgent() -> None:
    found = tea(said(30, 60, 20260901), said(10, 20), changed={})
    assert found.unhelped == pytest.approx(40 * 30 / 81)
    found = tea(said(30, 60, 20260901), said(7, 20))  # twenty days since the change: reckoned over four weeks
    assert found.unhelped == pytest.approx(7 * 30 / 28)


def test_a_page_that_was_just_mended_waits_for_new_readers() -> None:
    found = tea(said(50, 10, 20261001, comments=9), said(1, 2))
    assert found.all
    assert found.unhelped is None
    assert found.comments is None


def test_comments_are_counted_beside_no_to_the_page_as_it_is() -> None:
    assert tea(said(8, 2, 20261001, comments=5), said(8, 2, comments=3)).comments == 3


def test_another_question_is_another_score() -> None:
    found = tea(said(40, 0, 20261001, wording="old"), said(0, 10, 20261002, wording="new"), changed={})
    assert found.all
    assert (found.all.responses, found.all.value) == (10, 1.0)


def test_responses_that_tell_no_page_or_a_strangers_are_counted_apart() -> None:
    found = judged(
        said(1, 2, page=""), said(3, 4, page="/elsewhere/"), said(2, 2, page="/few/"), said(9, 9, page="coffee")
    )
    assert (found.without_page, found.elsewhere, set(found.pages)) == (3, 11, {"coffee"})
    assert found.often == (("/elsewhere/", 7),)


def test_suspected_responses_other_scales_and_comments_of_the_happy_are_left_out(store: Store) -> None:
    def helpful(number: int, score: int, **more: object) -> Response:
        return response(number, touchpoint="returns", scale="helpful", wording="w", score=score, page="/a/", **more)

    store.db.execute("INSERT INTO series (touchpoint, scale, wording, version, question)"
                     " VALUES ('returns', 'helpful', 'w', 1, '{}')")  # fmt: skip
    store.responses.submit([
        helpful(1, 0, comment="Where is the price?"), helpful(2, 0), helpful(3, 1, comment="Thank you"),
        helpful(4, 0, flags=("clock",), comment="!"), response(5, page="/a/", score=0),
    ])  # fmt: skip
    assert list(store.page_answers.by_day()) == [PageDay("/a/", "w", 20260302, 2, 1, 1)]


def test_a_database_of_an_earlier_version_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "first.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        migrations.apply(Database(opened), stop_before=migrations._migrations[1].name)
        opened.execute("INSERT INTO series VALUES (1, 'returns', 'helpful', 'w', 1, '{}')")
        values = (
            1,
            1,
            1,
            "",
            "web",
            "",
            0,
            0,
            20261110,
            9,
            "",
            None,
            "[]",
            "en",
            "/tea/",
            "",
            None,
            None,
            None,
            "",
            None,
        )
        marks = ", ".join("?" * len(values))
        opened.executemany(
            f"INSERT INTO response VALUES (?, {marks})", [(bytes([n]) * 16, *values) for n in range(1, 7)]
        )
    before = file.read_bytes()
    found = scores(file, {"/tea/": "tea"}.get, {}, TODAY)
    assert found.pages["tea"].all == Share(6, 1.0, *vars(wilson(6, 6)).values())
    assert file.read_bytes() == before


def test_a_missing_database_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Faults, match=r"none\.db"):
        scores(tmp_path / "none.db", str, {}, TODAY)
    assert not list(tmp_path.iterdir())


def test_the_samples_of_the_demo_know_their_pages_and_which_was_rewritten() -> None:
    content = assets.demo_content()
    plans = read_plans(content / "samples.toml")
    for page in [page for plan in plans.values() for page in plan.pages or ()]:
        for lang in ("ru", "en"):
            file = content / lang / page
            assert (file / "index.md").is_file() or file.with_suffix(".md").is_file(), page
    today = date(2026, 11, 22)
    samples = sample_responses(read_journey(content / "journey.toml"), {"program-page": plans["program-page"]}, today)
    days = [PageDay(one.page, "", one.day, 1 - one.score, one.score, 0) for one in samples
            if one.scale == "helpful" and one.score is not None]  # fmt: skip
    found = judge(days, str, {"/ru/programs/keys/": date(2026, 6, 28)}, today).pages
    assert set(found) == {f"/{lang}/{page}" for lang in ("ru", "en") for page in plans["program-page"].pages or ()}
    change = found["/ru/programs/keys/"].change
    assert change
    assert change.verdict == "better"
