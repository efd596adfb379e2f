"""The workbench asks little: at most twelve queries for each of the cast, also for who watches over three hundred."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from genjin.customers.tests.factories import make_customer
from genjin.followups.jobs.first_contact import restate
from genjin.followups.tests.factories import make_followup
from genjin.kernel.codes_store import new_ids
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member, MemberRole, Role
from genjin.plans.tests.factories import make_plan, set_time
from genjin.testing.cast import PARTS, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MOST = 12
SIDE = 14  # after the first paint: statistics of follow-ups ask for each type on which they hang, scores once
PEOPLE = 300


def queries_of(member: Member, path: str) -> list[str]:
    """What the second visit asks: the first one fills what is kept between requests."""
    client = Client()
    client.force_login(member)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code in (200, 204, 403)
    return [query["sql"] for query in asked.captured_queries]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Customers waiting for a first call, plans overdue and to come, talks."""
    for part in ("owner", "manager", "stranger"):
        actor = cast.actor(part)
        for number in range(3):
            customer = make_customer(actor, name=f"{part}的第{number}家公司")
            plan = make_plan(actor, customer, content=f"{part}的第{number}个计划")
            set_time(plan, starts_at=actor.now(), due_at=actor.now())
            restate([customer.pk])
        make_followup(actor, make_customer(actor, name=f"{part}联系过的公司"))
    return cast


@pytest.mark.parametrize("path", ["/today", "/today/side"])
def test_the_day_of_each_of_the_cast_takes_few_queries(busy: Cast, path: str) -> None:
    taken = {part: queries_of(getattr(busy, part), path) for part in PARTS}
    assert {part: asked for part, asked in taken.items() if len(asked) > MOST} == {}


def test_three_hundred_people_take_no_more(busy: Cast) -> None:
    few = len(queries_of(busy.manager, "/today"))
    role = Role.objects.get(key="salesperson")
    ids = new_ids(PEOPLE)
    group, above = busy.owner.department, busy.manager
    Member.objects.bulk_create(
        Member(id=pk, name=f"组员{pk}", sign_in=f"m{pk}", department=group, superior=above) for pk in ids
    )
    MemberRole.objects.bulk_create(MemberRole(member_id=pk, role=role) for pk in ids)
    bump_stamp()
    asked = queries_of(busy.manager, "/today")
    assert len(asked) <= MOST, asked
    assert len(asked) == few
    assert len(queries_of(busy.manager, "/today/side")) <= SIDE
    assert len(queries_of(busy.manager, "/today?team=all")) <= MOST
