"""Series of plans, and help from other departments (B7, S3-12)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.kernel.doors import visible_to
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.events import Notification
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.plans.actions.passing import end_series, postpone_plan
from genjin.plans.actions.plans import cancel_plan, complete_plan, edit_plan, reopen_plan
from genjin.plans.actions.support import record_support
from genjin.plans.models import Plan
from genjin.plans.record import PLAN
from genjin.plans.rules import next_of_series
from genjin.plans.tests.factories import make_plan
from genjin.testing.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("rhythm", "first", "after", "until", "expected"),
    [
        ("day", "2026-11-20 09:00", "2026-11-20 09:00", None, "2026-11-21 09:00"),
        ("day", "2026-11-20 09:00", "2027-11-20 09:00", None, "2027-11-21 09:00"),
        ("week", "2026-11-23 09:00", "2026-11-23 09:00", None, "2026-11-30 09:00"),
        ("week", "2026-11-23 09:00", "2026-11-24 15:00", None, "2026-11-30 09:00"),  # postponed to Tuesday
        ("week", "2026-11-23 09:00", "2026-12-08 08:59", None, "2026-12-14 09:00"),  # two were missed
        ("fortnight", "2026-11-23 09:00", "2026-11-23 09:00", None, "2026-12-07 09:00"),
        ("month", "2026-01-31 10:00", "2026-01-31 10:00", None, "2026-02-28 10:00"),
        ("month", "2026-01-31 10:00", "2026-02-28 10:00", None, "2026-03-31 10:00"),  # the 31st comes back
        ("quarter", "2025-11-30 10:00", "2025-11-30 10:00", None, "2026-02-28 10:00"),
        ("week", "2026-11-23 09:00", "2026-11-23 09:00", "2026-11-30", "2026-11-30 09:00"),
        ("week", "2026-11-23 09:00", "2026-11-23 09:00", "2026-11-29", None),
    ],
)
def test_the_next_step_of_a_series(
    rhythm: str, first: str, after: str, until: str | None, expected: str | None
) -> None:
    end = date.fromisoformat(until) if until else None
    found = next_of_series(rhythm, _at(first), _at(after), end, SHANGHAI)
    assert found == (_at(expected) if expected else None)


def test_a_series_keeps_the_clock_on_the_wall_where_summer_time_begins() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 3, 23, 9, tzinfo=berlin)
    found = next_of_series("week", first, first, None, berlin)
    assert found is not None
    assert (found.astimezone(berlin).hour, found.utcoffset()) == (9, timedelta(hours=2))


@pytest.mark.parametrize("close", [complete_plan, cancel_plan])
def test_B7_the_next_one_of_a_series_is_made_when_one_is_closed(cast: Cast, close: Any) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    plan = make_plan(owner, customer, "每周问候", rhythm="week", minutes="20")
    close(owner, plan.pk)
    following = Plan.objects.get(series=plan.pk)
    assert following.starts_at == plan.starts_at + timedelta(days=7)
    assert (following.content, following.rhythm, following.minutes, following.owner_id) == (
        plan.content, "week", 20, cast.owner.pk,
    )  # fmt: skip
    customer.refresh_from_db()
    assert customer.next_contact_at == following.starts_at
    postpone_plan.run(owner, following.pk, {"choice": "tomorrow"})
    close(owner, following.pk)
    third = Plan.objects.filter(series=plan.pk).latest("id")
    assert third.starts_at == plan.starts_at + timedelta(days=7)  # tomorrow lies before the step it stood for


def test_reopening_takes_the_untouched_next_one_back(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, None, rhythm="day")
    complete_plan(owner, plan.pk)
    following = Plan.objects.get(series=plan.pk)
    reopen_plan(owner, plan.pk)
    following.refresh_from_db()
    assert following.life == Life.VOIDED
    complete_plan(owner, plan.pk)
    second = Plan.objects.get(series=plan.pk, life=Life.LIVE)
    edit_plan.run(owner, second.pk, {"content": "改了内容"})
    reopen_plan(owner, plan.pk)
    complete_plan(owner, plan.pk)
    assert Plan.objects.filter(series=plan.pk, life=Life.LIVE).get() == second


def test_a_series_ends_on_its_day_or_when_it_is_ended(cast: Cast) -> None:
    owner = cast.actor("owner")
    day = (owner.now() + timedelta(days=1)).date()
    last = make_plan(owner, None, rhythm="day", repeat_until=day.isoformat())
    complete_plan(owner, last.pk)
    ended = make_plan(owner, None, rhythm="week")
    end_series(owner, ended.pk)
    complete_plan(owner, ended.pk)
    assert not Plan.objects.filter(series__isnull=False).exists()
    with pytest.raises(Refused, match="不早于计划时间"):
        make_plan(owner, None, rhythm="day", repeat_until=(day - timedelta(days=2)).isoformat())
    with pytest.raises(Refused, match="本来就不重复"):
        end_series(owner, make_plan(owner).pk)


def test_S3_12_a_department_asked_to_help_sees_the_plan_without_the_customers_name(cast: Cast) -> None:
    owner, helper = cast.actor("owner"), cast.actor("stranger")
    customer = make_customer(owner, "机密精工有限公司")
    plan = make_plan(owner, customer, "要一份选型建议", support_department=str(cast.stranger.department_id))
    unasked = make_plan(owner, customer, "不求助的计划")
    assert list(visible_to(helper, Plan)) == [plan]
    found = page(helper, read_query(helper, PLAN, {"support_department.filled": [""]}), PLAN.columns)
    assert [row.id for row in found.rows] == [plan.pk]
    client = Client()
    client.force_login(cast.stranger)
    for address in (f"/plans/{plan.pk}", "/plans?f=1", f"/plans/{plan.pk}/timeline", f"/api/v1/plans/{plan.pk}"):
        shown = client.get(address)
        assert shown.status_code == 200, address
        assert "机密精工" not in shown.content.decode(), address
    assert client.get(f"/plans/{unasked.pk}").status_code == 404
    assert client.get(f"/customers/{customer.pk}").status_code == 404
    with pytest.raises(Forbidden):
        complete_plan(helper, plan.pk)
    with pytest.raises(NotFound):
        record_support(helper, unasked.pk, result="x")


def test_S3_12_the_result_is_recorded_by_the_department_and_both_sides_are_told_once(cast: Cast) -> None:
    owner, helper = cast.actor("owner"), cast.actor("stranger")
    plan = make_plan(owner, make_customer(owner), support_department=str(cast.stranger.department_id))
    record_support.run(helper, plan.pk, {"result": "建议用 B 型"})
    plan.refresh_from_db()
    assert (plan.support_result, plan.support_by_id) == ("建议用 B 型", cast.stranger.pk)
    _tell()
    _tell()
    told = set(Notification.objects.values_list("kind", "member_id"))
    helpers = {("plan_support", m.pk) for m in (cast.stranger, cast.teammate, cast.nobody)}
    assert told == helpers | {("plan_helped", cast.owner.pk)}
    assert Notification.objects.count() == len(told)


def test_S3_12_only_the_department_and_who_plans_record_the_result(cast: Cast) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    plan = make_plan(owner, None, support_department=str(cast.stranger.department_id))
    assert record_support(owner, plan.pk, result="对方口头答复").support_by_id == cast.owner.pk
    assert record_support(manager, plan.pk, result="主管补充").support_result == "主管补充"
    with pytest.raises(Refused, match="没有请别的部门协助"):
        record_support(owner, make_plan(owner).pk, result="x")


def _tell() -> None:
    while seal():
        pass
    deliver()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
