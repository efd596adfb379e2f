"""B4 P3: how many somebody may hold is the lesser of the pool's limit and the limits of all, at every way by which he
gets one."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.handover.queries import preview
from genjin.handover.tests.factories import prepared
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.capacity import rooms_of
from genjin.ownership.models import Pool
from genjin.ownership.queries import quota_of
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, pooled
from genjin.ownership.web.pool_words import rules_in_words
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def run(actor: Actor, verb: str, row_id: int, **raw: Any) -> int:
    """The event of a verb on a customer."""
    event_id = ACTIONS[f"customers.{verb}"].run(actor, row_id, raw).event_id
    assert event_id is not None
    return event_id


def from_pool(row_id: int) -> int | None:
    """Out of which pool a customer came."""
    return Customer.objects.values_list("taken_from_id", flat=True).get(pk=row_id)


def test_p3_the_lesser_of_the_pools_limit_and_that_of_all_holds_at_every_gain(cast: Cast, unchanged: Unchanged) -> None:
    taker, boss, pk = cast.actor("stranger"), cast.actor("administrator"), str(cast.stranger.pk)
    pool = make_pool(
        "华东公海",
        cast.owner.pk,
        cast.stranger.pk,
        cast.teammate.pk,
        claims={"most_held": 2, "held_spares_dealt": True},
    )
    make_capacity(4)
    one, two, three, four = (pooled(cast, pool, f"客户{n}").pk for n in range(4))
    own = make_customer(cast.actor("owner"), "自己开发的").pk
    run(taker, "claim", one)
    run(boss, "assign", two, receiver=pk)
    assert (from_pool(one), from_pool(two), from_pool(own)) == (pool.pk, pool.pk, None)
    quota = quota_of(taker, pool)
    assert (quota.held, quota.capacity, quota.left, quota.of_pool) == (2, 2, 0, True)
    words = "您名下已有 2 个来自「华东公海」的客户，达到这个公海的上限 2 个；退回一些后再试"
    assert quota.refusals == (words,)
    with unchanged(), pytest.raises(Refused, match=words) as full:
        run(taker, "claim", three)
    assert (full.value.code, full.value.facts) == ("full", {"room": 0, "most": 2, "held": 2})
    with unchanged(), pytest.raises(Refused, match="他名下已有 2 个来自「华东公海」的客户"):
        run(boss, "assign", three, receiver=pk)
    # what came out of no pool is asked the limit of all only
    run(boss, "transfer", own, owner=pk)
    assert from_pool(own) is None
    # what came out of a pool stays of it with whoever holds it
    run(cast.actor("teammate"), "claim", four)
    for verb in ("transfer", "allocate"):
        with unchanged(), pytest.raises(Refused, match="达到这个公海的上限 2 个"):
            run(boss, verb, four, owner=pk)
    run(boss, "transfer", two, owner=str(cast.teammate.pk))
    assert (from_pool(two), quota_of(taker, pool).left) == (pool.pk, 1)
    # given up and taken back it stands as before
    undo_event(taker, run(taker, "return", one, reason="no_demand"))
    assert (from_pool(one), quota_of(taker, pool).held) == (pool.pk, 1)
    undo_event(cast.actor("owner"), run(cast.actor("owner"), "return", make_own(cast), reason="no_demand"))
    assert set(Customer.objects.filter(owner=cast.owner).values_list("taken_from", flat=True)) == {None}


def test_p3_what_is_won_or_void_does_not_count_and_a_pool_may_stand_apart(cast: Cast, unchanged: Unchanged) -> None:
    taker, boss, pk = cast.actor("stranger"), cast.actor("administrator"), str(cast.stranger.pk)
    pool = make_pool("华东公海", cast.stranger.pk, claims={"most_held": 2})
    one, three, five = (pooled(cast, pool, f"客户{n}").pk for n in range(3))
    make_customer(taker, "自己开发的")
    make_capacity(4)
    taker, boss = cast.actor("stranger"), cast.actor("administrator")
    run(taker, "claim", one)
    run(boss, "void", one, reason="重复")
    run(taker, "claim", three)
    run(boss, "assign", five, receiver=pk)
    with unchanged(), pytest.raises(Refused, match="达到这个公海的上限 2 个"):
        run(boss, "restore", one)
    # one that is won does not count in the pool, as its rule says
    Customer.objects.filter(pk=three).update(deal_date=date(2026, 3, 2))
    run(boss, "restore", one)
    assert (quota_of(taker, pool).held, quota_of(taker, pool).left) == (2, 0)
    # the limit of all is the lesser one
    Customer.objects.filter(pk=five).update(deal_date=date(2026, 3, 2))
    make_capacity(2, cast.stranger.pk, spares_dealt=False)
    taker, boss = cast.actor("stranger"), cast.actor("administrator")
    quota = quota_of(taker, pool)
    assert (quota.of_pool, quota.capacity, quota.held) == (False, 2, 4)
    assert "您名下已有 4 个客户，达到上限 2 个" in quota.refusals[0]
    rooms = rooms_of(boss, CUSTOMER, [cast.stranger.pk, cast.owner.pk])
    assert (rooms.left(cast.stranger.pk), rooms.of[pool.pk][cast.stranger.pk], rooms.left(cast.owner.pk)) == (0, 1, 4)
    # unless the pool stands apart from it
    pool.claims |= {"held_apart": True}
    Pool.objects.filter(pk=pool.pk).update(claims=pool.claims)
    make_capacity(1_000, cast.manager.pk)  # and what is kept in memory is read anew
    quota = quota_of(cast.actor("stranger"), pool)
    assert (quota.of_pool, quota.capacity, quota.held, quota.left) == (True, 2, 1, 1)


def make_own(cast: Cast) -> int:
    """A customer whom its owner made himself."""
    return make_customer(cast.actor("owner"), "老客户").pk


@pytest.mark.long
def test_p3_who_limits_a_pool_learns_whom_it_touches_and_all_doors_tell_it(cast: Cast, unchanged: Unchanged) -> None:
    boss = cast.actor("administrator")
    asked = {"name": "华东公海", "everybody": "1", "recycles": "", "daily_limit": "0", "cooldown_hours": "0"}
    made = ACTIONS["pools.create"].run(boss, None, asked | {"record_type": "customer", "most_held": "3"}).row_id or 0
    pool = Pool.objects.get(pk=made)
    for n in range(4):
        row = pooled(cast, pool, f"客户{n}").pk
        run(cast.actor("stranger" if n < 2 else "teammate"), "claim", row)
    with unchanged(), pytest.raises(Refused, match="已有 2 人超出这个上限") as over:
        ACTIONS["pools.edit"].run(boss, pool.pk, asked | {"most_held": "1"})
    assert over.value.facts["confirm"] == "over_known"
    assert {each["held"] for each in over.value.facts["over"]} == {2}
    ACTIONS["pools.edit"].run(boss, pool.pk, asked | {"most_held": "3", "held_apart": "1"})
    pool = Pool.objects.get(pk=made)
    (_claiming, said), *_rest = rules_in_words(boss, CUSTOMER, pool)
    assert "每人最多持有 3 个来自这个公海的客户，已成交的不算；转给谁就算谁的。" in said
    assert "来自这个公海的客户不占保有上限。" in said
    # a leaver's go to somebody who may hold one more of them
    found = preview(boss, prepared(boss, cast.stranger, cast.teammate))
    (load,) = (each for each in found.loads if each.label == "客户（来自华东公海）")
    assert (load.has, load.gets, load.room, load.over) == (2, 2, 1, 1)
    client = Client()
    client.force_login(cast.administrator)
    form = client.get(f"/settings/pools/{pool.pk}").content.decode()
    assert re.search(r'name="most_held"[^>]* value="3"|value="3"[^>]* name="most_held"', form)
    assert "还能再要 1 个" in client.get(f"/settings/pools/examples/{pool.pk}").content.decode()
    sent = {
        "name": "华东公海",
        "everybody": "on",
        "most_held": "1",
        "kind": "open",
        "joined_by": "any",
        "priority": "1",
    }
    refused = client.post(f"/settings/pools/{pool.pk}", sent | {"version": pool.version})
    assert (refused.status_code, 'name="over_known"' in refused.content.decode()) == (422, True)
    client.force_login(cast.stranger)
    assert "来自本公海" in client.get(f"/customers/pools/{pool.pk}").content.decode()
    (told,) = client.get("/api/v1/customers/pools").json()["items"]
    assert (told["quota"]["of_pool"], told["quota"]["held"], told["quota"]["capacity"]) == (True, 2, 3)
