"""Campaigns and their members: dates and status, joining one by one and in bulk, pages, files (B20)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from genjin.campaigns.actions.touches import edit_touch
from genjin.campaigns.models import Touch
from genjin.campaigns.record import CAMPAIGN, TOUCH
from genjin.campaigns.rules import Status, period_of, period_text, status_on
from genjin.campaigns.tests.factories import make_campaign, touch
from genjin.conversion.actions import convert_lead
from genjin.customers.actions.customers import transfer_customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import visible_to
from genjin.kernel.lists import page, read_query
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import find_visible
from genjin.leads.actions.joining import join_of_lead
from genjin.leads.actions.leads import create_lead
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead
from genjin.org.grants import ready_scope
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_B20_the_status_follows_from_the_dates() -> None:
    start, end = date(2026, 3, 10), date(2026, 3, 12)
    before, after = start - timedelta(days=1), end + timedelta(days=1)
    days = {before: Status.PLANNED, start: Status.RUNNING, end: Status.RUNNING, after: Status.ENDED}
    for day, status in days.items():
        assert status_on(day, start, end) is status
    assert status_on(date(2036, 1, 1), start, None) is Status.RUNNING
    for until in (end, None):
        assert period_of(period_text(start, until)) == (start, until)


def test_B20_a_campaign_is_made_filtered_by_status_and_changed(cast: Cast) -> None:
    manager, stranger = cast.actor("manager"), cast.actor("stranger")
    today = manager.now().date()
    over = make_campaign(manager, budget="2万", kind="展会", channel="线下", target="120")
    runs = make_campaign(manager, "搜索投放", starts_on=today.isoformat(), ends_on="")
    ahead = make_campaign(manager, "秋季沙龙", starts_on=(today + timedelta(days=9)).isoformat(), ends_on="")
    for status, label, one in (("ended", "已结束", over), ("running", "进行中", runs), ("planned", "未开始", ahead)):
        rows = page(manager, read_query(manager, CAMPAIGN, {"status.in": [status]}), CAMPAIGN.columns).rows
        assert [row.id for row in rows] == [one.pk]
        field = CAMPAIGN.own_fields["status"]
        assert (field.text(rows[0].values["status"], manager), field.to_json(one.period)) == (label, status)
    assert (over.code[:3], over.kind, over.channel, over.budget) == ("HD-", "exhibition", "offline", Decimal(20_000))
    assert not visible_to(stranger, type(over)).exists()  # ready-made roles see those of the whole company (S2-72)
    assert ready_scope("campaigns.see") == "all"
    with pytest.raises(Refused) as refusal:
        make_campaign(manager, ends_on="2026-03-01")
    assert refusal.value.code == "bad_range"
    ACTIONS["campaigns.void"].run(manager, over.pk, {"reason": "取消"})
    with pytest.raises(Refused):
        ACTIONS["campaigns.edit"].run(manager, over.pk, {"name": "改名"})
    ACTIONS["campaigns.restore"].run(manager, over.pk, {})
    lead = create_lead.run(manager, None, {"name": "晶砺", "campaign": "春季智能制造展"})  # as files name it
    assert lead.row_id
    assert Lead.objects.get(pk=lead.row_id).campaign_id == over.pk
    assert find_visible(manager, "campaign", "搜索投放") == runs.pk


def test_B20_members_join_one_by_one_and_in_bulk_and_go_along_with_their_record(cast: Cast) -> None:
    owner, manager, stranger = cast.actor("owner"), cast.actor("manager"), cast.actor("stranger")
    fair, salon = make_campaign(owner), make_campaign(owner, "沙龙")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    leads = [make_lead(owner, f"线索 {number}") for number in range(4)]
    first = touch(owner, fair, customer)
    assert (first.state, first.owner_id, first.touched_on) == ("invited", cast.owner.pk, owner.now().date())
    person = touch(owner, fair, contact, state="已到场")
    assert (person.customer_id, person.contact_id, person.state) == (customer.pk, contact.pk, "attended")
    for wrong in ({"customer": str(customer.pk)}, {}, {"lead": str(leads[0].pk), "touched_at": "2099-01-01 10:00"}):
        with pytest.raises(Refused) as refusal:
            ACTIONS["touches.create"].run(owner, None, {"campaign": str(fair.pk), **wrong})
        assert refusal.value.code in ("already_member", "nobody", "future")
    touch(owner, salon, leads[1])
    convert_lead.run(owner, leads[3].pk, {})
    batch = join_of_lead.run_many(
        owner, [lead.pk for lead in leads], {"campaign": str(salon.pk), "state": "registered"}
    )
    assert (sorted(batch.done), {row_id: why.code for row_id, why in batch.refused}) == (
        [leads[0].pk, leads[2].pk],
        {leads[1].pk: "already_member", leads[3].pk: "converted"},
    )
    assert not visible_to(stranger, Touch).exists()
    with pytest.raises(Refused) as refusal:
        edit_touch.run(owner, first.pk, {"campaign": str(salon.pk)})
    assert refusal.value.code == "member_fixed"
    edit_touch.run_many(owner, [first.pk, person.pk], {"state": "absent"})
    assert set(Touch.objects.filter(customer=customer).values_list("state", flat=True)) == {"absent"}
    ACTIONS["touches.void"].run(owner, first.pk, {})
    again = touch(owner, fair, customer)
    with pytest.raises(Refused):
        ACTIONS["touches.restore"].run(owner, first.pk, {})
    transfer_customer.run(manager, customer.pk, {"owner": str(cast.manager.pk)})
    assert Touch.objects.get(pk=again.pk).owner_id == cast.manager.pk
    shown = page(manager, read_query(manager, TOUCH, {"campaign.in": [str(fair.pk)]}), TOUCH.columns).rows
    assert {row.id for row in shown} == {again.pk, person.pk}


def test_pages_show_members_and_what_touched_a_record(cast: Cast) -> None:
    owner = cast.actor("owner")
    fair, lead = make_campaign(owner), make_lead(owner, "苏州晶砺 陆先生")
    touch(owner, fair, lead, state="registered")
    client = Client()
    client.force_login(cast.owner)
    for path, words in (
        (
            f"/campaigns/{fair.pk}/related",
            ("苏州晶砺 陆先生", "已报名", f"/touches?view=all&amp;f=1&amp;campaign.in={fair.pk}"),
        ),
        (f"/leads/{lead.pk}/related", ("春季智能制造展", "已报名", f"/leads/{lead.pk}/actions/join_campaign")),
        ("/campaigns", ("春季智能制造展", "已结束")),
        ("/touches", ("春季智能制造展", "苏州晶砺 陆先生")),
        (f"/campaigns/{fair.pk}", ("活动效果", "已结束")),
    ):
        shown = client.get(path).content.decode()
        assert [word for word in words if word not in shown] == [], path
    asked = client.get(f"/leads/{lead.pk}/actions/join_campaign", headers=HTMX).content.decode()
    assert "成员状态" in asked
