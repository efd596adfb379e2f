"""What contacts with a customer change on the customer: last contact, next plan, deal date. A step of other areas'
actions, never an action itself; it records on the customer, so that its timeline shows the event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.recording import record

Deals = Callable[[int], date | None]
_DEALS: list[Deals] = []


def register_deals(source: Deals) -> None:
    """Let an area above follow-ups say on which day a customer (its id) last bought (B4)."""
    _DEALS.append(source)


def last_deal(customer_id: int, told: date | None) -> date | None:
    """The last day on which a customer bought: as follow-ups tell, or as any other source does."""
    days = [day for day in (told, *(source(customer_id) for source in _DEALS)) if day]
    return max(days, default=None)


def note_deal(actor: Actor, customer: Customer, day: date) -> None:
    """A (locked) customer bought on a day. It is written down on him, whether or not that is his last one."""
    if customer.deal_date is None or customer.deal_date < day:
        customer.deal_date = day
    record(actor, customer)


def restate_deal(actor: Actor, customer: Customer, told: date | None) -> None:
    """What a (locked) customer bought changed: put what follow-ups (`told`) and all other sources say now."""
    customer.deal_date = last_deal(customer.pk, told)
    record(actor, customer)


def note_contact(
    actor: Actor,
    customer: Customer,
    *,
    occurred_at: datetime,
    effective: bool = True,
    deal_date: date | None = None,
) -> None:
    """A (locked) customer was contacted (B7). What comes next is not told here: it follows from plans."""
    last = customer.last_followed_at
    customer.last_followed_at = occurred_at if last is None else max(last, occurred_at)
    if effective:
        reached = customer.last_effective_at
        customer.last_effective_at = occurred_at if reached is None else max(reached, occurred_at)
    if deal_date and (customer.deal_date is None or deal_date > customer.deal_date):
        customer.deal_date = deal_date
    record(actor, customer)


def restate_contacts(
    actor: Actor,
    customer: Customer,
    *,
    last_followed_at: datetime | None,
    last_effective_at: datetime | None,
    deal_date: date | None,
) -> None:
    """The records behind a (locked) customer's last contact and deal changed: put what they say now."""
    customer.last_followed_at, customer.deal_date = last_followed_at, last_deal(customer.pk, deal_date)
    customer.last_effective_at = last_effective_at
    record(actor, customer)


def restate_plan(actor: Actor, customer: Customer, *, next_contact_at: datetime | None, next_step: str) -> None:
    """Put what is planned next on a (locked) customer: its earliest open plan, of which these two are a projection.
    Nothing is written when that is what stands."""
    if (customer.next_contact_at, customer.next_step) != (next_contact_at, next_step):
        customer.next_contact_at, customer.next_step = next_contact_at, next_step
        record(actor, customer)
