"""What a follow-up does beyond itself: last contact and deal of the customer (lead, opportunity) it is about, plans
fulfilled and made (B7). Steps of actions, never actions themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from genjin.followups.models import FollowUp
from genjin.followups.queries import last_facts
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.plans.planning import fulfil, fulfil_due, plan_next, restate_next
from genjin.plans.queries import plan_for
from genjin.plans.subjects import locked, subject_of


@dataclass(frozen=True)
class NextStep:
    """Who is to do what comes next, and which department helps; neither: the author alone."""

    assignee_id: int | None = None
    support_id: int | None = None


def tell(actor: Actor, hung: Sequence[Record], followup: FollowUp, step: NextStep) -> None:
    """A new follow-up of a (locked) customer, lead … Imported history fulfils no plan and makes one only if it still
    lies ahead."""
    _fulfil(actor, hung, followup)
    make_plan(actor, hung, followup, step)
    for each in hung:
        subject_of(each).note_contact(
            actor,
            each,
            occurred_at=followup.occurred_at,
            effective=followup.effective,
            deal_date=followup.deal_date,
        )
    if followup.plan_id and not followup.next_plan_id:  # all other steps restate by themselves
        restate_next(actor, *hung)


def restate(actor: Actor, followup: FollowUp) -> None:
    """A follow-up was corrected, voided or restored: put on what it is about what all its follow-ups say now."""
    for each in locked(actor, followup):
        facts = last_facts(each)
        subject_of(each).restate_contacts(
            actor,
            each,
            last_followed_at=facts.occurred_at,
            last_effective_at=facts.effective_at,
            deal_date=facts.deal_date,
        )


def make_plan(actor: Actor, hung: Sequence[Record], followup: FollowUp, step: NextStep) -> None:
    """The next step becomes a plan; of history only when it lies ahead and the customer is somebody's (B4)."""
    planned = followup.next_contact_at
    if planned is None or (followup.imported and (planned <= timezone.now() or hung[0].owner_id is None)):
        return
    try:
        plan = plan_next(
            actor,
            hung,
            starts_at=planned,
            content=followup.next_step,
            assignee_id=step.assignee_id or (hung[0].owner_id if followup.imported else None),
            contact_id=followup.contact_id,
            support_department_id=step.support_id,
        )
    except Refused as refusal:
        if refusal.field == "starts_at":  # the input has another name here
            raise Refused(refusal.code, refusal.message, "next_contact_at") from None
        raise
    followup.next_plan_id = plan.pk
    record(actor, followup)


def _fulfil(actor: Actor, hung: Sequence[Record], followup: FollowUp) -> None:
    if followup.plan_id:
        fulfil(actor, plan_for(actor, followup.plan_id, to=SEE, lock=True), followup_id=followup.pk)
    elif not followup.imported and actor.member_id is not None:
        fulfil_due(actor, hung, by=actor.member_id, at=followup.occurred_at, followup_id=followup.pk)
