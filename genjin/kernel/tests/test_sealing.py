"""Readers of sealed events: each event once, and a reader that fails holds up no other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.customers.tests.factories import make_customer
from genjin.kernel import sealing
from genjin.kernel.models.events import Consumer, Event
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.django_db


def test_a_reader_that_fails_keeps_its_place_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, seen = [True], dict[str, list[int]](first=[], second=[])

    def first(events: Sequence[Event]) -> None:
        seen["first"] += [event.pk for event in events]
        if broken:
            raise ValueError("broken on purpose")

    def second(events: Sequence[Event]) -> None:
        seen["second"] += [event.pk for event in events]

    monkeypatch.setattr(sealing, "CONSUMERS", {"first": first, "second": second})
    make_customer(make_cast().actor("owner"), name="甲")
    while sealing.seal():
        pass
    with pytest.raises(ValueError, match="on purpose"):
        sealing.deliver()
    assert seen["second"]
    assert seen["first"] == seen["second"]
    assert not Consumer.objects.filter(name="first").exclude(position=0).exists()
    broken.clear()
    assert sealing.deliver() == len(seen["second"])
    assert sealing.deliver() == 0
    assert seen["first"] == 2 * seen["second"]


def test_with_nothing_to_seal_or_give_it_asks_three_times_and_writes_nothing() -> None:
    make_cast()
    while sealing.seal() + sealing.deliver():
        pass
    with CaptureQueriesContext(connection) as asked:
        assert sealing.seal() + sealing.deliver() == 0
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"] * 3
