"""Measures an import of 8,800 opportunities of another system: matched, asked about, checked, brought in with their
customers, products and outcomes, and taken back.

    python -m bench.imports_deals [file] [--profile] [--undo]

Without a file (`sales_pipeline.csv` of the shared data) one of the same shape is invented: 85 accounts, 30 agents, 7
products, rows without account, won and lost with close date and value. The data folder is that of `bench.imports`; what
earlier runs brought is dropped first. Wall time means little on a busy machine: compare CPU, and the fixed loop.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import json
import os
import pstats
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.imports import Watch, problems_of, served_data

RESULT = Path(__file__).parent / "results" / "imports_deals.json"
HEADER = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
ROWS, WITHOUT = 8_800, 1_425
STAGES = ("Won",) * 48 + ("Lost",) * 28 + ("Engaging",) * 18 + ("Prospecting",) * 6
PRODUCTS = {"GTX Basic": 550, "GTXPro": 4821, "MG Special": 55, "GTX Plus Basic": 1096, "MG Advanced": 3393}
GIVEN = {"customer.name": "待确认客户", "opportunity.reason": "price"}
MEANT = {"Engaging": "need", "Prospecting": "contact", "Lost": "=lost:need"}
PARTS = ("upload", "check", "run")


def main() -> int:
    """Import and print what it took."""
    options = argparse.ArgumentParser(prog="python -m bench.imports_deals", description=__doc__)
    options.add_argument("file", type=Path, nargs="?")
    options.add_argument("--profile", action="store_true")
    options.add_argument("--undo", action="store_true")
    asked = options.parse_args()
    with served_data() as server:
        found = _measure(server, asked.file, profile=asked.profile, undoing=asked.undo)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    if not asked.profile:
        RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    return 0


def _measure(server: int, file: Path | None, *, profile: bool, undoing: bool) -> dict[str, Any]:
    from bench.cast import Cast
    from bench.measuring import loop
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for
    from genjin.surfaces.imports.receiving import upload_file
    from genjin.surfaces.imports.work import check_import, run_import, undo

    data = Path(os.environ["GENJIN_DATA"])
    path = file or _invented(data / "sales_pipeline.csv")
    actor = actor_for(Cast.read(data / "cast.json").administrator, Surface.JOB)
    assert actor is not None
    watch = Watch(server)
    found: dict[str, Any] = {"load": os.getloadavg(), "loop_ms": loop()}
    profiler = cProfile.Profile(time.process_time) if profile else None
    if profiler:
        profiler.enable()
    with watch.part("upload"):
        batch = upload_file(actor, filename=path.name, content=path, kind="opportunities")
        _answer(actor, batch)
    with watch.part("check"):
        batch = check_import(actor, batch.pk, waiting=True)
    with watch.part("run"):
        batch = run_import(actor, batch.pk, waiting=True)
    found["counts"] = batch.counts
    if undoing:
        with watch.part("undo"):
            batch = undo(actor, batch.pk, waiting=True)
    if profiler:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(110)
    found["problems"] = problems_of(batch)
    found |= {"rows": batch.total, "parts": watch.parts, "loop_after_ms": loop(), "load_after": os.getloadavg()}
    whole = [watch.parts[name] for name in PARTS]
    total = {key: round(sum(part[key] for part in whole), 2) for key in ("wall", "python", "postgres")}
    found["total"] = {**total, "memory_mb": watch.end()}
    return found


def _answer(actor: Any, batch: Any) -> None:
    """What a person decides on the page of columns."""
    from genjin.org.models import Member
    from genjin.surfaces.imports.actions import set_policy, set_rules
    from genjin.surfaces.imports.receiving import look_at
    from genjin.surfaces.imports.rules import answered, rules_from_json

    members = [str(pk) for pk in Member.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:30]]
    samples, rules = look_at(actor, batch).samples, []
    for rule in rules_from_json(batch.rules):
        if rule.target == "owner":
            people = {str(name): members[n % len(members)] for n, name in enumerate(samples.values(rule.index))}
            rules.append(answered(rule, "people", people))
        elif rule.target == "opportunity.standing":
            rules.append(answered(rule, "options", MEANT))
        elif rule.target == "opportunity.product":
            rules.append(answered(rule, "names", {"GTXPro": "GTX Pro"}))
        else:
            rules.append(rule)
    set_rules(actor, batch.pk, rules=rules)
    set_policy(actor, batch.pk, policy={"given": GIVEN})


def _invented(file: Path) -> Path:
    if not file.exists():
        with file.open("w", newline="", encoding="utf-8") as stream:
            out = csv.writer(stream)
            out.writerow(HEADER)
            out.writerows(_rows())
    return file


def _rows() -> Iterator[list[str]]:
    chance = Random(7)
    nobody = set(chance.sample(range(ROWS), WITHOUT))
    for number in range(ROWS):
        stage, product = chance.choice(STAGES), chance.choice(list(PRODUCTS))
        engaged = date(2016, 10, 20) + timedelta(days=number * 430 // ROWS)
        closed = engaged + timedelta(days=chance.randrange(1, 140))
        worth = PRODUCTS[product] * chance.randrange(80, 120) // 100 if stage == "Won" else 0
        ended = stage in ("Won", "Lost")
        yield [
            f"O{number:07d}", f"Agent {number % 30}", product, "" if number in nobody else f"Account {number % 85}",
            stage, "" if stage == "Prospecting" else engaged.isoformat(), closed.isoformat() if ended else "",
            str(worth) if ended else "",
        ]  # fmt: skip


def section() -> str:
    """What was measured, for the report."""
    lines = [
        "## Import of opportunities",
        "",
        "`python -m bench.imports_deals`: 8,800 opportunities with customers, products and outcomes, from the file to",
        "the last row. The goal: 10 s. Seconds; CPU of Python and of PostgreSQL; memory of all processes together.",
        "To take all of it back is no part of the sum (`--undo`).",
        "",
        "| rows | load average | fixed loop | seconds | upload | check | run | CPU | memory | undo |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *([_line(json.loads(RESULT.read_text()))] if RESULT.exists() else [])]) + "\n"


def _line(found: dict[str, Any]) -> str:
    parts, total = found["parts"], found["total"]
    cells = (
        f"{found['rows']:,}",
        f"{found['load'][0]:.1f} → {found['load_after'][0]:.1f}",
        f"{found['loop_ms']:.1f} → {found['loop_after_ms']:.1f}",
        f"{total['wall']:.1f}",
        *(_part(parts[key]) for key in PARTS),
        f"{total['python']:.1f} + {total['postgres']:.1f}",
        f"{total['memory_mb']} MB",
        _part(parts["undo"]) if "undo" in parts else "not measured",
    )
    return f"| {' | '.join(cells)} |"


def _part(part: dict[str, float]) -> str:
    return f"{part['wall']:.1f} ({part['python']:.1f} + {part['postgres']:.1f})"


if __name__ == "__main__":
    sys.exit(main())
