"""B16 with ten thousand customers: few statements for each record, and no record lost or doubled when it is killed."""

from __future__ import annotations

import resource
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.handover import work
from genjin.handover.rules import State
from genjin.handover.tests.factories import prepared
from genjin.kernel.codes_store import new_ids
from genjin.org.models import Member
from genjin.ownership.models import Period, Rule
from genjin.testing.cast import Cast

MANY = 10_000
QUERIES_PER_RECORD = 0.1


class Asked:
    """Counts statements. Their texts, which hold thousands of ids, are nobody's business here."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *given: Any) -> Any:
        self.count += 1
        return execute(*given)


def furnish(owner: Member, count: int) -> None:
    """Customers with a contact and two follow-ups each, written without the actions."""
    ids = new_ids(4 * count)
    mine = {"owner": owner, "department": owner.department}
    customers = [Customer(id=pk, code=f"K{pk}", name=f"客户{pk}", version=1, **mine) for pk in ids[:count]]
    Customer.objects.bulk_create(customers, batch_size=1000)
    below = [Contact(id=pk, code=f"L{pk}", name="陆怀瑾", version=1, customer=c, **mine)
             for pk, c in zip(ids[count:], customers, strict=False)]  # fmt: skip
    Contact.objects.bulk_create(below, batch_size=1000)
    told = {"author": owner, "occurred_at": timezone.now(), "content": "谈了交期" * 20, "version": 1, **mine}
    twice = zip(ids[2 * count :], [*customers, *customers], strict=True)
    talks = [FollowUp(id=pk, code=f"G{pk}", customer=customer, **told) for pk, customer in twice]
    FollowUp.objects.bulk_create(talks, batch_size=1000)
    Period.objects.bulk_create(
        [
            Period(record_type=r.row_type, record_id=r.pk, rule=Rule.CREATED, **mine)
            for r in (*customers, *below, *talks)
        ],
        batch_size=1000,
    )


@pytest.mark.slow(about=40)
def test_b16_ten_thousand_records_move_in_few_statements_and_little_time(cast: Cast) -> None:
    furnish(cast.owner, MANY)
    row = prepared(cast.actor("manager"), cast.owner, cast.teammate, cast.stranger, cast.manager)
    asked = Asked()
    with connection.execute_wrapper(asked):
        before = resource.getrusage(resource.RUSAGE_SELF)
        done = work.begin_handover(cast.actor("manager"), row.pk, waiting=True)
        after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.state == State.DONE
    assert asked.count < QUERIES_PER_RECORD * MANY
    assert spent / (4 * MANY) < 0.001
    assert not Customer.objects.filter(owner=cast.owner).exists()
    assert Period.objects.filter(until=None).count() == 4 * MANY
