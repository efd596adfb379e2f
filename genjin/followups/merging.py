"""What becomes of follow-ups when the customers they were held with are merged (B3). Totals follow by themselves: the
table keeps them."""

from __future__ import annotations

from genjin.customers.effects import restate_contacts
from genjin.customers.models import Customer
from genjin.followups.queries import last_facts
from genjin.kernel.actor import Actor
from genjin.merging.actions.moving import Moving
from genjin.merging.reach import settles, stays

stays("followups.FollowUp.opportunity_id", because="opportunities are merged into no other")
stays("followups.FirstContact.customer_id", because="brought to what stands by the reader of events (first_contact)")


def restate_facts(actor: Actor, customer: Customer, moving: Moving | None) -> None:  # noqa: ARG001 - as all settlers
    """Last contact and deal are what all its follow-ups say together."""
    facts = last_facts(customer)
    restate_contacts(
        actor,
        customer,
        last_followed_at=facts.occurred_at,
        last_effective_at=facts.effective_at,
        deal_date=facts.deal_date,
    )


settles("customer", restate_facts)
