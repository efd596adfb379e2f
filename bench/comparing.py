"""What a larger table costs: the same few cases on several data folders in turn, so that a machine which is now faster
and now slower disturbs all of them alike. Each folder is served by a process of its own that is asked by lines."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.data import bench_data

KEYS = ("first", "detail", "create")
ROUNDS, RUNS = 12, 8


def compare(totals: list[int]) -> dict[str, dict[str, dict[str, float]]]:
    """{case: {role: {customers: median milliseconds of CPU}}}."""
    command = [sys.executable, "-m", "bench.comparing"]
    children = {
        total: subprocess.Popen([*command, str(total)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for total in totals
    }
    try:
        told = [json.loads(_answer(child)) for child in children.values()]
        roles = told[0]
        spent: dict[tuple[str, str, int], list[float]] = {}
        for turn in range(ROUNDS):
            for key in KEYS:
                for role in roles:
                    for total, child in sorted(children.items(), reverse=bool(turn % 2)):
                        spent.setdefault((key, role, total), []).extend(json.loads(_answer(child, f"{key},{role}")))
    finally:
        for child in children.values():
            child.communicate()
    return {
        key: {role: {str(n): statistics.median(spent[key, role, n]) for n in totals} for role in roles} for key in KEYS
    }


def _answer(child: subprocess.Popen[str], asked: str = "") -> str:
    assert child.stdin
    assert child.stdout
    if asked:
        child.stdin.write(asked + "\n")
        child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise SystemExit("comparing failed")
    return line


def _serve(total: int) -> None:
    """Tell the roles, then the milliseconds of some runs for each line `case,role`. Nothing that is created stays."""
    with bench_data(total) as data:
        from django.db import transaction

        from bench.cast import Cast
        from bench.measuring import backend

        runners = _runners(Cast.read(data / "cast.json"), total)
        print(json.dumps(list(dict.fromkeys(role for _key, role in runners))), flush=True)
        done, pid = 0, backend()
        for line in sys.stdin:
            run = runners[line.strip().partition(",")[::2]]
            with transaction.atomic():
                run(done)  # warm
                print(json.dumps([_milliseconds(run, done + 1 + n, pid) for n in range(RUNS)]), flush=True)
                transaction.set_rollback(True)
            done += RUNS + 1


def _runners(cast: Any, total: int) -> dict[tuple[str, str], Callable[[int], Any]]:
    from bench.cases import Bench, cases
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    found = {}
    for role, member_id in cast.roles.items():
        actor = actor_for(member_id, Surface.WEB)
        assert actor is not None
        bench = Bench(actor, total)
        found.update({(case.key, role): bench.runner(case) for case in cases() if case.key in KEYS})
    return found


def _milliseconds(run: Callable[[int], Any], number: int, pid: int) -> float:
    """CPU of the application and its backend: waiting for other programs does not count."""
    from bench.measuring import backend_cpu

    started = time.process_time() + backend_cpu(pid)
    run(number)
    return (time.process_time() + backend_cpu(pid) - started) * 1000


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
