"""The back-test as a pure rule: the order of time, what counts, when the sample is too small (B20)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from genjin.allocation.rules.backtest import Case, compare, learnt_by, rate_on, share, split
from genjin.allocation.rules.fit import Tally

FIRST = date(2025, 1, 1)


def made(count: int, people: int, *, skilled: bool = True, seed: int = 3) -> list[Case]:
    """A past: each person is good with one kind of record, or nobody is with any."""
    lots = random.Random(seed)  # noqa: S311 - a made-up past
    cases = []
    for place in range(count):
        kind, seller = lots.randrange(people), 1 + lots.randrange(people)
        chance = (0.6 if kind + 1 == seller else 0.1) if skilled else 0.25
        day = FIRST + timedelta(days=place * 600 // count)
        won = day + timedelta(days=lots.randrange(60)) if lots.random() < chance else None
        cases.append(Case(day, (str(kind),), seller, won))
    return cases


def test_b20_a_backtest_never_learns_from_what_followed() -> None:
    cases = made(400, 3)
    earlier, later, day = split(cases)
    assert day is not None
    assert max(case.created for case in earlier) < day <= min(case.created for case in later)
    cases_then = [
        Case(day - timedelta(days=10), ("x",), 1, day),  # won on the day itself: not known before it
        Case(day - timedelta(days=10), ("x",), 1, day - timedelta(days=1)),  # young: says nothing, won or not
        Case(day - timedelta(days=10), ("x",), 1, None),
        Case(day - timedelta(days=91), ("x",), 1, day - timedelta(days=1)),
        Case(day - timedelta(days=91), ("x",), 1, None),
        Case(day - timedelta(days=91), ("x",), 1, day + timedelta(days=5)),  # was not won then
    ]
    found = learnt_by(cases_then, day, 1, 90).chances(("x",), [1], 1)
    assert found is not None
    assert found.team == Tally(3, 1)
    assert rate_on(cases_then, day, 90) == 1 / 3
    changed = [Case(c.created, c.values, c.seller, None) if c.created >= day else c for c in cases]
    weights = {1: 1, 2: 1, 3: 1}
    before = compare(cases, weights, traits=1, least=30, young=90)
    after = compare(changed, weights, traits=1, least=30, young=90)
    assert [way["expected"] for way in before["ways"]] == [way["expected"] for way in after["ways"]]


def test_b20_skill_that_is_there_is_found_and_luck_is_not() -> None:
    weights = dict.fromkeys(range(1, 5), 1)
    skilled = compare(made(3000, 4), weights, traits=1, least=30, young=90)
    ways = {way["mode"]: way for way in skilled["ways"]}
    assert ways["fit"]["share"]["low"] > ways["turns"]["share"]["high"]
    assert skilled["guess"]["low"] > 0
    found = [compare(made(3000, 4, skilled=False, seed=n), weights, traits=1, least=30, young=90) for n in range(4)]
    better = 0
    for lucky in found:
        ways = {way["mode"]: way for way in lucky["ways"]}
        assert ways["fit"]["share"]["low"] < ways["turns"]["share"]["high"]
        better += lucky["guess"]["low"] > 0
    assert better <= 1, "what is luck looks like skill once in a while, and no more"
    assert skilled["enough"]


def test_b20_few_records_are_called_too_few() -> None:
    small = compare(made(60, 4), dict.fromkeys(range(1, 5), 1), traits=1, least=30, young=90)
    assert not small["enough"]
    assert compare([], {1: 1}, traits=1, least=30, young=90)["ways"] == []
    assert compare([Case(FIRST, ("x",), 9, None)], {1: 1}, traits=1, least=30, young=90)["judged"] == 0
    assert share(0, 0).high == 1.0
    assert not share(29, 29).enough
    assert not share(15, 31).enough, "enough records, but the interval is wide"
    assert share(100, 1000).enough
    assert 0.082 < share(100, 1000).low < 0.1 < share(100, 1000).high < 0.121


def test_b20_concentrated_loads_are_said() -> None:
    weights = {1: 3, 2: 1}
    result = compare(made(200, 2), weights, traits=1, least=30, young=90)
    ways = {way["mode"]: way for way in result["ways"]}
    assert abs(ways["turns"]["most"] - 0.5) < 0.02
    assert abs(ways["weighted"]["most"] - 0.75) < 0.02
    assert ways["turns"]["even"] > ways["weighted"]["even"]
