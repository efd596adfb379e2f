"""Lists, details, search and the workbench over a million customers with twenty own fields each (five indexed), as four
people and as two whose roles have ten rules on fields; beside each figure the same case without own fields and rules.

    python -m bench.own_fields [--times 12] [--rounds 3] [--cases list,detail] [--alone]

Works on a copy of the folder with 1,000,000 customers, var/bench/own-fields, made when it is not there; that folder
itself serves the cases without own fields, unless `--alone`. Each is served by a process of its own that is asked in
turn. Of the rounds of a case the one with the least CPU counts. Nothing that is written stays.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.cast import Cast
from bench.data import copy_folder
from bench.own_fields_data import ROLES, limited_members, prepare

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).parent / "results" / "own_fields.json"
GOALS = {"list": 9.0, "detail": 12.0, "today": 15.0}
MOST_QUERIES = 12

# ruff: noqa: E501 - a table of words and addresses reads better unbroken
# {case: (words, address with own fields, the same without)}; what begins with / is a page
CASES: dict[str, tuple[str, str, str]] = {
    "list": ("list, first page", "/customers?view=all", "/customers?view=all"),
    "list_sorted": ("by an own amount, greatest first", "/customers?view=all&sort=-x_amount", "/customers?view=all&sort=-next_contact_at"),
    "list_filtered": ("filtered by an own option", "/customers?view=all&x_grade.in=k2", "/customers?view=all&level.in=A"),
    "list_range": ("a range of an own date, by it", "/customers?view=all&x_due.between=2027-03-01,2027-03-31&sort=x_due", "/customers?view=all&next_contact_at.between=2026-12-01,2026-12-31&sort=next_contact_at"),
    "list_words": ("an own option and a common word", "/customers?view=all&x_grade.in=k2&q=科技", "/customers?view=all&level.in=A&q=科技"),
    "list_contains": ("an own text contains", "/customers?view=all&x_model.contains=VMC-7421", "/customers?view=all&q=嵩雾"),
    "list_deep": ("1000 pages deep, by key", "deep", "deep"),
    "detail": ("detail", "detail", "detail"),
    "search_common": ("search: a common word", "/palette?q=科技", "/palette?q=科技"),
    "search_initials": ("search: initials", "/palette?q=szhx", "/palette?q=szhx"),
    "search_tail": ("search: last four digits", "/palette?q=5678", "/palette?q=5678"),
    "today": ("workbench", "/today", "/today"),
}  # fmt: skip


def main() -> int:
    """Measure, print, keep; 1 when a goal is missed."""
    options = argparse.ArgumentParser(prog="python -m bench.own_fields", description=__doc__)
    options.add_argument("--times", type=int, default=12)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--cases", default=",".join(CASES))
    options.add_argument("--roles", default="")
    options.add_argument("--alone", action="store_true", help="not the folder without own fields")
    options.add_argument("--serve", default="", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.serve:
        _serve(asked.serve == "own", asked.times)
        return 0
    base = _base()
    if not (base / "own-fields").exists():
        copy_folder(base / "1000000", base / "own-fields")
    with _folder("own-fields") as data:
        made = prepare(data)
    found = _measure(asked, ["own"] if asked.alone else ["own", "base"])
    told = {
        "at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "load": os.getloadavg()[0],
        "made": made,
        "roles": found,
    }
    if not asked.alone and not asked.roles and asked.cases == ",".join(CASES):
        RESULT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    print(json.dumps(made, ensure_ascii=False))
    return _show(found)


def _base() -> Path:
    return Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench")


def _folder(name: str) -> Any:
    """A folder in use, Django set up on it; once per process."""
    from contextlib import contextmanager

    @contextmanager
    def used() -> Iterator[Path]:
        from genjin.kernel import postgres

        data = _base() / name
        os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
        os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
        server = postgres.start(data)
        try:
            import django

            django.setup()
            from django.core.management import call_command

            from bench.data import _close_pool, _ready_assets

            _ready_assets()

            if name == "own-fields":
                call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            yield data
            _close_pool()
        finally:
            server.stop()

    return used()


def _measure(asked: argparse.Namespace, sides: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """{role: {case: {side: the figures of its calmest round}}}."""
    command = [sys.executable, "-m", "bench.own_fields", "--times", str(asked.times), "--serve"]
    children = {
        side: subprocess.Popen([*command, side], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for side in sides
    }
    found: dict[str, dict[str, dict[str, Any]]] = {}
    try:
        roles = {side: json.loads(_answer(child)) for side, child in children.items()}["own"]
        chosen = [role for role in roles if not asked.roles or role in asked.roles.split(";")]
        for turn in range(asked.rounds):
            for case in asked.cases.split(","):
                for role in chosen:
                    for side, child in sorted(children.items(), reverse=bool(turn % 2)):
                        told = json.loads(_answer(child, f"{case};{role}"))
                        kept = found.setdefault(role, {}).setdefault(case, {})
                        kept[side] = min(kept.get(side, told), told, key=lambda one: one["calm"])
    finally:
        for child in children.values():
            child.communicate()
    return found


def _answer(child: subprocess.Popen[str], asked: str = "") -> str:
    assert child.stdin
    assert child.stdout
    if asked:
        child.stdin.write(asked + "\n")
        child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise SystemExit(f"the process that was asked {asked!r} broke off")
    return line


def _serve(own: bool, times: int) -> None:
    """Tell the roles, then the figures of a case for each line `case;role`."""
    with _folder("own-fields" if own else "1000000") as data:
        from django.db import transaction

        from bench.measuring import measure

        roles = Cast.read(data / "cast.json").roles | dict(zip(ROLES, limited_members(data).values(), strict=True))
        roles.pop("member with 5 roles")
        print(json.dumps(list(roles)), flush=True)
        for line in sys.stdin:
            case, _sep, role = line.strip().partition(";")
            with transaction.atomic():
                figures = measure(_runner(case, roles[role], own), times=times)  # its session goes with the rest
                transaction.set_rollback(True)
            print(json.dumps(asdict(figures) | {"cpu": figures.cpu}), flush=True)


def _runner(case: str, member_id: int, own: bool) -> Callable[[int], Any]:
    """What to repeat: a whole request of a signed-in browser, without a network."""
    from urllib.parse import quote

    from bench.cases import Bench, Case
    from bench.pages import Browser
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    browser = Browser(Bench(actor, 1_000_000))
    address = CASES[case][1 if own else 2]
    if address == "deep":
        return browser.runner(Case("deep", "", {"deep": ["1"]}))
    if address == "detail":
        return browser.runner(Case("detail", "", {}, "detail"))
    url = quote(address, safe="/?&=,.-_")
    if case.startswith("search"):
        return lambda _number: browser.fragment(url)
    return lambda _number: browser._get(url)


def section() -> str:
    """What was measured, for the report."""
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    if not kept:
        return ""
    made, roles = kept["made"], kept["roles"]
    seconds = [each["seconds"] for each in made["indexes"].values()]
    waited = max(each["longest_write_ms"] for each in made["indexes"].values())
    lines = [
        "## Own fields",
        "",
        "`python -m bench.own_fields`: the million with twenty own fields each on customers, five of them indexed, and two",
        f"roles with ten rules on fields ({kept['at']} UTC, load average {kept['load']:.1f}). Adding a field took"
        f" {made['add_seconds']['median'] * 1000:.0f} ms",
        f"(at most {made['add_seconds']['most'] * 1000:.0f}), an index in the background {min(seconds):.0f} to"
        f" {max(seconds):.0f} s, during which no write waited longer than {waited} ms.",
        "Whole requests: *calm* CPU in ms, queries; p95 of the time; × the same case without own fields and rules (lists",
        "show four columns more).",
        "",
        "| | " + " | ".join(roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for case, (words, _own, _base) in CASES.items():
        cells = (_cell(by_case[case]) for by_case in roles.values())
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(sides: dict[str, Any]) -> str:
    own, base = sides["own"], sides["base"]
    return f"{own['calm']:.1f}, {own['queries']:.0f} q; {own['p95']:.0f}; × {own['calm'] / base['calm']:.2f}"


def _show(found: dict[str, dict[str, dict[str, Any]]]) -> int:
    """The figures as a table; 1 when a goal is missed."""
    missed = False
    for role, cases in found.items():
        print(f"{role}: calm CPU ms (as measured), queries, p95; without own fields; ratio")
        for case, sides in cases.items():
            own, base = sides["own"], sides.get("base")
            goal = GOALS.get(case.partition("_")[0])
            over = bool(goal and own["calm"] > goal) or own["queries"] > MOST_QUERIES
            missed |= over
            line = f"{own['calm']:7.1f} ({own['cpu']:.1f}: {own['application']:.1f} + {own['database']:.1f}) {own['queries']:4.0f} q {own['p95']:7.1f}"
            beside = f"{base['calm']:7.1f} {base['queries']:4.0f} q  x {own['calm'] / base['calm']:.2f}" if base else ""
            print(f"  {CASES[case][0]:36} {line}  {beside}{'  OVER' if over else ''}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
