"""Making somebody a member of a campaign: steps of the actions that do so, one by one, in bulk and from files.

A type whose records become members says so with `joins`; the campaign's side knows no type above customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.campaigns.models import Campaign, Touch
from genjin.campaigns.options import INVITED
from genjin.campaigns.queries import COLUMNS, campaign_for, members_among
from genjin.customers.models import Contact
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import POOL, SEE, WRITE, row_for
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.ownership.actions.pooled import administered, row_at_pool
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Owned, Rule

Closed = Callable[[Any], Refused | None]
JOINING: dict[str, Closed] = {}
"""{type: why a record of it cannot become a member now}"""
_known: ContextVar[tuple[int, str, set[int]] | None] = ContextVar("members_known", default=None)
SLACK = timedelta(minutes=5)
QUEUE = 7_204_779
MOST_CONTACTS = 200


def joins(key: str, closed: Closed) -> None:
    """Let records of a type become members of campaigns."""
    JOINING[key] = closed


def voided(row: Record) -> Refused | None:
    """What lies in the recycle bin joins nothing."""
    return Refused("voided", _("已作废，还原后才能加入活动")) if row.life == Life.VOIDED else None


joins("customer", voided)
joins("contact", voided)


def named(values: Mapping[str, Any]) -> tuple[str, int]:
    """(type, id) of whom inputs name: a lead, a contact or a customer. Raises Refused("nobody", "several")."""
    given = [(key, int(values[key])) for key in ("lead", "contact", "customer") if values.get(key)]
    if not given:
        raise Refused("nobody", _("请选择成员：线索、联系人或客户"), "customer")
    if given[0][0] == "lead" and len(given) > 1:
        raise Refused("several", _("线索和客户请只选一个"), "lead")
    return given[0]


def join(actor: Actor, touch: Touch, key: str, record_id: int, campaign_id: int) -> Record:
    """Make a record a member: fill in and save the new touch; the record. Raises NotFound, Forbidden, Refused("voided",
    "already_member", "future", "converted")."""
    _demand_open(campaign_for(actor, campaign_id, to=SEE))
    await_turn(campaign_id)
    row: Any = held(actor, RECORD_TYPES[key], record_id)
    refusal = JOINING[key](row)
    if refusal is not None:
        raise refusal
    if record_id in _members(campaign_id, key, record_id):
        raise Refused("already_member", _("已经是这个活动的成员"), key)
    touch.campaign_id = campaign_id
    setattr(touch, COLUMNS[key], record_id)
    if key == "contact":
        touch.customer_id = row.customer_id
    touch.state = touch.state or INVITED
    check_time(actor, touch)
    _remember(campaign_id, key, record_id)
    imported = actor.surface is Surface.IMPORT
    change_owner(actor, touch, row.owner_id, rule=Rule.IMPORTED if imported else Rule.CREATED)
    member: Record = row
    return member


def reachable(customer_id: int) -> list[int]:
    """The contacts of a customer who may be reached, whoever asks: `join` asks for each of them whether he may."""
    rows = Contact.objects.filter(customer_id=customer_id, life=Life.LIVE, do_not_contact=False)  # rows: ids alone
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_CONTACTS])


def held(actor: Actor, record_type: RecordType, record_id: int) -> Any:
    """The record for whoever may write it; one that lies in a pool, or a contact of a customer who does, for the pool's
    administrators: who was lost, or has no owner yet, is won (back) by campaigns too (S2-73). Whoever gets it gets its
    place in them along."""
    model: Any = record_type.model
    try:
        return row_for(actor, model, record_id, to=WRITE, lock=True)
    except Refused:
        if record_type.key == CONTACT.key:
            contact = _of_pooled(actor, record_id)
            if contact is None:
                raise
            return contact
        pooled = Q(pk=record_id, **{f"{POOL}__isnull": False})
        if not issubclass(model, Owned) or not model._default_manager.filter(pooled).exists():  # rows: where it lies
            raise
    return row_at_pool(actor, record_type, record_id, administered(actor, record_type, record_id))


def _of_pooled(actor: Actor, contact_id: int) -> Contact | None:
    """A contact whose customer lies in a pool, for who administers that pool; None for everybody else. The customer is
    locked first, as by whoever claims it: he takes the contact along with its place."""
    if not actor.may(CONTACT.grant("see")):
        return None
    lying = Contact.objects.filter(pk=contact_id, owner=None, customer__pool__isnull=False)  # rows: where it lies
    customer_id = lying.values_list("customer_id", flat=True).first()
    if customer_id is None:
        return None
    try:
        row_at_pool(actor, CUSTOMER, customer_id, administered(actor, CUSTOMER, customer_id))
    except Refused:
        return None
    return lying.select_for_update(of=("self",)).first()


def await_turn(campaign_id: int) -> None:
    """Let whoever else takes members into this campaign wait until this transaction is over, so that nobody joins
    twice. Before the records are locked: campaigns come before members."""
    with connection.cursor() as cursor:  # rows: a lock, no row
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [QUEUE, campaign_id])


def check_time(actor: Actor, touch: Touch) -> None:
    """A touch lies in the past; not given, it is now. Raises Refused("future")."""
    now: datetime = actor.now()
    touch.touched_at = touch.touched_at or now
    if touch.touched_at > now + SLACK:
        raise Refused("future", _("触达时间不能晚于现在"), "touched_at")


@contextmanager
def members_known(key: str, ids: Sequence[int], campaign_id: int | None) -> Iterator[None]:
    """In bulk, who is a member already is asked once for all, when nobody else can join any more."""
    with transaction.atomic():
        if campaign_id:
            await_turn(campaign_id)
        known = (campaign_id, key, members_among(campaign_id, key, ids)) if campaign_id else None
        token = _known.set(known)
        try:
            yield
        finally:
            _known.reset(token)


def _members(campaign_id: int, key: str, record_id: int) -> set[int]:
    known = _known.get()
    if known is not None and known[:2] == (campaign_id, key):
        return known[2]
    return members_among(campaign_id, key, [record_id])


def _remember(campaign_id: int, key: str, record_id: int) -> None:
    known = _known.get()
    if known is not None and known[:2] == (campaign_id, key):
        known[2].add(record_id)


def _demand_open(campaign: Campaign) -> None:
    if campaign.life == Life.VOIDED:
        raise Refused("voided", _("市场活动「%s」已作废") % campaign.name, "campaign")
