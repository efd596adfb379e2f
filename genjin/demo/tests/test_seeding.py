"""Seeding the demo company: into an empty database only, the same each time, with clocks that run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.demo import seed_demo
from genjin.followups.models import FirstContact, FollowUp
from genjin.kernel.refusal import NotFound
from genjin.kernel.sealing import deliver, seal

pytestmark = [pytest.mark.django_db, pytest.mark.long]
WEDNESDAY = datetime(2025, 6, 11, 6, 30, tzinfo=UTC)
SUNDAY = datetime(2025, 6, 14, 20, 15, tzinfo=UTC)  # early Sunday morning in Shanghai
SOME = 150


def test_new_customers_were_called_in_time_but_for_a_handful() -> None:
    now = timezone.now()
    seed_demo(customers=SOME, now=now)
    while seal():
        pass
    while deliver():
        pass
    runs = FirstContact.objects.all()
    late = [run for run in runs.filter(ended_at=None) if run.due_at < now]
    assert 0 < runs.filter(ended_at=None).count() < 14
    assert len(late) <= 4
    assert all(now - run.due_at < timedelta(days=2) for run in late)
    assert runs.filter(contacted_at__gt=F("due_at")).count() < runs.count() / 5


def test_the_same_day_gives_the_same_company() -> None:
    def told() -> list[tuple[str, str, datetime]]:
        with transaction.atomic():
            seed_demo(customers=40, now=WEDNESDAY)
            found = FollowUp.objects.order_by("occurred_at", "content").values_list("content", "method", "occurred_at")
            result = list(found)
            transaction.set_rollback(True)
        return result

    first = told()
    assert first == told()


def test_only_an_empty_database_is_seeded() -> None:
    seed_demo(customers=5, now=WEDNESDAY)
    with pytest.raises(NotFound):
        seed_demo(customers=5, now=WEDNESDAY)
    assert Customer.objects.count() == 5
