"""Measures one thing many times: wall time, CPU of this process and of its database backend, statements, bytes."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
LONGEST = 6.0


@dataclass
class Measured:
    """Milliseconds of a case; `application` and `database` are the median CPU of a run. `calm`: of both, in units of
    the fixed loop before the run, times the least that it took."""

    runs: int
    median: float
    p95: float
    application: float
    database: float
    queries: float
    calm: float
    size: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """Application and PostgreSQL."""
        return self.application + self.database


def measure(run: Callable[[int], Any], *, times: int = 60, warm: int = 3) -> Measured:
    """Run `run(number)` so often (or for six seconds). A result with `content` or `__len__` gives the size."""
    for number in range(warm):
        run(number)
    pid = backend()
    wall: list[float] = []
    application: list[float] = []
    database: list[float] = []
    loops: list[float] = []
    result: Any = None
    until = time.monotonic() + LONGEST
    with counting() as counted:
        for number in range(times):
            loops.append(loop())
            before = (backend_cpu(pid), time.process_time(), time.perf_counter())
            result = run(number)
            wall.append(time.perf_counter() - before[2])
            application.append(time.process_time() - before[1])
            database.append(backend_cpu(pid) - before[0])
            if time.monotonic() > until and number >= 9:
                break
    return Measured(
        runs=len(wall),
        median=statistics.median(wall) * 1000,
        p95=quantile(wall, 0.95) * 1000,
        application=statistics.median(application) * 1000,
        database=statistics.median(database) * 1000,
        queries=counted[0] / len(wall),
        calm=_calm(application, database, loops),
        size=_size(result),
    )


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """What something long takes: seconds by the clock, CPU seconds of this process and of its database backend."""
    taken: dict[str, float] = {}
    pid = backend()
    before = (time.perf_counter(), time.process_time(), backend_cpu(pid))
    yield taken
    taken["seconds"] = round(time.perf_counter() - before[0], 2)
    taken["python_cpu"] = round(time.process_time() - before[1], 2)
    taken["postgres_cpu"] = round(backend_cpu(pid) - before[2], 2)


def own_memory(pid: int) -> int:
    """MB of a process's own, without what it shares with others: what the database's process holds now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    anon = next((line for line in lines if line.startswith("RssAnon")), "0 0")
    return round(int(anon.split()[1]) / 1024)


def loop() -> float:
    """CPU milliseconds of a fixed piece of Python: how disturbed the machine is at the moment."""
    started = time.process_time()
    total = 0
    for number in range(100_000):
        total += number % 7
    took = (time.process_time() - started) * 1000
    _least[0] = min(_least[0], took)
    return took


_least = [float("inf")]


def _calm(application: list[float], database: list[float], loops: list[float]) -> float:
    spent = zip(application, database, loops, strict=True)
    return statistics.median((one + other) * 1000 / disturbed for one, other, disturbed in spent) * _least[0]


def quantile(values: list[float], share: float) -> float:
    """The smallest value that so many values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _size(result: Any) -> int:
    content = getattr(result, "content", None)
    return len(content) if content is not None else 0


@contextmanager
def counting() -> Any:
    """Counts statements in [n]."""
    counted = [0]

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        counted[0] += 1
        return execute(*rest)

    with connection.execute_wrapper(count):
        yield counted


def backend() -> int:
    """The process id of our connection's backend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def backend_cpu(pid: int) -> float:
    """CPU seconds of a process so far; finer than ticks where the kernel tells nanoseconds."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def process_cpu(pid: int) -> float:
    """CPU seconds of a process with all its threads so far, in ticks; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Memory that is this process's own and not shared (PSS where known), in MB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
