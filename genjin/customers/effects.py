"""What contacts with a customer change on the customer: last contact, next plan, deal date. A step of other areas'
actions, never an action itself; it records on the customer, so that its timeline shows the event.
"""

from __future__ import annotations

from datetime import date, datetime

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.recording import record


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
    customer.last_followed_at, customer.deal_date = last_followed_at, deal_date
    customer.last_effective_at = last_effective_at
    record(actor, customer)


def restate_plan(actor: Actor, customer: Customer, *, next_contact_at: datetime | None, next_step: str) -> None:
    """Put what is planned next on a (locked) customer: its earliest open plan, of which these two are a projection.
    Nothing is written when that is what stands."""
    if (customer.next_contact_at, customer.next_step) != (next_contact_at, next_step):
        customer.next_contact_at, customer.next_step = next_contact_at, next_step
        record(actor, customer)
