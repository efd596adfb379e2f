"""Reads of conversion: which customers and contacts of a name are there, and how many leads were converted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q

from genjin.conversion.models import Conversion
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import Effect, Entry
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life
from genjin.leads.models import Lead
from genjin.ownership.standing import pools_of

MOST = 20
QUEUE = 7_204_761


class Namesake(NamedTuple):
    """A customer that bears the name: where it stands, and whether the actor reaches it, itself or in a pool."""

    id: int
    name: str
    owner_id: int | None
    pool_id: int | None
    code: str
    owner: str
    reached: bool


def matches_names(actor: Actor) -> bool:
    """Whether 新建查重 is on for customers (S2-21, S2-22)."""
    rules = rules_at(CUSTOMER.key, Entry.CREATE, actor.stamp)
    return any(rule.at(Entry.CREATE) is not Effect.OFF for rule in rules)


def queue_for_name(name: str) -> None:
    """Let whoever converts a lead of the same company at the same moment wait until this transaction is over, so that
    the second one finds the customer that the first one made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [QUEUE, normal.company_key(name)[:200]])


def await_turn(actor: Actor, lead_ids: Sequence[int], name: str) -> None:
    """Let conversions of the same companies or leads wait for each other: names first, then leads, both in one order,
    so that single ones and many at once never wait for each other in a ring."""
    rows = Lead.objects.filter(pk__in=list(lead_ids)).order_by("pk")
    if matches_names(actor):
        called = {name or company or own for company, own in rows.values_list("company", "name")}
        for each in sorted({normal.company_key(one)[:200] for one in called}):
            queue_for_name(each)
    list(rows.select_for_update(of=("self",)).values_list("pk"))


def namesakes(actor: Actor, name: str) -> list[Namesake]:
    """The customers of this normalised name, the oldest first. Whether there are others than he sees is told by the
    refusal of conversion only, as 查重 does."""
    key = normal.company_key(name)[:200]
    if not key:
        return []
    rows = Customer.objects.filter(name_key=key, life__lt=Life.VOIDED).order_by("id")
    found = list(rows.values_list("pk", "name", "owner_id", "pool_id", "code", "owner__name")[:MOST])
    seen = set(visible_to(actor, Customer).filter(pk__in=[row[0] for row in found]).values_list("pk", flat=True))
    pools = {pool.pk for pool in pools_of(actor, CUSTOMER)} if found else set()
    return [Namesake(*row[:5], owner=row[5] or "", reached=row[0] in seen or row[3] in pools) for row in found]


def in_a_pool(customer_id: int) -> bool:
    """Whether a customer has to be claimed first."""
    return Customer.objects.filter(pk=customer_id, pool_id__isnull=False).exists()


def contact_like(customer_id: int, name: str, phone: str) -> int | None:
    """The id of a customer's contact with this name or phone, the one with the phone first (B2-8)."""
    same = Q(name=name) | (Q(phone=phone) if phone else Q(pk__in=[]))
    rows = Contact.objects.filter(same, customer_id=customer_id, life=Life.LIVE)
    found = sorted(rows.values_list("pk", "phone"), key=lambda row: (not phone or row[1] != phone, row[0]))
    return found[0][0] if found else None


class Made(NamedTuple):
    """Into which customer a lead was converted, and whether that was made by it."""

    lead_id: int
    customer_id: int
    new: bool


def made_of(actor: Actor, lead_ids: Sequence[int]) -> list[Made]:
    """What became of these leads as far as the actor sees them, in their order. One query."""
    rows = Conversion.objects.filter(lead_id__in=list(lead_ids), lead__in=visible_to(actor, Lead)).order_by()
    found = {row[0]: Made(*row) for row in rows.values_list("lead_id", "customer_id", "new_customer")}
    return [found[one] for one in lead_ids if one in found]


class Counted(NamedTuple):
    """How many leads somebody's became customers: new ones, and ones that were there (B2-13)."""

    owner_id: int
    new: int
    existing: int


def conversions_of(actor: Actor, start: datetime, end: datetime) -> list[Counted]:
    """The conversions from `start` to before `end` of leads that the actor sees, by whose they were. One query."""
    rows = Conversion.objects.filter(at__gte=start, at__lt=end, lead__in=visible_to(actor, Lead)).order_by()
    counted = rows.values_list("owner_id").annotate(
        new=Count("pk", filter=Q(new_customer=True)), existing=Count("pk", filter=Q(new_customer=False))
    )
    return [Counted(*row) for row in sorted(counted, key=lambda row: -(row[1] + row[2]))]
