"""Steps that another process makes ahead: in order, made anew on demand, and none when that process is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from genjin.kernel.ahead import AHEAD, Pace, ahead

MANY = 3 * AHEAD


def test_steps_come_in_order_from_another_process_until_none_is_left() -> None:
    def make(_pace: Pace) -> Iterator[tuple[int, int]]:
        for number in range(MANY):
            yield number, os.getpid()

    taken = []
    with ahead(make) as steps:
        while (step := steps.take()) is not None:
            taken.append(step)
            steps.written()
        assert steps.complete
    assert [number for number, _process in taken] == list(range(MANY))
    assert {process for _number, process in taken}.isdisjoint({os.getpid()})


def test_several_processes_make_steps_in_turn() -> None:
    def make(pace: Pace) -> Iterator[tuple[int, int]]:
        for number in range(pace.place, MANY, pace.of):
            yield number, os.getpid()

    taken = []
    with ahead(make, processes=2) as steps:
        assert steps.take()
        steps.again()
        while (step := steps.take()) is not None:
            taken.append(step)
            steps.written()
        assert steps.complete
    assert [number for number, _process in taken] == list(range(MANY))
    assert len({process for _number, process in taken}) == 2


def test_steps_are_made_anew_of_what_stands_then(tmp_path: Path) -> None:
    stands = tmp_path / "stands"
    stands.write_text("10")

    def make(pace: Pace) -> Iterator[int]:
        first = int(stands.read_text())
        for number in range(first, first + 4):
            yield number
            pace.settled()

    with ahead(make) as steps:
        assert steps.take() == 10
        stands.write_text("20")
        steps.again()
        taken = []
        while (step := steps.take()) is not None:
            taken.append(step)
            steps.written()
        assert taken == [20, 21, 22, 23]
        stands.write_text("30")
        steps.again()
        assert steps.take() == 30


def test_nothing_is_made_ahead_by_a_process_that_ends_before_its_time() -> None:
    def make(_pace: Pace) -> Iterator[int]:
        yield 1
        os._exit(3)

    with ahead(make) as steps:
        assert steps.take() == 1
        steps.written()
        assert steps.take() is None
        assert not steps.complete
        steps.written()
        steps.again()
        assert steps.take() is None
