"""Follow-ups by the million: building them, and the statistics of a year over them.

    python -m bench.followups                              3,000,000 follow-ups of 1,000,000 customers
    python -m bench.followups --customers 100000           300,000 of 100,000

Measured by `bin/bench` too. Alone it prints what it found and writes nothing.
"""

# ruff: noqa: E501 - SQL reads better unbroken
from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from bench.cast import Cast
from bench.data import bench_data

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
ODD = (date(2025, 1, 9), date(2025, 12, 17))
TABLE = "followups_followup"
FOLLOWUPS_EACH = 3
# What differs from row to row; n counts them. Two years, in hours of work; every twentieth is written by somebody else
# than the owner, three in a hundred are deals, one in ten is imported history.
VALUES = {
    "id": "{first} + n",
    "version": "1",
    "code": "'GJ-' || lpad(n::text, 8, '0')",
    "owner_id": "c.owner_id",
    "department_id": "c.department_id",
    "customer_id": "c.id",
    "contact_id": "CASE WHEN n % 2 = 0 THEN c.id + {customers} END",
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
    """Measure alone, and show it."""
    options = argparse.ArgumentParser(prog="bench.followups", description=__doc__)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=20)
    asked = options.parse_args()
    with bench_data(asked.customers) as data:
        show(measured(data, asked.times))


def insert_followups(cast: Cast, total: int) -> None:
    """Make so many follow-ups and their entries in the ledger, without indexes and triggers."""
    from bench.building import _execute

    _execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    _execute(_insert(cast.owners, total))
    for statement in _events(total):
        _execute(statement)
    _execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def make_totals() -> None:
    """The totals of all follow-ups, as the recount of a night makes them."""
    from bench.building import _execute
    from genjin.followups.statistics.jobs import fold, mend

    mend()
    while fold():
        pass
    for name in ("daytotal", "monthtotal", "totaldelta"):
        _execute(f"VACUUM ANALYZE followups_{name}")


def _insert(owners: list[tuple[int, int]], total: int) -> str:
    from bench.building import _execute, _fetch
    from genjin.followups.models import FollowUp

    first = int(_fetch("SELECT nextval('kernel_row_id')")[0])
    _execute(f"SELECT setval('kernel_row_id', {first + total + 1})")
    _execute(f"SELECT setval('kernel_code_followup', {total + 1})")
    members = ",".join(str(member) for member, _department in owners)
    given = {"first": first, "members": members, "people": len(owners), "customers": total // FOLLOWUPS_EACH}
    own = {name: text.format(**given) for name, text in VALUES.items()}
    fields = list(FollowUp._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(own.get(field.attname) or literal(field) for field in fields)
    customers = "SELECT id, owner_id, department_id, row_number() OVER (ORDER BY id) - 1 AS place FROM customers_customer WHERE life = 0"
    count = "(SELECT count(*) FROM customers_customer WHERE life = 0)"
    return (
        f"WITH c AS MATERIALIZED ({customers}) INSERT INTO {TABLE} ({names}) SELECT {values}"
        f" FROM generate_series(0, {total - 1}) n JOIN c ON c.place = n::bigint * 31 % {count}"
    )


def _events(total: int) -> Iterator[str]:
    """Each follow-up left a trace on its customer; five hundred were written in one go."""
    events = total // 500 + 1
    yield (
        "INSERT INTO kernel_event (at, member_id, surface, action, note, request_id) SELECT now() - n * interval '1 minute',"
        f" NULL, 'import', 'followups.create', '{{}}', '' FROM generate_series(1, {events}) n"
    )
    place = f"(SELECT max(id) FROM kernel_event) - (row_number() OVER (ORDER BY id) - 1) / 500 AS event_id FROM {TABLE}"
    made = f"SELECT customer_id, {place}"
    yield (
        "INSERT INTO kernel_eventlink (row_id, event_id, row_type, row_version, digest)"
        f" SELECT customer_id, event_id, 'customer', 2, '\\x00' FROM ({made}) f ON CONFLICT DO NOTHING"
    )
    yield (
        "INSERT INTO kernel_eventpayload (row_id, event_id, changes, salt) SELECT customer_id, event_id,"
        f' \'{{"next_step": ["", "回访"]}}\', \'\\x00\' FROM ({made}) f ON CONFLICT DO NOTHING'
    )


def literal(field: Any) -> str:
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
    from bench.bare import bare
    from bench.measuring import loop, measure

    found: dict[str, dict[str, Any]] = {}
    for role, member_id in Cast.read(data / "cast.json").roles.items():
        found[role] = {"loop": loop()}
        for name, run in _cases(member_id).items():
            found[role][name] = asdict(measure(run, times=times))
            found[role][name]["bare"] = asdict(measure(bare(run), times=times))
    return found


def _cases(member_id: int) -> dict[str, Callable[[int], Any]]:
    from bench.pages import HTMX, client_of
    from genjin.followups.statistics.asked import Asked
    from genjin.followups.statistics.queries.households import closed
    from genjin.followups.statistics.queries.totals import sums
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    year, odd = Asked(*YEAR), Asked(*ODD)
    client, page = client_of(member_id), "/statistics/followups"
    assert client.get(f"{page}?{year.query()}").status_code == 200
    return {
        "year, totals": lambda _n: sums(actor, year),
        "year, closed households": lambda _n: closed(actor, year),
        "year, page": lambda _n: client.get(f"{page}?{year.query()}"),
        "odd days, page": lambda _n: client.get(f"{page}?{odd.query()}"),
        "year, customers afterwards": lambda _n: client.get(f"{page}/tables?{year.query()}", headers=HTMX),
    }


def show(roles: dict[str, dict[str, Any]]) -> None:
    """The figures as a table."""
    for role, cases in roles.items():
        print(f"{role}: a fixed loop of Python {cases.pop('loop'):.1f} ms")
        for name, figures in cases.items():
            cpu = f"CPU {figures['application']:7.1f} + {figures['database']:7.1f}"
            times = f"calm {figures['calm']:6.1f} median {figures['median']:7.1f} p95 {figures['p95']:7.1f} ms"
            print(f"  {name:26} {times}  {cpu}  {figures['queries']:.0f} queries")


if __name__ == "__main__":
    main()
