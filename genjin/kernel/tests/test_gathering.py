"""Search indexes that gather while many rows come in, and are put back."""

from __future__ import annotations

import pytest

from genjin.customers.models import Customer
from genjin.kernel.gathering import gathering, settle, unsettled


@pytest.mark.django_db
def test_indexes_gather_only_while_they_are_told_to() -> None:
    assert unsettled([Customer]) == []
    with gathering([Customer]):
        assert unsettled([Customer]) == ["customer_search"]
    assert unsettled([Customer]) == []
    settle("customer_search")
    assert unsettled([Customer]) == []
