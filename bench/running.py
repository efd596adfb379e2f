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


def run(total: int, target: Path, *, times: int = 40, serve: bool = True) -> None:
    """Everything for so many customers. Nothing that is created stays."""
    with bench_data(total) as data:
        from bench.cast import Cast
        from bench.server import all_pids, first_visit, memory, serving, throughput

        cast = Cast.read(data / "cast.json")
        found: dict[str, Any] = {"customers": total, "load": os.getloadavg(), "kernel": {}, "pages": {}}
        found |= {"loops": [], "failed": []}
        for label, member_id in cast.roles.items():
            print(f"{total:,} customers, {label}", flush=True)
            found["kernel"][label], found["pages"][label] = _role(member_id, total, times)
            for name in ("loops", "failed"):
                found[name] += found["kernel"][label].pop(name)
        if serve:
            with serving() as pid:
                found["visit"] = first_visit(cast.administrator)
                throughput(cast.administrator, "/customers?view=all", [])  # warm, and all connections are there
                pids = all_pids(pid, data)
                found["throughput"] = {
                    f"{name}, {label}": throughput(member_id, url, pids)
                    for label, member_id in cast.roles.items()
                    for name, url in (*URLS.items(), ("detail", f"/customers/{_newest(member_id)}"))
                }
                found["memory"] = memory(pid)
        found["load_after"] = os.getloadavg()
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1))


def _newest(member_id: int) -> int:
    from bench.cases import Bench
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    return next(iter(Bench(actor, 0).some_ids(1)))


def _role(member_id: int, total: int, times: int) -> tuple[dict[str, Any], dict[str, Any]]:
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
    kernel["loops"], kernel["failed"] = [], []
    for case in cases():
        kernel["loops"].append(loop())
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
            kernel["failed"].append(f"{case.label} ({member_id}): {error!r}")
    return kernel, pages


if __name__ == "__main__":
    started = time.monotonic()
    run(int(sys.argv[1]), Path(sys.argv[2]), times=int(sys.argv[3]), serve=sys.argv[4] == "serve")
    print(f"{time.monotonic() - started:.0f} s")
