"""Unusual viewing: counted in memory over pages and JSON door, added up apart from requests, told of once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel import viewing
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.models.events import Event, EventLink, Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden
from genjin.kernel.viewing import Kind
from genjin.org.actions.settings import change_settings
from genjin.org.queries.audit import Asked, audit_page
from genjin.oversight import flushing
from genjin.oversight.actions import Unusual, local_hour, raise_alarm
from genjin.oversight.flushing import flush
from genjin.oversight.jobs import fold
from genjin.oversight.models import KEPT_DAYS, WHOLE_DAY, Alarm, Viewing
from genjin.oversight.queries import Place, log
from genjin.oversight.rules import crossed, in_the_last_hour
from genjin.surfaces.api.tests.conftest import make_caller
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> Iterator[None]:
    viewing.forget()
    yield
    viewing.forget()


def counted() -> dict[tuple[str, str], int]:
    """{(kind, record type): how often}, of all members and hours."""
    found: dict[tuple[str, str], int] = {}
    for (_member, kind, of, _hour), count in viewing.take().items():
        found[kind, of] = found.get((kind, of), 0) + count
    return found


def look(actor: Actor, kind: Kind, count: int, of: str = "") -> None:
    viewing.note(actor, kind, count, of=of)
    flush()


def set_to(cast: Cast, **values: Any) -> None:
    change_settings(cast.actor("administrator"), changes={f"viewing.{key}": value for key, value in values.items()})


def test_a_record_counts_once_a_day_through_page_and_json_door(cast: Cast, unchanged: Any) -> None:
    owner = cast.actor("owner")
    first, second = (make_customer(owner, name=name) for name in ("甲", "乙"))
    contact = make_contact(owner, first, name="丙")
    client, caller = visitor(cast.owner), make_caller(cast.owner)
    client.get("/customers")
    viewing.forget()
    with unchanged():
        for _again in range(3):
            client.get(f"/customers/{first.pk}")
            client.get(f"/customers/{first.pk}", headers=HTMX)
            client.get(f"/customers/{first.pk}/print")
        client.get(f"/contacts/{contact.pk}")
    caller.get(f"/customers/{first.pk}")
    caller.get(f"/customers/{second.pk}")
    caller.get("/customers/999999999")
    assert counted() == {("records", "customer"): 2, ("records", "contact"): 1}


def test_turned_pages_count_and_first_ones_do_not(cast: Cast) -> None:
    owner = cast.actor("owner")
    for number in range(3):
        make_customer(owner, name=f"客户{number}")
    caller, client = make_caller(cast.owner), visitor(cast.owner)
    client.get("/customers")
    first = caller.get("/customers?size=2").json()
    assert counted() == {}
    caller.get(f"/customers?size=2&after={first['next']}")
    client.get(f"/customers?after={first['next']}")
    assert counted() == {("pages", "customer"): 2}
    viewing.note_page(owner, 200, of="customer", turned=True)
    viewing.note_page(owner, 200, of="customer", turned=False)
    assert counted() == {("pages", "customer"): 7}


def test_searches_for_whole_numbers_count_wherever_they_are_asked(cast: Cast) -> None:
    client, caller = visitor(cast.owner), make_caller(cast.owner)
    for address in ("/customers?q=13812345678", "/palette?q=13812345678", "/customers?phone.is=13812345679"):
        client.get(address)
    caller.get("/customers?q=138 1234 5670")
    for other in ("5678", "晶砺", "", "2026-11", "A001"):
        client.get(f"/customers?q={other}")
        client.get(f"/palette?q={other}")
    assert counted() == {("phones", ""): 3}


def test_only_people_and_tokens_are_counted(cast: Cast) -> None:
    for surface in (Surface.JOB, Surface.CLI, Surface.IMPORT):
        viewing.note(cast.actor("owner", surface), Kind.RECORDS)
    assert viewing.take() == {}


def test_counts_of_several_flushes_add_up(cast: Cast) -> None:
    owner = cast.actor("owner")
    for _again in range(2):
        viewing.note(owner, Kind.RECORDS, 3, of="customer")
        viewing.note(owner, Kind.RECORDS, of="contact")
        assert flush() == 2
    assert flush() == 0
    day, hour = local_hour(int(timezone.now().timestamp()) // viewing.HOUR)
    rows = Viewing.objects.values_list("member_id", "day", "hour", "kind", "record_type", "count")
    assert sorted(rows) == [
        (cast.owner.pk, day, hour, "records", "contact", 2),
        (cast.owner.pk, day, hour, "records", "customer", 6),
    ]


def test_members_who_are_gone_do_not_hold_up_the_others(cast: Cast) -> None:
    viewing.give_back({(987654321, Kind.RECORDS, "customer", 490_000): 4})
    look(cast.actor("owner"), Kind.RECORDS, 1, "customer")
    assert Viewing.objects.get().member_id == cast.owner.pk


def test_what_could_not_be_written_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError

    viewing.note(cast.actor("owner"), Kind.RECORDS, 5)
    with monkeypatch.context() as patched:
        patched.setattr(flushing, "add_viewing", broken)
        with pytest.raises(DatabaseError):
            flush()
    assert flush() == 1
    assert Viewing.objects.get().count == 5


def test_an_alarm_reaches_administrators_once_a_day_and_kind(cast: Cast) -> None:
    set_to(cast, records_hour=10, records_day=0, reveals_hour=0, reveals_day=3)
    owner = cast.actor("owner")
    look(owner, Kind.RECORDS, 9, "customer")
    assert not Alarm.objects.exists()
    look(owner, Kind.RECORDS, 1, "contact")
    look(owner, Kind.RECORDS, 50, "customer")
    look(owner, Kind.REVEALS, 3)
    look(cast.actor("stranger"), Kind.RECORDS, 2, "customer")
    kinds = Alarm.objects.order_by("kind").values_list("member_id", "kind", "daily", "line")
    assert list(kinds) == [(cast.owner.pk, "records", 10, 10), (cast.owner.pk, "reveals", 3, 3)]
    told = Notification.objects.values_list("member_id", flat=True)
    assert list(told) == [cast.administrator.pk] * 2
    shown, _more = notices(cast.actor("administrator"))
    assert shown[1].words == "周牧远查看异常：打开记录近一小时 10、今天 10（提醒线 10）"
    event = Event.objects.filter(action="viewing.alarm").earliest("id")
    assert event.note == {"viewing": "records", "hourly": 10, "daily": 10, "line": 10}
    assert EventLink.objects.get(event=event).row_id == cast.owner.pk
    lines, _before = audit_page(cast.actor("administrator"), Asked(action="viewing.alarm"))
    assert ("查看异常", "打开记录") in lines[1].note


def test_two_processes_that_see_the_same_tell_once(cast: Cast) -> None:
    unusual = Unusual(cast.owner.pk, Kind.PAGES, dt.date(2026, 11, 22), 120, 120, 100)
    assert [raise_alarm(system("viewing.count"), unusual=unusual) for _process in range(2)] == [True, False]
    assert Notification.objects.count() == 1
    assert Event.objects.filter(action="viewing.alarm").count() == 1


def test_switched_off_it_is_counted_only(cast: Cast) -> None:
    set_to(cast, on="", records_hour=1)
    look(cast.actor("owner"), Kind.RECORDS, 1000)
    assert Viewing.objects.get().count == 1000
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    ("hourly", "daily", "lines", "line"),
    [
        (9, 9, (10, 20), 0), (10, 10, (10, 20), 10), (0, 20, (10, 20), 20), (99, 99, (0, 0), 0), (99, 99, (0, 90), 90),
        (15, 25, (10, 20), 10),
    ],
)  # fmt: skip
def test_lines(hourly: int, daily: int, lines: tuple[int, int], line: int) -> None:
    assert crossed(hourly, daily, lines) == line


def test_the_last_hour_goes_over_the_clock() -> None:
    assert [in_the_last_hour(10, 60, minutes) for minutes in (0, 15, 30, 59)] == [70, 55, 40, 11]


def test_the_page_shows_who_looked_at_what(cast: Cast, count_queries: Any) -> None:
    set_to(cast, records_hour=5)
    look(cast.actor("owner"), Kind.RECORDS, 7, "customer")
    look(cast.actor("owner"), Kind.PAGES, 3, "customer")
    look(cast.actor("stranger"), Kind.PHONES, 2)
    client = visitor(cast.administrator)
    page = client.get("/settings/viewing").content.decode()
    assert "周牧远" in page
    assert "陌路人" in page
    assert "打开记录异常" in page
    alone = client.get(f"/settings/viewing?member={cast.stranger.pk}", headers=HTMX).content.decode()
    assert "陌路人" in alone
    assert "周牧远" not in alone
    assert visitor(cast.manager).get("/settings/viewing").status_code == 403
    with pytest.raises(Forbidden):
        log(cast.actor("owner"))


def test_the_log_is_paged_by_key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genjin.oversight.queries.MOST", 4)
    members = [cast.owner.pk, cast.stranger.pk, cast.manager.pk]
    rows = [
        Viewing(
            member_id=member, day=dt.date(2026, 11, day), hour=WHOLE_DAY, kind=kind, record_type="customer", count=n
        )
        for day in range(1, 6)
        for n, member in enumerate(members, day)
        for kind in (Kind.RECORDS, Kind.PAGES)
        if (n + day) % 5
    ]
    Viewing.objects.bulk_create(rows)
    actor, place, seen = cast.actor("administrator"), None, []
    while True:
        lines, place = log(actor, before=place)
        seen += [(line.place.day, line.place.member_id) for line in lines]
        if place is None:
            break
        assert Place.read(str(place)) == place
    wanted = {(row.day, row.member_id): row.count for row in rows}
    assert seen == sorted(wanted, key=lambda at: (-at[0].toordinal(), -wanted[at], at[1]))


@pytest.mark.parametrize("text", ["", "x", "2026-11-22", "2026-11-22.1", "2026-13-22.1.2", "2026-11-22.1.2.3", "a.1.2"])
def test_what_is_no_place_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_hours_are_folded_and_old_counts_forgotten(cast: Cast) -> None:
    today = timezone.now().astimezone(cast.actor("owner").zone).date()
    for ago, hour in ((0, 9), (1, 9), (2, 9), (2, 10), (KEPT_DAYS, 9), (KEPT_DAYS + 1, 9)):
        day = today - dt.timedelta(days=ago)
        Viewing.objects.create(member=cast.owner, day=day, hour=hour, kind=Kind.RECORDS, count=5)
    for _again in range(2):
        fold(system("viewing.count"))
    rows = Viewing.objects.order_by("-day", "hour").values_list("day", "hour", "count")
    assert [((today - day).days, hour, count) for day, hour, count in rows] == [
        (0, 9, 5), (1, 9, 5), (2, WHOLE_DAY, 10), (KEPT_DAYS, WHOLE_DAY, 5),
    ]  # fmt: skip
