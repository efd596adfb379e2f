"""Taking 100,000 customers out: 12 columns as .xlsx and .csv, with the rights of an administrator and of somebody who
sees a part.

    python -m bench.exports                     100,000 customers
    python -m bench.exports --customers 1000000

Prints what it found and writes nothing; it exits with 1 when a goal is missed. Memory is that of this process, with
Django and all its tables of regions and pinyin; PostgreSQL's own is not in it.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cast import Cast
from bench.data import bench_data

SECONDS, MEGABYTES, ROWS = 12.0, 200.0, 100_000
COLUMNS = "name,code,kind,level,lifecycle,industry,region,source,phone,owner,created_at,last_followed_at"


@dataclass
class Found:
    """One export: how long, for how long of it this process worked, how much memory at most so far, how large."""

    label: str
    rows: int
    seconds: float
    processor: float
    megabytes: float
    size: int


def main() -> None:
    """Measure, and show it."""
    options = argparse.ArgumentParser(prog="bench.exports", description=__doc__)
    options.add_argument("--customers", type=int, default=100_000)
    asked = options.parse_args()
    with bench_data(asked.customers) as data:
        found = measured(data)
    raise SystemExit(show(found))


def measured(data: Path) -> list[Found]:
    """The files, each in a transaction that is rolled back."""
    cast = Cast.read(data / "cast.json")
    rising = [
        ("administrator, csv", cast.administrator, {"format": "csv"}),
        ("administrator, xlsx", cast.administrator, {"format": "xlsx"}),
        ("administrator, xlsx, by 最近跟进", cast.administrator, {"format": "xlsx", "query": "sort=-last_followed_at"}),
        ("administrator, level A, xlsx", cast.administrator, {"format": "xlsx", "query": "level.in=A"}),
    ]
    return [export(label, member, asked) for label, member, asked in rising]


def export(label: str, member: int, asked: dict[str, Any]) -> Found:
    """One export from the question to the file that is offered."""
    from django.db import transaction

    from genjin.kernel.actor import Surface
    from genjin.kernel.files import path_of
    from genjin.org.queries import actor_for
    from genjin.surfaces.exports.actions import keep_export, start_export
    from genjin.surfaces.exports.writing import make_file

    actor = actor_for(member, Surface.JOB)
    assert actor is not None
    with transaction.atomic():
        begun, worked = time.perf_counter(), time.process_time()
        facts = {"record_type": "customers", "columns": COLUMNS, "reason": "bench"} | asked
        row = start_export(actor, **start_export.parse(actor, facts), at_once=2**31)
        row = keep_export(actor, row.pk, made=make_file(actor, row))
        seconds, processor = time.perf_counter() - begun, time.process_time() - worked
        path_of(row.stored_as).unlink()
        transaction.set_rollback(True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Found(label, row.rows, seconds, processor, peak, row.size)


def show(found: list[Found]) -> int:
    """One line each; 1 when 100,000 rows took longer or more than they may."""
    missed = 0
    for one in found:
        allowed = SECONDS * max(one.rows, ROWS) / ROWS
        late = one.seconds > allowed or one.megabytes > MEGABYTES
        missed += late
        times = f"{one.seconds:7.2f} s ({one.processor:.2f} of it at work)"
        sizes = f"{one.megabytes:7.0f} MB {one.size / 1e6:7.1f} MB file"
        print(f"{'!' if late else ' '} {one.label:<34} {one.rows:>9,} rows {times} {sizes}")
    return 1 if missed else 0


if __name__ == "__main__":
    main()
