"""The working day over millions of follow-ups: saving one, a long timeline, the workbench.

    python -m bench.workday                                          3,000,000 follow-ups of 200,000 customers
    python -m bench.workday --followups 100000 --customers 20000     small

Uses the folder of `bench.followups` and adds plans, clocks, customers' days and one customer with 2,000 follow-ups.
Results: bench/results/workday.json.
"""

# ruff: noqa: E501 - SQL reads better unbroken
from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.data import ROOT, bench_data
from bench.followups import _client, _literal, fill

GOALS = {"save": 25.0, "timeline": 12.0, "today": 15.0}
MOST_QUERIES = {"today": 12}
ENTRIES = 2_000
PLANS = {
    "id": "{first} + n",
    "version": "1",
    "code": "'JH-' || lpad(n::text, 8, '0')",
    "owner_id": "c.owner_id",
    "department_id": "c.department_id",
    "customer_id": "c.id",
    "assignee_id": "c.owner_id",
    "created_by_id": "c.owner_id",
    "content": "'第' || n || '次回访，确认样件与交期'",
    "starts_at": "date_trunc('hour', now()) + (CASE WHEN n % 4 = 0 THEN n % 45 - 5 ELSE -5 - n % 300 END) * interval '1 day'",
    "due_at": "CASE WHEN n % 4 = 0 THEN date_trunc('hour', now()) + (n % 45 - 5) * interval '1 day' END",
    "state": "CASE WHEN n % 4 = 0 THEN 'prepared' ELSE 'completed' END",
    "closed_at": "CASE WHEN n % 4 = 0 THEN NULL ELSE now() - (5 + n % 300) * interval '1 day' END",
    "search": "'回 访 d.1234'::tsvector",
}


def main() -> None:
    """Build what is not there, measure, write the results; exits with 1 when a goal is missed."""
    options = argparse.ArgumentParser(prog="bench.workday", description=__doc__)
    options.add_argument("--followups", type=int, default=3_000_000)
    options.add_argument("--customers", type=int, default=200_000)
    options.add_argument("--times", type=int, default=40)
    asked = options.parse_args()
    os.environ.setdefault("GENJIN_BENCH", str(ROOT / "var" / "bench" / "followups"))
    with bench_data(asked.customers) as data:
        fill(data, asked.followups)
        long_one = surround(data)
        found = {"followups": asked.followups, "roles": measured(data, asked.times, long_one)}
    target = Path(__file__).parent / "results" / "workday.json"
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    raise SystemExit(show(found))


def surround(data: Path) -> int:
    """Plans, clocks, days to follow up, and the customer with 2,000 follow-ups, whose id is returned. Done once."""
    from bench.building import _execute
    from bench.cast import Cast

    mark = data / "workday"
    if mark.exists():
        return int(mark.read_text())
    cast = Cast.read(data / "cast.json")
    _execute(_plans())
    _execute(
        "INSERT INTO followups_firstcontact (customer_id, owner_id, gained_at, due_at, contacted_at, ended_at, ended_by)"
        " SELECT id, owner_id, t, t + interval '1 day', e, e, CASE WHEN e IS NULL THEN '' ELSE 'contacted' END FROM"
        " (SELECT id, owner_id, now() - (id % 40) * interval '1 hour' AS t, CASE WHEN id % 100 = 0 THEN NULL ELSE now() END AS e"
        "  FROM customers_customer WHERE owner_id IS NOT NULL AND life = 0 AND NOT paused) c ON CONFLICT DO NOTHING"
    )
    _execute(
        "UPDATE customers_customer SET last_effective_at = now() - (id % 50) * interval '1 day',"
        " last_followed_at = now() - (id % 50) * interval '1 day', follow_by = current_date + (id % 50 - 4)::int"
    )
    customer = _long_one(cast.salesperson)
    for table in (
        "plans_plan",
        "followups_firstcontact",
        "customers_customer",
        "followups_followup",
        "kernel_eventlink",
    ):
        _execute(f"VACUUM ANALYZE {table}")
    mark.write_text(str(customer))
    return customer


def _plans() -> str:
    from bench.building import _execute, _fetch
    from genjin.plans.models import Plan

    total = 2 * int(_fetch("SELECT count(*) FROM customers_customer")[0])
    first = int(_fetch("SELECT nextval('kernel_row_id')")[0])
    _execute(f"SELECT setval('kernel_row_id', {first + total + 1})")
    _execute(f"SELECT setval('kernel_code_plan', {total + 1})")
    own = {name: text.format(first=first) for name, text in PLANS.items()}
    fields = list(Plan._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(own.get(field.attname) or _literal(field) for field in fields)
    customers = "SELECT id, owner_id, department_id, row_number() OVER (ORDER BY id) - 1 AS place FROM customers_customer WHERE life = 0 AND owner_id IS NOT NULL"
    return (
        f"WITH c AS MATERIALIZED ({customers}), k AS (SELECT count(*) AS count FROM c) INSERT INTO plans_plan ({names})"
        f" SELECT {values} FROM generate_series(0, {total - 1}) n CROSS JOIN k JOIN c ON c.place = n::bigint * 31 % k.count"
    )


def _long_one(owner: int) -> int:
    """A customer of this member is given 2,000 follow-ups and as many events."""
    from bench.building import _execute, _fetch

    customer, department = _fetch(
        f"SELECT id, department_id FROM customers_customer WHERE owner_id = {owner} AND life = 0 AND NOT paused ORDER BY id LIMIT 1"
    )
    own = f"customer_id = {customer}, contact_id = NULL, owner_id = {owner}, department_id = {department}, author_id = {owner}"
    _execute(
        f"UPDATE followups_followup SET {own} WHERE id IN (SELECT id FROM followups_followup ORDER BY id LIMIT {ENTRIES})"
    )
    _execute(
        "WITH made AS (INSERT INTO kernel_event (at, member_id, surface, action, note, request_id)"
        f" SELECT now() - n * interval '3 hours', {owner}, 'web', 'followups.create', '{{}}', '' FROM generate_series(1, {ENTRIES}) n RETURNING id),"
        " linked AS (INSERT INTO kernel_eventlink (row_id, event_id, row_type, row_version, digest)"
        f" SELECT {customer}, id, 'customer', 2, '\\x00' FROM made)"
        " INSERT INTO kernel_eventpayload (row_id, event_id, changes, salt)"
        f' SELECT {customer}, id, \'{{"next_step": ["", "回访"]}}\', \'\\x00\' FROM made'
    )
    return int(customer)


def measured(data: Path, times: int, long_one: int) -> dict[str, dict[str, Any]]:
    """{role: {case: figures}}. Nothing that is saved stays."""
    from django.db import transaction

    from bench.cast import Cast
    from bench.measuring import loop, measure

    found: dict[str, dict[str, Any]] = {}
    for role, member_id in Cast.read(data / "cast.json").roles.items():
        found[role] = {"loop": loop()}
        for name, run in _cases(role, member_id, long_one).items():
            with transaction.atomic():
                found[role][name] = asdict(measure(run, times=times))
                transaction.set_rollback(True)
    return found


def _cases(role: str, member_id: int, long_one: int) -> dict[str, Callable[[int], Any]]:
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    client = _client(member_id)
    assert client.get("/today").status_code == 200
    cases: dict[str, Callable[[int], Any]] = {"today": lambda _n: client.get("/today")}
    if role in ("salesperson", "administrator"):
        cases["customer page"] = lambda _n: client.get(f"/customers/{long_one}")
        cases["timeline"] = lambda _n: _timeline(actor, long_one)
    if role == "salesperson":
        ids = _some_customers(actor)
        cases["save"] = lambda n: _save(actor, ids[n % len(ids)], n)
    return cases


def _timeline(actor: Any, customer_id: int) -> Any:
    from genjin.customers.queries import customer_for
    from genjin.followups.queries import followups_of
    from genjin.kernel.doors import SEE
    from genjin.kernel.timeline import timeline

    customer = customer_for(actor, customer_id, to=SEE)
    return followups_of(actor, customer), timeline(actor, customer)


def _some_customers(actor: Any) -> list[int]:
    from genjin.customers.models import WORKED, Customer

    rows = Customer.objects.filter(WORKED, owner_id=actor.member_id).order_by("id")
    return list(rows.values_list("id", flat=True)[:100])


def _save(actor: Any, customer_id: int, number: int) -> Any:
    from genjin.followups.actions import create_followup

    raw = {
        "customer": str(customer_id),
        "content": f"第{number}次电话：确认节拍与交期，对方下周给图纸",
        "method": "phone",
        "call_result": "connected",
        "intention": "wavering",
        "progress": "45",
        "next_contact_at": (actor.now() + timedelta(days=2)).isoformat(),
        "next_step": "补发样件测试报告",
    }
    return create_followup.run(actor, None, raw)


def show(found: dict[str, Any]) -> int:
    """The figures as a table; 1 when a goal is missed."""
    missed = 0
    for role, cases in found["roles"].items():
        for name, figures in cases.items():
            if name == "loop":
                continue
            cpu = figures["application"] + figures["database"]
            goal = GOALS.get(name)
            wrong = bool(goal and cpu > goal) or figures["queries"] > MOST_QUERIES.get(name, 99)
            missed |= wrong
            print(
                f"{role:20} {name:14} median {figures['median']:7.1f} p95 {figures['p95']:7.1f} ms  CPU {figures['application']:6.1f} +"
                f" {figures['database']:5.1f} {f'(goal {goal:.0f})' if goal else '':10} {figures['queries']:.0f} queries{'  MISSED' if wrong else ''}"
            )
    return int(missed)


if __name__ == "__main__":
    main()
