"""The ways of choosing as pure rules (B20, S2-41, S2-42)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.allocation.rules.assigning import assign, fair_places
from genjin.allocation.rules.chance import drawn
from genjin.allocation.rules.fit import MOST_STRENGTH, USUAL_STRENGTH, Learnt, Tally, shrunk, strength_of
from genjin.allocation.rules.modes import OFFER_MOVES, SCHEME_MOVES, OfferState, SchemeState
from genjin.allocation.rules.seats import Day, Hindrance, Hours, Seat
from genjin.allocation.rules.steps import Step, covers, first_fitting, fits
from genjin.allocation.rules.turns import Turns, let_lapse, lined_up, next_in, passed_on, settled, took
from genjin.allocation.rules.weights import given_back, kept, next_by_weight

PEOPLE = st.lists(st.integers(1, 50), min_size=1, max_size=8, unique=True)
FEW = settings(max_examples=40, deadline=None)
OPTIONS = {"region": "region", "industry": "industry", "source": "choice", "tags": "tags"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week that begins on Monday, 2026-11-16."""
    return datetime(2026, 11, 15 + day, hour, minute, tzinfo=UTC)


@FEW
@given(PEOPLE, st.integers(1, 40))
def test_b20_turns_go_round_evenly_whoever_is_in_the_line(people: list[int], records: int) -> None:
    turns, got = lined_up(Turns(), people), dict.fromkeys(people, 0)
    for _record in range(records):
        member = next_in(turns, set(people))
        assert member is not None
        got[member] += 1
        turns = took(turns, member)
        assert sorted(turns.line) == sorted(people)
        assert max(got.values()) - min(got.values()) <= 1


@FEW
@given(PEOPLE, st.data())
def test_b20_who_cannot_take_one_keeps_his_place_and_gathers_no_turns(people: list[int], data: st.DataObject) -> None:
    away = data.draw(st.sets(st.sampled_from(people), max_size=len(people) - 1))
    turns, able = lined_up(Turns(), people), set(people) - away
    if not able:
        return
    for _record in range(3 * len(people)):
        turns = took(turns, next_in(turns, able) or 0)
    before = [member for member in people if member in away]
    assert [member for member in turns.line if member in away] == before
    got = []
    for _record in people:
        member = next_in(turns, set(people))
        got.append(member)
        turns = took(turns, member or 0)
    assert sorted(filter(None, got)) == sorted(people), "one each, nobody two"


def test_b20_a_pass_keeps_the_turn_once_and_silence_costs_it() -> None:
    turns = took(lined_up(Turns(), [1, 2, 3]), 1, offered=True)
    assert next_in(turns, {1, 2, 3}) == 2
    passed = passed_on(turns, 1)
    assert next_in(passed, {1, 2, 3}) == 1, "the next record is his"
    again = passed_on(took(passed, 1, offered=True), 1)
    assert again.line == (2, 3, 1), "passing twice in a row costs the turn"
    assert passed_on(took(again, 2, offered=True), 2).line[0] == 2, "others are not touched by it"
    assert let_lapse(turns, 1).line == (2, 3, 1)
    assert settled(passed, 1).passed == frozenset()
    assert next_in(turns, set()) is None
    assert lined_up(Turns((3, 9, 1), frozenset({9, 1})), [1, 2, 3]) == Turns((3, 1, 2), frozenset({1}))


@FEW
@given(st.dictionaries(st.integers(1, 20), st.integers(1, 6), min_size=1, max_size=6))
def test_b20_weights_are_exact_over_any_run_of_their_sum(weights: dict[int, int]) -> None:
    credits: dict[int, int] = {}
    order = []
    total = sum(weights.values())
    for _record in range(3 * total):
        member, credits = next_by_weight(credits, weights)
        order.append(member)
    for start in range(2 * total):
        window = order[start : start + total]
        assert {member: window.count(member) for member in weights} == weights


def test_b20_two_to_one_is_spread_smoothly() -> None:
    credits: dict[int, int] = {}
    order = []
    for _record in range(9):
        member, credits = next_by_weight(credits, {1: 2, 2: 1})
        order.append(member)
    assert order == [1, 2, 1] * 3
    assert next_by_weight({}, {}) == (None, {})
    member, after = next_by_weight({}, {1: 2, 2: 1})
    assert given_back(after, member or 0, 3) == {1: 2, 2: 1}
    assert kept({1: 1}, {1: 2}, {1: 2}) == {1: 1}
    assert kept({1: 1}, {1: 2}, {1: 3}) == {}


@pytest.mark.long
@FEW
@given(st.sets(st.integers(1, 99), min_size=1, max_size=9), st.text(max_size=16))
def test_b20_lots_are_drawn_again_from_the_seed(able: set[int], seed: str) -> None:
    chosen = drawn(seed, able)
    assert chosen in able
    assert {drawn(seed, order) for order in (sorted(able), sorted(able, reverse=True), list(able))} == {chosen}


def test_b20_lots_are_even() -> None:
    counts = [0, 0, 0, 0]
    for seed in range(4000):
        counts[(drawn(str(seed), [0, 1, 2, 3]) or 0)] += 1
    assert all(900 < count < 1100 for count in counts)
    assert drawn("x", []) is None


@pytest.mark.parametrize(
    ("hours", "moment", "on"),
    [
        (Hours(), at(7, 3), True),
        (Hours(frozenset({1, 2, 3, 4, 5})), at(6, 12), False),
        (Hours(begin=time(9), end=time(18)), at(1, 9), True),
        (Hours(begin=time(9), end=time(18)), at(1, 18), False),
        (Hours(begin=time(9), end=time(18)), at(1, 8, 59), False),
        (Hours(frozenset({5}), time(22), time(6)), at(5, 23), True),
        (Hours(frozenset({5}), time(22), time(6)), at(6, 5, 59), True),
        (Hours(frozenset({5}), time(22), time(6)), at(6, 23), False),
        (Hours(frozenset({7}), time(22), time(6)), at(1, 1), True),
        (Hours(frozenset({5}), time(22), time(6)), at(5, 5), False),
    ],
)
def test_b20_on_duty(hours: Hours, moment: datetime, on: bool) -> None:
    assert hours.hold(moment) is on


def test_b20_each_hindrance_by_itself_and_its_places() -> None:
    seat = Seat(1, cap=3)
    facts: dict[str, Any] = {"active": frozenset({1}), "paused": frozenset(), "taken": {}, "room": {}}

    def day(**changed: Any) -> Day:
        return Day(moment=at(1, 10), **({"hours": Hours()} | facts | changed))

    assert day().hindrance(seat) is None
    assert day(active=frozenset()).hindrance(seat) is Hindrance.LEFT
    assert day(paused=frozenset({1})).hindrance(seat) is Hindrance.PAUSED
    assert day(hours=Hours(frozenset({2}))).hindrance(seat) is Hindrance.OFF_DUTY
    assert day(hours=Hours(frozenset({2}))).hindrance(Seat(1, hours=Hours())) is None, "his own hours come first"
    assert day(taken={1: 3}).hindrance(seat) is Hindrance.CAP
    assert day(taken={1: 2}, room={1: 0}).hindrance(seat) is Hindrance.FULL
    assert day(asked=frozenset({1})).hindrance(seat) is Hindrance.ASKED
    assert day(taken={1: 2}).places(seat) == 1
    assert day(room={1: 2}).places(seat) == 2
    assert day().places(Seat(1)) is None
    assert day(paused=frozenset({1})).places(seat) == 0


def test_b20_conditions_take_what_lies_inside_along() -> None:
    assert covers("region", "320000", "320500")
    assert covers("region", "320500", "320571")
    assert not covers("region", "320500", "320100")
    assert covers("industry", "C", "C3973")
    assert covers("tags", "重点", ["新", "重点"])
    assert not covers("choice", "官网", "展会")
    values = {"region": "320500", "source": "官网", "tags": []}
    assert fits({}, values, OPTIONS)
    assert fits({"region.in": ["110000", "320000"], "source.in": ["官网"]}, values, OPTIONS)
    assert not fits({"region.in": ["320000"], "source.in": ["展会"]}, values, OPTIONS)
    assert not fits({"tags.in": ["重点"]}, values, OPTIONS), "an empty field fits nothing"
    assert not fits({"gone.in": ["x"]}, values | {"gone": "x"}, OPTIONS), "a field that is gone fits nothing"
    steps = [Step({"source.in": ["展会"]}), Step({"region.in": ["320000"]}), Step({"source.in": ["官网"]})]
    assert first_fitting(steps, values, OPTIONS) == 1
    assert first_fitting(steps[:1], values, OPTIONS) is None


@FEW
@given(st.integers(0, 200), st.data(), st.floats(0.01, 0.99), st.floats(1, 200))
def test_s2_42_a_drawn_rate_lies_between_the_own_and_the_teams(
    count: int, data: st.DataObject, rate: float, strength: float
) -> None:
    tally = Tally(count, data.draw(st.integers(0, count)))
    found = shrunk(tally, rate, strength)
    low, high = sorted([tally.rate if count else rate, rate])
    assert low - 1e-9 <= found <= high + 1e-9


def test_s2_42_few_records_of_one_person_do_not_beat_many_of_another() -> None:
    lucky, steady, rate = Tally(2, 2), Tally(200, 90), 0.25
    strength = strength_of([lucky, steady, Tally(150, 30), Tally(180, 36)])
    assert shrunk(lucky, rate, strength) < shrunk(steady, rate, strength)
    assert strength_of([Tally(100, 20)] * 4) == MOST_STRENGTH, "no further apart than by chance"
    assert strength_of([Tally(100, 20)] * 2) == USUAL_STRENGTH, "two people tell nothing"
    assert strength_of([Tally(100, 0)] * 4) == USUAL_STRENGTH


def test_s2_42_similar_means_as_many_traits_as_there_is_past_for() -> None:
    past: dict[tuple[str, ...], dict[int, Tally]] = {
        ("32", "C39"): {1: Tally(30, 15), 2: Tally(20, 2)},
        ("32", "C26"): {1: Tally(5, 0), 2: Tally(25, 15)},
        ("", "C26"): {1: Tally(500, 500)},
    }
    learnt = Learnt(past, 2)
    by_both = learnt.chances(("32", "C39"), [1, 2], 40)
    assert by_both is not None
    assert (by_both.alike, by_both.team) == (2, Tally(50, 17))
    by_region = learnt.chances(("32", "C26"), [1, 2], 40)
    assert by_region is not None
    assert (by_region.alike, by_region.team, by_region.tallies[2]) == (1, Tally(80, 32), Tally(45, 17))
    assert learnt.chances(("32", "C26"), [1, 2], 81) is None, "too few even by the first trait"
    assert learnt.chances(("", "C26"), [1, 2], 1) is None, "without the first trait nothing is similar"
    assert by_both.rates[1] > by_both.rates[2]


@pytest.mark.long
@FEW
@given(st.data())
def test_s2_42_an_assignment_keeps_capacities_and_no_exchange_improves_it(data: st.DataObject) -> None:
    people = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True))
    rates = [{p: data.draw(st.floats(0, 1)) for p in people} for _ in range(data.draw(st.integers(1, 7)))]
    places = {p: data.draw(st.integers(0, 3)) for p in people}
    chosen = assign(rates, places, {})
    assert all(chosen.count(p) <= places[p] for p in people)
    assert sum(p != 0 for p in chosen) == min(len(rates), sum(places.values()))
    for one, other in pairwise(range(len(rates))):
        a, b = chosen[one], chosen[other]
        if a and b:
            assert rates[one][a] + rates[other][b] >= rates[one][b] + rates[other][a] - 1e-6


def test_s2_42_nobody_gets_more_than_twice_an_even_share() -> None:
    assert fair_places([1, 2, 3, 4], {1: 4}, 8, {}) == {1: 2, 2: 6, 3: 6, 4: 6}
    assert fair_places([1, 2], {}, 10, {1: 3, 2: None}) == {1: 3, 2: 10}
    assert fair_places([], {}, 3, {}) == {}
    best = assign([{1: 0.9, 2: 0.1}] * 8, fair_places([1, 2, 3, 4], {}, 8, {}), {})
    assert best.count(1) == 4
    assert assign([{1: 0.5, 2: 0.5}], {1: 1, 2: 1}, {1: 3, 2: 1}) == [2], "of equals the one with fewer"
    assert assign([{1: 0.5}], {1: 0}, {}) == [0]


def test_b20_states_move_along_their_tables() -> None:
    for before in SchemeState:
        for after in SchemeState:
            allowed = (before, after) in {("on", "off"), ("off", "on"), ("on", "ended"), ("off", "ended")}
            assert SCHEME_MOVES.allows(before, after) is allowed
    for one in OfferState:
        for other in OfferState:
            assert OFFER_MOVES.allows(one, other) is (one == OfferState.OPEN and other != OfferState.OPEN)
