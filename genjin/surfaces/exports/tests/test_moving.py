"""A list that changes its order while it is taken out gives each of its rows once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.lists import read_query
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.exports import writing
from genjin.surfaces.exports.asked import read_asked
from genjin.surfaces.exports.models import Format
from genjin.testing.cast import make_cast

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("order", ["-updated_at", "updated_at"])
def test_rows_that_move_while_they_are_written_come_once_each(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    monkeypatch.setattr(writing, "AT_A_TIME", 3)
    actor = cast.actor("administrator")
    made = [make_customer(actor, f"第{n:02}号织造厂") for n in range(12)]
    for place, customer in enumerate(made):
        Customer.objects.filter(pk=customer.pk).update(updated_at=timezone.now() - timedelta(days=place + 1))
    asked = read_asked(actor, RECORD_TYPES["customer"], f"sort={order}", [], ["name"])
    assert read_query(actor, RECORD_TYPES["customer"], {"sort": [order]}).sort is not None
    moved = iter([made[11], made[0], made[6], made[1], made[10]])

    def move(_done: int) -> None:
        customer = next(moved, None)
        if customer is not None:
            Customer.objects.filter(pk=customer.pk).update(updated_at=timezone.now() + timedelta(days=customer.pk % 2))

    file = BytesIO()
    assert writing.write(actor, asked, Format.CSV, file, move) == 12
    lines = file.getvalue().decode("utf-8-sig").split()
    expected = [customer.name for customer in (made if order.startswith("-") else made[::-1])]
    assert lines[1:] == expected
