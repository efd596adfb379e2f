"""The demo company: complete, believable, made by actions, dated around the given day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Max, Q

from genjin.clashes.models import Clash
from genjin.clashes.queries import MY_RULING, clashes_seen
from genjin.comments.models import Comment
from genjin.conversion.models import Conversion
from genjin.customers.models import WORKED, Contact, Customer, MonthEnd, Proposal
from genjin.customers.record import CUSTOMER
from genjin.demo import seed_demo
from genjin.demo.disputes import CASES
from genjin.demo.people import PEOPLE
from genjin.demo.seeding import DemoSignIn
from genjin.duplicates.rules import Entry
from genjin.duplicates.telling import hits_of
from genjin.followups.models import FollowUp, Phrase
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.doors import visible_to
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life
from genjin.kernel.sealing import seal, verify
from genjin.leads.models import Lead
from genjin.leads.rules import LeadState
from genjin.org.models import Department, Member
from genjin.org.queries import actor_for
from genjin.ownership.models import Period, Split, Teammate
from genjin.plans.models import Plan
from genjin.sharing.models import SharingRule

pytestmark = [pytest.mark.django_db, pytest.mark.long]
WEDNESDAY = datetime(2025, 6, 11, 6, 30, tzinfo=UTC)
SUNDAY = datetime(2025, 6, 14, 20, 15, tzinfo=UTC)  # early Sunday morning in Shanghai
SOME = 150
DOUBLES = len(CASES) + 1
"""At most; a small company does not have one of each."""


wednesday = pytest.mark.parametrize("company", [WEDNESDAY], indirect=True)
both = pytest.mark.parametrize("company", [WEDNESDAY, SUNDAY], indirect=True)


@dataclass(frozen=True)
class Company:
    """What was seeded around a moment, and who signs in."""

    now: datetime
    signs_in: list[DemoSignIn]


@pytest.fixture(scope="module")
def company(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    """One company for all tests of a moment; rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Company(request.param, seed_demo(customers=SOME, now=request.param))
        transaction.set_rollback(True)


@wednesday
def test_a_company_with_a_year_behind_it_and_work_ahead(company: Company) -> None:
    assert Member.objects.count() == len(PEOPLE) + 1
    assert {path.count("/") - 1 for path in Department.objects.values_list("path", flat=True)} == {1, 2, 3}
    customers = Customer.objects.count() - Conversion.objects.filter(new_customer=True).count()
    assert SOME + 2 < customers <= SOME + DOUBLES
    assert set(Lead.objects.values_list("state", flat=True)) == set(LeadState)
    assert 0.8 < Lead.objects.count() / (SOME // 2) <= 1
    assert Lead.objects.filter(life=Life.VOIDED).exists()
    assert 1.1 < Contact.objects.count() / SOME < 1.5
    assert SOME * 3.5 < FollowUp.objects.filter(lead_id=None).count() < SOME * 4.8
    assert set(Customer.objects.values_list("life", flat=True)) == set(Life.values)
    assert Customer.objects.filter(paused=True).exists()
    assert Customer.objects.exclude(parent=None).exists()
    assert Customer.objects.exclude(referred_by=None).exists()
    assert Teammate.objects.exists()
    assert Period.objects.filter(rule="transferred").exists()
    for sign_in in company.signs_in:
        assert Member.objects.get(sign_in=sign_in.sign_in).check_password(sign_in.password)


@wednesday
def test_plans_lie_around_today(company: Company) -> None:
    planned = Customer.objects.filter(life=Life.LIVE).values_list("next_contact_at", flat=True)
    zone = system().zone
    days = Counter((p.astimezone(zone).date() - company.now.astimezone(zone).date()).days for p in planned if p)
    assert days[0]
    assert any(day < 0 for day in days)
    assert sum(count for day, count in days.items() if 0 < day < 8) > sum(days.values()) / 3
    assert min(days) > -30


@wednesday
def test_follow_ups_use_all_that_is_asked(company: Company) -> None:
    talks = list(FollowUp.objects.all())
    for name in ("call_result", "place", "response", "objections", "feedback", "intention", "late_reason", "minutes"):
        assert any(getattr(talk, name) for talk in talks), name
    assert any(talk.solution for talk in talks)
    assert 0.01 < sum(not talk.effective for talk in talks) / len(talks) < 0.15
    late = sum(bool(talk.late_hours) for talk in talks)
    assert 0.01 < late / len(talks) < 0.12
    assert sum(bool(talk.late_reason) for talk in talks) < late
    deals = {talk.customer_id for talk in talks if talk.deal_date}
    assert 0.05 < len(deals) / SOME < 0.3
    assert len({(t.occurred_at.year, t.occurred_at.month) for t in talks}) >= 11


@both
def test_work_waits_for_everybody_at_any_hour(company: Company) -> None:
    now = company.now
    zone = system().zone
    open_plans = list(Plan.objects.filter(due_at__isnull=False).select_related("assignee"))
    days = Counter((plan.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days for plan in open_plans)
    overdue = sum(count for day, count in days.items() if day < 0)
    assert 0 < overdue < len(open_plans) / 4
    assert days[0]
    assert all(8 <= plan.starts_at.astimezone(zone).hour <= 18 for plan in open_plans if not plan.kind)
    shown = {"guqinghe", "linzhixia", "zhoumuyuan", "xuxinghe"}
    assert shown <= {plan.assignee.sign_in for plan in open_plans}
    assert {plan.occasion for plan in open_plans if plan.kind} >= {"birthday"}
    assert {plan.state for plan in Plan.objects.all()} >= {"prepared", "completed"}
    assert any(plan.rhythm for plan in open_plans)
    assert Phrase.objects.filter(member=None).exists()
    assert Comment.objects.exclude(mentions=[]).exists()
    cold = Customer.objects.filter(WORKED, follow_by__lte=now.astimezone(zone).date()).count()
    assert 0.03 < cold / SOME < 0.16


@wednesday
def test_its_own_fields_are_filled_as_they_are_asked_for(company: Company) -> None:
    customers = list(Customer.objects.values_list("level", "custom"))
    filled = [custom for _level, custom in customers if "x_model" in custom]
    assert 0.4 < len(filled) / SOME < 0.8
    assert all("x_file" in custom for _level, custom in customers)
    assert all(level and custom["x_spend"] % 10_000 == 0 for level, custom in customers if "x_spend" in custom)
    assert all("ours" in custom["x_machines"] for custom in filled if "x_warranty" in custom)
    both = [custom for custom in filled if "x_spend" in custom and "x_units" in custom]
    assert both
    assert all(abs(custom["x_each"] - custom["x_spend"] / custom["x_units"]) <= 0.5 for custom in both)
    assert not any("x_each" in custom for custom in filled if custom not in both)
    accepted = [custom["x_accepted"] for custom in filled if "x_accepted" in custom]
    assert all(one["name"].endswith("验收单.xlsx") for files in accepted for one in files)
    assert File.objects.filter(field="x_accepted").exclude(record_id=0).count() == len(accepted) > 0
    keen = [custom for custom in Contact.objects.values_list("custom", flat=True) if custom]
    assert 0 < len(keen) < Contact.objects.count() / 4
    assert all({"x_flat", "x_layout", "x_purpose", "x_blocks"} <= custom.keys() for custom in keen)


@wednesday
def test_the_last_month_has_proposals(company: Company) -> None:
    assert MonthEnd.objects.get().month == date(2025, 5, 1)
    assert 0 < Proposal.objects.count() < SOME / 5


@both
def test_nothing_happened_ahead_of_time_and_all_in_order(company: Company) -> None:
    now = company.now
    # forms are made after the story, and what the public sends comes in while the demo is made
    outside = Event.objects.filter(Q(action__startswith="leadforms.") | Q(surface="form"))
    events = list(Event.objects.exclude(pk__in=outside).order_by("id").values_list("at", flat=True))
    assert events == sorted(events)
    assert events[-1] <= now
    assert events[0] > now - timedelta(days=370)
    entered = Customer.objects.exclude(pk__in=Conversion.objects.values("customer"))  # leads become customers later on
    created = list(entered.order_by("id").values_list("created_at", flat=True))
    assert created == sorted(created)
    assert FollowUp.objects.aggregate(last=Max("occurred_at"))["last"] <= now


@wednesday
def test_nobody_is_taken_for_somebody_else(company: Company) -> None:
    administrator = _actor("guqinghe")
    twice = {pk for pair in Clash.objects.values_list("earlier_id", "later_id") for pk in pair}
    named = Counter(Customer.objects.values_list("name", flat=True))
    for customer in Customer.objects.exclude(pk__in=twice):
        values = {"name": customer.name, "phone": customer.phone, "credit_code": customer.credit_code}
        hits = hits_of(administrator, CUSTOMER, values, Entry.CREATE, besides=customer.pk)
        assert len(hits) == named[customer.name] - 1, customer.name  # one was voided and comes again
    phones = list(Contact.objects.values_list("phone", flat=True))
    assert len(phones) == len(set(phones))


@wednesday
def test_every_record_has_its_event_and_its_owner_his_period(company: Company) -> None:
    linked = set(EventLink.objects.values_list("row_id", flat=True))
    for model in (Customer, Contact, FollowUp):
        rows = dict(model.objects.values_list("pk", "owner_id"))
        assert rows.keys() <= linked
        open_periods = Period.objects.filter(record_id__in=rows, until=None)
        assert dict(open_periods.values_list("record_id", "owner_id")) == rows
    while seal():
        pass
    assert verify() is None


@wednesday
def test_people_clash_and_share_performance_B3_B15(company: Company) -> None:
    assert set(Clash.objects.values_list("state", flat=True)) == {"open", "ruled"}
    assert all(clash.reason and clash.basis for clash in Clash.objects.filter(state="ruled"))
    assert {("standing", "set"), ("proposed", "set")} <= set(Split.objects.values_list("state", "origin"))
    assert clashes_seen(_actor("linzhixia"), CUSTOMER, whose=MY_RULING)[0]


@wednesday
def test_each_sees_what_is_his(company: Company) -> None:
    seen = {name: visible_to(_actor(name), Customer).count() for name in ("zhoumuyuan", "linzhixia", "xuxinghe")}
    assert 0 < seen["zhoumuyuan"] < seen["linzhixia"] < seen["xuxinghe"] == Customer.objects.count()


@wednesday
def test_departments_share_what_they_do_together(company: Company) -> None:
    assert set(SharingRule.objects.values_list("writes", flat=True)) == {False, True}
    buyers = Customer.objects.filter(lifecycle="old", department__name__in=["苏州组", "深圳组", "京津组"])
    served = visible_to(_actor("mengjingchuan"), Customer)
    assert 0 < buyers.count() == served.filter(pk__in=buyers.values("pk")).count()
    jiangsu = Customer.objects.filter(department__name="苏州组", region__startswith="32")
    assert 0 < jiangsu.count() == visible_to(_actor("fangsiyuan"), Customer).filter(pk__in=jiangsu.values("pk")).count()


def _actor(sign_in: str) -> Actor:
    actor = actor_for(Member.objects.get(sign_in=sign_in).pk, Surface.WEB)
    assert actor is not None
    return actor
