"""首次联系时限 (B7, B1): what starts, stops and restarts the clock, and when it runs out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from genjin.customers.actions.customers import restore_customer, transfer_customer, void_customer
from genjin.customers.actions.resting import pause_customer, resume_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.actions import restore_followup, void_followup
from genjin.followups.clocks import due_at
from genjin.followups.jobs.first_contact import remind, restate
from genjin.followups.models import FirstContact
from genjin.followups.tests.factories import make_followup
from genjin.kernel import sealing
from genjin.kernel.actor import Actor, system
from genjin.kernel.models import Notification
from genjin.kernel.workdays import WorkCalendar
from genjin.org.actions.settings import change_settings
from genjin.ownership.models import Period, Rule
from genjin.testing.cast import Cast

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in Shanghai


def told() -> None:
    """Everything committed reaches the consumers."""
    while sealing.seal() + sealing.deliver():
        pass


def runs_of(customer: Customer) -> list[FirstContact]:
    told()
    return list(FirstContact.objects.filter(customer=customer).order_by("id"))


def give(cast: Cast, customer: Customer, to: str) -> None:
    transfer_customer.run(cast.actor("administrator"), customer.pk, {"owner": str(getattr(cast, to).pk)})


def test_b7_a_created_customer_is_to_be_contacted_within_24_hours(cast: Cast) -> None:
    with time_machine.travel(START, tick=False):
        (run,) = runs_of(make_customer(cast.actor("owner")))
    assert (run.owner_id, run.gained_at, run.due_at) == (cast.owner.pk, START, START + timedelta(hours=24))
    assert (run.ended_at, run.contacted_at) == (None, None)


def test_b7_a_follow_up_stops_the_clock_and_taking_it_back_starts_it_with_its_old_end(cast: Cast) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(START, tick=False) as clock:
        customer = make_customer(owner)
        clock.shift(timedelta(hours=3))
        talk = make_followup(cast.actor("owner"), customer, call_result="")
        (run,) = runs_of(customer)
        assert (run.contacted_at, run.ended_by) == (START + timedelta(hours=3), "contacted")
        void_followup.run(cast.actor("owner"), talk.pk, {})
        (run,) = runs_of(customer)
        assert (run.contacted_at, run.ended_at, run.due_at) == (None, None, START + timedelta(hours=24))
        restore_followup.run(cast.actor("manager"), talk.pk, {})
        (run,) = runs_of(customer)
        assert run.contacted_at == START + timedelta(hours=3)


def test_b7_a_talk_before_the_customer_was_entered_counts_for_whoever_created_it(cast: Cast) -> None:
    with time_machine.travel(START, tick=False):
        customer = make_customer(cast.actor("owner"))
        make_followup(cast.actor("owner"), customer, occurred_at="2026-11-18T09:30")
        (run,) = runs_of(customer)
    assert run.contacted_at == run.gained_at == START


def test_b7_a_new_owner_begins_a_new_run_and_old_talks_do_not_count_for_him(cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        customer = make_customer(cast.actor("owner"))
        told()
        clock.shift(timedelta(hours=1))
        make_followup(cast.actor("owner"), customer)
        clock.shift(timedelta(hours=1))
        give(cast, customer, "teammate")
        first, second = runs_of(customer)
        assert first.ended_by == "contacted"
        assert (second.owner_id, second.gained_at, second.ended_at) == (
            cast.teammate.pk,
            START + timedelta(hours=2),
            None,
        )
        clock.shift(timedelta(hours=1))
        give(cast, customer, "owner")
        first, second, third = runs_of(customer)
        assert (second.ended_by, second.contacted_at, third.owner_id) == ("owner", None, cast.owner.pk)


def test_b7_the_clock_stands_while_the_customer_rests_and_begins_anew_afterwards(cast: Cast) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(START, tick=False) as clock:
        customer = make_customer(owner)
        told()
        pause_customer.run(cast.actor("owner"), customer.pk, {"reason": "budget"})
        (run,) = runs_of(customer)
        assert run.ended_by == "rest"
        clock.shift(timedelta(days=9))
        resume_customer.run(cast.actor("owner"), customer.pk, {})
        (run,) = runs_of(customer)
        assert (run.ended_at, run.due_at) == (None, START + timedelta(days=10))
        void_customer.run(cast.actor("owner"), customer.pk, {"reason": "重复"})
        assert runs_of(customer)[0].ended_by == "rest"
        restore_customer.run(cast.actor("owner"), customer.pk, {})
        (run,) = runs_of(customer)
        assert (run.ended_at, run.due_at) == (None, START + timedelta(days=10))


def test_b7_imported_customers_and_moves_of_a_department_are_outside(cast: Cast) -> None:
    imported, moved = make_customer(cast.actor("owner")), make_customer(cast.actor("owner"), "另一家公司")
    Period.objects.filter(record_id=imported.pk).update(rule=Rule.IMPORTED)
    assert runs_of(imported) == []
    (run,) = runs_of(moved)
    Period.objects.filter(record_id=moved.pk, until=None).update(until=datetime.now(UTC))
    Period.objects.create(
        record_type="customer", record_id=moved.pk, owner=cast.owner, department=None, rule=Rule.MOVED
    )
    restate([moved.pk])
    assert [r.pk for r in runs_of(moved)] == [run.pk]


def test_b7_the_same_events_read_twice_change_nothing(cast: Cast) -> None:
    customers = [make_customer(cast.actor("owner"), f"某某公司{n}") for n in range(3)]
    make_followup(cast.actor("owner"), customers[0])
    told()
    before = list(FirstContact.objects.order_by("id").values())
    restate([c.pk for c in customers])
    assert list(FirstContact.objects.order_by("id").values()) == before


def test_b7_any_number_of_customers_costs_the_same_number_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    ids = [make_customer(cast.actor("owner"), f"某某公司{n}").pk for n in range(12)]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        restate(ids)
    assert FirstContact.objects.count() == 12


def test_b7_the_settings_decide_and_open_runs_keep_their_end(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    with time_machine.travel(START, tick=False):
        early = make_customer(cast.actor("owner"), "早来的公司")
        told()
        _set(administrator, "followups.first_contact_hours", "48")
        late = make_customer(cast.actor("owner"), "后来的公司")
        assert runs_of(early)[0].due_at == START + timedelta(hours=24)
        assert runs_of(late)[0].due_at == START + timedelta(hours=48)
        _set(cast.actor("administrator"), "followups.first_contact_own", "")
        make_followup(cast.actor("owner"), early)
        assert runs_of(early)[0].ended_by == "contacted"
        assert runs_of(make_customer(cast.actor("owner"), "不计时的公司")) == []


def _set(actor: Actor, key: str, value: str) -> None:
    change_settings(actor, changes={key: value})


@pytest.mark.parametrize(
    ("gained", "hours", "workdays", "zone", "due"),
    [
        ("2026-11-18T10:00+08:00", 24, False, "Asia/Shanghai", "2026-11-19T10:00+08:00"),
        ("2026-11-18T00:00+08:00", 24, False, "Asia/Shanghai", "2026-11-19T00:00+08:00"),
        ("2026-11-20T10:00+08:00", 24, False, "Asia/Shanghai", "2026-11-21T10:00+08:00"),
        ("2026-11-20T10:00+08:00", 24, True, "Asia/Shanghai", "2026-11-23T10:00+08:00"),
        ("2026-11-21T23:59+08:00", 1, True, "Asia/Shanghai", "2026-11-23T01:00+08:00"),
        ("2026-11-20T23:30+08:00", 1, True, "Asia/Shanghai", "2026-11-23T00:30+08:00"),
        ("2026-03-28T12:00+01:00", 24, False, "Europe/Berlin", "2026-03-29T13:00+02:00"),  # 24 hours, not a clock day
        ("2026-11-20T22:00-05:00", 3, True, "America/New_York", "2026-11-23T01:00-05:00"),
    ],
)
def test_b7_when_the_first_contact_is_due(
    db: None, monkeypatch: pytest.MonkeyPatch, gained: str, hours: int, workdays: bool, zone: str, due: str
) -> None:
    from genjin.followups import clocks

    monkeypatch.setattr(type(clocks.HOURS), "at", lambda self, _stamp: hours if self is clocks.HOURS else workdays)
    calendar = WorkCalendar({}, frozenset({2026}))
    found = due_at(datetime.fromisoformat(gained), 0, calendar, ZoneInfo(zone))
    assert found == datetime.fromisoformat(due)


def test_b1_the_owner_is_told_once_when_the_time_has_run_out(cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        make_customer(cast.actor("owner"))
        told()
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        remind(system())
        assert not Notification.objects.filter(kind="first_contact").exists()
        clock.shift(timedelta(seconds=1))
        remind(system())
        FirstContact.objects.update(reminded_at=None)  # killed before it could note it
        remind(system())
    (notice,) = Notification.objects.filter(kind="first_contact")
    assert notice.member_id == cast.owner.pk
