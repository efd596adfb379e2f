"""B9: the table of moves over its whole cross product, for every switch of a pipeline; tasks, orders, limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from genjin.opportunities.defaults import default_pipe
from genjin.opportunities.rules import (
    Horizon,
    Move,
    Outcome,
    Pipe,
    StageKind,
    Task,
    TaskKind,
    When,
    Why,
    category_of,
    horizon_of,
    in_order,
    line_total,
    month_end,
    move_between,
    stalls_on,
    table,
    tasks_of,
    weighted,
)

PIPE = default_pipe()
WON = 4


def expected(pipe: Pipe, outcome: Outcome, here: int, there: int) -> Move | Why:
    """The rules of B9 said over again, by places."""
    if here == there:
        return Why.SAME
    if outcome is Outcome.WON:
        return Move.AFTER if here >= WON and there >= WON else Why.ENDED
    if outcome is not Outcome.OPEN:
        return Why.ENDED
    if there > WON:
        return Why.NOT_WON
    if there < here:
        return Move.BACK if pipe.rolls_back else Why.NO_BACK
    if there > here + 1 and not pipe.jumps:
        return Why.NO_JUMP
    if there == WON:
        return Move.WIN
    return Move.FORWARD if there == here + 1 else Move.JUMP


@pytest.mark.parametrize(("rolls_back", "jumps"), list(product((True, False), repeat=2)))
def test_b9_every_pair_of_stages_moves_as_the_switches_say_or_says_why_not(rolls_back: bool, jumps: bool) -> None:
    pipe = replace(PIPE, rolls_back=rolls_back, jumps=jumps)
    listed = {(outcome, here, there): move for outcome, here, there, move in table(pipe)}
    for outcome, here, there in product(Outcome, pipe.steps, pipe.steps):
        wanted = expected(pipe, outcome, here.place, there.place)
        assert move_between(pipe, outcome, here.key, there.key) == wanted
        assert listed.get((outcome, here.key, there.key)) == (wanted if isinstance(wanted, Move) else None)
    assert move_between(pipe, Outcome.OPEN, "contact", "elsewhere") is Why.ELSEWHERE


def test_s3_09_the_default_pipeline_has_the_six_stages() -> None:
    assert [(step.label, step.probability) for step in PIPE.steps] == [
        ("初步接触", 10),
        ("需求确认", 30),
        ("方案提交", 50),
        ("商务谈判", 80),
        ("成交", 100),
        ("售后维护", 100),
    ]
    assert [step.allowed_days for step in PIPE.progress] == [14, 21, 30, 30]
    assert in_order([step.kind for step in PIPE.steps])


def test_b9_stages_in_progress_come_first_then_one_deal() -> None:
    progress, won, after = StageKind.PROGRESS, StageKind.WON, StageKind.AFTER
    assert in_order([progress, won])
    assert not in_order([won])
    assert not in_order([won, progress])
    assert not in_order([progress, won, won])
    assert not in_order([progress, after, won])


def test_b9_a_jump_asks_for_what_the_skipped_stages_ask() -> None:
    def asks(when: When, of: str, *, required: bool = True) -> Task:
        return Task(when, TaskKind.FIELD, of, required=required)

    tasks = {
        "contact": (asks(When.EXIT, "need"), asks(When.ENTRY, "source")),
        "need": (asks(When.ENTRY, "amount"), asks(When.EXIT, "budget_max"), asks(When.EXIT, "kind", required=False)),
        "proposal": (asks(When.ENTRY, "expected_on"), asks(When.EXIT, "remarks")),
    }
    pipe = replace(PIPE, steps=tuple(replace(step, tasks=tasks.get(step.key, ())) for step in PIPE.steps))
    assert [task.of for task in tasks_of(pipe, "contact", "need")] == ["need", "amount"]
    assert [task.of for task in tasks_of(pipe, "contact", "proposal")] == [
        "need",
        "amount",
        "budget_max",
        "expected_on",
    ]
    assert [task.of for task in tasks_of(pipe, "", "need")] == ["source", "need", "amount"]
    assert tasks_of(pipe, "proposal", "contact") == []


def test_b9_b13_s1_23_numbers_and_days() -> None:
    assert weighted(Decimal("100.01"), 50) == Decimal("50.01")
    assert weighted(None, 80) == 0
    assert line_total(Decimal("99.99"), Decimal(3), Decimal(90)) == Decimal("269.97")
    assert [category_of(n).value for n in (0, 30, 31, 70, 71, 99, 100)] == [
        "pipeline", "pipeline", "best", "best", "commit", "commit", "closed",
    ]  # fmt: skip
    today = date(2026, 11, 22)
    assert [horizon_of(day, today) for day in (date(2026, 12, 22), date(2026, 12, 23), date(2027, 2, 20))] == [
        Horizon.SHORT, Horizon.MEDIUM, Horizon.MEDIUM,
    ]  # fmt: skip
    assert horizon_of(date(2027, 2, 21), today) is Horizon.LONG
    assert horizon_of(None, today) is None
    assert (month_end(date(2024, 2, 3)), month_end(date(2026, 12, 31))) == (date(2024, 2, 29), date(2026, 12, 31))
    assert stalls_on(today, PIPE.steps[0]) == date(2026, 12, 6)
    assert stalls_on(today, PIPE.won) is None
