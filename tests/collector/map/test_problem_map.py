"""The map tells where it hurts, how much, how sure that is, and what to fix first."""

from __future__ import annotations

import pytest

from otklik_collector.map.document import as_json
from otklik_collector.map.problem_map import Filters, ProblemMap, problem_map
from otklik_collector.map.series import SeriesCounts
from otklik_widget.journey import Journey

from .conftest import APRIL, MAY, counted

# 30.4375 days are a month, the period has 28.
MONTH = 30.4375 / 28


def drawn(journey: Journey, series: list[SeriesCounts], filters: Filters | None = None) -> ProblemMap:
    return problem_map(journey, series, MAY, APRIL, filters or Filters(), "en")


def test_every_asked_question_has_its_row_in_the_customers_order(journey: Journey, may: list[SeriesCounts]) -> None:
    rows = drawn(journey, list(reversed(may))).series

    assert [(row.touchpoint, row.scale, row.stage) for row in rows] == [
        ("page", "helpful", "learn"),
        ("till", "smiley5", "buy"),
        ("till", "ces7", "buy"),
        ("returns", "ces1", "buy"),
        ("whole", "nps", "again"),
    ]


def test_scores_stand_in_the_units_of_their_scale(journey: Journey, may: list[SeriesCounts]) -> None:
    found = drawn(journey, may)
    scores = {row.scale: row.score for row in found.series if row.score}

    # (1*30 + 2*40 + 3*100 + 4*200) of 400 faces, each worth 25: 1210/400*25.
    assert scores["smiley5"].kind == "index"
    assert scores["smiley5"].value == pytest.approx(75.625)
    assert scores["helpful"].kind == "share"
    assert scores["helpful"].value == pytest.approx(0.9)
    assert scores["nps"].kind == "nps"
    assert scores["nps"].value == pytest.approx(30)
    assert (scores["nps"].low, scores["nps"].high) == pytest.approx((14.0511301788, 44.2012970057))
    assert scores["ces7"].kind == "mean"
    assert scores["ces7"].value == pytest.approx(5.38)
    assert scores["ces7"].top2 == pytest.approx(0.6)
    assert scores["ces7"].top3 == pytest.approx(0.8)


def test_effort_is_bad_when_it_is_high(journey: Journey) -> None:
    row = drawn(journey, [counted("returns", "ces1", {1: 20, 2: 15, 3: 5, 4: 6, 5: 4})]).find("returns", "ces1")

    assert row.score is not None
    assert row.score.value == pytest.approx(2.18)
    assert row.unhappy is not None
    assert row.unhappy.count == 10


def test_harm_is_the_customers_who_pass_times_those_who_leave_unhappy_times_what_that_does_to_them(
    journey: Journey, may: list[SeriesCounts]
) -> None:
    found = drawn(journey, may)
    till, page = found.find("till", "smiley5"), found.find("page", "helpful")

    assert till.unhappy is not None
    assert till.unhappy.share == pytest.approx(0.15)
    assert (till.impact.value, till.impact.source) == (pytest.approx(0.30), "assumed")
    assert till.harm.per_month == pytest.approx(10_000 * 0.15 * 0.30)
    assert till.harm.low is not None
    assert till.harm.high is not None
    assert till.harm.low < 450 < till.harm.high
    assert till.harm.unit == "detractors"
    assert page.harm.per_month == pytest.approx(2000 * 0.10 * 0.30)
    assert (till.rank, page.rank) == (1, 2)
    assert [(item.touchpoint, item.scale, item.rank) for item in found.fix_first] == [
        ("till", "smiley5", 1),
        ("page", "helpful", 2),
    ]


def test_a_second_question_and_the_outcome_are_never_ranked(journey: Journey, may: list[SeriesCounts]) -> None:
    found = drawn(journey, may)

    assert found.outcome == found.find("whole", "nps")
    for row in (found.find("till", "ces7"), found.find("whole", "nps")):
        assert row.rank is None
        assert row.harm.per_month is None


def test_below_five_responses_only_their_number_is_told(journey: Journey, may: list[SeriesCounts]) -> None:
    row = drawn(journey, may).find("returns", "ces1")

    assert (row.state, row.responses) == ("collecting", 3)
    assert (row.score, row.unhappy, row.verdict) == (None, None, None)
    assert row.harm.per_month is None
    assert row.trend.direction == "none"


@pytest.mark.parametrize(
    ("responses", "rank"),
    [(29, None), (30, 1)],
)
def test_a_touchpoint_is_ranked_from_thirty_responses_on(journey: Journey, responses: int, rank: int | None) -> None:
    row = drawn(journey, [counted("till", "smiley5", {0: 3, 4: responses - 3})]).find("till", "smiley5")

    assert row.rank == rank
    assert row.harm.per_month == pytest.approx(10_000 * 0.30 * 3 / responses)


def test_equal_harm_is_ordered_by_certainty(journey: Journey) -> None:
    # 200 of 2000 who read the page, 200 of 10,000 at the till: the till's 40 of 2000 responses are surer.
    found = drawn(
        journey,
        [counted("page", "helpful", {0: 4, 1: 36}), counted("till", "smiley5", {0: 40, 4: 1960})],
    )

    assert [row.harm.per_month for row in found.series[:2]] == [pytest.approx(60), pytest.approx(60)]
    assert found.find("till", "smiley5").rank == 1


def test_without_a_number_of_visitors_only_those_who_answered_are_counted(journey: Journey) -> None:
    row = drawn(journey, [counted("returns", "ces1", {1: 21, 5: 7})]).find("returns", "ces1")

    assert row.passes.source == "responses"
    assert row.passes.per_month == pytest.approx(28 * MONTH)
    assert row.harm.per_month == pytest.approx(0.30 * 7 * MONTH)


@pytest.mark.parametrize("filters", [Filters(place="sadovaya"), Filters(segment="guest"), Filters(channel="web")])
def test_a_part_of_the_customers_is_not_held_against_all_visitors(
    journey: Journey, may: list[SeriesCounts], filters: Filters
) -> None:
    row = drawn(journey, may, filters).find("till", "smiley5")

    assert row.passes.source == "responses"
    assert row.passes.per_month == pytest.approx(400 * MONTH)


def test_a_touchpoints_own_goal_decides_its_verdict(journey: Journey) -> None:
    same = {0: 9, 4: 91}
    found = drawn(journey, [counted("till", "smiley5", same), counted("page", "helpful", {0: 3, 1: 97})])

    assert found.find("till", "smiley5").goal == pytest.approx(0.08)
    assert found.find("till", "smiley5").verdict == "unclear"
    assert found.find("page", "helpful").verdict == "surely_fine"


def test_more_people_are_asked_where_few_answered_and_much_may_be_wrong(journey: Journey) -> None:
    found = drawn(
        journey,
        [counted("page", "helpful", {0: 20, 1: 180}), counted("till", "smiley5", {0: 4, 4: 5})],
    )

    asked = {item.touchpoint: item for item in found.ask_more}
    assert list(asked) == ["till", "returns"]  # fewer than three are ranked: all that may be among them
    assert asked["till"].responses == 9
    assert asked["till"].needed == 83  # 92 responses know a share of 44 of 100 to within 10
    assert asked["returns"].responses == 0
    assert asked["returns"].needed >= 30


def test_nobody_is_asked_where_even_the_worst_would_not_count(journey: Journey) -> None:
    small = journey.touchpoints["returns"]
    found = drawn(
        journey,
        [
            counted("page", "helpful", {0: 100, 1: 100}),
            counted("till", "smiley5", {0: 1000, 4: 1000}),
            counted(small.key, small.main, {1: 28}),
        ],
    )

    assert len(found.fix_first) == 2
    assert [item.touchpoint for item in found.ask_more] == ["returns"]
    crowded = problem_map(_with_three_ranked(journey), _three_ranked(), MAY, APRIL, Filters(), "en")
    assert [item.rank for item in crowded.fix_first] == [1, 2, 3]
    assert crowded.ask_more == ()


def _with_three_ranked(journey: Journey) -> Journey:
    """The complaints box becomes a question too, so that three touchpoints can be ranked beside the returns."""
    from dataclasses import replace

    box = replace(journey.touchpoints["box"], ask=("csat5",), passes=5000)
    stages = tuple(
        replace(stage, touchpoints=tuple(box if one.key == "box" else one for one in stage.touchpoints))
        for stage in journey.stages
    )
    return replace(journey, stages=stages)


def _three_ranked() -> list[SeriesCounts]:
    return [
        counted("page", "helpful", {0: 100, 1: 100}),
        counted("till", "smiley5", {0: 1000, 4: 1000}),
        counted("box", "csat5", {1: 100, 5: 100}),
        counted("returns", "ces1", {1: 28}),
    ]


def test_the_change_is_shown_with_its_interval_where_both_periods_may_be_shown(
    journey: Journey, may: list[SeriesCounts]
) -> None:
    found = drawn(journey, may)
    till, whole = found.find("till", "smiley5").trend, found.find("whole", "nps").trend

    assert till.direction == "worse"
    assert till.q is not None
    assert till.q <= 0.10
    assert till.difference == pytest.approx(0.05)  # 15 of 100 after 10 of 100: positive is worse
    assert till.low is not None
    assert till.high is not None
    assert till.low < 0.05 < till.high
    assert (whole.direction, whole.difference) == ("none", None)  # three responses in April


def test_a_changed_question_has_rows_of_its_own_and_is_ranked_once(journey: Journey) -> None:
    found = drawn(
        journey,
        [
            counted("till", "smiley5", {0: 50, 4: 50}, {0: 50, 4: 50}, version=1, current=False),
            counted("till", "smiley5", {0: 10, 4: 90}, version=2),
        ],
    )

    old, new = (row for row in found.series if row.scale == "smiley5")
    assert (old.wording, old.rank, new.wording, new.rank) == (1, None, 2, 1)
    assert old.trend.difference == pytest.approx(0)
    assert new.trend.direction == "none"  # never compared with answers to another question


@pytest.mark.parametrize(
    ("now", "wordings"),
    [(({}, {}), [2]), (({4: 3}, {}), [1]), (({}, {4: 3}), [2]), (({4: 3}, {4: 3}), [1, 2])],
)
def test_a_wording_without_responses_has_a_row_only_if_it_is_asked_now(
    journey: Journey, now: tuple[dict[int, int], dict[int, int]], wordings: list[int]
) -> None:
    series = [
        counted("till", "smiley5", now[0], {0: 9}, version=1, current=False),
        counted("till", "smiley5", now[1], version=2),
    ]

    assert [row.wording for row in drawn(journey, series).series if row.scale == "smiley5"] == wordings


def test_a_touchpoint_that_left_the_journey_keeps_its_responses(journey: Journey) -> None:
    found = drawn(journey, [counted("kiosk-3", "csat5", {1: 3, 5: 57}), counted("kiosk-4", "csat5", {})])
    row = found.series[-1]

    assert (row.touchpoint, row.name, row.retired, row.stage) == ("kiosk-3", "kiosk-3", True, None)
    assert (row.rank, row.harm.per_month) == (None, None)
    assert row.score is not None
    assert "kiosk-4" not in {row.touchpoint for row in found.series}  # neither asked nor answered


def test_a_scale_that_is_no_longer_asked_stays_while_either_period_has_responses(journey: Journey) -> None:
    found = drawn(journey, [counted("page", "ces5", {}, {1: 9}, current=False), counted("page", "nps", {9: 6})])

    assert [row.scale for row in found.series if row.touchpoint == "page"] == ["helpful", "nps", "ces5"]


def test_a_score_that_its_scale_does_not_have_is_never_counted_in_silence(journey: Journey) -> None:
    with pytest.raises(ValueError, match="5 is no score of smiley5"):
        drawn(journey, [counted("till", "smiley5", {5: 1})])


def test_a_touchpoint_whose_channels_changed_is_named(journey: Journey) -> None:
    kiosk, web = {"kiosk": 90, "web": 10}, {"kiosk": 60, "web": 40}
    found = drawn(
        journey,
        [
            counted("till", "smiley5", {4: 100}, {4: 100}, channels=web, channels_before=kiosk),
            counted("page", "helpful", {1: 100}, {1: 100}, channels=web, channels_before={"kiosk": 9, "web": 5}),
        ],
    )

    assert found.find("till", "smiley5").channels_moved
    assert not found.find("page", "helpful").channels_moved
    assert found.channels == {"kiosk": 120, "web": 80}


SERIES_KEYS = {
    "touchpoint", "name", "stage", "scale", "wording", "retired", "responses", "flagged", "counts", "score",
    "unhappy", "state", "withheld", "verdict", "trend", "passes", "impact", "harm", "rank",
    "response_rate",
}  # fmt: skip


def test_the_document_has_every_key_at_every_time(journey: Journey, may: list[SeriesCounts]) -> None:
    for series in (may, []):
        document = as_json(drawn(journey, series))
        assert document["version"] == 1
        assert document["company"] == "Anna's shop"
        assert document["sample"] is True
        assert document["period"] == {"from": "2026-05-01", "to": "2026-05-29", "days": 28}
        assert document["against"] == {"from": "2026-04-03", "to": "2026-05-01", "days": 28}
        assert document["filters"] == {
            "place": None, "segment": None, "channel": None, "per_person": False, "include_flagged": False,
        }  # fmt: skip
        for row in [*document["series"], document["outcome"]]:
            assert set(row) == SERIES_KEYS
            assert set(row["trend"]) == {"direction", "difference", "low", "high", "q"}
            assert set(row["passes"]) == {"per_month", "source"}
            assert set(row["harm"]) == {"per_month", "low", "high", "unit"}
            asked = (row["touchpoint"], row["scale"]) not in (("till", "ces7"), ("whole", "nps"))
            assert row["impact"] == ({"value": pytest.approx(0.3), "source": "assumed"} if asked else
                                     {"value": None, "source": "none"})  # fmt: skip


def test_the_document_gives_the_counts_of_every_score(journey: Journey, may: list[SeriesCounts]) -> None:
    document = as_json(drawn(journey, may))
    rows = {(row["touchpoint"], row["scale"]): row for row in document["series"]}

    assert rows["till", "smiley5"]["counts"] == {"0": 30, "1": 30, "2": 40, "3": 100, "4": 200}
    assert set(rows["till", "smiley5"]["unhappy"]) == {"count", "share", "low", "high", "shrunk"}
    assert set(rows["till", "ces7"]["score"]) == {"kind", "value", "low", "high", "top2", "top3"}
    assert rows["returns", "ces1"]["counts"] == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2}
    assert document["fix_first"][0].keys() == {"touchpoint", "scale", "rank", "harm"}
    assert document["ask_more"][0].keys() == {"touchpoint", "scale", "responses", "needed", "days"}


def test_the_public_document_hides_who_the_first_few_were(journey: Journey, may: list[SeriesCounts]) -> None:
    rows = as_json(drawn(journey, may), public=True)["series"]

    assert {row["touchpoint"]: row["counts"] is None for row in rows}["returns"] is True
    assert rows[0]["counts"] == {"0": 20, "1": 180}
