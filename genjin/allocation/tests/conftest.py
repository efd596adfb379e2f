"""A company with customers to allocate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from genjin.allocation.actions.schemes import declare_scheme
from genjin.allocation.models import Scheme
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Values
from genjin.testing.cast import Cast, make_cast


@dataclass
class World:
    """The cast, with three salespeople to give records to."""

    cast: Cast

    @property
    def admin(self) -> Actor:
        return self.cast.actor("administrator")

    @property
    def people(self) -> list[int]:
        return [self.cast.owner.pk, self.cast.teammate.pk, self.cast.stranger.pk]

    def scheme(self, mode: str = "turns", **given: Any) -> Scheme:
        """A scheme for customers; `seats` may be plain ids."""
        seats = [seat if isinstance(seat, dict) else {"member": seat} for seat in given.pop("seats", self.people)]
        facts = {"name": f"方案{mode}", "record_type": "customer"} | given
        return declare_scheme(self.admin, mode=mode, seats=seats, **facts)

    def customer(self, name: str, **values: Any) -> Customer:
        """A customer of the administrator's."""
        return create_customer(self.admin, values=Values({"name": name} | values), duplicate_known=True)

    def customers(self, count: int, **values: Any) -> list[Customer]:
        return [self.customer(f"第{number}号客户", **values) for number in range(count)]

    def owners(self, rows: list[Customer]) -> list[int | None]:
        found = Customer.objects.in_bulk([row.pk for row in rows])
        return [found[row.pk].owner_id for row in rows]


@pytest.fixture
def world(db: Any) -> World:
    return World(make_cast())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
