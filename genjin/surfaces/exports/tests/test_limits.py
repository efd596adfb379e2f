"""How much leaves: reason, limits, alarm, log (B19, ASVS V2.4.1, V16.3.3)."""

from __future__ import annotations

import pytest

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.models.events import Event, EventLink, Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import deliver, seal
from genjin.org.actions.settings import change_settings
from genjin.surfaces.exports.actions import fetch_export, start_export, take_cards
from genjin.surfaces.exports.queries import exports_page, tier_of
from genjin.surfaces.exports.tests.conftest import allow, export
from genjin.testing.cast import Cast

pytestmark = pytest.mark.django_db


def company(cast: Cast, **values: int) -> None:
    change_settings(
        cast.actor("administrator"), changes={f"exports.{key}": str(value) for key, value in values.items()}
    )


def refused(cast: Cast, reason: str = "") -> str:
    actor = cast.actor("manager")
    with pytest.raises(Refused) as found:
        start_export(actor, record_type="customers", reason=reason)
    return found.value.code


def told(cast: Cast, part: str) -> list[str]:
    while seal():
        pass
    deliver()
    return [notice.words for notice in notices(cast.actor(part), kind="export_volume")[0]]


def test_many_rows_need_a_reason_and_fit_into_the_limits(cast: Cast) -> None:
    for number in range(3):
        make_customer(cast.actor("manager"), f"公司{number}")
    company(cast, reason_above=2, most_rows=3, day_rows=7)
    assert refused(cast) == "reason"
    assert export(cast, "manager", reason="月度对账").rows == 3
    company(cast, most_rows=2)
    assert refused(cast, reason="对账") == "too_many"
    company(cast, most_rows=3)
    start_export(cast.actor("manager"), record_type="customers", reason="等待中的也算")
    assert refused(cast, reason="对账") == "day_limit"
    assert Event.objects.filter(action="exports.start").count() == 2


def test_flaw5_unusual_volume_is_told_once_per_day_and_step(cast: Cast) -> None:
    for number in range(3):
        customer = make_customer(cast.actor("manager"), f"公司{number}")
    make_contact(cast.actor("manager"), customer)
    company(cast, alarm_rows=4)
    export(cast, "manager")
    assert told(cast, "administrator") == []
    take_cards(cast.actor("manager"), customer=customer.pk)
    words = told(cast, "administrator")
    assert [("林知夏" in one, "4 行" in one) for one in words] == [(True, True)]
    export(cast, "manager")
    assert len(told(cast, "administrator")) == 1
    assert told(cast, "manager") == []
    allow(cast, "salesperson", exports_watch="")
    company(cast, alarm_rows=1)
    export(cast, "manager")
    assert len(told(cast, "owner")) == 1
    assert [tier_of(rows, 200) for rows in (199, 200, 1_999, 2_000, 20_000, 10**7)] == [0, 1, 1, 10, 100, 100]
    assert Notification.objects.filter(kind="export_volume", member=cast.stranger).count() == 1  # of the same role


def test_v16_3_3_the_ledger_says_who_took_which_list_why_and_when_it_was_fetched(cast: Cast) -> None:
    make_customer(cast.actor("manager"), level="A")
    row = export(cast, "manager", query="level.in=A", columns="name,level", reason="月度对账")
    fetch_export(cast.actor("manager"), row.pk)
    links = EventLink.objects.filter(row_id=row.pk).order_by("event_id").select_related("event")
    started, kept, fetched = [link.event for link in links]
    assert {event.member_id for event in (started, kept, fetched)} == {cast.manager.pk}
    assert started.note == {
        "list": "customers", "filters": "level.in=A", "columns": ["客户名称", "客户等级"], "counted": 1,
        "reason": "月度对账",
    }  # fmt: skip
    assert (kept.note["rows"], len(kept.note["sha256"])) == (1, 64)
    assert fetched.note == {"downloaded": row.name}
    (line,) = exports_page(cast.actor("administrator"), everybody=True)[0]
    assert (line.who, line.own, line.state, len(line.fetched)) == ("林知夏", False, "ready", 1)
    assert "客户等级" in line.rows
    assert exports_page(cast.actor("owner"), everybody=True)[0] == []
