"""A customer whose last result is "no deal" is closed: a month's end proposes it for the archive (S3-13, S0-37)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from genjin.customers.models import Customer
from genjin.customers.monthend.queries import would_be_proposed
from genjin.customers.tests.factories import make_customer
from genjin.followups.tests.factories import make_followup
from genjin.testing.cast import Cast

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)  # 18:00 in Shanghai


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("results", "rule"),
    [
        ([(30, "no_deal")], "no_deal"),
        ([(29, "no_deal")], None),
        ([(50, "deal"), (40, "no_deal")], "no_deal"),
        ([(50, "no_deal"), (40, "deal")], None),  # a later deal
        ([(50, "no_deal"), (10, "")], None),  # somebody tries again
        ([(50, "no_deal"), (40, "")], "no_deal"),
        ([(50, "")], None),
    ],
)
def test_s3_13_the_last_result_counts(cast: Cast, results: list[tuple[int, str]], rule: str | None) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(ago(100), tick=False):
        customer = make_customer(owner)
    for days, outcome in results:
        with time_machine.travel(ago(days), tick=False):
            facts = {"result_date": f"{ago(days):%Y-%m-%d}"} if outcome else {}
            made = make_followup(owner, customer, occurred_at=ago(days).isoformat(), outcome=outcome, **facts)
            Customer.objects.filter(pk=customer.pk).update(
                last_effective_at=made.occurred_at, next_contact_at=None, follow_by=NOW.date()
            )

    found, _counts = would_be_proposed(owner, NOW)
    assert [one.rule.key for one in found] == ([rule] if rule else [])


def test_s3_13_a_customer_with_a_plan_is_not_closed(cast: Cast) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(ago(50), tick=False):
        customer = make_customer(owner)
        make_followup(owner, customer, occurred_at=ago(50).isoformat(), outcome="no_deal", result_date="2026-10-11")
    Customer.objects.filter(pk=customer.pk).update(next_contact_at=ago(1), follow_by=NOW.date())

    assert would_be_proposed(owner, NOW)[0] == []
