"""How often the method is right: coverage, false arrows, the planted worst touchpoint, false alarms.

Run: python tests/benchmarks/simulations.py [--companies N]. Prints tables for docs/{en,ru}/method.md; the same seed
gives the same numbers. Companies are simulated after our own model of harm, which favours it: said in the manual.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from otklik_collector.map import statistics
from otklik_collector.map.alarms import HIGHEST, LIMIT, LOWEST, QUIET_DAYS, cusum, limit
from otklik_collector.map.arrows import direction
from otklik_collector.map.harm import Linked, company_risks, risk
from otklik_collector.map.posterior import Pool, posterior, prior_of
from otklik_collector.map.statistics import benjamini_hochberg
from otklik_widget import intervals
from otklik_widget.intervals import ENOUGH

SIZES = (5, 10, 30, 100)
MIXES = [
    (d, 1 - d - p, p)
    for d, p in product((0.02, 0.05, 0.1, 0.15, 0.2, 0.3), (0.3, 0.4, 0.5, 0.6, 0.7, 0.8))
    if d + p < 1
]
SHARES = (0.02, 0.05, 0.08, 0.10, 0.15, 0.20, 0.30, 0.40)
FACES = {
    "faces, 5": (0.03, 0.05, 0.12, 0.30, 0.50),
    "faces, 4": (0.03, 0.05, 0.17, 0.75),
    "ease, 1-7": (0.03, 0.03, 0.06, 0.08, 0.20, 0.35, 0.25),
    "rating, 1-5": (0.02, 0.04, 0.20, 0.42, 0.32),
}
DRAWS = 4000


def nps_coverage(n: int) -> tuple[float, float]:
    """Mean and worst exact coverage of the NPS interval over the mixes."""
    found = []
    counts = [(d, m, n - d - m) for d in range(n + 1) for m in range(n + 1 - d)]
    intervals = [intervals.nps_interval(*each) for each in counts]
    logs = [math.lgamma(n + 1) - sum(math.lgamma(one + 1) for one in each) for each in counts]
    for mix in MIXES:
        true = 100 * (mix[2] - mix[0])
        weights = [math.log(share) for share in mix]
        found.append(
            math.fsum(
                math.exp(log + sum(one * weight for one, weight in zip(each, weights, strict=True)))
                for each, log, interval in zip(counts, logs, intervals, strict=True)
                if interval.low <= true <= interval.high
            )
        )
    return sum(found) / len(found), min(found)


def share_coverage(n: int) -> tuple[float, float]:
    """The same of Wilson's interval."""
    found = []
    for share in SHARES:
        covered = 0.0
        for bad in range(n + 1):
            interval = intervals.wilson(bad, n)
            assert interval
            if interval.low <= share <= interval.high:
                covered += math.comb(n, bad) * share**bad * (1 - share) ** (n - bad)
        found.append(covered)
    return sum(found) / len(found), min(found)


def mean_coverage(n: int, draw: random.Random) -> tuple[float, float]:
    """The same of the interval of a mean, by drawing."""
    found = []
    for mix in FACES.values():
        values = range(len(mix))
        true = sum(value * share for value, share in zip(values, mix, strict=True))
        covered = 0
        for _ in range(DRAWS):
            counts = dict.fromkeys(values, 0)
            for value in draw.choices(values, mix, k=n):
                counts[value] += 1
            interval = statistics.mean_interval(counts)
            assert interval
            covered += interval.low <= true <= interval.high
        found.append(covered / DRAWS)
    return sum(found) / len(found), min(found)


def quiet_weeks(weeks: int, draw: random.Random) -> dict[str, float]:
    """The share of weeks with a false arrow among 20 touchpoints where nothing changed, by rule."""
    false = dict.fromkeys(("NPS moved by 5", "p < 0.05 each", "ours"), 0)
    for _ in range(weeks):
        p_values, changes, moved = [], [], False
        for _touchpoint in range(20):
            share, happy = draw.betavariate(2, 14), draw.uniform(0.3, 0.6)
            sizes = draw.randrange(30, 301), draw.randrange(30, 301)
            before, after = (_groups(n, share, happy, draw) for n in sizes)
            change = intervals.share_difference(before[0], sizes[0], after[0], sizes[1])
            nps = intervals.nps_difference(before, after)
            assert change
            assert nps
            p_values.append(change.p)
            changes.append(change.value)
            moved = moved or abs(nps.raw) >= 5
        q_values = benjamini_hochberg(p_values)
        false["NPS moved by 5"] += moved
        false["p < 0.05 each"] += min(p_values) < 0.05
        arrows = [direction(change, q) for change, q in zip(changes, q_values, strict=True)]
        false["ours"] += any(arrow != "unclear" for arrow in arrows)
    return {rule: number / weeks for rule, number in false.items()}


def _groups(n: int, share: float, happy: float, draw: random.Random) -> tuple[int, int, int]:
    bad = sum(draw.random() < share for _ in range(n))
    good = sum(draw.random() < happy for _ in range(n - bad))
    return bad, n - bad - good, good


class Truth(NamedTuple):
    """A touchpoint as it is, and what a company sees of it."""

    passes: float
    share: float
    risk: float
    unhappy: int
    responses: int
    linked: Linked

    @property
    def harm(self) -> float:
        return self.passes * self.share * self.risk


def company(draw: random.Random, planted: bool) -> list[Truth]:
    """Twenty touchpoints; where one is planted it does twice the harm of the next, and is not always worst rated."""
    seen = [(math.exp(draw.gauss(8, 1.5)), draw.betavariate(2, 14), draw.uniform(0.1, 0.5)) for _ in range(20)]
    if planted:
        most = max(passes * share * risk_ for passes, share, risk_ in seen)
        share, risk_ = draw.uniform(0.08, 0.25), draw.uniform(0.2, 0.4)
        seen[0] = (2 * most / share / risk_, share, risk_)
    found = []
    for passes, share, risk_ in seen:
        n = max(9, min(3000, round(passes * draw.uniform(0.02, 0.10))))
        bad = sum(draw.random() < share for _ in range(n))
        linked = round(0.15 * n)
        linked_bad = sum(draw.random() < share for _ in range(linked))
        lost = sum(draw.random() < min(1.0, 0.1 + risk_) for _ in range(linked_bad))
        others = sum(draw.random() < 0.1 for _ in range(linked - linked_bad))
        found.append(Truth(passes, share, risk_, bad, n, Linked(linked_bad, lost, linked - linked_bad, others)))
    return found


def _ours(seen: list[Truth]) -> Callable[[Truth], float]:
    pool = Pool.of((one.unhappy, one.responses) for one in seen)
    risks = company_risks(one.linked for one in seen)

    def order(one: Truth) -> float:
        counted = (one.unhappy, one.responses)
        believed = posterior(*counted, prior_of(counted, pool, pool, pool))
        return one.passes * believed.mean * max(0.0, risk(one.linked, risks, "usual").mean)

    return order


def orders(seen: list[Truth]) -> Iterator[tuple[str, Callable[[Truth], float]]]:
    yield "worst score first", lambda one: one.unhappy / one.responses
    yield "worst score, 30 responses or more", lambda one: one.unhappy / one.responses * (one.responses >= ENOUGH)
    yield "most customers first", lambda one: one.passes
    yield "customers x raw share", lambda one: one.passes * one.unhappy / one.responses
    yield "ours", _ours(seen)


def ranking(companies: int, draw: random.Random) -> dict[str, tuple[float, float]]:
    """By order: how often the planted worst is first, and the part of the best possible top 3 that is caught."""
    first: dict[str, int] = {}
    caught: dict[str, float] = {}
    for _ in range(companies):
        seen = company(draw, planted=True)
        for name, order in orders(seen):
            first[name] = first.get(name, 0) + (max(seen, key=order) is seen[0])
        seen = company(draw, planted=False)
        best = sum(sorted((one.harm for one in seen), reverse=True)[:3])
        for name, order in orders(seen):
            top = sorted(seen, key=order, reverse=True)[:3]
            caught[name] = caught.get(name, 0.0) + sum(one.harm for one in top) / best
    return {name: (first[name] / companies, caught[name] / companies) for name in first}


def between_alarms(usual: float, share: float, draw: random.Random, height: float = LIMIT) -> float:
    """Responses to an alarm where the share is `share`."""
    n = 400_000
    rings = sum(step.alarm for step in cusum((draw.random() < share for _ in range(n)), usual, limit=height))
    return n / rings


def false_alarms(usual: float, a_day: int, height: float, draw: random.Random) -> float:
    """False alarms in a quarter of so many responses a day; what is usual is learnt from the quarter before."""
    n, rings = QUIET_DAYS * a_day, 0
    quarters = max(60, 300_000 // n)
    for _quarter in range(quarters):
        learnt = sum(draw.random() < usual for _ in range(n)) / n
        steps = cusum((draw.random() < usual for _ in range(n)), min(HIGHEST, max(LOWEST, learnt)), limit=height)
        rings += sum(step.alarm for step in steps)
    return rings / quarters


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--companies", type=int, default=400)
    companies = arguments.parse_args().companies
    draw = random.Random(20261122)
    print("Coverage of the 95 % interval, mean / worst mix")
    print("| n | NPS | share | mean |\n| --- | --- | --- | --- |")
    for n in SIZES:
        cells = (nps_coverage(n), share_coverage(n), mean_coverage(n, draw))
        print(f"| {n} | " + " | ".join(f"{mean:.1%} / {worst:.1%}" for mean, worst in cells) + " |")
    print(f"\nFalse arrows: quiet weeks with one, of {5 * companies}")
    for rule, part in quiet_weeks(5 * companies, draw).items():
        print(f"| {rule} | {part:.1%} |")
    print(f"\nThe planted worst is first; harm caught by the first three; {companies} companies each")
    for name, (part, harm) in ranking(companies, draw).items():
        print(f"| {name} | {part:.1%} | {harm:.1%} |")
    print("\nResponses between false alarms / until doubled odds ring")
    for usual in (0.05, 0.10, 0.15, 0.20, 0.30):
        doubled = 2 * usual / (1 + usual)
        print(
            f"| {usual:.0%} | {between_alarms(usual, usual, draw):,.0f} | {between_alarms(usual, doubled, draw):,.0f} |"
        )
    print("\nFalse alarms a quarter at a limit of 4, at ours; responses until doubled odds ring at 4, at ours")
    for a_day in (3, 10, 50, 300):
        for usual in (0.05, 0.10, 0.20):
            doubled, ours = 2 * usual / (1 + usual), limit(a_day)
            false = [false_alarms(usual, a_day, height, draw) for height in (LIMIT, ours)]
            found = [between_alarms(usual, doubled, draw, height) for height in (LIMIT, ours)]
            print(f"| {a_day} | {usual:.0%} | {false[0]:.1f} | {false[1]:.1f} | {found[0]:,.0f} | {found[1]:,.0f} |")


if __name__ == "__main__":
    main()
