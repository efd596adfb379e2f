"""Measures an import from the file to the last row: seconds, rows a second, CPU of Python and of PostgreSQL, memory.

    python -m bench.imports [rows] [--profile] [--pages]

`--pages` looks at the list and at a customer's page through a running server while rows are run, and once more when all
is done: as the pages usually are. All rows are made, also those that are like others.

The data folder is kept under var/bench/imports; what earlier runs brought is dropped first. Wall time means little on a
busy machine: compare CPU, and the fixed loop before and after.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import json
import os
import pstats
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).parent / "results" / "imports.json"
HEADINGS = (
    "客户名称", "外部编号", "客户等级", "生命周期", "所属行业", "所在地区", "详细地址", "客户来源", "电话", "邮箱",
    "统一社会信用代码", "其他说明",
)  # fmt: skip
PARTS = ("check", "run")
LEVELS = ("一般客户", "优质客户", "超级VIP客户", "")
LIVES = ("新客户", "潜在客户", "老客户", "")
SOURCES = ("展会", "客户转介绍", "网络", "")
DROPPED = (
    "surfaces_brought", "surfaces_importrow", "surfaces_import", "followups_followup", "customers_contact",
    "customers_customer", "ownership_period", "kernel_eventpayload", "kernel_eventlink", "kernel_event",
)  # fmt: skip


def main() -> int:
    """Import so many invented customers and print what it took."""
    options = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    options.add_argument("rows", type=int, nargs="?", default=100_000)
    options.add_argument("--profile", action="store_true")
    options.add_argument("--pages", action="store_true")
    asked = options.parse_args()
    with served_data() as server:
        found = _measure(server, asked.rows, profile=asked.profile, pages=asked.pages)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    if not asked.profile:
        kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        RESULT.write_text(json.dumps({**kept, str(asked.rows): found}, ensure_ascii=False, indent=1))
    return 0


@contextmanager
def served_data() -> Iterator[int]:
    """The data folder's database, made and started; the number of its server's process."""
    from genjin.kernel import postgres

    data = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench") / "imports"
    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    server = postgres.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        _empty(connection)
        yield server.process.pid
        connection.close()
        connection.close_pool()
    finally:
        server.stop()


def _empty(connection: Any) -> None:
    from genjin.org.models import Member

    if not Member.objects.exists():
        from django.db import transaction

        from bench.organisation import make_organisation

        with transaction.atomic():
            make_organisation().write(Path(os.environ["GENJIN_DATA"]) / "cast.json")
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(DROPPED)} CASCADE")
        cursor.execute("CHECKPOINT")


def _measure(server: int, rows: int, *, profile: bool, pages: bool) -> dict[str, Any]:
    from bench.cast import Cast
    from bench.measuring import loop
    from genjin.kernel.actor import Surface
    from genjin.kernel.processes import stand_back
    from genjin.org.queries import actor_for
    from genjin.surfaces.imports.actions import set_policy
    from genjin.surfaces.imports.receiving import upload_file
    from genjin.surfaces.imports.work import check_import, run_import

    data = Path(os.environ["GENJIN_DATA"])
    file = data / f"customers-{rows}.csv"
    if not file.exists():
        _write(file, rows)
    actor = actor_for(Cast.read(data / "cast.json").administrator, Surface.JOB)
    assert actor is not None
    watch = Watch(server)
    found: dict[str, Any] = {"rows": rows, "load": os.getloadavg(), "loop_ms": loop()}
    profiler = cProfile.Profile(time.process_time) if profile else None
    if profiler:
        profiler.enable()
    with watch.part("upload"):
        batch = upload_file(actor, filename=file.name, content=file)
    with watch.part("check"):
        batch = check_import(actor, batch.pk, waiting=True)
    set_policy(actor, batch.pk, policy={"otherwise": "create", "reason": "measured"})
    with _visited(found, actor, seen=pages), watch.part("run"):
        if pages:
            stand_back()  # as workers do
        batch = run_import(actor, batch.pk, waiting=True)
    if profiler:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(110)
    found["problems"] = problems_of(batch)
    found |= {"counts": batch.counts, "parts": watch.parts, "loop_after_ms": loop(), "load_after": os.getloadavg()}
    total = {key: round(sum(part[key] for part in watch.parts.values()), 2) for key in ("wall", "python", "postgres")}
    found["total"] = {**total, "rows_per_second": round(rows / total["wall"]), "memory_mb": watch.end()}
    return found


@contextmanager
def _visited(found: dict[str, Any], actor: Any, *, seen: bool) -> Iterator[None]:
    """Pages while the body runs and for some seconds afterwards, through a server of their own."""
    if not seen:
        yield
        return
    from bench.pages import session_of
    from bench.server import PORT, serving
    from genjin.customers.actions.customers import create_customer
    from genjin.kernel.fields import Values

    customer = create_customer(actor, values=Values(name="看页面的客户"), duplicate_known=True)
    session = session_of(actor.member_id)
    addresses = ("/customers?view=all", f"/customers/{customer.pk}")
    with serving():
        with _visitor({}, "warm", PORT, session, addresses):
            time.sleep(3)
        with _visitor(found, "pages_meanwhile", PORT, session, addresses):
            yield
        with _visitor(found, "pages_usual", PORT, session, addresses):
            time.sleep(15)


@contextmanager
def _visitor(found: dict[str, Any], name: str, port: int, session: str, addresses: Sequence[str]) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.visiting", str(port), session, *addresses]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield
    finally:
        found[name] = json.loads(process.communicate()[0])


def problems_of(batch: Any) -> list[str]:
    from genjin.surfaces.imports.queries import rows_of

    return [str(row.problems) for state in (1, 5) for row in rows_of(batch, state, most=2)]


class Watch:
    """Seconds and CPU of each part; the most memory that this process and those it started had together. Processes come
    and go, so a thread looks again and again."""

    EVERY = 0.25

    def __init__(self, server: int) -> None:
        self.parts: dict[str, dict[str, float]] = {}
        self._server = server
        self._seen: dict[int, float] = {}
        self._most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, daemon=True)
        self._thread.start()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        before = (time.perf_counter(), _own_cpu(), self._postgres())
        yield
        after = (time.perf_counter(), _own_cpu(), self._postgres())
        spent = [round(b - a, 2) for a, b in zip(before, after, strict=True)]
        self.parts[name] = dict(zip(("wall", "python", "postgres"), spent, strict=True))
        print(name, self.parts[name], file=sys.stderr, flush=True)

    def end(self) -> int:
        """The most memory so far, in MB: what several processes share counts once."""
        self._over.set()
        self._thread.join()
        return self._most >> 10

    def _keep_looking(self) -> None:
        for look in count():
            if self._over.wait(self.EVERY):
                return
            self._postgres()
            if look % 4 == 0:
                own = [os.getpid(), *(pid for pid in _children(os.getpid()) if pid != self._server)]
                self._most = max(self._most, sum(map(_memory, own)))

    def _postgres(self) -> float:
        """CPU seconds of all backends so far; of those that are gone as they were last seen."""
        from bench.measuring import backend_cpu

        for pid in _children(self._server):
            with suppress(OSError):
                if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    self._seen[pid] = backend_cpu(pid)
        return sum(self._seen.values())


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def _memory(pid: int) -> int:
    """KB; what is shared with others is divided among them."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0


def _own_cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _write(file: Path, rows: int) -> None:
    """Invented customers: every name and number once."""
    from stdnum.cn import uscc

    from bench.population import BRANDS, CITIES, TRADES

    chance = Random(7)
    with file.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(HEADINGS)
        for number in range(rows):
            brand = "".join(BRANDS[(number // step) % len(BRANDS)] for step in (1, 191, 191 * 191, 7))
            city = CITIES[number % len(CITIES)]
            name = f"{city}{brand}{chance.choice(TRADES)}有限公司"
            body = f"91310000{number:09d}"
            out.writerow((
                name, f"A{number:07d}", LEVELS[number % 4], LIVES[number % 3], "", city,
                f"{chance.choice('人民中山解放建设')}路{number % 999}号", SOURCES[number % 4], f"138{number:08d}",
                f"info{number}@example.com", body + uscc.calc_check_digit(body), f"第 {number} 行的说明",
            ))  # fmt: skip


def section() -> str:
    """What was measured, for the report."""
    lines = [
        "## Imports",
        "",
        "`python -m bench.imports`: customers with 12 columns, from the file to the last row, with the search for",
        "duplicates and the search text. The goal: 100,000 in 25 s and 400 MB on two cores of their own. Seconds; CPU",
        "of Python and of PostgreSQL; memory of all processes together. Pages meanwhile: a list and a customer's page,",
        "median / p95 in ms, beside the usual ones right afterwards.",
        "",
        "| rows | load average | fixed loop | seconds | check | run | CPU | memory | pages meanwhile (usual) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    return "\n".join([*lines, *(_line(kept[rows]) for rows in sorted(kept, key=int))]) + "\n"


def _line(found: dict[str, Any]) -> str:
    parts, total = found["parts"], found["total"]
    pages = zip(found.get("pages_meanwhile", {}).values(), found.get("pages_usual", {}).values(), strict=True)
    told = [f"{m['p50_ms']:.0f} / {m['p95_ms']:.0f} ({u['p50_ms']:.0f} / {u['p95_ms']:.0f})" for m, u in pages]
    cells = (
        f"{found['rows']:,}",
        f"{found['load'][0]:.1f} → {found['load_after'][0]:.1f}",
        f"{found['loop_ms']:.1f} → {found['loop_after_ms']:.1f}",
        f"{total['wall']:.0f}",
        *(f"{parts[key]['wall']:.0f} ({parts[key]['python']:.0f} + {parts[key]['postgres']:.0f})" for key in PARTS),
        f"{total['python']:.0f} + {total['postgres']:.0f}",
        f"{total['memory_mb']} MB",
        "; ".join(told) or "not measured",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    threading.stack_size()
    sys.exit(main())
