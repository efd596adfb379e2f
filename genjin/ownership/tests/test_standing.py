"""B4 P10: a record in a pool is seen by the pool's members alone, through the pool alone, and nobody edits it there."""

from __future__ import annotations

from typing import Any

import pytest

from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel import recording
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for, visible_to
from genjin.kernel.fields import Values
from genjin.kernel.lists import count_capped, page, read_query, search
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.titles import titles_of
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Pool, Rule
from genjin.ownership.standing import at_pool
from genjin.testing.cast import Cast, make_cast


def drop(actor: Actor, row: Customer, pool: Pool) -> None:
    """Let a customer fall into a pool, without the checks of the real verbs."""
    token = recording.current.set(recording.Recording(actor, "tests.drop"))
    change_owner(actor, row, None, rule=Rule.POOLED, reason="30 天未跟进", pool=pool)
    recording.current.reset(token)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def pool_for(*people: int, **more: Any) -> Pool:
    pool = Pool(id=900_001, record_type="customer", name="华东公海", members={"people": list(people)}, **more)
    pool.save()
    bump_stamp()
    return pool


def test_pooled_record_is_seen_by_members_at_the_pool_only_B4_P10(cast: Cast) -> None:
    owner = cast.actor("owner")
    row = create_customer(owner, values=Values(name="苏州晶砺半导体有限公司", phone="13862450173", risks="付款慢"))
    mine = create_customer(owner, values=Values(name="昆山拓维光电"))
    pool = pool_for(cast.stranger.pk, cast.owner.pk, hidden={"phone": "masked", "risks": "hidden"})
    drop(owner, Customer.objects.get(pk=row.pk), pool)

    # the ordinary doors give it to nobody but who sees everything
    for name in ("owner", "teammate", "manager", "stranger", "nobody"):
        actor = cast.actor(name)
        assert row.pk not in visible_to(actor, Customer).values_list("pk", flat=True)
        assert titles_of(actor, "customer", [row.pk]) == {}
        with pytest.raises(NotFound):
            row_for(actor, Customer, row.pk, to=SEE)
    assert row_for(cast.actor("administrator"), Customer, row.pk, to=SEE)

    member, _pool = at_pool(cast.actor("stranger"), pool.pk)
    query = read_query(member, CUSTOMER, {})
    assert [found.id for found in page(member, query, CUSTOMER.seen_by(member).columns).rows] == [row.pk]
    assert count_capped(member, query) == 1
    assert [hit.id for hit in search(member, CUSTOMER, "晶砺")] == [row.pk]
    assert row_for(member, Customer, row.pk, to=SEE).pk == row.pk
    seen = CUSTOMER.seen_by(member)
    assert "risks" not in seen.keys
    assert "*" in str(seen.keys["phone"].masked(row.phone, member))
    # what the pool masks is found by nobody who guesses at it
    assert search(member, CUSTOMER, "1386245") == []
    # at a pool nothing but the pool is seen, not even one's own
    with pytest.raises(NotFound):
        row_for(at_pool(owner, pool.pk)[0], Customer, mine.pk, to=SEE)
    with pytest.raises(NotFound):
        at_pool(cast.actor("manager"), pool.pk)


def test_record_in_a_pool_is_edited_by_nobody_B4_P10(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    row = create_customer(owner, values=Values(name="苏州晶砺半导体有限公司"))
    drop(owner, Customer.objects.get(pk=row.pk), pool_for(cast.owner.pk))
    with pytest.raises(Refused, match="公海") as refused:
        edit_customer(administrator, row.pk, values=Values(name="别的名字"))
    assert refused.value.code == "in_pool"
    kept = Customer.objects.get(pk=row.pk)
    assert (kept.name, kept.owner_id, kept.previous_owner_id) == ("苏州晶砺半导体有限公司", None, cast.owner.pk)
