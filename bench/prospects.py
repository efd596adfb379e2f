"""Leads by the million and half a million opportunities: lists, pools of leads, both boards, details, search, and the
funnel of a year, as four people. Whole requests, as `bench.pages`; the times of searches without the page besides.

    python -m bench.prospects [--times 20] [--cases leads,funnel] [--roles administrator] [--recount]

Works on a folder of its own, var/bench/prospects (`prospects_data`), made when it is not there. Nothing that is written
stays. `--recount`: after some thousand random changes the sums of the board are compared with a recount; nothing of that
stays either.
"""

# ruff: noqa: E501 - a table of words and addresses reads better unbroken
from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.cast import Cast
from bench.prospects_data import prospects_data

RESULT = Path(__file__).parent / "results" / "prospects.json"
MOST_QUERIES = 12
# {what: (most ms of CPU, most ms of the p95)}
GOALS = {"list": (9.0, 0.0), "detail": (12.0, 0.0), "board": (25.0, 0.0), "funnel": (0.0, 300.0), "search": (0.0, 50.0)}
# (group, goal, words, address); {…} is filled in
CASES: tuple[tuple[str, str, str, str], ...] = (
    ("leads", "list", "leads: first page", "/leads?view=all"),
    ("leads", "list", "leads: my own", "/leads?view=mine"),
    ("leads", "list", "leads: of a state", "/leads?view=following"),
    ("leads", "list", "leads: an option", "/leads?view=all&level.in=A"),
    ("leads", "list", "leads: by last follow-up", "/leads?view=all&sort=-last_followed_at"),
    ("leads", "list", "leads: of a state, by next contact", "/leads?state.in=following&sort=next_contact_at"),
    ("leads", "list", "leads: option and a common word", "/leads?view=all&level.in=A&q=科技"),
    ("leads", "list", "leads: a rare word", "/leads?view=all&q=嵩雾"),
    ("leads", "list", "leads: neglected", "/leads?view=neglected"),
    ("leads", "list", "leads: 1,000 pages deep", "{deep}"),
    ("leads", "detail", "lead", "/leads/{lead}"),
    ("pools", "list", "pool: newest first", "{pool}"),
    ("pools", "list", "pool: may be claimed now, by countdown", "{pool}?view=free"),
    ("pools", "list", "pool: soon to be claimed, by countdown", "{pool}?view=soon"),
    ("pools", "list", "pool: option and province, by countdown", "{pool}?level.in=A&region.in=江苏&sort=claimable_at"),
    ("pools", "list", "pool: a common word", "{pool}?q=科技"),
    ("pools", "list", "pool: mine before", "{pool}?view=mine"),
    ("board", "board", "board of leads: mine", "/leads/board?whose=mine"),
    ("board", "board", "board of leads: all", "/leads/board?whose=all"),
    ("board", "board", "board: mine", "/opportunities/board?whose=mine"),
    ("board", "board", "board: department", "/opportunities/board?whose=team"),
    ("board", "board", "board: all", "/opportunities/board?whose=all"),
    ("board", "board", "board: all, of a quarter", "/opportunities/board?whose=all&period=quarter"),
    ("opportunities", "list", "opportunities: first page", "/opportunities?view=all"),
    ("opportunities", "list", "opportunities: open ones", "/opportunities?view=open"),
    ("opportunities", "list", "opportunities: by amount", "/opportunities?view=open&sort=-amount"),
    ("opportunities", "list", "opportunities: within 30 days", "/opportunities?view=soon"),
    ("opportunities", "list", "opportunities: stalled", "/opportunities?view=stalled"),
    ("opportunities", "list", "opportunities: of a stage, by expected day", "/opportunities?stage.in=proposal&sort=expected_on"),
    ("opportunities", "detail", "opportunity", "/opportunities/{opportunity}"),
    ("funnel", "funnel", "funnel of a year", "/opportunities/funnel?from={from}&to={to}"),
    ("funnel", "funnel", "funnel of a year: stays, people, departments, sources", "/opportunities/funnel/more?from={from}&to={to}"),
    ("funnel", "funnel", "funnel of a year, of a source", "/opportunities/funnel?from={from}&to={to}&source=internet"),
    ("funnel", "funnel", "funnel of a year, of a department", "/opportunities/funnel?from={from}&to={to}&department={department}"),
    ("search", "search", "search: two Han characters, common", "/palette?q=科技"),
    ("search", "search", "search: initials", "/palette?q=szhx"),
    ("search", "search", "search: last four digits", "/palette?q=5678"),
    ("search", "search", "search: a rare word", "/palette?q=嵩雾"),
)  # fmt: skip


def main() -> int:
    """Measure, print, keep; 1 when a goal is missed."""
    options = argparse.ArgumentParser(prog="python -m bench.prospects", description=__doc__)
    options.add_argument("--times", type=int, default=20)
    options.add_argument("--cases", default="", help="groups of cases, separated by commas")
    options.add_argument("--roles", default="", help="separated by semicolons")
    options.add_argument("--recount", action="store_true", help="only compare the sums of the board with a recount")
    asked = options.parse_args()
    with prospects_data() as data:
        if asked.recount:
            return _recounted(data)
        found = _measured(data, asked)
    if not asked.cases and not asked.roles:
        RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return _show(found["roles"])


def _measured(data: Path, asked: argparse.Namespace) -> dict[str, Any]:
    from django.db import transaction

    from bench.measuring import loop, measure

    groups = asked.cases.split(",") if asked.cases else sorted({group for group, *_rest in CASES})
    kept: dict[str, Any] = {"at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "load": os.getloadavg()[0]}
    roles: dict[str, dict[str, Any]] = {}
    for label, member_id in Cast.read(data / "cast.json").roles.items():
        if asked.roles and label not in asked.roles.split(";"):
            continue
        found = roles[label] = {"loop": min(loop() for _n in range(5))}
        get = _asking(data, member_id)
        for group, _goal, words, address in CASES:
            if group not in groups:
                continue
            with transaction.atomic():
                figures = measure(partial(get, address), times=asked.times)
                transaction.set_rollback(True)
            found[words] = asdict(figures) | {"cpu": figures.cpu}
    return kept | {"load_after": os.getloadavg()[0], "roles": roles}


def _asking(data: Path, member_id: int) -> Callable[[str, int], Any]:
    """What asks for an address as a member; {lead} and {opportunity} are another one of his each time."""
    from bench.pages import client_of

    client, places = client_of(member_id), _places(data, member_id)

    def get(address: str, number: int) -> Any:
        filled = {name: each[number % len(each)] for name, each in places.items()}
        url = quote(address.format(**filled), safe="/?&=,.-_%")
        answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url}: {answer.status_code}")
        return answer

    return get


def _places(data: Path, member_id: int) -> dict[str, list[str]]:
    from dataclasses import replace
    from datetime import timedelta

    from genjin.kernel.actor import Surface
    from genjin.kernel.lists import page, read_query
    from genjin.leads.record import LEAD
    from genjin.opportunities.record import OPPORTUNITY
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None

    def some(record_type: Any, asked: dict[str, list[str]]) -> list[str]:
        query = replace(read_query(actor, record_type, asked), size=100)
        return [str(row.id) for row in page(actor, query, ()).rows]

    around, today = json.loads((data / "prospects.json").read_text()), actor.now().date()
    return {
        "lead": some(LEAD, {"state.in": ["following"]}),
        "opportunity": some(OPPORTUNITY, {"outcome.in": ["open"]}),
        "pool": [f"/leads/pools/{around['pools'][0]}"],
        "deep": [f"/leads?view=all&after={_deep(actor)}"],
        "from": [(today - timedelta(days=365)).isoformat()],
        "to": [today.isoformat()],
        "department": [str(actor.department_id or 0)],
    }


def _deep(actor: Any) -> str:
    """The cursor of a page far down the list."""
    from dataclasses import replace

    from bench.catalogue import DEPTH
    from genjin.kernel.lists import page, read_query
    from genjin.leads.record import LEAD

    after = ""
    for _n in range(DEPTH // 200):
        asked = {"state.not": ["converted"], **({"after": [after]} if after else {})}
        following = page(actor, replace(read_query(actor, LEAD, asked), size=200), ()).next
        if following is None:
            break
        after = following
    return after


def _recounted(data: Path) -> int:
    """Whether the sums that the board shows are what a recount gives, before and after random histories."""
    from django.db import connection, transaction

    from genjin.kernel.actor import Surface
    from genjin.opportunities.totals.jobs import mend
    from genjin.org.queries import actor_for

    cast, wrong = Cast.read(data / "cast.json"), 0
    with transaction.atomic(), connection.cursor() as cursor:
        for round_number in range(4):
            cursor.execute(HISTORY[round_number])
            for label, member_id in cast.roles.items():
                actor = actor_for(member_id, Surface.WEB)
                wrong += _differs(actor, label)
        wrong += (groups := mend())
        print(f"groups that a recount would mend: {groups}")
        transaction.set_rollback(True)
    return int(wrong > 0)


def _differs(actor: Any, label: str) -> int:
    from django.db.models import Count, Sum

    from genjin.kernel.doors import visible_one_by_one
    from genjin.opportunities.defaults import default_pipe
    from genjin.opportunities.models import OPEN, Opportunity
    from genjin.opportunities.record import OPPORTUNITY
    from genjin.opportunities.totals.queries import Narrowed, sums_by_stage

    stages = [step.key for step in default_pipe().progress]
    kept = {
        stage: (s.count, s.amount, s.weighted)
        for stage, s in sums_by_stage(actor, stages, Narrowed()).items()
        if s.count
    }
    rows = Opportunity.objects.filter(OPEN, visible_one_by_one(actor, OPPORTUNITY), stage__in=stages).order_by()
    summed = rows.values_list("stage").annotate(Count("pk"), Sum("amount"), Sum("weighted"))
    counted = {stage: (number, amount or 0, weighted) for stage, number, amount, weighted in summed}
    print(
        f"  {label}: {sum(one[0] for one in counted.values()):,} open ones, {'as counted anew' if kept == counted else 'DIFFERENT'}"
    )
    return int(kept != counted)


_SOME = "WHERE id IN (SELECT id FROM opportunities_opportunity WHERE {} ORDER BY hashint8(id + {}) LIMIT 2000)"
HISTORY = (
    "SELECT 1",
    "UPDATE opportunities_opportunity SET stage = 'negotiation', amount = coalesce(amount, 0) + 1000, weighted = weighted + 7 "
    + _SOME.format("outcome = 'open'", 1),
    "UPDATE opportunities_opportunity SET outcome = 'lost', closed_on = current_date, expected_on = NULL " + _SOME.format("outcome = 'open'", 2),
    "UPDATE opportunities_opportunity SET life = 2 - life, expected_on = expected_on + 40,"
    " owner_id = (SELECT min(owner_id) FROM opportunities_opportunity) " + _SOME.format("life IN (0, 2)", 3),
)  # fmt: skip


def section() -> str:
    """What was measured, for the report."""
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    if not kept:
        return ""
    roles = kept["roles"]
    loops = ", ".join(f"{found['loop']:.1f}" for found in roles.values())
    lines = [
        "## Leads and opportunities",
        "",
        f"`python -m bench.prospects` ({kept['at']} UTC, load average {kept['load']:.1f} → {kept['load_after']:.1f}, fixed loop {loops} ms):",
        "1,000,000 leads, of which 200,000 in one pool, and 500,000 opportunities of 100,000 customers, a fifth of them open, over",
        "two years. Whole requests: CPU of Python + PostgreSQL in ms (*calm*), queries; p95 of the time.",
        "",
        "| | " + " | ".join(roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for _group, _goal, words, _address in CASES:
        cells = (_cell(by_case[words]) if words in by_case else "" for by_case in roles.values())
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(one: dict[str, Any]) -> str:
    return f"{one['application']:.1f} + {one['database']:.1f} ({one['calm']:.1f}), {one['queries']:.0f} q; {one['p95']:.0f}"


def _show(roles: dict[str, dict[str, Any]]) -> int:
    """The figures as a table; 1 when a goal is missed."""
    missed = False
    goals = {words: GOALS[goal] for _group, goal, words, _address in CASES}
    for role, cases in roles.items():
        loop = cases["loop"]
        print(f"{role}: fixed loop {loop:.1f} ms; CPU of Python + PostgreSQL, in loops, calm; median, p95; queries")
        for words, one in cases.items():
            if words == "loop":
                continue
            cpu, p95 = goals[words]
            over = bool(
                (cpu and one["calm"] > cpu) or (p95 and one["p95"] > p95) or (cpu and one["queries"] > MOST_QUERIES)
            )
            missed |= over
            spent = f"{one['application']:6.1f} + {one['database']:6.1f} ms {one['cpu'] / loop:5.1f} loops, calm {one['calm']:6.1f}"
            print(
                f"  {words:54} {spent}  {one['median']:7.1f} {one['p95']:7.1f}  {one['queries']:.0f} q{'  OVER' if over else ''}"
            )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
