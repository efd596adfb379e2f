"""Writes docs/performance.md from the results."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import imports, imports_deals, own_fields, prospects
from bench.catalogue import cases

TARGET = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
Found = dict[str, Any]

HEAD = """# Performance

Measured by `bin/bench` ({when}) on {machine}; PostgreSQL 18 as `genjin serve` runs it, on the same machine. Other
programs were running too: load average and a fixed loop of Python are given per part, and the bare SQL of the same
statements in the same run stands beside each figure as a yardstick. 500 members in a tree of four levels; the *member
with 5 roles* has 300 subordinates and 10,000 places in teams (his subordinates 5,000 more). To each customer belong one
or two contacts, three follow-ups and two plans: at a million that is 1,250,000 contacts, 3,000,000 follow-ups and
2,000,000 plans. Names, words and dates are distributed as in life: `bench/population.py`.

Times in milliseconds. CPU is that of the application and of its PostgreSQL backend together (median). *Calm* is
the same in units of a fixed loop of Python that runs before each run, times the least that the loop took: what remains
when other programs do not share caches and cores. Where the loop is slower than its least, the CPU figures are as much
too high; goals are named as over by the figures as measured. *Kernel* is the
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
    parts += [imports.section(), imports_deals.section(), own_fields.section(), prospects.section()]
    TARGET.write_text("\n".join(parts) + "\n")
    print(f"wrote {TARGET}")


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, CPython {platform.python_version()}"


def goals(results: list[Found], compared: Found) -> Iterator[str]:
    """Each goal of the project with the worst figure of all roles, at the largest size."""
    large = results[-1]
    yield from _goals_of_lists(large)
    yield from _goals_of_the_day(large)
    for key, by_role in compared.items():
        sizes = sorted(map(int, next(iter(by_role.values()))))
        ratios = {role: times[str(sizes[-1])] / times[str(sizes[0])] for role, times in by_role.items()}
        label = f"{key} at {sizes[-1]:,} ≤ 1.15 × {sizes[0]:,} (CPU, median, measured in turn)"
        yield _goal(label, ratios, "×", 1.15)
    if "memory" in large:
        visit, memory = large["visit"], large["memory"]
        largest, everything = memory["largest_mb"], memory["total_mb"]
        yield f"| web process ≤ 150 MB | {largest:.0f} MB; all {memory['processes']} together {everything:.0f} MB |"
        size, number = visit["bytes"] / 1000, visit["requests"]
        yield f"| first visit ≤ 150 KB in ≤ 8 requests | {size:.0f} KB in {number} requests |"
        later = ", ".join(f"{name} {size / 1000:.1f} KB" for name, size in visit["later"].items())
        yield f"| later navigation ≤ 25 KB | {later} |"


def _goals_of_lists(found: Found) -> Iterator[str]:
    pages, kernel = found.get("pages", {}), found.get("kernel", {})
    for name, most in (("list", 9), ("detail", 12)):
        served = {key: t["cpu_ms"] for key, t in found.get("throughput", {}).items() if key.startswith(f"{name},")}
        yield _goal(f"{name} ≤ {most} ms CPU (server)", served, "ms CPU", most)
        key = "first" if name == "list" else name
        alone = {role: pages[role][key] for role in pages if key in pages[role]}
        yield _cpu_goal(f"{name} ≤ {most} ms CPU (one request at a time)", alone, most)
    numbers = {r: pages[r]["first"]["queries"] for r in pages if "first" in pages[r]}
    yield _goal("list ≤ 10 queries", numbers, "queries", 10)
    searches = [c.key for c in cases() if c.kind == "search"]
    filtered = ["option", "words", "words_medium", "words_rare", "sorted", "contacts_of_role"]
    for label, keys in (("search p95 ≤ 50 ms", searches), ("filtered list p95 ≤ 50 ms", filtered)):
        yield _p95_goal(
            f"{label} (kernel)", {f"{r}: {k}": kernel[r][k] for r in kernel for k in keys if k in kernel[r]}, 50
        )


def _goals_of_the_day(found: Found) -> Iterator[str]:
    day, year = found.get("workday", {}), found.get("statistics", {})
    for key, label, most in (
        ("save, whole request", "saving a follow-up ≤ 25 ms CPU (whole request)", 25),
        ("timeline", "timeline of 2,000 entries, first page ≤ 12 ms CPU", 12),
        ("today", "workbench ≤ 15 ms CPU", 15),
    ):
        yield _cpu_goal(label, {role: day[role][key] for role in day if key in day[role]}, most)
    numbers = {role: day[role]["today"]["queries"] for role in day if "today" in day[role]}
    yield _goal("workbench ≤ 12 queries", numbers, "queries", 12)
    for key, words in (
        ("year, page", "the page"),
        ("year, customers afterwards", "跟进客户数, asked for once it stands"),
    ):
        asked = {role: year[role][key] for role in year if key in year[role]}
        yield _p95_goal(f"statistics of a year for 500 people p95 ≤ 300 ms: {words}", asked, 300)


def _goal(label: str, figures: dict[str, float], unit: str, most: float) -> str:
    if not figures:
        return f"| {label} | not measured |"
    worst = max(figures, key=lambda name: figures[name])
    over = [name for name, figure in figures.items() if figure > most]
    told = f"; **over: {'; '.join(over)}**" if over else ""
    return f"| {label} | {figures[worst]:.4g} {unit} at most ({worst}){told} |"


def _p95_goal(label: str, measured: dict[str, Found], most: float) -> str:
    """With the CPU beside: where other programs run, a p95 tells how long one waited for them."""
    line = _goal(label, {name: one["p95"] for name, one in measured.items()}, "ms", most)
    if not measured:
        return line
    return (
        f"{line.removesuffix(' |')}; CPU {max(map(_cpu, measured.values())):.3g}, calm {_calm(measured):.3g} at most |"
    )


def _calm(measured: dict[str, Found]) -> float:
    return float(max(one["calm"] for one in measured.values()))


def _cpu_goal(label: str, measured: dict[str, Found], most: float) -> str:
    """With the calm figure beside that of the worst role."""
    line = _goal(label, {role: _cpu(one) for role, one in measured.items()}, "ms CPU", most)
    if not measured:
        return line
    return f"{line.removesuffix(' |')}; calm {_calm(measured):.3g} at most |"


def _cpu(measured: Found) -> float:
    total: float = measured["application"] + measured["database"]
    return total


def sections(found: Found) -> Iterator[str]:
    """The tables of one size."""
    yield f"\n## {found['customers']:,} customers\n"
    yield "| part | measured at (UTC) | load average | fixed loop, median / least |\n|---|---|---|---|"
    for part, noise in found.get("noise", {}).items():
        loops = sorted(noise["loops"])
        load = f"{noise['load']:.1f} → {noise['load_after']:.1f}"
        yield f"| {part} | {noise['at']} | {load} | {loops[len(loops) // 2]:.1f} / {loops[0]:.1f} |"
    yield from (f"\nFailed: {each}" for noise in found.get("noise", {}).values() for each in noise["failed"])
    if "pages" in found:
        yield "\n### Pages\n\nmedian / p95 / CPU (calm), queries, KB (not compressed)\n"
        yield _table(found["pages"], _page_cell)
        yield "\n### Kernel\n\nmedian / p95 / CPU, queries; in brackets the median of the bare SQL\n"
        yield _table(found["kernel"], _kernel_cell)
    for name, title in (("workday", "The working day"), ("statistics", "Statistics of a year")):
        if name in found:
            yield f"\n### {title}\n\nmedian / p95 / CPU (calm), queries; in brackets the median of the bare SQL\n"
            yield _by_name(found[name])
    if "throughput" in found:
        yield "\n### Server\n\nTwo workers, four connections on the same machine.\n"
        yield "| page | requests a second | p50 / p95 | CPU |\n|---|---|---|---|"
        for name, t in found["throughput"].items():
            figures = f"{t['requests_per_second']:.0f} | {t['p50_ms']:.0f} / {t['p95_ms']:.0f} | {t['cpu_ms']:.1f}"
            errors = f", {t['errors']} errors" if t["errors"] else ""
            yield f"| {name} | {figures}{errors} |"


def _by_name(by_role: Found) -> str:
    """Cases that only some roles have; each role with the fixed loop beside it."""
    names = list(dict.fromkeys(name for cases_of in by_role.values() for name in cases_of if name != "loop"))
    lines = ["| | " + " | ".join(by_role) + " |", "|---" * (len(by_role) + 1) + "|"]
    for name in names:
        cells = (_whole_cell(found[name]) if name in found else "" for found in by_role.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    loops = (f"{found['loop']:.1f}" for found in by_role.values())
    return "\n".join([*lines, "| fixed loop | " + " | ".join(loops) + " |"])


def _table(by_role: Found, cell: Any) -> str:
    roles = list(by_role)
    lines = ["| | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for case in cases():
        if any(case.key in by_role[role] for role in roles):
            cells = (cell(by_role[role][case.key]) if case.key in by_role[role] else "failed" for role in roles)
            lines.append(f"| {case.label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _page_cell(m: Found) -> str:
    times = f"{m['median']:.1f} / {m['p95']:.1f} / {_cpu(m):.1f} ({m['calm']:.1f})"
    return f"{times}, {m['queries']:.0f} q, {m['size'] / 1000:.0f} KB"


def _kernel_cell(m: Found) -> str:
    return f"{m['median']:.1f} / {m['p95']:.1f} / {_cpu(m):.1f}, {m['queries']:.0f} q{_bare(m)}"


def _whole_cell(m: Found) -> str:
    return f"{m['median']:.1f} / {m['p95']:.1f} / {_cpu(m):.1f} ({m['calm']:.1f}), {m['queries']:.0f} q{_bare(m)}"


def _bare(m: Found) -> str:
    return f" ({m['bare']['median']:.1f})" if "bare" in m else ""
