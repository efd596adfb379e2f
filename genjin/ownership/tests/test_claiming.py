"""B4 P1-P3 through the real verbs: every refusal with its words and nothing changed, what a claim does, its undoing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.actions.pools import assign_customer, claim_customer, return_customer, unclaim_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.models import Daily, Period, Pool, Rule
from genjin.ownership.queries import just_claimed, quota_of, standing_of
from genjin.ownership.tests.pool_worlds import Line, drop, later, line, make_capacity, make_pool, pooled
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def refused(call: Callable[[], Any], code: str, words: str) -> Refused:
    """What a call was refused with."""
    with pytest.raises(Refused) as refusal:
        call()
    assert refusal.value.code == code
    assert words in refusal.value.message
    return refusal.value


def test_claim_gives_the_record_its_contacts_and_a_period_B4_P1_6(cast: Cast) -> None:
    owner, taker = cast.actor("owner"), cast.actor("stranger")
    row = make_customer(owner)
    contact = make_contact(owner, row)
    pool = make_pool(claims={"daily_limit": 3})
    drop(row, pool)
    assert Contact.objects.get(pk=contact.pk).owner_id is None
    claim_customer.run(taker, row.pk, {})
    assert line(row.pk) == Line(cast.stranger.pk, None)
    assert Contact.objects.get(pk=contact.pk).owner_id == cast.stranger.pk
    claimed = Customer.objects.get(pk=row.pk)
    assert claimed.owner_since is not None
    assert (claimed.pooled_at, claimed.claimable_at, claimed.pool_reason) == (None, None, "")
    open_ = Period.objects.get(record_id=row.pk, until=None)
    assert (open_.owner_id, open_.rule, open_.changed_by_id) == (cast.stranger.pk, Rule.CLAIMED, cast.stranger.pk)
    assert Daily.objects.get().claims == 1
    assert quota_of(taker, pool).claimed_today == 1
    assert [each.id for each in just_claimed(taker, CUSTOMER)] == [row.pk]


def test_claim_refusals_say_what_is_left_and_when_B4_P1(cast: Cast, unchanged: Unchanged) -> None:
    taker, owner = cast.actor("stranger"), cast.actor("owner")
    pool = make_pool("华东公海", cast.stranger.pk, cast.owner.pk, claims={"daily_limit": 2, "cooldown_hours": 168})
    rows = [pooled(cast, pool, f"客户{n}") for n in range(5)]
    first, second, third, fourth, fresh = (row.pk for row in rows)

    # 1: not a member sees nothing; somebody was quicker; the pool is closed
    with unchanged(), pytest.raises(NotFound):
        claim_customer.run(cast.actor("teammate"), first, {})
    with unchanged(), pytest.raises(Forbidden):
        claim_customer.run(cast.actor("nobody"), first, {})
    claim_customer.run(taker, first, {})
    with unchanged():
        refused(lambda: claim_customer.run(owner, first, {}), "taken", "已被其他人领取")
        refused(lambda: claim_customer.run(taker, first, {}), "taken", "您已领取")
    with unchanged(), pytest.raises(NotFound):
        claim_customer.run(cast.actor("teammate"), first, {})
    # 5: his own, cooling down: one minute before and after the end
    Customer.objects.filter(pk=second).update(pooled_at=timezone.now() - timedelta(hours=91, minutes=40))
    with unchanged():
        words = "您是这个客户的前负责人，3 天 4 小时 20 分钟后才能再领取"
        refused(lambda: claim_customer.run(owner, second, {}), "cool_down", words)
    own = standing_of(owner, Customer.objects.get(pk=second))
    assert own is not None
    assert not own.claimable
    assert claim_customer.run(later(owner, days=4), second, {}).row_id == second
    # 3: the limit of the day counts claims, not what is held: returning one gives nothing back
    claim_customer.run(taker, third, {})
    return_customer.run(taker, third, {"reason": "no_demand"})
    with unchanged():
        refused(lambda: claim_customer.run(taker, fourth, {}), "daily_limit", "今天还可领取 0 个")
    quota = quota_of(taker, pool)
    assert (quota.claimed_today, quota.left) == (2, 0)
    assert "每日上限" in quota.refusals[0]
    # in bulk each row has its own answer, and tomorrow is another day
    bulk = claim_customer.run_many(later(taker, days=1), [first, fourth, fresh], {})
    assert sorted(bulk.done) == sorted([fourth, fresh])
    assert [(row, why.code) for row, why in bulk.refused] == [(first, "taken")]


def test_claim_refuses_new_data_closed_pools_and_a_full_member_B4_P1_2_4(cast: Cast, unchanged: Unchanged) -> None:
    taker = cast.actor("stranger")
    pool = make_pool("华东公海", cast.stranger.pk, claims={"new_data_hours": 48})
    row = pooled(cast, pool, days=1.75)
    with unchanged():
        refused(lambda: claim_customer.run(taker, row.pk, {}), "new_data", "刚进入公海，6 小时后才能领取")
    standing = standing_of(taker, row)
    assert standing is not None
    assert standing.claimable_at == row.claimable_at
    mine = make_customer(taker, "自己的客户")
    make_capacity(1, cast.stranger.pk)
    make_capacity(5)
    late = later(taker, days=1)
    with unchanged():
        full = refused(
            lambda: claim_customer.run(replace(late, stamp=cast.actor("stranger").stamp), row.pk, {}),
            "full",
            "您名下已有 1 个客户，达到上限 1 个",
        )
    assert full.facts["room"] == 0
    # who has a deal is spared (P3), so there is room again
    Customer.objects.filter(pk=mine.pk).update(deal_date=timezone.now().date())
    late = later(cast.actor("stranger"), days=1)
    Pool.objects.filter(pk=pool.pk).update(kind="assigned")
    hidden = make_pool("别的")  # a new stamp
    with unchanged(), pytest.raises(NotFound):
        claim_customer.run(later(cast.actor("stranger"), days=1), row.pk, {})
    assert quota_of(cast.actor("stranger"), hidden).refusals == ()
    Pool.objects.filter(pk=pool.pk).update(kind="open", enabled=False)
    make_pool("又一个")
    with unchanged(), pytest.raises(NotFound):
        claim_customer.run(later(cast.actor("stranger"), days=1), row.pk, {})
    with unchanged():
        refused(lambda: claim_customer.run(cast.actor("administrator"), row.pk, {}), "pool_off", "已停用")
    Pool.objects.filter(pk=pool.pk).update(enabled=True)
    make_pool("第三个")
    claim_customer.run(later(cast.actor("stranger"), days=1), row.pk, {})
    assert line(row.pk).owner_id == cast.stranger.pk


def test_claim_is_taken_back_within_ten_seconds_three_times_a_day_B4_P1(cast: Cast, unchanged: Unchanged) -> None:
    taker = cast.actor("stranger")
    pool = make_pool(claims={"daily_limit": 10, "cooldown_hours": 48, "new_data_hours": 24})
    row = pooled(cast, pool)
    lay = Customer.objects.values("pool_id", "pooled_at", "claimable_at", "pool_reason", "previous_owner_id")
    before = lay.get(pk=row.pk)
    for count in (0, 0, 0, 1, 2):
        event = claim_customer.run(taker, row.pk, {}).event_id
        assert event is not None
        undo_event(taker, event)
        assert lay.get(pk=row.pk) == before
        assert Daily.objects.get().claims == count
    event = claim_customer.run(taker, row.pk, {}).event_id
    assert event is not None
    with unchanged():
        refused(lambda: undo_event(later(taker, seconds=30), event), "too_late", "领取超过 10 秒")
        refused(lambda: unclaim_customer.run(taker, row.pk, {}), "no_undo", "撤销")


def test_assignment_is_the_administrators_and_asks_capacity_only_B4_P2(cast: Cast, unchanged: Unchanged) -> None:
    manager, admin = cast.actor("manager"), cast.manager
    pool = make_pool("华东公海", cast.stranger.pk, admins=(admin.pk,), claims={"daily_limit": 1, "cooldown_hours": 99})
    other = make_pool("华南公海", cast.manager.pk, claims={"new_data_hours": 99})
    row, second = pooled(cast, pool), pooled(cast, other, "昆山拓维光电", days=0)
    manager = cast.actor("manager")
    give = {"receiver": str(cast.owner.pk)}
    with unchanged(), pytest.raises(Forbidden, match="华南公海"):
        assign_customer.run(manager, second.pk, give)
    with unchanged(), pytest.raises(Forbidden):
        assign_customer.run(cast.actor("stranger"), row.pk, give)
    outcome = assign_customer.run(manager, row.pk, give)  # back to its last owner: no cool-down
    assert line(row.pk) == Line(cast.owner.pk, None)
    assert Period.objects.get(record_id=row.pk, until=None).rule == Rule.ASSIGNED
    assert not Daily.objects.exists()
    assert outcome.event_id is not None
    undo_event(manager, outcome.event_id)
    assert line(row.pk) == Line(None, pool.pk)
    make_capacity(1)
    make_customer(cast.actor("stranger"), "占着位置")
    with unchanged():
        refused(
            lambda: assign_customer.run(cast.actor("manager"), row.pk, {"receiver": str(cast.stranger.pk)}),
            "full",
            "他名下已有 1 个客户，达到上限 1 个；请换一位同事",
        )
