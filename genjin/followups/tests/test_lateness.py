"""The time limit for records 补录时限 (B7, S3-20): its boundaries in any zone, on any day, by any clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.actions import create_followup, edit_followup
from genjin.followups.models import FollowUp
from genjin.followups.rules import TimeLimit, ended_at
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.lists import page, read_query
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Invalid, Refused
from genjin.kernel.workdays import Day, WorkCalendar
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
SHANGHAI, BERLIN, NEW_YORK = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
LIMIT = TimeLimit(24, 72)
SECOND = timedelta(seconds=1)


def at(text: str, zone: ZoneInfo = SHANGHAI, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


BOUNDARIES = {  # name: (talk began, minutes, written, hours late, wants a reason)
    "at_once": ("2026-11-21T10:00", None, at("2026-11-21T10:00"), 0, False),
    "exactly_24h_is_in_time": ("2026-11-20T10:00", None, at("2026-11-21T10:00"), 0, False),
    "one_second_later_is_one_hour_late": ("2026-11-20T10:00", None, at("2026-11-21T10:00:01"), 1, False),
    "one_hour_over": ("2026-11-20T10:00", None, at("2026-11-21T11:00"), 1, False),
    "one_hour_and_a_second_over": ("2026-11-20T10:00", None, at("2026-11-21T11:00:01"), 2, False),
    "counted_from_the_end_of_the_talk": ("2026-11-20T10:00", 90, at("2026-11-21T11:30"), 0, False),
    "one_second_after_the_end_plus_24h": ("2026-11-20T10:00", 90, at("2026-11-21T11:30:01"), 1, False),
    "a_talk_that_ends_later_than_it_is_written": ("2026-11-21T10:00", 120, at("2026-11-21T10:30"), 0, False),
    "over_midnight_in_time": ("2026-11-20T23:59:59", None, at("2026-11-21T23:59:59"), 0, False),
    "over_midnight_late": ("2026-11-20T23:59:59", None, at("2026-11-22T00:00"), 1, False),
    "exactly_72h_wants_no_reason": ("2026-11-18T10:00", None, at("2026-11-21T10:00"), 48, False),
    "one_second_after_72h_wants_one": ("2026-11-18T10:00", None, at("2026-11-21T10:00:01"), 49, True),
    "leap_day": ("2028-02-28T12:00", None, at("2028-02-29T12:00"), 0, False),
    "over_the_leap_day": ("2028-02-28T12:00", None, at("2028-03-01T12:00"), 24, False),
    "over_the_end_of_february": ("2027-02-28T12:00", None, at("2027-03-01T12:00"), 0, False),
    "new_year": ("2026-12-31T23:00", None, at("2027-01-01T23:00"), 0, False),
    "years_ago": ("2020-01-01T00:00", None, at("2026-01-01T00:00"), (6 * 365 + 2) * 24 - 24, True),
}


@pytest.mark.parametrize("name", BOUNDARIES)
def test_S3_20_boundaries(name: str) -> None:
    began, minutes, written, hours, reason = BOUNDARIES[name]
    lateness = LIMIT.lateness(ended_at(at(began), minutes), written)
    assert (LIMIT.hours_late(lateness), LIMIT.wants_reason(lateness)) == (hours, reason)


ZONES = {  # the wall clock jumps, time does not: (talk, written, hours late)
    "spring_forward_berlin_24h_of_time": (at("2026-03-28T12:00", BERLIN), at("2026-03-29T13:00", BERLIN), 0),
    "spring_forward_berlin_same_wall_time": (at("2026-03-28T12:00", BERLIN), at("2026-03-29T12:00", BERLIN), 0),
    "spring_forward_berlin_late": (at("2026-03-28T12:00", BERLIN), at("2026-03-29T13:00:01", BERLIN), 1),
    "fall_back_berlin_24h_of_time": (at("2026-10-24T12:00", BERLIN), at("2026-10-25T11:00", BERLIN), 0),
    "fall_back_berlin_same_wall_time_is_25h": (at("2026-10-24T12:00", BERLIN), at("2026-10-25T12:00", BERLIN), 1),
    "fall_back_new_york_first_half_past_one": (
        at("2026-10-31T01:30", NEW_YORK), at("2026-11-01T01:30", NEW_YORK), 0,
    ),
    "fall_back_new_york_second_half_past_one": (
        at("2026-10-31T01:30", NEW_YORK), at("2026-11-01T01:30", NEW_YORK, fold=1), 1,
    ),
    "talk_in_shanghai_written_in_new_york": (at("2026-11-20T10:00"), at("2026-11-20T21:00", NEW_YORK), 0),
    "talk_in_new_york_written_in_shanghai": (at("2026-11-20T10:00", NEW_YORK), at("2026-11-21T23:00:01"), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_S3_20_is_reckoned_in_time_not_on_wall_clocks(name: str) -> None:
    began, written, hours = ZONES[name]
    assert LIMIT.hours_late(LIMIT.lateness(began, written)) == hours


WEEK = WorkCalendar(
    {date(2026, 10, day): Day("holiday", "国庆节") for day in range(1, 9)}
    | {date(2026, 10, 10): Day("workday", "调休")},
    frozenset({2026}),
)
WORKDAYS = {  # with 工作日计时: (talk, written, hours late)
    "friday_evening_to_monday": ("2026-11-20T18:00", "2026-11-23T18:00", 0),
    "friday_evening_to_monday_a_second_late": ("2026-11-20T18:00", "2026-11-23T18:00:01", 1),
    "on_saturday_the_clock_waits": ("2026-11-21T10:00", "2026-11-23T23:59:59", 0),
    "on_saturday_until_tuesday_midnight": ("2026-11-21T10:00", "2026-11-24T00:00", 0),
    "on_saturday_after_tuesday_midnight": ("2026-11-21T10:00", "2026-11-24T00:00:01", 1),
    "over_the_holiday": ("2026-09-30T12:00", "2026-10-09T12:00", 0),
    "a_worked_saturday_counts": ("2026-10-09T12:00", "2026-10-10T12:00:01", 1),
    "within_a_day_off": ("2026-11-21T08:00", "2026-11-22T20:00", 0),
}


@pytest.mark.parametrize("name", WORKDAYS)
def test_S3_20_by_workdays_days_off_do_not_count(name: str) -> None:
    began, written, hours = WORKDAYS[name]
    limit = TimeLimit(24, 72, WEEK, SHANGHAI)
    assert limit.hours_late(limit.lateness(at(began), at(written))) == hours


def write(actor: Actor, customer: Customer, now: datetime, **raw: str) -> FollowUp:
    with time_machine.travel(now, tick=False):
        outcome = create_followup.run(actor, None, {"customer": str(customer.pk), "content": "谈了交期", **raw})
    return FollowUp.objects.get(pk=outcome.row_id or 0)


def test_B7_late_is_accepted_and_flagged_with_its_hours(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    now = at("2026-11-21T10:00")
    assert write(actor, customer, now, occurred_at="2026-11-20T10:00").late_hours == 0
    late = write(actor, customer, now, occurred_at="2026-11-20T09:59")
    assert late.late_hours == 1
    assert write(actor, customer, now, occurred_at="2026-11-20T09:00", minutes="60").late_hours == 0
    followups = RECORD_TYPES["followup"]
    shown = page(actor, read_query(actor, followups, {"late_hours.gte": ["1"]}), followups.columns).rows
    assert [row.id for row in shown] == [late.pk]


def test_B7_older_than_72_hours_needs_a_reason(cast: Cast, unchanged: Unchanged) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    now = at("2026-11-21T10:00")
    assert write(actor, customer, now, occurred_at="2026-11-18T10:00").late_hours == 48
    with unchanged(), pytest.raises(Invalid) as refusal:
        write(actor, customer, now, occurred_at="2026-11-18T09:59")
    assert refusal.value.errors.keys() == {"late_reason"}
    told = write(actor, customer, now, occurred_at="2026-11-18T09:59", late_reason="出差没有网络")
    assert (told.late_hours, told.late_reason) == (49, "出差没有网络")


def test_B7_a_reason_stands_only_where_something_is_late(cast: Cast) -> None:
    actor = cast.actor("owner")
    assert write(actor, make_customer(actor), at("2026-11-21T10:00"), late_reason="误填").late_reason == ""


@pytest.mark.parametrize(
    ("minutes", "fits"), [("10:05", True), ("10:05:00", True), ("10:05:01", False), ("10:06", False)]
)
def test_B7_the_future_is_refused_beyond_five_minutes(
    cast: Cast, unchanged: Unchanged, minutes: str, fits: bool
) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    now = at("2026-11-21T10:00")
    if fits:
        assert write(actor, customer, now, occurred_at=f"2026-11-21T{minutes}").late_hours == 0
        return
    with unchanged(), pytest.raises(Refused) as refusal:
        write(actor, customer, now, occurred_at=f"2026-11-21T{minutes}")
    assert refusal.value.code == "future"


def test_B7_the_servers_clock_decides_whatever_the_device_says(cast: Cast) -> None:
    """A device three days behind says 'now' of three days ago: it is late. Nobody can send when it was written."""
    actor = cast.actor("owner")
    customer = make_customer(actor)
    now = at("2026-11-21T10:00")
    behind = write(actor, customer, now, occurred_at="2026-11-18T12:00")
    assert (behind.created_at, behind.late_hours) == (now, 46)
    with pytest.raises(Refused) as refusal:
        write(actor, customer, now, created_at="2026-11-18T12:00")
    assert refusal.value.code == "unknown_field"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_B7_a_talk_is_typed_in_the_writers_zone(cast: Cast, zone: str) -> None:
    actor = replace(cast.actor("owner"), time_zone=zone)
    customer = make_customer(actor)
    local = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo(zone))
    typed = local.strftime("%Y-%m-%dT%H:%M")
    assert write(actor, customer, local + timedelta(hours=24), occurred_at=typed).late_hours == 0
    assert write(actor, customer, local + timedelta(hours=24) + SECOND, occurred_at=typed).late_hours == 1


def test_B7_imported_history_is_outside_the_limit(cast: Cast) -> None:
    actor = cast.actor("owner", Surface.IMPORT)
    old = write(actor, make_customer(cast.actor("owner")), at("2026-11-21T10:00"), occurred_at="2020-02-01")
    assert (old.late_hours, old.late_reason, old.effective) == (None, "", True)


def test_B7_correcting_the_time_reckons_anew_and_wording_does_not(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    now = at("2026-11-21T10:00")
    followup = write(actor, customer, now, occurred_at="2026-11-20T08:00")
    with time_machine.travel(now + timedelta(hours=5), tick=False):
        edit_followup.run(actor, followup.pk, {"content": "改了措辞"})
        followup.refresh_from_db()
        assert followup.late_hours == 2
        edit_followup.run(actor, followup.pk, {"minutes": "120"})
    followup.refresh_from_db()
    assert followup.late_hours == 0


def test_S3_20_the_company_sets_its_own_hours(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    changed = {"followups.late_hours": "2", "followups.reason_hours": "4"}
    change_settings(cast.actor("administrator"), changes=changed)
    actor, now = cast.actor("owner"), at("2026-11-21T10:00")
    assert write(actor, customer, now, occurred_at="2026-11-21T08:00").late_hours == 0
    assert write(actor, customer, now, occurred_at="2026-11-21T07:00").late_hours == 1
    with pytest.raises(Invalid):
        write(actor, customer, now, occurred_at="2026-11-21T05:59")


def test_S3_20_counted_on_workdays_where_the_company_says_so(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    change_settings(cast.actor("administrator"), changes={"followups.late_workdays": "1"})
    actor = cast.actor("owner")
    friday, monday = "2026-11-20T18:00", at("2026-11-23T18:00")
    assert write(actor, customer, monday, occurred_at=friday).late_hours == 0
    assert write(actor, customer, monday + SECOND, occurred_at=friday).late_hours == 1
