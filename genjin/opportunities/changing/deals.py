"""What opportunities mean for their customers: who bought is a won customer (成交客户, B4), from whichever source."""

from __future__ import annotations

from datetime import date

from genjin.customers.effects import note_deal, register_deals, restate_deal
from genjin.customers.models import Customer
from genjin.followups.queries import last_facts
from genjin.kernel.actor import Actor
from genjin.kernel.doors import To
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.together import held, hold
from genjin.opportunities.models import Opportunity
from genjin.opportunities.queries import last_won, opportunity_for, won_by
from genjin.opportunities.rules import Outcome

WON = "_won"


def _last_won(customer_id: int) -> date | None:
    """The last day on which a customer bought. Of one whom many changes concern it is asked once, and kept with the row
    of the frame at hand: whatever is won or no longer counts tells him (`tell_customer`, `retell_customer`)."""
    customer = held(Customer, customer_id)
    if customer is None:
        return last_won(customer_id)
    won: dict[int, date] | None = customer.__dict__.get(WON)
    if won is None:
        won = customer.__dict__[WON] = won_by(customer_id)
    return max(won.values(), default=None)


register_deals(_last_won)


def tell_customer(actor: Actor, row: Opportunity, *, new: bool = False) -> None:
    """Something happened with an opportunity: its (visible or not) customer's day of the last deal, and the moment at
    which it falls into a pool, follow. `new`: it was made just now."""
    customer = customer_of(row)
    _count(customer, row)
    if row.outcome == Outcome.WON and row.closed_on and row.closed_on > (customer.deal_date or date.min):
        note_deal(actor, customer, row.closed_on)
    elif not (new and _knows(customer, row)):
        record(actor, customer)


def _knows(customer: Customer, row: Opportunity) -> bool:
    """Whether a customer of many that are made together was told of a new one that stands like this: another one
    changes nothing. Kept with the row of the frame at hand; the next frame reads it anew."""
    if held(Customer, customer.pk) is not customer:
        return False
    told: set[str] = customer.__dict__.setdefault("_told_of", set())
    known = row.outcome in told
    told.add(row.outcome)
    return known


def retell_customer(actor: Actor, row: Opportunity) -> None:
    """An opportunity that may have been won no longer counts (or counts again): what all sources say now."""
    customer = customer_of(row)
    _count(customer, row)
    restate_deal(actor, customer, last_facts(customer).deal_date)


def _count(customer: Customer, row: Opportunity) -> None:
    """Whether this one counts, among those that are kept of its customer."""
    won: dict[int, date] | None = customer.__dict__.get(WON)
    if won is None:
        return
    won.pop(row.pk, None)
    if row.life == Life.LIVE and row.outcome == Outcome.WON and row.closed_on:
        won[row.pk] = row.closed_on


def at_hand(actor: Actor, opportunity_id: int, *, to: To) -> Opportunity:
    """The opportunity to be written, locked after its customer: customers are locked before what is theirs. Raises
    NotFound or Forbidden."""
    customer_of(opportunity_for(actor, opportunity_id, to=to))
    return opportunity_for(actor, opportunity_id, to=to, lock=True)


def customer_of(row: Opportunity) -> Customer:
    """Its customer, locked, whoever may see it: told of what happened, never shown."""
    known = held(Customer, row.customer_id)
    return known or hold(Customer.objects.select_for_update(of=("self",)).get(pk=row.customer_id))
