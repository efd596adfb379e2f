"""A company with pools, for tests of their verbs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel import recording
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.codes_store import new_ids
from genjin.kernel.stamps import bump_stamp
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Capacity, Pool, Recycling, Rule
from genjin.testing.cast import Cast


def make_pool(name: str = "华东公海", *people: int, admins: tuple[int, ...] = (), **more: Any) -> Pool:
    """A pool of customers with these members and administrators."""
    members = {"people": list(people)} if people else {"everybody": True}
    pool = Pool(
        id=new_ids(1)[0], record_type="customer", name=name, members=members, admins={"people": list(admins)}, **more
    )
    pool.save(force_insert=True)
    bump_stamp()
    return pool


def make_rule(pool: Pool, reason: str, days: int, **more: Any) -> Recycling:
    """A condition of a pool."""
    rule = Recycling(id=new_ids(1)[0], pool=pool, reason=reason, days=days, **more)
    rule.save(force_insert=True)
    bump_stamp()
    return rule


def make_capacity(most: int, *people: int, **more: Any) -> Capacity:
    """How much these members (without any: everybody) may hold."""
    scope = {"people": list(people)} if people else {"everybody": True}
    rule = Capacity(id=new_ids(1)[0], record_type="customer", name="保有上限", scope=scope, most=most, **more)
    rule.save(force_insert=True)
    bump_stamp()
    return rule


def drop(row: Customer, pool: Pool, *, at: datetime | None = None, reason: str = "30 天未跟进") -> Customer:
    """Let a customer fall into a pool, perhaps some time ago."""
    actor = system("ownership.recycle", surface=Surface.SETUP)
    actor = replace(actor, moment=at) if at else actor
    token = recording.current.set(recording.Recording(actor, "tests.drop"))
    with transaction.atomic():
        change_owner(actor, Customer.objects.get(pk=row.pk), None, rule=Rule.RECYCLED, reason=reason, pool=pool)
    recording.current.reset(token)
    return Customer.objects.get(pk=row.pk)


def pooled(cast: Cast, pool: Pool, name: str = "苏州晶砺半导体", *, of: str = "owner", days: float = 30) -> Customer:
    """A customer of a member that has lain in a pool for some days."""
    row = make_customer(cast.actor(of), name=name)
    return drop(row, pool, at=timezone.now() - timedelta(days=days))


def later(actor: Actor, **span: float) -> Actor:
    """The same actor some time from now."""
    return replace(actor, moment=timezone.now() + timedelta(**span))


@dataclass(frozen=True)
class Line:
    """A customer as the tests compare it."""

    owner_id: int | None
    pool_id: int | None


def line(row_id: int) -> Line:
    """How a customer stands."""
    return Line(*Customer.objects.values_list("owner_id", "pool_id").get(pk=row_id))
