"""Follow-ups by the million: building them, and the statistics of a year over them.

    python -m bench.followups                                          3,000,000 follow-ups of 200,000 customers
    python -m bench.followups --followups 100000 --customers 20000     small

The folder is kept under var/bench/followups and used again. Results: bench/results/followups.json.
"""

# ruff: noqa: E501 - SQL reads better unbroken
from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from bench.data import ROOT, bench_data

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
ODD = (date(2025, 1, 9), date(2025, 12, 17))
TABLE = "followups_followup"
# What differs from row to row; n counts them. Two years, in hours of work; every twentieth is written by somebody else
# than the owner, three in a hundred are deals, one in ten is imported history.
VALUES = {
    "id": "{first} + n",
    "version": "1",
    "code": "'GJ-' || lpad(n::text, 8, '0')",
    "owner_id": "c.owner_id",
    "department_id": "c.department_id",
    "customer_id": "c.id",
    "created_by_id": "c.owner_id",
    "author_id": "CASE WHEN n % 20 = 0 THEN (ARRAY[{members}])[1 + (n / 20) % {people}] ELSE c.owner_id END",
    "occurred_at": "timestamptz '2024-07-01 01:00+00' + (n::bigint * 7919 % 730) * interval '1 day' + (n % 540) * interval '1 minute'",
    "method": "(ARRAY['phone','phone','phone','wechat','wechat','visit','email','meeting',''])[1 + n % 9]",
    "content": "'第' || n || '次沟通，谈了交期与价格，对方下周给答复'",
    "summary": "'第' || n || '次沟通，谈了交期与价格，对方下周给答复'",
    "progress": "n % 21 * 5",
    "outcome": "CASE WHEN n % 33 = 0 THEN 'deal' ELSE '' END",
    "result_date": "CASE WHEN n % 33 = 0 THEN date '2024-07-01' + (n::bigint * 7919 % 730)::int END",
    "deal_date": "CASE WHEN n % 33 = 0 THEN date '2024-07-01' + (n::bigint * 7919 % 730)::int END",
    "imported": "n % 10 = 3",
    "effective": "n % 7 <> 0",
    "late_hours": "CASE WHEN n % 10 = 3 THEN NULL WHEN n % 8 = 0 THEN n % 90 + 1 ELSE 0 END",
    "search": "'沟 通 d.1234'::tsvector",
}


def main() -> None:
    """Build what is not there, measure, write the results."""
    options = argparse.ArgumentParser(prog="bench.followups", description=__doc__)
    options.add_argument("--followups", type=int, default=3_000_000)
    options.add_argument("--customers", type=int, default=200_000)
    options.add_argument("--times", type=int, default=40)
    asked = options.parse_args()
    os.environ.setdefault("GENJIN_BENCH", str(ROOT / "var" / "bench" / "followups"))
    with bench_data(asked.customers) as data:
        building = fill(data, asked.followups)
        found = {"followups": asked.followups, "building": building, "roles": measured(data, asked.times)}
    target = Path(__file__).parent / "results" / "followups.json"
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    show(found)


def fill(data: Path, total: int) -> dict[str, float]:
    """Make the follow-ups that are missing, and their totals by the recount; seconds of each step."""
    from bench.building import _drop_indexes, _execute, _fetch
    from bench.cast import Cast
    from genjin.followups.statistics.jobs import fold, mend

    took: dict[str, float] = {}
    if int(_fetch(f"SELECT count(*) FROM {TABLE}")[0]) >= total:
        return took
    cast = Cast.read(data / "cast.json")
    _execute(f"TRUNCATE {TABLE}, followups_daytotal, followups_monthtotal, followups_totaldelta CASCADE")
    _execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    kept = _drop_indexes([TABLE])
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("copy", lambda: _execute(_insert(cast.owners, total))),
        ("indexes", lambda: [_execute(statement) for statement in kept]),
        ("analyze", lambda: _execute(f"VACUUM ANALYZE {TABLE}")),
        ("recount", mend),
        ("fold", lambda: all(iter(fold, 0))),
        (
            "analyze_totals",
            lambda: [_execute(f"VACUUM ANALYZE followups_{name}") for name in ("daytotal", "monthtotal", "totaldelta")],
        ),
    ]
    for name, step in steps:
        started = time.monotonic()
        step()
        took[name] = round(time.monotonic() - started, 1)
        print(f"  {name}: {took[name]} s", flush=True)
    _execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
    return took


def _insert(owners: list[tuple[int, int]], total: int) -> str:
    from bench.building import _execute, _fetch
    from genjin.followups.models import FollowUp

    first = int(_fetch("SELECT nextval('kernel_row_id')")[0])
    _execute(f"SELECT setval('kernel_row_id', {first + total + 1})")
    _execute(f"SELECT setval('kernel_code_followup', {total + 1})")
    members = ",".join(str(member) for member, _department in owners)
    own = {name: text.format(first=first, members=members, people=len(owners)) for name, text in VALUES.items()}
    fields = list(FollowUp._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(own.get(field.attname) or _literal(field) for field in fields)
    customers = "SELECT id, owner_id, department_id, row_number() OVER (ORDER BY id) - 1 AS place FROM customers_customer WHERE life = 0"
    count = "(SELECT count(*) FROM customers_customer WHERE life = 0)"
    return (
        f"WITH c AS MATERIALIZED ({customers}) INSERT INTO {TABLE} ({names}) SELECT {values}"
        f" FROM generate_series(0, {total - 1}) n JOIN c ON c.place = n::bigint * 31 % {count}"
    )


def _literal(field: Any) -> str:
    """A column's default as SQL."""
    if field.attname in {"created_at", "updated_at"}:
        return "now()"
    value = field.get_default()
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    return "'{}'" if value in ({}, []) else f"'{value}'"


def measured(data: Path, times: int) -> dict[str, dict[str, Any]]:
    """{role: {case: figures}}."""
    from bench.cast import Cast
    from bench.measuring import loop, measure

    found: dict[str, dict[str, Any]] = {}
    for role, member_id in Cast.read(data / "cast.json").roles.items():
        found[role] = {"loop": loop()}
        for name, run in _cases(member_id).items():
            found[role][name] = asdict(measure(run, times=times))
    return found


def _cases(member_id: int) -> dict[str, Callable[[int], Any]]:
    from genjin.followups.statistics.asked import Asked
    from genjin.followups.statistics.queries.households import closed, held
    from genjin.followups.statistics.queries.totals import sums
    from genjin.followups.statistics.report import report
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    year, odd = Asked(*YEAR), Asked(*ODD)
    client = _client(member_id)
    address = f"/statistics/followups?{year.query()}"
    assert client.get(address).status_code == 200
    return {
        "year, totals": lambda _n: sums(actor, year),
        "year, closed households": lambda _n: closed(actor, year),
        "year, first paint": lambda _n: report(actor, year, complete=False),
        "odd days, first paint": lambda _n: report(actor, odd, complete=False),
        "year, customers": lambda _n: held(actor, year),
        "year, page": lambda _n: client.get(address),
    }


def _client(member_id: int) -> Any:
    from django.conf import settings
    from django.test import Client

    from bench.pages import session_of

    client = Client(headers={"host": "127.0.0.1", "accept-encoding": "gzip"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member_id)
    return client


def show(found: dict[str, Any]) -> None:
    """The figures as a table."""
    for role, cases in found["roles"].items():
        for name, figures in cases.items():
            if name != "loop":
                print(
                    f"{role:22} {name:26} p95 {figures['p95']:8.1f} ms  CPU {figures['application']:7.1f} + {figures['database']:7.1f}  {figures['queries']:.0f} queries"
                )


if __name__ == "__main__":
    main()
