"""Messages go out by the channels a member chose, once, and never with what he may not see (S0-46, S0-57)."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from genjin.customers.actions.customers import transfer_customer
from genjin.kernel.actor import system
from genjin.kernel.models import Event, EventPayload, Notification
from genjin.kernel.notices import notices, read_notices
from genjin.org.models import Member
from genjin.reminders.actions.channels import send_again
from genjin.reminders.actions.choosing import choose_reminders
from genjin.reminders.actions.devices import remove_device
from genjin.reminders.actions.robots import edit_robot, remove_robot
from genjin.reminders.changing.claiming import claim, mark_calling
from genjin.reminders.changing.sending import deliver_due
from genjin.reminders.changing.spreading import spread
from genjin.reminders.models import Channel, Delivery, Device, KeptMail, MailServer, Robot
from genjin.reminders.tests.conftest import KIND, Company
from genjin.reminders.tests.servers import KEY, SECRET

NAME = "苏州晶砺半导体有限公司"
MAIL = {KIND: {"mail": True, "robot": False, "push": False}}
State = Delivery.State


def choose(company: Company, **given: object) -> None:
    choose_reminders(company.actor("owner"), **{"kinds": MAIL, **given})  # type: ignore[arg-type]  # test shorthand


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


class TestGroups:
    def test_a_group_is_told_numbers_and_not_names_of_customers(self, company: Company) -> None:
        company.use_robot()
        company.tell()
        company.tell()
        company.go()
        text = json.dumps(company.outside.accepted[0].told, ensure_ascii=False)
        assert len(company.outside.accepted) == 1
        assert "周牧远：记录转给我 2" in text
        assert "跟进" in text
        assert NAME not in text
        assert company.states() == [State.SENT, State.SENT]

    def test_names_are_sent_where_the_company_wants_them(self, company: Company) -> None:
        company.use_robot(named="on")
        company.tell()
        company.go()
        assert NAME in json.dumps(company.outside.accepted[0].told, ensure_ascii=False)

    def test_the_nearest_departments_group_is_told(self, company: Company) -> None:
        assert company.owner.department
        first = company.use_robot()
        near = company.use_robot(name="销售一部", department=str(company.owner.department.parent_id))
        company.tell(company.owner, company.world.cast.stranger, row=company.world.foreign)
        company.go()
        told = dict(Delivery.objects.values_list("member_id", "target"))
        assert told == {company.owner.pk: near.pk, company.world.cast.stranger.pk: first.pk}

    def test_limits_of_the_provider_are_borne(self, company: Company) -> None:
        company.use_robot()
        company.outside.per_minute = 0
        company.tell()
        company.go()
        row = Delivery.objects.get()
        assert (row.state, row.attempts) == (State.WAITING, 1)
        assert row.next_at > timezone.now() + timedelta(seconds=55)
        company.outside.per_minute = 20
        company.go(row.next_at)
        assert company.states() == [State.SENT]

    def test_a_robot_that_was_removed_gets_nothing_more(self, company: Company) -> None:
        robot = company.use_robot()
        company.tell()
        spread(system(), timezone.now())
        remove_robot(company.actor("administrator"), robot.pk)
        company.go()
        assert company.states() == [State.SKIPPED]
        assert not company.outside.arrived


class TestMails:
    def test_one_message_is_a_mail_of_its_own(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        company.go()
        receivers, text = company.office.mails[0]
        assert receivers == ["owner@example.com"]
        assert f"/customers/{company.world.own.pk}" in text

    def test_what_follows_soon_waits_and_goes_together(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        company.go()
        company.tell()
        company.tell()
        company.go()
        assert len(company.office.mails) == 1
        company.go(timezone.now() + timedelta(minutes=6))
        assert len(company.office.mails) == 2
        assert company.office.mails[1][1].count(NAME) == 2

    def test_what_is_not_chosen_stays_inside(self, company: Company) -> None:
        company.use_mail()
        company.tell()
        company.go()
        assert not company.office.mails
        assert len(notices(company.actor("owner"))[0]) == 1

    def test_without_channels_nothing_is_made(self, company: Company) -> None:
        company.tell()
        company.go()
        assert not company.states()
        assert Notification.objects.filter(spread=False).count() == 0

    def test_a_mail_that_is_kept_goes_nowhere(self, company: Company) -> None:
        company.use_mail()
        MailServer.objects.update(mode="kept")
        choose(company)
        company.tell()
        company.go()
        assert not company.office.mails
        assert NAME in KeptMail.objects.get().body


class TestBrowsers:
    def test_a_push_goes_to_each_browser_once(self, company: Company) -> None:
        company.use_push()
        company.tell()
        company.go()
        company.go(tomorrow())
        assert len(company.outside.accepted) == 1

    def test_a_browser_that_is_gone_is_forgotten(self, company: Company) -> None:
        company.use_push()
        company.outside.fault = "410"
        company.tell()
        company.go()
        assert not Device.objects.exists()
        assert company.states() == [State.SKIPPED]

    def test_a_removed_browser_gets_nothing(self, company: Company) -> None:
        device = company.use_push()
        company.tell()
        spread(system(), timezone.now())
        remove_device(company.actor("owner"), device.pk)
        company.go()
        assert company.states() == [State.SKIPPED]


class TestNothingHidden:
    """What is sent is written at sending time."""

    def test_a_customer_given_away_meanwhile_is_not_named(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        spread(system(), timezone.now())
        transfer_customer(
            company.actor("administrator"), company.world.own.pk, owner=company.world.cast.stranger.pk, reason="x"
        )
        company.go()
        assert not [mail for mail in company.office.mails if NAME in mail[1]]
        assert State.SKIPPED in company.states()

    def test_a_group_is_not_even_told_the_number(self, company: Company) -> None:
        company.use_robot(named="on")
        company.tell(company.world.cast.nobody)
        company.go()
        assert not company.outside.arrived
        assert company.states() == [State.SKIPPED]

    def test_what_was_read_meanwhile_is_not_sent(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        spread(system(), timezone.now())
        read_notices(company.actor("owner"), until=Notification.objects.latest("id").pk)
        company.go()
        assert not company.office.mails

    def test_a_member_who_left_gets_nothing(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        spread(system(), timezone.now())
        from genjin.kernel.stamps import bump_stamp

        Member.objects.filter(pk=company.owner.pk).update(is_active=False)
        bump_stamp()
        company.go()
        assert not company.office.mails
        assert company.states() == [State.SKIPPED]


class TestQuietHours:
    def night(self) -> datetime:
        day = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
        return day.replace(hour=23, minute=0, second=0, microsecond=0)

    def test_messages_of_the_night_come_together_in_the_morning(self, company: Company) -> None:
        company.use_mail()
        choose(company, quiet=True)
        night = self.night()
        Notification.objects.all().delete()
        for _each in range(3):
            company.tell()
        Notification.objects.update(at=night)
        company.go(night)
        assert not company.office.mails
        company.go(night.replace(hour=23, minute=59) + timedelta(hours=8))
        assert not company.office.mails
        company.go(night + timedelta(hours=9))
        assert len(company.office.mails) == 1
        assert company.office.mails[0][1].count(NAME) == 3

    def test_a_second_try_does_not_break_into_the_night(self, company: Company) -> None:
        company.use_mail()
        choose(company)
        company.tell()
        spread(system(), timezone.now())
        choose(company, quiet=True)
        company.go(self.night())
        assert not company.office.mails
        assert company.states() == [State.WAITING]


class TestFailures:
    def test_after_enough_tries_it_is_given_up_and_administrators_are_told(self, company: Company) -> None:
        company.use_robot()
        company.outside.fault = "500"
        company.tell()
        moment = timezone.now()
        for _try in range(9):
            company.go(moment)
            moment += timedelta(hours=4)
        row = Delivery.objects.get()
        assert (row.state, row.attempts) == (State.FAILED, 6)
        assert row.answer == "HTTP 500"
        words = [notice.words for notice in notices(company.actor("administrator"))[0]]
        assert words == ["通知渠道「全员群」发送失败，请在设置里查看原因"]

    def test_what_failed_can_be_sent_again(self, company: Company) -> None:
        robot = company.use_robot(secret="wrong")
        company.tell()
        company.go()
        assert company.states() == [State.FAILED]
        edit = {"name": "全员群", "url": company.outside.url["feishu"], "secret": SECRET, "on": "on"}
        administrator = company.actor("administrator")
        edit_robot(administrator, robot.pk, **edit_robot.parse(administrator, edit))
        send_again(administrator, channel=Channel.ROBOT)
        company.go()
        assert company.states() == [State.SENT]
        assert len(company.outside.accepted) == 1

    def test_a_target_that_fails_rests_while_others_go_on(self, company: Company) -> None:
        company.use_robot()
        company.use_push()
        company.outside.fault = "500"
        company.tell()
        company.go()
        assert len(company.outside.arrived) == 2

    def test_secrets_are_in_no_event_no_answer_and_no_log(
        self, company: Company, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        company.use_robot()
        company.use_mail()
        company.use_push()
        for fault in ("500", "nonsense", "", "403"):
            company.outside.fault = fault
            company.tell()
            company.go(tomorrow())
        texts = [caplog.text, json.dumps(list(Delivery.objects.values_list("answer", flat=True)))]
        texts += [json.dumps(event.note) for event in Event.objects.all()]
        texts += [json.dumps(payload.changes, ensure_ascii=False) for payload in EventPayload.objects.all()]
        kept = [bytes(robot.locked) for robot in Robot.objects.all()]
        assert not [text for text in texts if KEY in text or SECRET in text]
        assert kept
        assert not [each for each in kept if KEY.encode() in each]
        assert "•••" in "".join(texts)


class TestOnce:
    def test_a_worker_killed_before_the_call_sends_nothing_and_another_sends_it(self, company: Company) -> None:
        company.use_robot()
        company.tell()
        spread(system(), timezone.now())
        claim(timezone.now())  # … and dies
        company.go()
        assert not company.outside.arrived
        company.go(timezone.now() + timedelta(minutes=6))
        company.go(timezone.now() + timedelta(minutes=12))
        assert len(company.outside.accepted) == 1

    def test_a_worker_killed_between_call_and_mark_is_never_repeated_to_a_group(self, company: Company) -> None:
        company.use_robot()
        company.tell()
        spread(system(), timezone.now())
        _batch, rows = claim(timezone.now())
        assert mark_calling(rows, timezone.now())  # the call is made … and the worker dies
        for hours in (1, 2, 30):
            company.go(timezone.now() + timedelta(hours=hours))
        assert not company.outside.arrived
        assert company.states() == [State.UNSURE]

    def test_a_push_may_be_repeated_because_browsers_show_it_once(self, company: Company) -> None:
        company.use_push()
        company.tell()
        spread(system(), timezone.now())
        _batch, rows = claim(timezone.now())
        mark_calling(rows, timezone.now())
        company.go(timezone.now() + timedelta(hours=1))
        assert company.states() == [State.SENT]

    def test_a_worker_that_overslept_its_lease_cannot_send(self, company: Company) -> None:
        company.use_robot()
        company.tell()
        spread(system(), timezone.now())
        _batch, rows = claim(timezone.now())
        later = timezone.now() + timedelta(minutes=6)
        assert deliver_due(system(), later) == 1
        assert not mark_calling(rows, later)
        assert len(company.outside.accepted) == 1

    def test_the_same_message_is_spread_once(self, company: Company) -> None:
        company.use_robot()
        company.tell()
        spread(system(), timezone.now())
        Notification.objects.update(spread=False)
        spread(system(), timezone.now())
        assert Delivery.objects.count() == 1
