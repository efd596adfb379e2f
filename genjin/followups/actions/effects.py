"""What a follow-up does beyond itself: the customer's last contact and deal, plans fulfilled and made (B7). Steps of
actions, never actions themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from genjin.customers.effects import note_contact, restate_contacts
from genjin.customers.models import Customer
from genjin.customers.queries import customer_for
from genjin.followups.models import FollowUp
from genjin.followups.queries import last_facts
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.plans.planning import fulfil, fulfil_due, plan_next, restate_next
from genjin.plans.queries import plan_for


@dataclass(frozen=True)
class NextStep:
    """Who is to do what comes next, and which department helps; neither: the author alone."""

    assignee_id: int | None = None
    support_id: int | None = None


def tell_customer(actor: Actor, customer: Customer, followup: FollowUp, step: NextStep) -> None:
    """A new follow-up of a (locked) customer. Imported history fulfils no plan and makes one only if it still lies
    ahead."""
    _fulfil(actor, customer, followup)
    make_plan(actor, customer, followup, step)
    note_contact(
        actor,
        customer,
        occurred_at=followup.occurred_at,
        effective=followup.effective,
        deal_date=followup.deal_date,
    )
    if followup.plan_id and not followup.next_plan_id:  # all other steps restate by themselves
        restate_next(actor, customer)


def restate(actor: Actor, followup: FollowUp) -> None:
    """A follow-up was corrected, voided or restored: put on its customer what all its follow-ups say now."""
    customer = customer_for(actor, followup.customer_id, to=SEE, lock=True)
    facts = last_facts(customer)
    restate_contacts(
        actor,
        customer,
        last_followed_at=facts.occurred_at,
        last_effective_at=facts.effective_at,
        deal_date=facts.deal_date,
    )


def make_plan(actor: Actor, customer: Customer, followup: FollowUp, step: NextStep) -> None:
    """The next step becomes a plan."""
    planned = followup.next_contact_at
    if planned is None or (followup.imported and planned <= timezone.now()):
        return
    try:
        plan = plan_next(
            actor,
            customer,
            starts_at=planned,
            content=followup.next_step,
            assignee_id=step.assignee_id or (customer.owner_id if followup.imported else None),
            contact_id=followup.contact_id,
            support_department_id=step.support_id,
        )
    except Refused as refusal:
        if refusal.field == "starts_at":  # the input has another name here
            raise Refused(refusal.code, refusal.message, "next_contact_at") from None
        raise
    followup.next_plan_id = plan.pk
    record(actor, followup)


def _fulfil(actor: Actor, customer: Customer, followup: FollowUp) -> None:
    if followup.plan_id:
        fulfil(actor, plan_for(actor, followup.plan_id, to=SEE, lock=True), followup_id=followup.pk)
    elif not followup.imported and actor.member_id is not None:
        fulfil_due(actor, customer, by=actor.member_id, at=followup.occurred_at, followup_id=followup.pk)
