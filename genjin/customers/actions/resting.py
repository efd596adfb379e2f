"""Archiving and pausing customers with their reasons, and taking them up again (S3-13)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.actions.inverses import unarchived
from genjin.customers.models import Customer, Rest, RestKind
from genjin.customers.queries import customer_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Choice, LongText
from genjin.kernel.models.rows import Life
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.together import insert
from genjin.kernel.undo import again
from genjin.ownership.capacity import demand_room, origin

Reason = Annotated[str, Choice(key="reason", label=gettext_lazy("原因"), options="customer_rest_reason")]
Note = Annotated[str, LongText(key="note", label=gettext_lazy("说明"), most=500)]


@action(
    "customers.archive",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("归档"),
    icon="stack-2",
    bulk=True,
    when=lambda row: row.life == Life.LIVE,
    undo=unarchived,
)
def archive_customer(actor: Actor, customer_id: int, *, reason: Reason, note: Note = "") -> Customer:
    """Archive a closed customer (S3-13). Raises Refused("not_live")."""
    customer = _live(actor, customer_id)
    LIFE.move(customer, Life.ARCHIVED)
    customer.paused = False
    _end(actor, customer)
    _begin(actor, customer, RestKind.ARCHIVED, reason, note)
    return customer


@action(
    "customers.unarchive",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("取消归档"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.ARCHIVED,
    undo=again("customers.archive"),
)
def unarchive_customer(actor: Actor, customer_id: int) -> Customer:
    """Take an archived customer up again. Raises Refused("not_archived")."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life != Life.ARCHIVED:
        raise Refused("not_archived", _("客户没有归档"))
    demand_room(actor, type_of(customer), customer.owner_id, pool=origin(actor, customer))
    LIFE.move(customer, Life.LIVE)
    _end(actor, customer)
    record(actor, customer)
    return customer


@action(
    "customers.pause",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("暂停跟进"),
    icon="clock",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and not row.paused,
    undo="customers.resume",
)
def pause_customer(actor: Actor, customer_id: int, *, reason: Reason, note: Note = "") -> Customer:
    """Pause a customer without progress (S3-13). Raises Refused("paused")."""
    customer = _live(actor, customer_id)
    if customer.paused:
        raise Refused("paused", _("客户已暂停跟进"))
    customer.paused = True
    _begin(actor, customer, RestKind.PAUSED, reason, note)
    return customer


@action(
    "customers.resume",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("恢复跟进"),
    icon="repeat",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and row.paused,
    undo=again("customers.pause"),
)
def resume_customer(actor: Actor, customer_id: int) -> Customer:
    """Follow a paused customer again. Raises Refused("not_paused")."""
    customer = _live(actor, customer_id)
    if not customer.paused:
        raise Refused("not_paused", _("客户没有暂停跟进"))
    customer.paused = False
    _end(actor, customer)
    record(actor, customer)
    return customer


def _live(actor: Actor, customer_id: int) -> Customer:
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life != Life.LIVE:
        raise Refused("not_live", _("客户已归档或作废，请先恢复"))
    return customer


def _begin(actor: Actor, customer: Customer, kind: RestKind, reason: str, note: str) -> None:
    rest = Rest(customer_id=customer.pk, kind=kind, reason=reason, note=note, by_id=actor.member_id, since=actor.now())
    insert(rest)
    record(actor, customer, reason=reason, **({"note": note} if note else {}))


def _end(actor: Actor, customer: Customer) -> None:
    Rest.objects.filter(customer_id=customer.pk, until=None).update(until=actor.now())
