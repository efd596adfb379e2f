"""The working day over millions of follow-ups: saving one, a long timeline, the workbench.

    python -m bench.workday                              3,000,000 follow-ups of 1,000,000 customers
    python -m bench.workday --customers 100000           300,000 of 100,000

Measured by `bin/bench` too. Alone it prints what it found and writes nothing; it exits with 1 when a goal is missed.
"""

# ruff: noqa: E501 - SQL reads better unbroken
from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.cast import Cast
from bench.data import bench_data
from bench.followups import literal

GOALS = {"save, whole request": 25.0, "timeline": 12.0, "today": 15.0}
MOST_QUERIES = {"today": 12}
ENTRIES = 2_000
LONG_ONE = "long-one"  # the file that tells the customer with so many
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
    "starts_at": "date_trunc('hour', now()) + (CASE WHEN n % 8 = 0 THEN n / 8 % 45 - 3 ELSE -5 - n % 300 END) * interval '1 day'",
    "due_at": "CASE WHEN n % 8 = 0 THEN date_trunc('hour', now()) + (n / 8 % 45 - 3) * interval '1 day' END",
    "state": "CASE WHEN n % 8 = 0 THEN 'prepared' ELSE 'completed' END",
    "closed_at": "CASE WHEN n % 8 = 0 THEN NULL ELSE now() - (5 + n % 300) * interval '1 day' END",
    "search": "'回 访 d.1234'::tsvector",
}


def main() -> None:
    """Measure alone, and show it."""
    options = argparse.ArgumentParser(prog="bench.workday", description=__doc__)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=40)
    asked = options.parse_args()
    with bench_data(asked.customers) as data:
        found = measured(data, asked.times)
    raise SystemExit(show(found))


def clocks() -> str:
    """A first contact of each customer that is worked on, one in a hundred not made yet."""
    return (
        "INSERT INTO followups_firstcontact (customer_id, owner_id, gained_at, due_at, contacted_at, ended_at, ended_by)"
        " SELECT id, owner_id, t, t + interval '1 day', e, e, CASE WHEN e IS NULL THEN '' ELSE 'contacted' END FROM"
        " (SELECT id, owner_id, now() - (id % 40) * interval '1 hour' AS t, CASE WHEN id % 100 = 0 THEN NULL ELSE now() END AS e"
        "  FROM customers_customer WHERE owner_id IS NOT NULL AND life = 0 AND NOT paused) c"
    )


def plans(customers: int) -> str:
    """Two plans per customer, as a statement; one of eight is open, from three days overdue to six weeks ahead."""
    from bench.building import _execute, _fetch
    from genjin.plans.models import Plan

    total = 2 * customers
    first = int(_fetch("SELECT nextval('kernel_row_id')")[0])
    _execute(f"SELECT setval('kernel_row_id', {first + total + 1})")
    _execute(f"SELECT setval('kernel_code_plan', {total + 1})")
    own = {name: text.format(first=first) for name, text in PLANS.items()}
    fields = list(Plan._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(own.get(field.attname) or literal(field) for field in fields)
    theirs = "SELECT id, owner_id, department_id, row_number() OVER (ORDER BY id) - 1 AS place FROM customers_customer WHERE life = 0 AND owner_id IS NOT NULL"
    return (
        f"WITH c AS MATERIALIZED ({theirs}), k AS (SELECT count(*) AS count FROM c) INSERT INTO plans_plan ({names})"
        f" SELECT {values} FROM generate_series(0, {total - 1}) n CROSS JOIN k JOIN c ON c.place = n::bigint * 31 % k.count"
    )


def long_timeline(cast: Cast, data: Path) -> None:
    """A customer of the salesperson is given 2,000 follow-ups and as many events; his id is kept beside the data."""
    from bench.building import _execute, _fetch

    owner = cast.salesperson
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
    (data / LONG_ONE).write_text(str(customer))


def measured(data: Path, times: int) -> dict[str, dict[str, Any]]:
    """{role: {case: figures}}. Nothing that is saved stays."""
    from django.db import transaction

    from bench.bare import bare
    from bench.measuring import loop, measure

    long_one = int((data / LONG_ONE).read_text())
    found: dict[str, dict[str, Any]] = {}
    for role, member_id in Cast.read(data / "cast.json").roles.items():
        found[role] = {"loop": loop()}
        for name, run in _cases(role, member_id, long_one).items():
            with transaction.atomic():
                found[role][name] = asdict(measure(run, times=times))
                found[role][name]["bare"] = asdict(measure(bare(run), times=times))
                transaction.set_rollback(True)
    return found


def _cases(role: str, member_id: int, long_one: int) -> dict[str, Callable[[int], Any]]:
    from bench.pages import client_of
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    client = client_of(member_id)
    assert client.get("/today").status_code == 200
    cases: dict[str, Callable[[int], Any]] = {"today": lambda _n: client.get("/today")}
    if role in ("salesperson", "administrator"):
        cases["customer page"] = lambda _n: client.get(f"/customers/{long_one}")
        cases["timeline"] = lambda _n: _timeline(actor, long_one)
    if role == "salesperson":
        ids = _some_customers(actor)
        cases["save"] = lambda n: _save(actor, ids[n % len(ids)], n)
        cases["save, whole request"] = lambda n: _post(client, actor, ids[n % len(ids)], n)
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

    return create_followup.run(actor, None, _sent(actor, customer_id, number))


def _post(client: Any, actor: Any, customer_id: int, number: int) -> Any:
    sent = {**_sent(actor, customer_id, number), "in_dialog": "1", "idempotency_key": uuid4().hex}
    answer = client.post("/followups/new", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 204, answer.content
    return answer


def _sent(actor: Any, customer_id: int, number: int) -> dict[str, str]:
    return {
        "customer": str(customer_id),
        "content": f"第{number}次电话：确认节拍与交期，对方下周给图纸",
        "method": "phone",
        "call_result": "connected",
        "intention": "wavering",
        "progress": "45",
        "next_contact_at": (actor.now() + timedelta(days=2)).isoformat(),
        "next_step": "补发样件测试报告",
    }


def show(roles: dict[str, dict[str, Any]]) -> int:
    """The figures as a table; 1 when a goal is missed."""
    missed = False
    for role, cases in roles.items():
        print(f"{role}: a fixed loop of Python {cases.pop('loop'):.1f} ms")
        for name, figures in cases.items():
            goal, cpu = GOALS.get(name), figures["application"] + figures["database"]
            wrong = bool(goal and cpu > goal) or figures["queries"] > MOST_QUERIES.get(name, 99)
            missed |= wrong
            spent = f"CPU {figures['application']:6.1f} + {figures['database']:5.1f} {f'(goal {goal:.0f})' if goal else '':10}"
            times = f"calm {figures['calm']:6.1f} median {figures['median']:7.1f} p95 {figures['p95']:7.1f} ms"
            print(f"  {name:20} {times}  {spent} {figures['queries']:.0f} queries{'  MISSED' if wrong else ''}")
    return int(missed)


if __name__ == "__main__":
    main()
