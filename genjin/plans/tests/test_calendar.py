"""The calendar's page and the feed for other calendars (S0-46, S1-22, S1-23)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member, Role
from genjin.plans.actions.feeds import make_feed, revoke_feed
from genjin.plans.actions.plans import cancel_plan, complete_plan
from genjin.plans.diary import people_shown, span_of
from genjin.plans.feed import escaped, folded
from genjin.plans.models import CalendarFeed, Plan
from genjin.plans.tests.factories import make_plan
from genjin.testing.cast import Cast

Event = dict[str, str]
ESCAPED = re.compile(r"\\(.)")


def test_spans_are_whole_weeks() -> None:
    assert span_of("day", date(2026, 2, 28)).after == date(2026, 3, 1)
    week = span_of("nonsense", date(2026, 11, 22))
    assert (week.kind, week.days[0], week.days[-1]) == ("week", date(2026, 11, 16), date(2026, 11, 22))
    month = span_of("month", date(2026, 11, 15))
    assert (month.days[0], month.days[-1], month.before, month.after) == (
        date(2026, 10, 26), date(2026, 12, 6), date(2026, 10, 31), date(2026, 12, 1),
    )  # fmt: skip


def test_S1_23_a_manager_sees_the_plans_of_his_people_and_nobody_elses(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_plan(owner, make_customer(owner), "周五回访")
    day = (owner.now() + timedelta(days=1)).date()
    for show in ("day", "week", "month"):
        address = f"/calendar?show={show}&day={day}&who={cast.owner.pk}"
        assert "周五回访" in _page(cast.manager, address)
        assert "周五回访" not in _page(cast.manager, f"/calendar?show={show}&day={day}")
        assert "周五回访" not in _page(cast.stranger, address)
    assert [p.id for p in people_shown(cast.actor("manager"))] == [cast.manager.pk, cast.owner.pk]
    assert [p.id for p in people_shown(owner)] == [cast.owner.pk]
    assert _page(cast.owner, "/calendar?day=nonsense&show=x&who=1&who=x")
    nobody = Client()
    nobody.force_login(cast.nobody)
    assert nobody.get("/calendar").status_code == 403


def test_the_calendar_asks_as_much_for_many_plans_as_for_one(cast: Cast) -> None:
    owner, client = cast.actor("owner"), Client()
    client.force_login(cast.owner)
    customer = make_customer(owner)
    make_plan(owner, customer)
    client.get("/calendar?show=month")
    asked = []
    for _more in range(2):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/calendar?show=month")
        asked.append(len(caught))
        for n in range(8):
            make_plan(owner, make_customer(owner, f"客户{n}"))
    assert asked[0] == asked[1]


def test_escaping_and_folding_follow_rfc_5545() -> None:
    assert escaped("a;b,c\\d\r\ne\x07") == "a\\;b\\,c\\\\d\\ne"
    line = "SUMMARY:" + "跟进🙂" * 40
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line


def test_the_feed_holds_ones_own_plans_in_utc_and_can_be_parsed(cast: Cast) -> None:
    owner = cast.actor("owner")
    content = "送报价; 一, 二\\三 " + "很长的内容" * 30
    plan = make_plan(owner, make_customer(owner, "苏州晶砺"), content, minutes="45", method="phone")
    done, gone = make_plan(owner, None, "做完的"), make_plan(owner, None, "取消的")
    complete_plan(owner, done.pk)
    cancel_plan(owner, gone.pk)
    make_plan(cast.actor("manager"), None, "主管的")
    _feed, secret = make_feed(owner)
    response = Client().get(f"/calendar/{secret}.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = _parsed(response.content.decode())
    assert set(events) == {f"plan-{plan.pk}@genjin", f"plan-{done.pk}@genjin"}
    event = events[f"plan-{plan.pk}@genjin"]
    assert event["SUMMARY"] == f"{content.strip()} · 苏州晶砺"
    assert event["DTSTART"] == plan.starts_at.strftime("%Y%m%dT%H%M%SZ")
    assert event["DTEND"] == (plan.starts_at + timedelta(minutes=45)).strftime("%Y%m%dT%H%M%SZ")
    assert event["URL"] == f"http://testserver/plans/{plan.pk}"
    assert events[f"plan-{done.pk}@genjin"]["SUMMARY"] == "✓ 做完的"


@pytest.mark.parametrize("number", ["13912345678", "139 1234 5678", "+86 13912345678", "0512-55501124", "400-820-8820"])
def test_the_feed_holds_no_telephone_numbers(cast: Cast, number: str) -> None:
    owner = cast.actor("owner")
    make_plan(owner, make_customer(owner, phone="13800001111"), f"打 {number} 确认 2026 年 11 月的 12,000 件")
    _feed, secret = make_feed(owner)
    text = Client().get(f"/calendar/{secret}.ics").content.decode()
    (event,) = _parsed(text).values()
    assert event["SUMMARY"].startswith("打 ••• 确认 2026 年 11 月的 12,000 件")
    assert "13800001111" not in text


def test_the_feed_shows_only_what_the_member_may_see_at_that_moment(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "机密精工")
    ACTIONS["customers.add_teammate"].run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    plan = make_plan(owner, customer, "一起拜访", assignee=str(cast.teammate.pk))
    _feed, secret = make_feed(cast.actor("teammate"))
    client = Client()
    assert "机密精工" in client.get(f"/calendar/{secret}.ics").content.decode()
    ACTIONS["customers.remove_teammate"].run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    assert Plan.objects.get(pk=plan.pk).assignee_id == cast.teammate.pk
    assert not _parsed(client.get(f"/calendar/{secret}.ics").content.decode())


def test_an_address_is_kept_hashed_and_ends_when_renewed_revoked_or_the_member_leaves(cast: Cast) -> None:
    owner, client = cast.actor("owner"), Client()
    client.force_login(cast.owner)
    shown = unescape(client.post("/calendar/feed").content.decode())
    first = shown.split("http://testserver/calendar/")[1].split(".ics")[0]
    assert first not in client.get("/calendar/feed").content.decode()
    assert not CalendarFeed.objects.filter(token_hash=first).exists()
    assert _status(first) == 200
    _feed, second = make_feed(owner)
    assert (_status(first), _status(second)) == (404, 200)
    assert client.post("/calendar/feed/revoke").status_code == 302
    assert _status(second) == 404
    _feed, third = make_feed(owner)
    role = Role.objects.get(key="salesperson")
    allowed = dict(role.grants)
    Role.objects.filter(pk=role.pk).update(grants={k: v for k, v in allowed.items() if k != "plans.subscribe"})
    bump_stamp()
    assert _status(third) == 404
    assert client.get("/calendar/feed").status_code == 403
    assert "/calendar/feed" not in client.get("/calendar").content.decode()
    Role.objects.filter(pk=role.pk).update(grants=allowed)
    bump_stamp()
    assert _status(third) == 200
    Member.objects.filter(pk=cast.owner.pk).update(is_active=False)
    bump_stamp()
    assert _status(third) == 404
    assert _status("x") == 404
    assert CalendarFeed.objects.filter(member_id=cast.owner.pk, revoked_at=None).count() == 1


def test_a_feed_that_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_plan(owner)
    _feed, secret = make_feed(owner)
    client, address = Client(), f"/calendar/{secret}.ics"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_plan(owner)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    revoke_feed(owner)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 404


def _page(member: Member, address: str) -> str:
    client = Client()
    client.force_login(member)
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def _status(secret: str) -> int:
    return int(Client().get(f"/calendar/{secret}.ics").status_code)


def _parsed(text: str) -> dict[str, Event]:
    """{UID: properties}, as a calendar program reads it: unfold, split at the first colon, unescape."""
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    events: dict[str, Event] = {}
    event: Event = {}
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            event = {}
        event[name] = (
            value.replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\0", "\\")
        )
        if line == "END:VEVENT":
            events[event["UID"]] = event
    return events
