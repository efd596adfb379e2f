"""Customer care (客户关怀): birthdays and holidays become plans once, where one may greet (B7, B19, S0-06, S2-68)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.customers.actions.contacts import edit_contact
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CONTACT
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import FieldError
from genjin.kernel.fields.times import month_days, next_birthday
from genjin.kernel.jobs import JOBS
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.undo import undo_event
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.plans.actions.plans import cancel_plan, complete_plan
from genjin.plans.care.actions import greet_customer, plan_birthdays, ungreet_customer
from genjin.plans.care.festivals import FESTIVALS, day_of, festivals_between
from genjin.plans.care.jobs import GRANTS, plan_care
from genjin.plans.care.queries import tally, to_greet
from genjin.plans.digest import plans_section
from genjin.plans.jobs import remind
from genjin.plans.models import Plan
from genjin.plans.rules import PlanState
from genjin.plans.tests.factories import set_time
from genjin.testing.cast import Cast

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
SYSTEM = system(*GRANTS)


def plan_on(moment: datetime = MONDAY) -> None:
    with time_machine.travel(moment, tick=False):
        plan_care(SYSTEM)


def born(actor: Actor, customer: Customer, birthday: str, name: str = "王秀英", **raw: Any) -> Contact:
    return make_contact(actor, customer, name=name, birthday=birthday, **raw)


def birthdays() -> list[Plan]:
    return list(Plan.objects.filter(occasion="birthday").order_by("occurs_on", "pk"))


@pytest.mark.parametrize(
    ("key", "year", "day"),
    [
        ("spring", 2024, "2024-02-10"),
        ("spring", 2027, "2027-02-06"),
        ("spring", 2033, "2033-01-31"),
        ("dragon_boat", 2026, "2026-06-19"),
        ("mid_autumn", 2025, "2025-10-06"),
        ("mid_autumn", 2033, "2033-09-08"),
        ("lantern", 2028, "2028-02-09"),
        ("double_ninth", 2026, "2026-10-18"),
        ("national", 2040, "2040-10-01"),
    ],
)
def test_S2_68_lunar_holidays_fall_on_the_right_day(key: str, year: int, day: str) -> None:
    assert day_of(key, year) == date.fromisoformat(day)


def test_S2_68_every_holiday_comes_once_a_year_also_across_new_year() -> None:
    found = festivals_between(date(2026, 12, 25), date(2028, 1, 15))
    assert [(day.isoformat(), one.key) for day, one in found if one.usual] == [
        ("2027-01-01", "new_year"),
        ("2027-02-06", "spring"),
        ("2027-06-09", "dragon_boat"),
        ("2027-09-15", "mid_autumn"),
        ("2027-10-01", "national"),
        ("2028-01-01", "new_year"),
    ]
    assert {one.key for _day, one in found} == set(FESTIVALS)


@pytest.mark.parametrize(
    ("birthday", "today", "expected"),
    [
        ("1985-03-15", "2026-03-15", "2026-03-15"),
        ("1985-03-15", "2026-03-16", "2027-03-15"),
        ("1604-12-31", "2026-12-31", "2026-12-31"),
        ("1984-02-29", "2026-02-01", "2026-02-28"),
        ("1984-02-29", "2028-02-28", "2028-02-29"),
        ("1984-02-29", "2027-03-01", "2028-02-29"),
        ("1604-02-29", "2026-03-01", "2027-02-28"),
    ],
)
def test_B7_the_next_birthday_also_of_29_february(birthday: str, today: str, expected: str) -> None:
    born_on, day = date.fromisoformat(birthday), date.fromisoformat(today)
    found = next_birthday(born_on, day)
    assert found == date.fromisoformat(expected)
    assert born_on.month * 100 + born_on.day in month_days(day, found)


def test_B7_birthdays_are_planned_once_for_the_right_people(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    key, plain, left = (make_customer(owner, name, level=lv) for name, lv in (("甲", "A"), ("丙", "C"), ("丁", "A")))
    resting = make_customer(owner, "歇", level="A")
    ACTIONS["customers.pause"].run(owner, resting.pk, {"reason": "other"})
    ACTIONS["customers.transfer"].run(administrator, left.pk, {"owner": str(cast.stranger.pk)})
    Member.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    for customer in (key, plain, left, resting):
        born(owner if customer != left else administrator, customer, "1985-03-06")
    no_year = born(owner, key, "03-10", "李不详")
    born(owner, key, "1990-03-12", "太远了")
    born(owner, key, "1990-03-05", "请勿扰", do_not_contact="1")
    for _run in range(2):
        plan_on()
    first, second = birthdays()
    assert first.content == "王秀英的生日（3 月 6 日）：送上祝福"
    assert (first.customer_id, first.assignee_id, first.owner_id) == (key.pk, cast.owner.pk, cast.owner.pk)
    assert first.starts_at == datetime(2026, 3, 4, 16, tzinfo=UTC)  # midnight of Thursday the 5th: a whole day
    assert first.remind_at == datetime(2026, 3, 5, 0, 45, tzinfo=UTC)
    assert (second.contact_id, second.occurs_on) == (no_year.pk, date(2026, 3, 10))
    key.refresh_from_db()
    assert key.next_contact_at is None
    assert Event.objects.filter(action="plans.care_birthdays").count() == 1


def test_B7_a_run_that_broke_off_is_made_up_for_and_nothing_is_planned_twice(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "甲", level="A")
    one, other = born(owner, customer, "1985-03-06"), born(owner, customer, "1985-03-07", "李四")
    with time_machine.travel(MONDAY, tick=False):
        with pytest.raises(ZeroDivisionError):
            _broken_off([(one.pk, customer.pk)])
        assert plan_birthdays(SYSTEM, contacts=[(one.pk, customer.pk)]) == 1
        assert plan_birthdays(SYSTEM, contacts=[(one.pk, customer.pk)]) == 0
    plan_on()
    assert [plan.contact_id for plan in birthdays()] == [one.pk, other.pk]
    cancel_plan(owner, birthdays()[0].pk)
    plan_on()
    plan_on(MONDAY + timedelta(days=4))
    assert len(birthdays()) == 2


def test_B19_who_asks_not_to_be_contacted_is_spared_at_once(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "甲", level="A")
    quiet, moved = born(owner, customer, "1985-03-03"), born(owner, customer, "1985-03-04", "李四")
    plan_on()
    asked, wrong = birthdays()
    set_time(asked, starts_at=owner.now(), due_at=owner.now(), remind_at=owner.now())
    edit_contact.run(owner, quiet.pk, {"do_not_contact": "1"})
    edit_contact.run(owner, moved.pk, {"birthday": "03-09"})
    remind(system("plans.remind"))
    assert not Notification.objects.filter(kind="plan_due", row_id=asked.pk).exists()
    section = plans_section(owner)
    assert section is None or asked.content not in str(section.lines)
    with pytest.raises(Refused) as refusal:
        complete_plan(owner, asked.pk)
    assert refusal.value.code == "do_not_contact"
    _work()
    asked.refresh_from_db()
    wrong.refresh_from_db()
    assert (asked.state, asked.result) == (PlanState.CANCELLED, "联系人要求请勿打扰")
    assert (wrong.state, wrong.result) == (PlanState.CANCELLED, "生日已更正")
    plan_on()
    assert [plan.occurs_on for plan in birthdays() if plan.due_at] == [date(2026, 3, 9)]


def test_S2_68_a_holiday_is_one_plan_per_owner_with_whom_to_greet(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    eve = datetime(2027, 1, 29, 2, tzinfo=UTC)
    bare, known, plain = (make_customer(owner, name, level=lv) for name, lv in (("甲", "A"), ("乙", "B"), ("丙", "C")))
    silent = make_customer(owner, "静", level="A")
    make_contact(owner, silent, name="不扰", do_not_contact="1")
    make_contact(owner, known, name="头一位", do_not_contact="1")
    reached = make_contact(owner, known, name="第二位", phone="13800138000")
    for _run in range(2):
        plan_on(eve)
    (plan,) = Plan.objects.filter(occasion="spring")
    assert plan.content == "春节问候（2 月 6 日）：给名单里的客户送上祝福"
    assert (plan.customer_id, plan.assignee_id, plan.occurs_on) == (None, cast.owner.pk, date(2027, 2, 6))
    assert [(one.customer_id, one.contact_id) for one in to_greet(owner, plan)] == [
        (bare.pk, None),
        (known.pk, reached.pk),
    ]
    assert to_greet(cast.actor("stranger"), plan) == []
    greet_customer.run(owner, plan.pk, {"customer": str(known.pk)})
    greet_customer.run(owner, plan.pk, {"customer": str(known.pk)})
    assert tally(owner, plan) == (1, 2)
    for nobody_to_greet in (silent, plain):
        with pytest.raises(Refused) as refusal:
            greet_customer.run(owner, plan.pk, {"customer": str(nobody_to_greet.pk)})
        assert refusal.value.code == "not_meant"
    complete_plan(owner, plan.pk)
    plan.refresh_from_db()
    assert plan.result == "已问候 1 位客户"
    change_settings(administrator, changes={"plans.care_lantern": True, "plans.care_level.C": True})
    plan_on(eve + timedelta(days=14))
    assert Plan.objects.filter(occasion="lantern").count() == 1


def test_S0_06_a_tick_is_taken_away_again(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "甲", level="A")
    plan_on(datetime(2027, 1, 29, 2, tzinfo=UTC))
    plan = Plan.objects.get(occasion="spring")
    outcome = greet_customer.run(owner, plan.pk, {"customer": str(customer.pk)})
    assert outcome.event_id
    undo_event(owner, outcome.event_id)
    assert tally(owner, plan) == (0, 1)
    greet_customer.run(owner, plan.pk, {"customer": str(customer.pk)})
    ungreet_customer.run(owner, plan.pk, {"customer": str(customer.pk)})
    assert tally(owner, plan) == (0, 1)


@time_machine.travel(MONDAY, tick=False)  # the day must not end meanwhile
def test_S0_06_pages_say_whom_to_greet_with_which_words_and_whom_not(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "甲", level="A")
    contact = born(owner, customer, (owner.now().date() + timedelta(days=2)).strftime("%m-%d"), phone="13800138000")
    plan_care(SYSTEM)
    (plan,) = birthdays()
    client = Client()
    client.force_login(cast.owner)
    page = client.get(f"/plans/{plan.pk}").content.decode()
    assert "tel:13800138000" in page
    assert "王秀英，生日快乐！祝您身体健康，万事顺心。周牧远" in page
    assert "没有对方同意，不发商业信息" in page
    assert "生日快乐" in client.get(f"/phrases/choices?plan={plan.pk}", headers={"HX-Request": "true"}).content.decode()
    card = client.get(f"/contacts/{contact.pk}").content.decode()
    assert "下次生日" in card
    assert f"{plan.occurs_on}" in card
    assert f'data-id="{contact.pk}"' in client.get("/contacts?view=birthdays").content.decode()
    Contact.objects.filter(pk=contact.pk).update(do_not_contact=True)
    quiet = client.get(f"/plans/{plan.pk}").content.decode()
    assert "请不要联系" in quiet
    assert "tel:" not in quiet
    assert "生日快乐" not in quiet
    assert client.get(f"/plans/{plan.pk}/greetings").status_code == 404


def test_B7_a_birthday_needs_no_year(cast: Cast) -> None:
    owner = cast.actor("owner")
    field = CONTACT.keys["birthday"]
    for raw, text, told in (
        ("3月15日", "03-15", "--03-15"),
        ("--02-29", "02-29", "--02-29"),
        ("1604-03-15", "03-15", "--03-15"),
        ("1985-03-15", "1985-03-15", "1985-03-15"),
    ):
        value = field.parse(raw, owner)
        assert (field.text(value, owner), field.to_json(value)) == (text, told)
    for wrong in ("02-30", "13-01", (owner.now().date() + timedelta(days=3)).isoformat()):
        with pytest.raises(FieldError):
            field.parse(wrong, owner)


def test_B7_a_company_may_do_without(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    customer = make_customer(owner, "甲", level="A")
    born(owner, customer, "1985-03-06")
    changes = {"plans.care_birthdays": False, "plans.care_spring": False}
    change_settings(administrator, changes=changes)
    plan_on()
    plan_on(datetime(2027, 1, 29, 2, tzinfo=UTC))
    assert not Plan.objects.exists()


def _broken_off(contacts: list[tuple[int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        plan_birthdays(SYSTEM, contacts=contacts)
        raise ZeroDivisionError


def _work() -> None:
    seal()
    deliver()
    for row in JobProgress.objects.filter(finished_at=None).order_by("pk"):
        kind = JOBS[row.name]
        arguments = _arguments(row)
        kind.function(system(*kind.grants), row.pk, **arguments)


def _arguments(row: JobProgress) -> dict[str, Any]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    queued = ProcrastinateJob.objects.filter(task_name=row.name, args__job_id=row.pk).get()
    arguments: dict[str, Any] = queued.args["arguments"]
    return arguments
