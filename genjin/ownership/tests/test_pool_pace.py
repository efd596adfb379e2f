"""What keeps pools quick however large they are: lists walk one index, counts and previews are taken to a cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor, system
from genjin.kernel.lists import page, read_query
from genjin.kernel.lists.planning import attempts
from genjin.ownership.jobs.clocks import CLOCK, restate
from genjin.ownership.models import Pool, Recycling
from genjin.ownership.queries import falling, quota_of
from genjin.ownership.queries.falling import dry_run, falling_soon, touched_by
from genjin.ownership.standing import at_pool
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, make_rule, pooled
from genjin.testing.cast import Cast

DAY = timedelta(days=1)


def read_through(standing: Actor, asked: dict[str, list[str]], *, back: bool = False) -> list[int]:
    """The ids of a list, two at a time; `back`: as turned back from its end."""
    query = replace(read_query(standing, CUSTOMER, asked), size=2)
    shown = page(standing, query, ())
    found = [row.id for row in shown.rows]
    while shown.next:
        asked_next = {**asked, "after": [shown.next]}
        shown = page(standing, replace(read_query(standing, CUSTOMER, asked_next), size=2), ())
        found += [row.id for row in shown.rows]
    if not back:
        return found
    found = [row.id for row in shown.rows]
    while shown.previous:
        asked_before = {**asked, "before": [shown.previous]}
        shown = page(standing, replace(read_query(standing, CUSTOMER, asked_before), size=2), ())
        found = [row.id for row in shown.rows] + found
    return found


def plan_of(standing: Actor, asked: dict[str, list[str]]) -> str:
    """How the database would read the first rows of the first attempt, could it not sort."""
    query = read_query(standing, CUSTOMER, asked)
    (attempt,) = attempts(standing, query, 3)
    assert (len(attempt.parts), attempt.apart, attempt.first, attempt.window) == (1, (), False, 0)
    assert query.sort is not None
    path = query.sort.path
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    rows = attempt.parts[0].filter(**{f"{path}__isnull": False})
    way = "-" if query.descending else ""
    return str(rows.order_by(f"{way}{path}", f"{way}id")[:3].explain())


def test_list_of_a_pool_walks_the_index_of_its_order_B4_P10(cast: Cast) -> None:
    pool, other = make_pool("华东公海", cast.stranger.pk), make_pool("华南公海", cast.stranger.pk)
    rows = [pooled(cast, pool, f"公司{n}") for n in range(5)]
    pooled(cast, other, "别处的")
    now = timezone.now()
    for row, days in zip(rows, (3, -1, None, 2, -1), strict=True):
        Customer.objects.filter(pk=row.pk).update(
            claimable_at=None if days is None else now + days * DAY, level="A" if days and days > 0 else "B"
        )
    standing, _pool = at_pool(cast.actor("stranger"), pool.pk)
    first, second, none, fourth, fifth = (row.pk for row in rows)
    in_order = [second, fifth, fourth, first, none]
    by_countdown = {"sort": ["claimable_at"]}
    for back in (False, True):
        assert read_through(standing, by_countdown, back=back) == in_order
        assert read_through(standing, {"sort": ["-claimable_at"]}, back=back) == [first, fourth, fifth, second, none]
        assert read_through(standing, {"sort": ["-pooled_at"]}, back=back) == [row.pk for row in reversed(rows)]
        assert read_through(standing, {**by_countdown, "claimable_at.past": ["0"]}, back=back) == [second, fifth]
        assert read_through(standing, {**by_countdown, "level.in": ["A"]}, back=back) == [fourth, first]
        assert read_through(standing, {}, back=back) == [row.pk for row in reversed(rows)]
        assert read_through(standing, {**by_countdown, "q": ["公司3"]}, back=back) == [fourth]
    assert "customer_claimable" in plan_of(standing, by_countdown)
    assert "customer_pooled" in plan_of(standing, {"sort": ["-pooled_at"], "level.in": ["A"]})


def test_previews_and_counts_are_taken_to_a_cap_and_say_so_B4_P5(cast: Cast, monkeypatch: Any) -> None:
    pool = make_pool("华东公海", cast.owner.pk, admins=(cast.manager.pk,), recycles=True)
    rule = make_rule(pool, "no_followup", 30)
    elsewhere = make_pool("别的公海", recycles=True, priority=900)
    make_rule(elsewhere, "no_followup", 30)
    mine = [make_customer(cast.actor("owner"), f"公司{n}") for n in range(4)]
    his = make_customer(cast.actor("stranger"), "总是落在华东的")
    Customer.objects.update(owner_since=timezone.now() - 40 * DAY)
    Customer.objects.filter(pk=mine[3].pk).update(home_id=elsewhere.pk)
    Customer.objects.filter(pk=his.pk).update(home_id=pool.pk)
    list(restate(system(CLOCK)))
    manager, rules = cast.actor("manager"), [Recycling(id=rule.pk, pool=pool, reason="no_followup", days=60)]

    def told(*, whole: bool = False) -> tuple[int, bool, int, int, int]:
        found = touched_by(manager, CUSTOMER, pool, rules, whole=whole)
        return found.looked, found.part, found.tonight_now, found.tonight_then, found.later

    assert told() == (3, False, 3, 0, 3)  # what has its home elsewhere is not touched
    assert told(whole=True) == (4, False, 4, 0, 4)  # with what always falls here, whoever owns it
    assert dry_run(manager, CUSTOMER, pool).count == 4
    assert {each.pool for each in falling_soon(cast.actor("owner"), CUSTOMER)} == {"华东公海", "别的公海"}
    monkeypatch.setattr(falling, "CAP", 2)
    assert told()[:2] == (3, True)
    assert told(whole=True)[:2] == (4, False)
    assert dry_run(manager, CUSTOMER, pool, cap=2).count == 3
    assert dry_run(manager, CUSTOMER, pool, cap=None).count == 4
    said = _preview(cast, pool)
    assert "以上只算了其中 10,000 条" in said
    assert "whole=1" in said
    said = _preview(cast, pool, "&whole=1")
    assert "归这个公海的 4 条记录都算了" in said
    assert "whole=1" not in said


def _preview(cast: Cast, pool: Pool, more: str = "") -> str:
    """What the form says when the pool becomes everybody's."""
    client = Client()
    client.force_login(cast.administrator)
    sent = {
        "name": pool.name, "kind": "open", "priority": "1", "everybody": "on", "joined_by": "any", "recycles": "on",
        "remind_days": "3", "r1.reason": "no_followup", "r1.days": "20",
    }  # fmt: skip
    answer = client.post(f"/settings/pools/touched?pool={pool.pk}{more}", sent)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("limited", [False, True])
def test_what_is_held_is_counted_where_a_rule_limits_it_B1(cast: Cast, *, limited: bool) -> None:
    pool = make_pool()
    make_customer(cast.actor("owner"))
    if limited:
        make_capacity(5)
    quota = quota_of(cast.actor("owner"), pool)
    assert (quota.capacity, quota.held) == ((5, 1) if limited else (None, 0))
