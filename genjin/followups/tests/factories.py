"""Follow-ups for tests, made through the action."""

from __future__ import annotations

from typing import Any

from genjin.customers.models import Customer
from genjin.followups.actions import create_followup
from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor


def make_followup(actor: Actor, customer: Customer, content: str = "谈了交期", **raw: Any) -> FollowUp:
    """A follow-up of a customer, written by the actor; its reason counts only where one is wanted."""
    told = {"customer": str(customer.pk), "content": content, "late_reason": "补录旧事", **raw}
    outcome = create_followup.run(actor, None, told)
    assert outcome.row_id is not None
    return FollowUp.objects.get(pk=outcome.row_id)
