"""Customers and contacts for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Contact, Customer
from genjin.kernel.actor import Actor


def make_customer(actor: Actor, name: str = "苏州晶砺半导体有限公司", **raw: Any) -> Customer:
    """A customer owned by the actor."""
    outcome = create_customer.run(actor, None, {"name": name, "duplicate_known": "1", **raw})
    assert outcome.row_id is not None
    return Customer.objects.get(pk=outcome.row_id)


def make_contact(actor: Actor, customer: Customer, name: str = "陆怀瑾", **raw: Any) -> Contact:
    """A contact of a customer."""
    outcome = create_contact.run(actor, None, {"name": name, "customer": str(customer.pk), **raw})
    assert outcome.row_id is not None
    return Contact.objects.get(pk=outcome.row_id)
