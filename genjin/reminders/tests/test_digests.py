"""The morning digest: one per member, day and channel, on workdays, only when there is something (S0-57)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor, system
from genjin.kernel.doors import visible_to
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member
from genjin.reminders import digest
from genjin.reminders.actions.choosing import choose_reminders
from genjin.reminders.changing.spreading import make_digests
from genjin.reminders.digest import DigestSection, register_section
from genjin.reminders.models import Delivery
from genjin.reminders.tests.conftest import Company

MONDAY = datetime(2026, 7, 6, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SATURDAY = datetime(2026, 7, 4, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def my_customers(actor: Actor) -> DigestSection | None:
    rows = list(visible_to(actor, Customer).order_by("id").values_list("name", "id"))
    return DigestSection("我的客户", [(name, f"/customers/{row_id}") for name, row_id in rows])


def broken(_actor: Actor) -> None:
    raise RuntimeError("a section that breaks")


@pytest.fixture
def morning(company: Company) -> Iterator[Company]:
    kept = dict(digest._sections)
    digest._sections.clear()
    register_section("test.customers", my_customers)
    register_section("test.broken", broken, order=1)
    company.use_mail()
    yield company
    digest._sections.clear()
    digest._sections.update(kept)


def wake(company: Company, now: datetime) -> None:
    make_digests(system(), now)
    company.go(now)


def mails_to(company: Company, part: str) -> list[str]:
    return [text for receivers, text in company.office.mails if receivers == [f"{part}@example.com"]]


def test_a_member_gets_one_digest_a_day_with_what_he_may_see(morning: Company) -> None:
    for minutes in (0, 1, 60, 200):
        wake(morning, MONDAY + timedelta(minutes=minutes))
    (own,) = mails_to(morning, "owner")
    assert "早间摘要 7 月 6 日" in str(own) or "utf-8" in own
    assert "【我的客户】1" in own
    assert morning.world.own.name in own
    assert morning.world.foreign.name not in own
    wake(morning, MONDAY + timedelta(days=1))
    assert len(mails_to(morning, "owner")) == 2


def test_nothing_on_days_off_unless_wanted(morning: Company) -> None:
    wake(morning, SATURDAY)
    assert not morning.office.mails
    choose_reminders(morning.actor("owner"), kinds={}, digest_off_days=True)
    wake(morning, SATURDAY)
    assert len(mails_to(morning, "owner")) == 1


def test_nothing_when_there_is_nothing(morning: Company) -> None:
    Member.objects.filter(sign_in="nobody").update(email="nobody@example.com")
    bump_stamp()
    wake(morning, MONDAY)
    assert not mails_to(morning, "nobody")
    assert Delivery.objects.get(member=morning.world.cast.nobody).state == Delivery.State.SKIPPED


def test_who_wants_none_gets_none(morning: Company) -> None:
    choose_reminders(morning.actor("owner"), kinds={"digest": {"mail": False}})
    wake(morning, MONDAY)
    assert not mails_to(morning, "owner")


def test_the_time_is_the_members_own(morning: Company) -> None:
    choose_reminders(morning.actor("owner"), kinds={}, digest_at="09:15")
    wake(morning, MONDAY)
    assert not mails_to(morning, "owner")
    wake(morning, MONDAY + timedelta(minutes=45))
    assert len(mails_to(morning, "owner")) == 1


def test_a_group_gets_numbers_and_no_names_of_customers(morning: Company) -> None:
    morning.use_robot(digest_at="08:30", named="on")
    wake(morning, MONDAY)
    wake(morning, MONDAY + timedelta(minutes=5))
    (call,) = morning.outside.accepted
    text = str(call.told)
    assert "我的客户：" in text
    assert "周牧远 1" in text
    assert morning.world.own.name not in text


def test_a_section_is_registered_once(morning: Company) -> None:
    with pytest.raises(ValueError):
        register_section("test.customers", my_customers)
