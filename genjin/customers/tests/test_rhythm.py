"""The rhythm of customers (B7, S0-16, S0-90): which one, by which day, and when the settings change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from genjin.customers.actions.customers import create_customer, edit_customer, restore_customer, void_customer
from genjin.customers.actions.resting import archive_customer, pause_customer, resume_customer, unarchive_customer
from genjin.customers.actions.rhythm import restate_rhythm
from genjin.customers.cold import digest
from genjin.customers.jobs.rhythm import restate_nightly
from genjin.customers.models import Customer
from genjin.customers.monthend.actions import propose_rests
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import LEAST_DAYS, follow_by, rhythm_of, too_soon
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.fields import Values
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.events import EventPayload
from genjin.kernel.models.jobs import JobProgress
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import PASSWORD, Cast

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)  # 12:00 in Shanghai


def contacted(customer: Customer, at: datetime | None, actor: Actor) -> Customer:
    """The customer as it stands after an effective contact (what other areas' actions note)."""
    Customer.objects.filter(pk=customer.pk).update(last_effective_at=at)
    edit_customer(actor, customer.pk, values=Values(remarks=f"{at}"))
    return Customer.objects.get(pk=customer.pk)


def set_days(cast: Cast, **days: int) -> None:
    changes = {f"customers.rhythm_days.{key}": value for key, value in days.items()}
    change_settings(cast.actor("administrator"), changes=changes)


def run_jobs() -> None:
    for queued in ProcrastinateJob.objects.filter(status="todo", task_name="customers.restate_rhythm"):
        app.tasks[queued.task_name].func(SimpleNamespace(job=SimpleNamespace(attempts=0)), **queued.args)


@pytest.mark.parametrize(
    ("facts", "rhythm", "days"),
    [
        ({}, "potential", 15),
        ({"level": "A"}, "key", 7),
        ({"category": "key"}, "key", 7),
        ({"category": "key", "level": "C"}, "key", 7),
        ({"level": "B"}, "quality", 14),
        ({"level": "B", "category": "ordinary"}, "quality", 14),
        ({"level": "C"}, "ordinary", 30),
        ({"category": "ordinary"}, "ordinary", 30),
        ({"category": "potential"}, "potential", 15),
        ({"category": "potential", "level": "C"}, "potential", 15),
        ({"lifecycle": "new"}, "potential", 15),
        ({"lifecycle": "old"}, "care", 90),
        ({"lifecycle": "lost", "level": "C"}, "care", 90),
        ({"deal": True}, "care", 90),
        ({"deal": True, "category": "potential"}, "care", 90),
        ({"deal": True, "level": "C"}, "care", 90),
        ({"deal": True, "level": "A"}, "key", 7),
        ({"deal": True, "level": "B"}, "quality", 14),
    ],
)
def test_b7_rhythm_follows_from_level_category_and_deal(
    cast: Cast, facts: dict[str, Any], rhythm: str, days: int
) -> None:
    deal = date(2026, 1, 1) if facts.pop("deal", False) else None
    customer = Customer(created_at=NOON, deal_date=deal, **facts)
    stamp = cast.actor("owner").stamp

    assert rhythm_of(customer, stamp) == rhythm
    assert follow_by(customer, stamp) == date(2026, 11, 2) + timedelta(days)


@time_machine.travel(NOON, tick=False)
def test_b7_a_new_customer_has_its_day_from_its_creation(cast: Cast) -> None:
    assert make_customer(cast.actor("owner"), level="A").follow_by == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("contact", "day"),
    [
        (datetime(2026, 11, 9, 15, 59, 59, tzinfo=UTC), date(2026, 11, 16)),  # 23:59:59 in Shanghai
        (datetime(2026, 11, 9, 16, 0, tzinfo=UTC), date(2026, 11, 17)),  # midnight there
        (datetime(2026, 10, 1, tzinfo=UTC), date(2026, 11, 9)),  # before it was entered
        (None, date(2026, 11, 9)),
    ],
)
def test_b7_the_day_is_counted_in_the_companys_time_zone(cast: Cast, contact: datetime | None, day: date) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(NOON, tick=False):
        customer = make_customer(owner, level="A")

    assert contacted(customer, contact, owner).follow_by == day


def test_b7_imported_history_makes_nobody_late(cast: Cast) -> None:
    owner = cast.actor("owner", Surface.IMPORT)
    with time_machine.travel(NOON, tick=False):
        customer = create_customer(owner, values=Values(name="甲公司", level="A"))
    long_ago = datetime(2020, 3, 1, tzinfo=UTC)

    assert contacted(customer, long_ago, cast.actor("owner")).follow_by == date(2026, 11, 9)


@time_machine.travel(NOON, tick=False)
def test_b7_another_level_gives_another_day_and_no_line_in_the_history(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, level="C")
    assert customer.follow_by == date(2026, 12, 2)

    edit_customer(owner, customer.pk, values=Values(level="A"))
    assert Customer.objects.get(pk=customer.pk).follow_by == date(2026, 11, 9)
    changes = EventPayload.objects.filter(row_id=customer.pk).latest("event_id").changes
    assert changes == {"level": ["C", "A"]}


@time_machine.travel(NOON, tick=False)
def test_b7_who_rests_has_no_day_and_gets_it_back(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, level="A")

    def day() -> date | None:
        return Customer.objects.get(pk=customer.pk).follow_by

    for rest, back in ((archive_customer, unarchive_customer), (pause_customer, resume_customer)):
        rest(owner, customer.pk, reason="other")
        assert day() is None
        back(owner, customer.pk)
        assert day() == date(2026, 11, 9)
    void_customer(owner, customer.pk, reason="重复")
    assert day() is None
    restore_customer(owner, customer.pk)
    assert day() == date(2026, 11, 9)


@time_machine.travel(NOON, tick=False)
def test_b7_a_change_of_the_days_restates_all_customers_by_a_job(cast: Cast) -> None:
    owner = cast.actor("owner")
    key, ordinary = make_customer(owner, "甲公司", level="A"), make_customer(owner, "乙公司", level="C")
    resting = make_customer(owner, "丙公司", level="A")
    pause_customer(owner, resting.pk, reason="other")
    before = Customer.objects.get(pk=key.pk)

    set_days(cast, key=3)
    assert Customer.objects.get(pk=key.pk).follow_by == date(2026, 11, 9)  # not yet: the job does it
    run_jobs()
    after = Customer.objects.get(pk=key.pk)
    assert (after.follow_by, after.version) == (date(2026, 11, 5), before.version)
    assert Customer.objects.get(pk=ordinary.pk).follow_by == date(2026, 12, 2)
    assert Customer.objects.get(pk=resting.pk).follow_by is None
    progress = JobProgress.objects.get(name="customers.restate_rhythm")
    assert (progress.state, progress.done, progress.total) == ("done", 3, 3)
    assert progress.member_id == cast.administrator.pk


@time_machine.travel(NOON, tick=False)
def test_b7_restating_may_stop_anywhere_and_begin_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = cast.actor("owner")
    made = [make_customer(owner, f"客户{n}", level="A") for n in range(5)]
    set_days(cast, key=3)
    monkeypatch.setattr("genjin.customers.actions.rhythm.AT_ONCE", 2)

    robot = system("customers.restate")
    assert restate_rhythm(robot, after=0) == made[1].pk
    restate_nightly(robot)
    restate_nightly(robot)
    assert set(Customer.objects.values_list("follow_by", flat=True)) == {date(2026, 11, 5)}


def test_b7_due_today_is_in_the_list_of_who_goes_cold_and_tomorrow_is_not(cast: Cast) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(NOON, tick=False):
        late = make_customer(owner, "甲公司", level="A")
        make_customer(owner, "乙公司", level="C")
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        make_customer(owner, "丙公司", level="A")

    def cold(day: int) -> list[int]:
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            view = next(v for v in CUSTOMER.views if v.key == "cold")
            query = read_query(owner, CUSTOMER, {**{k: [v] for k, v in view.filters}, "sort": [view.sort]})
            return [row.id for row in page(owner, query, CUSTOMER.columns).rows]

    assert cold(6) == []
    assert cold(7) == [late.pk]


@pytest.mark.parametrize(
    ("gap", "least", "soon"),
    [
        (timedelta(hours=23, minutes=59), 1, True),
        (timedelta(hours=24), 1, False),
        (timedelta(0), 1, True),
        (timedelta(minutes=-1), 1, False),  # an earlier contact, written down later
        (timedelta(hours=47), 2, True),
        (timedelta(seconds=1), 0, False),
    ],
)
def test_s0_90_a_contact_within_the_least_interval_is_too_soon(gap: timedelta, least: int, soon: bool) -> None:
    assert too_soon(NOON, NOON + gap, least) is soon
    assert too_soon(None, NOON, least) is False


def test_s0_90_the_least_interval_is_a_setting(cast: Cast) -> None:
    change_settings(cast.actor("administrator"), changes={"customers.least_days": 3})

    assert LEAST_DAYS.at(cast.actor("owner").stamp) == 3
    assert not JobProgress.objects.exists()  # it concerns nobody's day


def test_b7_the_morning_digest_names_who_goes_cold(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        late = make_customer(cast.actor("owner"), "甲公司", level="A")
        make_customer(cast.actor("teammate"), "乙公司", level="A")
        assert digest(cast.actor("owner")) is None
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        section = digest(cast.actor("owner"))
        assert section is not None
        assert (section.lines, section.number) == ([("甲公司", f"/customers/{late.pk}")], 1)
        assert digest(cast.actor("nobody")) is None


def test_b7_the_workbench_shows_who_goes_cold_and_what_the_month_end_left(cast: Cast) -> None:
    owner = cast.actor("owner")
    with time_machine.travel(NOON - timedelta(days=100), tick=False):
        late = make_customer(owner, "甲公司", level="A")
    with time_machine.travel(NOON, tick=False):
        propose_rests(system("customers.propose"), month=date(2026, 10, 1), after=0)
        clients = {part: Client() for part in ("owner", "administrator")}
        for part, client in clients.items():
            client.post("/sign-in", {"name": part, "password": PASSWORD})
        page = clients["owner"].get("/today").text
        assert f"/customers/{late.pk}" in page
        assert "逾期 93 天" in page
        side = clients["owner"].get(f"/today/side?member={cast.owner.pk}").text
        assert f"/customers/month-end?owner={cast.owner.pk}" in side
        others = clients["administrator"].get(f"/today?member={cast.owner.pk}").text
        assert f"/customers/{late.pk}" in others
        assert f'href="/customers/{late.pk}"' not in clients["administrator"].get("/today").text


def test_b7_the_settings_page_shows_how_far_the_restating_is(cast: Cast) -> None:
    client = Client()
    client.post("/sign-in", {"name": "administrator", "password": PASSWORD})
    assert "重算应跟进日" not in client.get("/settings/rules").text

    make_customer(cast.actor("owner"), level="A")
    set_days(cast, key=3)
    JobProgress.objects.update(done=30, total=100)
    assert "30%" in client.get("/settings/rules").text
    assert "every 2s" in client.get("/settings/rules/progress").text
    run_jobs()
    assert "every 2s" not in client.get("/settings/rules/progress").text
