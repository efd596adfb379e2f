"""Measures one data folder in a process of its own and writes what it found as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.data import bench_data

WHOLE = ("first", "words", "sorted", "deep", "search_common", "search_initials", "search_tail", "detail", "create")
URLS = {"list": "/customers?view=all", "filtered": "/customers?view=all&level.in=A&q=%E7%A7%91%E6%8A%80"}


def run(total: int, target: Path, times: int, parts: list[str]) -> None:
    """Some parts for so many customers, beside what was found of the others before. Nothing that is created stays."""
    with bench_data(total) as data:
        found: dict[str, Any] = json.loads(target.read_text()) if target.exists() else {}
        found |= {"customers": total}
        for part in parts:
            print(f"{total:,} customers, {part}", flush=True)
            noise: dict[str, Any] = {"at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "load": os.getloadavg()[0]}
            loops, failed = [_quiet_loop()], list[str]()
            try:
                found |= PARTS[part](data, total, times, loops, failed)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the other parts are worth their time
                failed.append(f"{part}: {error!r}")
                print(f"  {failed[-1]}", flush=True)
            noise |= {"loops": [*loops, _quiet_loop()], "load_after": os.getloadavg()[0], "failed": failed}
            found.setdefault("noise", {})[part] = noise
            target.write_text(json.dumps(found, ensure_ascii=False, indent=1))


def _quiet_loop() -> float:
    from bench.measuring import loop

    return min(loop() for _n in range(5))


def _lists(data: Path, total: int, times: int, loops: list[float], failed: list[str]) -> dict[str, Any]:
    from bench.cast import Cast

    found: dict[str, Any] = {"kernel": {}, "pages": {}}
    for label, member_id in Cast.read(data / "cast.json").roles.items():
        found["kernel"][label], found["pages"][label] = _role(member_id, total, times, loops, failed)
    return found


def _workday(data: Path, _total: int, times: int, _loops: list[float], _failed: list[str]) -> dict[str, Any]:
    from bench import workday

    return {"workday": workday.measured(data, times)}


def _statistics(data: Path, _total: int, times: int, _loops: list[float], _failed: list[str]) -> dict[str, Any]:
    from bench import followups

    return {"statistics": followups.measured(data, max(times // 4, 10))}


def _server(data: Path, _total: int, _times: int, _loops: list[float], _failed: list[str]) -> dict[str, Any]:
    from bench.cast import Cast
    from bench.server import all_pids, first_visit, memory, serving, throughput

    cast = Cast.read(data / "cast.json")
    with serving() as pid:
        found: dict[str, Any] = {"visit": first_visit(cast.administrator)}
        throughput(cast.administrator, "/customers?view=all", [])  # warm, and all connections are there
        pids = all_pids(pid, data)
        found["throughput"] = {
            f"{name}, {label}": throughput(member_id, url, pids)
            for label, member_id in cast.roles.items()
            for name, url in (*URLS.items(), ("detail", f"/customers/{_newest(member_id)}"))
        }
        return found | {"memory": memory(pid)}


PARTS = {"lists": _lists, "workday": _workday, "statistics": _statistics, "server": _server}


def _newest(member_id: int) -> int:
    from bench.cases import Bench
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    return next(iter(Bench(actor, 0).some_ids(1)))


def _role(
    member_id: int, total: int, times: int, loops: list[float], failed: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    from django.db import transaction

    from bench.bare import bare
    from bench.cases import Bench, cases
    from bench.measuring import loop, measure
    from bench.pages import Browser
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    bench = Bench(actor, total)
    browser = Browser(bench)
    kernel: dict[str, Any] = {}
    pages: dict[str, Any] = {}
    for case in cases():
        loops.append(loop())
        try:
            with transaction.atomic():
                runner = bench.runner(case)
                kernel[case.key] = asdict(measure(runner, times=times))
                if case.kind != "create":
                    kernel[case.key]["bare"] = asdict(measure(bare(runner), times=times))
                if case.key in WHOLE:
                    pages[case.key] = asdict(measure(browser.runner(case), times=max(times // 2, 10)))
                transaction.set_rollback(True)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the other cases are worth their time
            print(f"  {case.label}: {error!r}", flush=True)
            failed.append(f"{case.label} ({member_id}): {error!r}")
    return kernel, pages


if __name__ == "__main__":
    started = time.monotonic()
    run(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
    print(f"{time.monotonic() - started:.0f} s")
