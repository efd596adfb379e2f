"""Measures the pages of pools at a million customers of which 200,000 lie in one pool: its list in the order of
claiming, filtered, by words, a thousand pages deep, its capped count; what falls (all customers by countdown), the dry
run of a night, whom a change of rules would touch, and the ledger of one record. Whole requests, as `bench.pages`.

    python -m bench.pooled [--times 30] [--pooled 200000]

Works on the copy of the million (`bench.data.copied_data`) after `bench.recycling` gave it pools and rules.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.cast import Cast
from bench.data import copied_data

RESULT = Path(__file__).parent / "results" / "pooled.json"
NAME, IN_POOL = "压测大公海", 200_000
CPU, QUERIES = 9.0, 12
LISTS = {
    "newest first": {},
    "may be claimed now, by countdown": {"claimable_at.past": "0", "sort": "claimable_at"},
    "soon to be claimed, by countdown": {"claimable_at.next": "7", "sort": "claimable_at"},
    "last to be claimed first": {"sort": "-claimable_at"},
    "option and province, by countdown": {"level.in": "A", "region.in": "江苏", "sort": "claimable_at"},
    "two Han characters (common)": {"q": "科技"},
    "two Han characters (rare)": {"q": "嵩雾"},
    "mine before": {"previous_owner.in": "me"},
}
FALLING = {
    "all customers by countdown": {"view": "all", "sort": "falls_at"},
    "what falls within a week, by countdown": {"view": "all", "falls_at.next": "7", "sort": "falls_at"},
    "option, by countdown": {"view": "all", "level.in": "A", "sort": "falls_at"},
}


def main() -> int:
    """Make the pool when it is not there, then measure; 1 when a goal is missed."""
    options = argparse.ArgumentParser(prog="python -m bench.pooled", description=__doc__)
    options.add_argument("--times", type=int, default=30)
    options.add_argument("--pooled", type=int, default=IN_POOL, help="so many customers in the pool, when it is made")
    asked = options.parse_args()
    with copied_data() as data:
        cast = Cast.read(data / "cast.json")
        _big_pool(cast, asked.pooled)
        found = {label: _measured(cast, member, asked.times) for label, member in cast.roles.items()}
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return show(found)


def show(found: dict[str, dict[str, Any]]) -> int:
    """The figures as a table; 1 when a goal is missed."""
    missed = False
    for role, cases in found.items():
        print(f"{role}: fixed loop {cases.pop('loop'):.1f} ms")
        for name, one in cases.items():
            cpu = one["application"] + one["database"]
            over = one["goal"] and (cpu > CPU or one["queries"] > QUERIES)
            missed |= bool(over)
            told = f"CPU {one['application']:6.1f} + {one['database']:6.1f} calm {one['calm']:6.1f}"
            times = f"median {one['median']:7.1f} p95 {one['p95']:7.1f}"
            print(f"  {name:42} {told}  {times}  {one['queries']:.0f} q{'  OVER' if over else ''}")
    return int(missed)


def _measured(cast: Cast, member_id: int, times: int) -> dict[str, Any]:
    from bench.measuring import loop, measure

    found: dict[str, Any] = {"loop": loop()}
    for name, (run, goal) in _cases(cast, member_id).items():
        found[name] = asdict(measure(run, times=times)) | {"goal": goal}
    return found


def _cases(cast: Cast, member_id: int) -> dict[str, tuple[Callable[[int], Any], bool]]:
    from bench.pages import HTMX, client_of
    from genjin.customers.models import Customer

    pool = _big_pool(cast)
    client, base = client_of(member_id), f"/customers/pools/{pool.pk}"

    def get(url: str, headers: dict[str, str] | None = None) -> Callable[[int], Any]:
        def run(_number: int) -> Any:
            answer = client.get(url, headers=headers or {})
            assert answer.status_code == 200, (url, answer.status_code)
            return answer

        return run

    cases = {f"pool: {name}": (get(f"{base}?{urlencode(asked)}"), True) for name, asked in LISTS.items()}
    cases["pool: 1,000 pages deep, by countdown"] = get(f"{base}?{urlencode(_deep(member_id, pool.pk))}"), True
    cases["pool: count"] = get(f"{base}/count?{urlencode({'claimable_at.past': '0'})}", HTMX), False
    cases |= {name: (get(f"/customers?{urlencode(asked)}"), True) for name, asked in FALLING.items()}
    if member_id in (cast.head, cast.administrator):
        row = Customer.objects.filter(pool=pool).order_by("id").first()
        assert row is not None
        falling = _recycling_pool(cast)
        cases["record in the pool"] = get(f"{base}/{row.pk}"), False
        cases["dry run of a night"] = get(f"/settings/pools/{falling}/tonight"), False
        cases["dry run of three months"] = get(f"/settings/pools/{falling}/tonight?day={_later()}"), False
    if member_id == cast.administrator:
        fallen = Customer.objects.exclude(pool=pool).filter(pool__isnull=False).order_by("id").first()
        assert fallen is not None
        cases["ledger of a record, and a day of it"] = get(f"/customers/{fallen.pk}/owners?on=2026-01-01"), False
        falling = _recycling_pool(cast)
        cases["whom a change of rules touches"] = _touching(client, f"?pool={falling}"), False
        cases["the same, of all records"] = _touching(client, f"?pool={falling}&whole=1"), False
    return cases


def _touching(client: Any, asked: str) -> Callable[[int], Any]:
    """The preview of a pool that becomes everybody's, with stricter rules: it concerns all that is owned."""
    sent = {
        "name": "公海0", "priority": "1", "kind": "open", "joined_by": "any",
        "remind_days": "3,1", "recycles": "on", "everybody": "on", "r1.reason": "no_followup", "r1.days": "200",
        "r2.reason": "no_followup", "r2.days": "120", "r2.field": "level", "r2.options": "A",
    }  # fmt: skip

    def run(_number: int) -> Any:
        answer = client.post(f"/settings/pools/touched{asked}", sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.status_code
        return answer

    return run


def _later() -> str:
    from datetime import UTC, datetime, timedelta

    return f"{datetime.now(UTC).date() + timedelta(days=90)}"


def _deep(member_id: int, pool_id: int) -> dict[str, str]:
    """The address of a page far down, by its key."""
    from bench.catalogue import DEPTH
    from genjin.customers.record import CUSTOMER
    from genjin.kernel.actor import Surface
    from genjin.kernel.lists import page, read_query
    from genjin.org.queries import actor_for
    from genjin.ownership.standing import at_pool

    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    standing, _pool = at_pool(actor, pool_id)
    asked = {"sort": ["claimable_at"]}
    query = replace(read_query(standing, CUSTOMER, asked), size=200)
    after = ""
    for _n in range(DEPTH // 200):
        after = page(standing, query, ()).next or after
        query = replace(read_query(standing, CUSTOMER, {**asked, "after": [after]}), size=200)
    return {"sort": "claimable_at", "after": after}


def _recycling_pool(cast: Cast) -> int:
    """A pool with rules into which something falls; the head administers it."""
    from genjin.kernel.stamps import bump_stamp
    from genjin.ownership.models import Pool

    pool = Pool.objects.get(name="公海0")
    if not pool.admins:
        pool.admins = {"people": [cast.head]}
        pool.save(update_fields=["admins"])
        bump_stamp()
    return pool.pk


def _big_pool(cast: Cast, size: int = IN_POOL) -> Any:
    """The pool with so many customers; everybody is a member, the head administers it."""
    from django.db import connection

    from genjin.kernel.codes_store import new_ids
    from genjin.kernel.stamps import bump_stamp
    from genjin.ownership.models import Pool

    pool = Pool.objects.filter(name=NAME).first()
    if pool is not None:
        return pool
    pool = Pool(id=new_ids(1)[0], record_type="customer", name=NAME, members={"everybody": True}, priority=999)
    pool.admins = {"people": [cast.head]}
    pool.claims = {"daily_limit": 10, "cooldown_hours": 168, "new_data_hours": 24, "views_daily": 0}
    pool.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET pool_id = %s, previous_owner_id = owner_id, owner_id = NULL,"
            " department_id = NULL, owner_since = NULL, falls_at = NULL, pool_reason = '30 天未跟进',"
            " pooled_at = now() - (id %% 86400) * interval '1 minute',"
            " claimable_at = now() - (id %% 86400) * interval '1 minute' + (id %% 11) * interval '1 day'"
            " WHERE id IN (SELECT id FROM customers_customer WHERE owner_id IS NOT NULL AND life = 0 AND id %% 4 = 1"
            " LIMIT %s)",
            [pool.pk, size],
        )
        cursor.execute("ANALYZE customers_customer")
    bump_stamp()
    return pool


if __name__ == "__main__":
    sys.exit(main())
