"""Opportunities for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.opportunities.actions.opportunities import create_opportunity
from genjin.opportunities.models import Opportunity


def make_opportunity(
    actor: Actor, name: str = "A3 栋整层", customer: Customer | None = None, **raw: Any
) -> Opportunity:
    """An opportunity owned by the actor, of a customer of his."""
    of = customer or make_customer(actor)
    given = {"name": name, "customer": str(of.pk), "duplicate_known": "1", **raw}
    outcome = create_opportunity.run(actor, None, given)
    assert outcome.row_id is not None
    return fresh(outcome.row_id)


def fresh(row: Opportunity | int) -> Opportunity:
    """As it stands in the database."""
    return Opportunity.objects.get(pk=row if isinstance(row, int) else row.pk)
