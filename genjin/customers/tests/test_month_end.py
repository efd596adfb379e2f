"""The end of a month (S3-13, S3-14, B7): who is proposed to be archived or paused, who decides, and what is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from genjin.customers.actions.customers import edit_customer
from genjin.customers.actions.resting import archive_customer, pause_customer, resume_customer
from genjin.customers.models import Customer, MonthEnd, Proposal
from genjin.customers.monthend.actions import keep_customer, propose_rests, reconsider_customer
from genjin.customers.monthend.jobs import NAME, at_month_end, month_to_close
from genjin.customers.monthend.queries import (
    open_proposals,
    reasons_of,
    tally_of,
    waiting_of,
    would_be_proposed,
)
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import system
from genjin.kernel.fields import Values
from genjin.kernel.jobs import start_job
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import PASSWORD, Cast

MONTH = date(2026, 11, 1)
EVENING = datetime(2026, 11, 30, 10, tzinfo=UTC)  # 18:00 in Shanghai
TODAY = date(2026, 11, 30)
ROBOT = system("customers.propose")


def made(cast: Cast, days_ago: int, part: str = "owner", name: str = "甲公司", **facts: Any) -> Customer:
    """A customer made so many days before the month's end, with facts that other areas' actions keep."""
    with time_machine.travel(EVENING - timedelta(days=days_ago), tick=False):
        customer = make_customer(cast.actor(part), name)
        Customer.objects.filter(pk=customer.pk).update(**facts)
        edit_customer(cast.actor(part), customer.pk, values=Values(remarks="记"))
    return Customer.objects.get(pk=customer.pk)


def run_jobs() -> None:
    for queued in ProcrastinateJob.objects.filter(status="todo", task_name=NAME):
        app.tasks[queued.task_name].func(SimpleNamespace(job=SimpleNamespace(attempts=0)), **queued.args)


def close_month(at: datetime = EVENING) -> None:
    with time_machine.travel(at, tick=False):
        at_month_end(ROBOT)
        run_jobs()


def proposed() -> dict[int, tuple[str, str]]:
    return {p.customer_id: (p.kind, p.rule) for p in Proposal.objects.filter(month=MONTH)}


def ago(days: int) -> datetime:
    return EVENING - timedelta(days=days)


@pytest.mark.parametrize(
    ("days_ago", "facts", "expected"),
    [
        (60, {}, ("paused", "idle")),
        (59, {}, None),
        (200, {"last_effective_at": ago(60)}, ("paused", "idle")),
        (200, {"last_effective_at": ago(59)}, None),
        (200, {"last_effective_at": ago(90), "last_followed_at": ago(2)}, ("paused", "idle")),  # nobody was reached
        (200, {"last_effective_at": ago(90), "next_contact_at": EVENING + timedelta(days=1)}, None),
        (200, {"last_effective_at": ago(90), "next_contact_at": ago(1)}, ("paused", "idle")),  # a plan nobody kept
        (200, {"deal_date": date(2026, 6, 1), "last_effective_at": ago(90)}, ("archived", "deal")),
        (200, {"deal_date": date(2026, 6, 1), "last_effective_at": ago(89)}, None),  # it is cared for
        (200, {"deal_date": TODAY - timedelta(days=90)}, ("archived", "deal")),
        (200, {"deal_date": TODAY - timedelta(days=89)}, None),
        (200, {"deal_date": date(2026, 6, 1), "next_contact_at": ago(1)}, ("paused", "idle")),  # something is open
        (300, {"deal_date": date(2026, 6, 1), "paused": True}, None),
    ],
)
def test_s3_13_closed_ones_are_proposed_for_the_archive_and_idle_ones_for_a_pause(
    cast: Cast, days_ago: int, facts: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    customer = made(cast, days_ago, **facts)
    close_month()

    assert proposed().get(customer.pk) == expected


def test_s3_13_the_days_are_the_companys_calendar_days(cast: Cast) -> None:
    edge = datetime(2026, 10, 1, 16, tzinfo=UTC)  # midnight in Shanghai, 2 October: 59 days before the 30th
    before = made(cast, 300, name="甲公司", last_effective_at=edge - timedelta(seconds=1))
    after = made(cast, 300, name="乙公司", last_effective_at=edge)
    close_month()

    assert before.pk in proposed()
    assert after.pk not in proposed()


def test_s3_13_a_slow_rhythm_is_not_idle(cast: Cast) -> None:
    change_settings(cast.actor("administrator"), changes={"customers.rhythm_days.potential": 100})
    customer = made(cast, 80)
    close_month()

    assert customer.pk not in proposed()


def test_s3_13_the_days_are_settings_and_the_whole_can_be_switched_off(cast: Cast) -> None:
    customer = made(cast, 40)
    change_settings(cast.actor("administrator"), changes={"customers.month_end": "", "customers.idle_days": 40})
    close_month()
    assert not MonthEnd.objects.exists()

    change_settings(cast.actor("administrator"), changes={"customers.month_end": "1"})
    close_month()
    assert proposed() == {customer.pk: ("paused", "idle")}


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2026, 11, 30, 9, 59, tzinfo=UTC), None),  # 17:59 in Shanghai
        (EVENING, MONTH),
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), MONTH),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), MONTH),  # 1 December there: made up for
        (datetime(2026, 12, 5, 12, tzinfo=UTC), MONTH),
        (datetime(2026, 12, 6, 12, tzinfo=UTC), None),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), date(2028, 2, 1)),
        (datetime(2027, 1, 1, 3, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_s3_13_a_month_ends_in_the_companys_time_zone(now: datetime, month: date | None) -> None:
    assert month_to_close(now) == month


def test_s3_13_running_twice_proposes_and_tells_once(cast: Cast) -> None:
    made(cast, 100)
    made(cast, 100, name="乙公司")
    made(cast, 100, "teammate", name="丙公司")
    close_month()
    close_month(EVENING + timedelta(hours=1))
    with time_machine.travel(EVENING + timedelta(hours=2), tick=False):
        propose_rests(ROBOT, month=MONTH, after=0)
        start_job(ROBOT, NAME, month=MONTH.isoformat())
        run_jobs()

    assert Proposal.objects.count() == 3
    told = Notification.objects.filter(kind="month_end")
    assert sorted(told.values_list("member_id", "note__count")) == [(cast.owner.pk, 2), (cast.teammate.pk, 1)]
    found, _more = notices(cast.actor("owner"))
    assert [notice.words for notice in found] == ["月末整理：有 2 个客户建议归档或暂停，请核对"]


def test_s3_13_a_run_that_broke_off_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genjin.customers.monthend.actions.AT_ONCE", 2)
    rows = [made(cast, 100, name=f"客户{n}") for n in range(5)]
    with time_machine.travel(EVENING, tick=False):
        assert propose_rests(ROBOT, month=MONTH, after=0) == rows[1].pk  # and then the worker died
    close_month()

    assert set(proposed()) == {row.pk for row in rows}
    assert MonthEnd.objects.get().finished_at


def test_s3_13_accepting_asks_for_the_reason_and_both_ways_are_reversible(cast: Cast) -> None:
    owner = cast.actor("owner")
    idle, deal = made(cast, 100), made(cast, 200, name="乙公司", deal_date=date(2026, 3, 1))
    close_month()
    assert tally_of(owner, MONTH).waiting == 2

    with pytest.raises(Refused):
        pause_customer.run(owner, idle.pk, {"reason": ""})
    pause_customer.run(owner, idle.pk, {"reason": "budget"})
    archive_customer.run_many(owner, [deal.pk], {"reason": "deal_done"})
    tally = tally_of(owner, MONTH)
    assert (tally.waiting, tally.archived, tally.paused) == (0, 1, 1)

    resume_customer(owner, idle.pk)
    assert [p.customer_id for p in open_proposals(owner, MONTH)] == [idle.pk]


def test_s3_13_keeping_declines_it_this_month_and_can_be_taken_back(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = made(cast, 100)
    close_month()
    keep_customer(owner, customer.pk)
    assert (tally_of(owner, MONTH).kept, open_proposals(owner, MONTH)) == (1, [])
    with pytest.raises(Refused, match="没有待处理"):
        keep_customer(owner, customer.pk)
    close_month(EVENING + timedelta(hours=1))
    assert open_proposals(owner, MONTH) == []

    reconsider_customer(owner, customer.pk)
    assert len(open_proposals(owner, MONTH)) == 1
    keep_customer.run_many(owner, [customer.pk], {})
    assert Event.objects.filter(action="customers.keep").count() == 2

    close_month(datetime(2026, 12, 31, 11, tzinfo=UTC))
    assert len(open_proposals(owner, date(2026, 12, 1))) == 1  # asked again next month


def test_s3_13_who_is_taken_up_again_need_not_be_decided(cast: Cast) -> None:
    owner = cast.actor("owner")
    called, planned = made(cast, 100), made(cast, 100, name="乙公司")
    close_month()
    Customer.objects.filter(pk=called.pk).update(last_effective_at=EVENING + timedelta(hours=1))
    Customer.objects.filter(pk=planned.pk).update(next_contact_at=EVENING + timedelta(days=20000))

    assert open_proposals(owner, MONTH) == []
    assert tally_of(owner, MONTH).taken_up == 2


def test_s3_13_each_decides_about_his_own_and_a_manager_about_his_people(cast: Cast) -> None:
    mine, other = made(cast, 100), made(cast, 100, "teammate", name="乙公司")
    close_month()

    def waiting(part: str) -> list[int]:
        return [p.customer_id for p in open_proposals(cast.actor(part), MONTH)]

    assert waiting("owner") == waiting("manager") == [mine.pk]
    assert waiting("teammate") == [other.pk]
    assert waiting("stranger") == []
    assert sorted(waiting("administrator")) == [mine.pk, other.pk]
    with pytest.raises(Forbidden):
        waiting("nobody")
    with pytest.raises(NotFound):
        keep_customer(cast.actor("stranger"), mine.pk)
    assert waiting_of(cast.actor("manager"), cast.owner.pk) == 1
    assert waiting_of(cast.actor("nobody"), cast.nobody.pk) == 0


def test_s3_13_what_would_be_proposed_now_changes_nothing(cast: Cast) -> None:
    idle, deal = made(cast, 100), made(cast, 200, name="乙公司", deal_date=date(2026, 3, 1))
    made(cast, 10, name="丙公司")

    found, counts = would_be_proposed(cast.actor("owner"), EVENING)
    assert [(one.customer.pk, one.rule.key) for one in found] == [(deal.pk, "deal"), (idle.pk, "idle")]
    assert found[1].since == date(2026, 8, 22)
    assert (counts["deal"], counts["idle"]) == (1, 1)
    assert not Proposal.objects.exists()


def test_s3_13_pages_of_proposals_go_on_by_key(cast: Cast) -> None:
    rows = [made(cast, 100 - n, name=f"客户{n}") for n in range(5)]
    close_month()
    first = open_proposals(cast.actor("owner"), MONTH, most=2)
    assert [p.customer_id for p in first] == [row.pk for row in rows[:3]]  # one more tells that there are more

    rest = open_proposals(cast.actor("owner"), MONTH, most=9, after=(first[1].since, first[1].pk))
    assert [p.customer_id for p in rest] == [row.pk for row in rows[2:]]


def test_s3_14_reasons_of_a_month_are_counted_and_what_was_undone_is_not(cast: Cast) -> None:
    owner = cast.actor("owner")
    rows = [made(cast, 100, name=f"客户{n}") for n in range(4)]
    with time_machine.travel(EVENING, tick=False):
        pause_customer(owner, rows[0].pk, reason="budget")
        archive_customer(owner, rows[1].pk, reason="budget")
        archive_customer(owner, rows[2].pk, reason="competitor")
        pause_customer(owner, rows[3].pk, reason="other")
        resume_customer(owner, rows[3].pk)

    assert reasons_of(owner, MONTH) == {"budget": (1, 1), "competitor": (1, 0)}
    assert reasons_of(owner, date(2026, 10, 1)) == {}
    assert reasons_of(cast.actor("teammate"), MONTH) == {}


@pytest.fixture
def signed_in(cast: Cast) -> Callable[[str], Client]:
    def sign_in(part: str) -> Client:
        client = Client()
        client.post("/sign-in", {"name": part, "password": PASSWORD})
        return client

    return sign_in


def test_the_page_lists_decides_in_bulk_and_shows_the_reasons(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    customer = made(cast, 100, name="静默机电有限公司")
    client = signed_in("manager")
    assert "静默机电有限公司" in client.get("/customers/month-end").text  # nothing proposed yet: what would be now
    close_month()
    page = client.get("/customers/month-end").text
    assert "静默机电有限公司" in page
    assert "长期没有进展" in page
    assert "静默机电有限公司" not in client.get("/customers/month-end?kind=archived").text

    answer = client.post(
        "/customers/bulk/pause", {"ids": customer.pk, "drawn": "reason,note", "reason": "budget", "note": ""}
    )
    assert answer.status_code in (204, 302)
    assert "静默机电有限公司" not in client.get("/customers/month-end").text
    assert signed_in("nobody").get("/customers/month-end").status_code == 403
