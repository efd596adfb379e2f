"""Writes docs/performance.md from the results."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.catalogue import cases

TARGET = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
Found = dict[str, Any]

HEAD = """# Performance

Measured by `bin/bench` ({when}) on {machine}; PostgreSQL 18 as `genjin serve` runs it, on the same machine. Other
programs were running too: the load average is given per size, and the bare SQL of the same statements in the same run
stands beside each figure as a yardstick. 500 members in a tree of four levels; the *member with 5 roles* has 300
subordinates and 10,000 places in teams (his subordinates 5,000 more). Names, words and dates are distributed as in
life: `bench/population.py`.

Times in milliseconds. CPU is that of the application and of its PostgreSQL backend together (median). *Kernel* is the
product below the pages: permission, query, rows with their columns. *Pages* is the whole request in one process:
session, permission, query, HTML, compression. *Server* is what the running server used per request.
"""
GOALS = """## Goals

| goal | measured |
|---|---|
"""


def write_report(results: list[Found], compared: Found) -> None:
    """One section per size, the goals first; `compared` as in `comparing.compare`."""
    parts = [HEAD.format(when=f"{datetime.now(UTC):%Y-%m-%d}", machine=_machine())]
    parts += [GOALS + "\n".join(goals(results, compared)) + "\n"]
    for found in results:
        parts += sections(found)
    TARGET.write_text("\n".join(parts))
    print(f"wrote {TARGET}")


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, CPython {platform.python_version()}"


def goals(results: list[Found], compared: Found) -> Iterator[str]:
    """Each goal of the project with the worst figure of all roles."""
    large = results[-1]
    pages, kernel = large["pages"], large["kernel"]
    for name, most in (("list", 9), ("detail", 12)):
        served = {key: t["cpu_ms"] for key, t in large.get("throughput", {}).items() if key.startswith(f"{name},")}
        yield _goal(f"{name} ≤ {most} ms CPU (server)", served, "ms CPU")
    yield _goal("list ≤ 10 queries", {r: pages[r]["first"]["queries"] for r in pages if "first" in pages[r]}, "queries")
    searches = [c.key for c in cases() if c.kind == "search"]
    filtered = ["option", "words", "words_medium", "words_rare", "sorted"]
    for label, keys in (("search p95 ≤ 50 ms", searches), ("filtered list p95 ≤ 50 ms", filtered)):
        figures = {f"{r}, {k}": kernel[r][k]["p95"] for r in kernel for k in keys if k in kernel[r]}
        yield _goal(f"{label} (kernel)", figures, "ms")
    for key, by_role in compared.items():
        sizes = sorted(map(int, next(iter(by_role.values()))))
        ratios = {role: times[str(sizes[-1])] / times[str(sizes[0])] for role, times in by_role.items()}
        yield _goal(f"{key} at {sizes[-1]:,} ≤ 1.15 × {sizes[0]:,} (median, measured in turn)", ratios, "×")
    if "memory" in large:
        visit, memory = large["visit"], large["memory"]
        largest, everything = memory["largest_mb"], memory["total_mb"]
        yield f"| web process ≤ 150 MB | {largest:.0f} MB; all {memory['processes']} together {everything:.0f} MB |"
        size, number = visit["bytes"] / 1000, visit["requests"]
        yield f"| first visit ≤ 150 KB in ≤ 8 requests | {size:.0f} KB in {number} requests |"
        later = ", ".join(f"{name} {size / 1000:.1f} KB" for name, size in visit["later"].items())
        yield f"| later navigation ≤ 25 KB | {later} |"


def _goal(label: str, figures: dict[str, float], unit: str) -> str:
    if not figures:
        return f"| {label} | not measured |"
    worst = max(figures, key=lambda name: figures[name])
    return f"| {label} | {figures[worst]:.3g} {unit} at most ({worst}) |"


def _cpu(measured: Found) -> float:
    total: float = measured["application"] + measured["database"]
    return total


def sections(found: Found) -> Iterator[str]:
    """The tables of one size."""
    load = " → ".join(f"{value[0]:.1f}" for value in (found["load"], found["load_after"]))
    loops = sorted(found["loops"])
    yield f"\n## {found['customers']:,} customers\n"
    yield (
        f"Load average while measuring: {load}. A fixed loop of Python took {loops[len(loops) // 2]:.1f} ms of CPU in"
        f" the median and {loops[0]:.1f} ms when least disturbed.\n"
    )
    yield from (f"Failed: {each}\n" for each in found.get("failed", ()))
    yield "### Pages\n\nmedian / p95 / CPU, queries, KB (not compressed)\n"
    yield _table(found["pages"], _page_cell)
    yield "\n### Kernel\n\nmedian / p95 / CPU, queries; in brackets the median of the bare SQL\n"
    yield _table(found["kernel"], _kernel_cell)
    if "throughput" in found:
        yield "\n### Server\n\nTwo workers, four connections on the same machine.\n"
        yield "| page | requests a second | p50 / p95 | CPU |\n|---|---|---|---|"
        for name, t in found["throughput"].items():
            figures = f"{t['requests_per_second']:.0f} | {t['p50_ms']:.0f} / {t['p95_ms']:.0f} | {t['cpu_ms']:.1f}"
            errors = f", {t['errors']} errors" if t["errors"] else ""
            yield f"| {name} | {figures}{errors} |"


def _table(by_role: Found, cell: Any) -> str:
    roles = list(by_role)
    lines = ["| | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for case in cases():
        if any(case.key in by_role[role] for role in roles):
            cells = (cell(by_role[role][case.key]) if case.key in by_role[role] else "failed" for role in roles)
            lines.append(f"| {case.label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _page_cell(m: Found) -> str:
    return f"{m['median']:.1f} / {m['p95']:.1f} / {_cpu(m):.1f}, {m['queries']:.0f} q, {m['size'] / 1000:.0f} KB"


def _kernel_cell(m: Found) -> str:
    bare = f" ({m['bare']['median']:.1f})" if "bare" in m else ""
    return f"{m['median']:.1f} / {m['p95']:.1f} / {_cpu(m):.1f}, {m['queries']:.0f} q{bare}"
