"""Plans for tests, made through the action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.plans.actions.plans import create_plan
from genjin.plans.models import Plan


def make_plan(actor: Actor, customer: Customer | None = None, content: str = "带样机上门", **raw: Any) -> Plan:
    """A plan of the actor's for tomorrow at this time."""
    given: dict[str, Any] = {"content": content, "starts_at": (actor.now() + timedelta(days=1)).isoformat(), **raw}
    if customer is not None:
        given["customer"] = str(customer.pk)
    outcome = create_plan.run(actor, None, given)
    assert outcome.row_id is not None
    return Plan.objects.get(pk=outcome.row_id)


def set_time(plan: Plan, **when: Any) -> None:
    """Let time have passed: move a plan without any action."""
    Plan.objects.filter(pk=plan.pk).update(**when)
    plan.refresh_from_db()
