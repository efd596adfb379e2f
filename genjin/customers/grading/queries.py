"""Reads of grading."""

from __future__ import annotations

from genjin.customers.models import Customer, Grade
from genjin.kernel.actor import Actor
from genjin.kernel.doors import demand_sight


def grade_of(actor: Actor, customer: Customer) -> Grade | None:
    """What was last said of a customer's grade. Raises NotFound for one the actor does not see."""
    demand_sight(actor, customer)
    return Grade.objects.filter(customer_id=customer.pk).first()
