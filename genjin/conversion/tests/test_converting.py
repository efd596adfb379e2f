"""Conversion of leads, point by point (B2), single and in bulk."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from genjin.conversion.actions import convert_lead
from genjin.conversion.models import Conversion
from genjin.conversion.queries import conversions_of
from genjin.customers.actions.customers import void_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import SEE, WRITE
from genjin.kernel.lists import page, read_query
from genjin.kernel.models import Event
from genjin.kernel.models.events import Notification
from genjin.kernel.refusal import Forbidden, Refused
from genjin.leads.models import Lead
from genjin.leads.queries import lead_for
from genjin.leads.record import LEAD
from genjin.leads.tests.factories import follow, make_lead
from genjin.merging.models import Merge
from genjin.opportunities.models import Opportunity
from genjin.ownership.models import Teammate
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.plans.models import Plan
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX

COMPANY = "苏州晶砺半导体有限公司"
PERSON = {"company": COMPANY, "contact_name": "陆怀瑾", "mobile": "13800138000", "position": "总经理"}


def converted(lead: Lead) -> tuple[Lead, Conversion]:
    row = Lead.objects.get(pk=lead.pk)
    return row, Conversion.objects.get(lead_id=lead.pk)


def test_B2_a_new_customer_with_its_contact_talks_and_plans(cast: Cast) -> None:
    """B2-2, 3, 7, 8, 10, 11, 13: all that a lead has goes with it, once."""
    owner = cast.actor("owner")
    lead = make_lead(owner, **PERSON, region="苏州", source="电话咨询", need="800 平米洁净厂房")
    follow(owner, lead, next_contact_at="2030-01-04 10:00", next_step="带看现场")
    convert_lead.run(cast.actor("manager"), lead.pk, {})
    row, fact = converted(lead)
    customer, contact = Customer.objects.get(pk=fact.customer_id), Contact.objects.get(pk=fact.contact_id or 0)
    assert (row.state, row.customer_id, row.contact_id) == ("converted", customer.pk, contact.pk)
    assert row.deal_date is not None
    assert (customer.name, customer.phone, customer.region, customer.source) == (
        COMPANY,
        "13800138000",
        "320500",
        "hotline",
    )
    assert customer.core_need == "800 平米洁净厂房"
    assert (customer.owner_id, contact.owner_id) == (cast.owner.pk, cast.owner.pk)
    assert (contact.name, contact.phone, contact.position) == ("陆怀瑾", "13800138000", "总经理")
    assert (fact.new_customer, fact.new_contact, fact.by_id) == (True, True, cast.manager.pk)
    talk, plan = FollowUp.objects.get(), Plan.objects.get()
    assert (talk.lead_id, talk.customer_id) == (lead.pk, customer.pk)
    assert (plan.lead_id, plan.customer_id) == (lead.pk, customer.pk)
    assert customer.last_followed_at == talk.occurred_at
    assert (customer.next_contact_at, customer.next_step) == (plan.starts_at, "带看现场")
    assert Notification.objects.get(kind="lead_converted").member_id == cast.owner.pk
    assert [(one.owner_id, one.new, one.existing) for one in conversions_of(owner, *_ever(fact))] == [
        (cast.owner.pk, 1, 0)
    ]
    with pytest.raises(Refused, match="线索已转换"):
        follow(owner, lead)
    client = Client()
    client.force_login(cast.owner)
    report = client.get("/leads/conversions?period=year").content.decode()
    assert re.findall(r'<td class="r num">(?:<a[^>]*>)?(\d+)', report) == ["1", "0", "1", "1", "0", "1"]
    assert "没有转换的线索" not in report
    card = client.get(f"/customers/{customer.pk}/related").content.decode()
    assert f"/leads/{lead.pk}" in card


def _ever(fact: Conversion) -> tuple[datetime, datetime]:
    return fact.at, fact.at.replace(year=2999)


def test_B2_4_to_8_a_customer_of_the_name_is_joined_and_only_what_is_empty_is_filled(cast: Cast) -> None:
    owner, boss = cast.actor("owner"), cast.actor("administrator")
    known = make_customer(owner, COMPANY, level="A", source="网络")
    friend = make_contact(owner, known, "陆总", phone="13800138000")
    lead = make_lead(owner, **PERSON, source="广告", region="苏州")
    convert_lead.run(owner, lead.pk, {})
    _row, fact = converted(lead)
    customer = Customer.objects.get(pk=known.pk)
    assert (fact.customer_id, fact.contact_id, fact.new_customer, fact.new_contact) == (
        known.pk,
        friend.pk,
        False,
        False,
    )
    assert (customer.source, customer.level, customer.region) == ("internet", "A", "320500")
    assert not Teammate.objects.filter(record_id=known.pk).exists()  # his own
    others = make_customer(boss, "无锡启铭新材料有限公司", owner=str(cast.stranger.pk))
    second = make_lead(boss, "启铭", company=others.name, owner=str(cast.owner.pk))
    with pytest.raises(Refused, match="由别人负责"), transaction.atomic():  # B2-6: never by what one may not see
        convert_lead.run(owner, second.pk, {})
    convert_lead.run(boss, second.pk, {"contact": ""})
    place = Teammate.objects.get(record_id=others.pk)
    assert (place.member_id, place.writes) == (cast.owner.pk, True)
    assert Customer.objects.get(pk=others.pk).owner_id == cast.stranger.pk
    make_customer(owner, "常州远岫新能源有限公司")
    make_customer(owner, "常州远岫新能源有限公司")
    third = make_lead(owner, "远岫", company="常州远岫新能源有限公司")
    with pytest.raises(Refused, match="2 个同名客户") as refused, transaction.atomic():
        convert_lead.run(owner, third.pk, {})
    chosen = refused.value.facts["customers"][1]["id"]
    convert_lead.run(owner, third.pk, {"customer": str(chosen)})
    assert converted(third)[1].customer_id == chosen


def test_B2_5_a_pooled_customer_is_claimed_first_under_the_rules(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_pool("华东公海", cast.owner.pk)
    pool = make_pool("客户公海", claims={"daily_limit": 1})
    owner = cast.actor("owner")
    first, second = (make_customer(cast.actor("stranger"), name) for name in ("甲乙丙电子", "丁戊己电子"))
    for each in (first, second):
        drop(each, pool)
    leads = [make_lead(owner, f"线索{n}", company=each.name) for n, each in enumerate((first, second))]
    convert_lead.run(owner, leads[0].pk, {})
    assert Customer.objects.get(pk=first.pk).owner_id == cast.owner.pk
    before = Event.objects.count()
    with pytest.raises(Refused, match=r"今日|今天|上限"), transaction.atomic():
        convert_lead.run(owner, leads[1].pk, {})
    assert Lead.objects.get(pk=leads[1].pk).state == "pending"
    assert Event.objects.count() == before
    assert Customer.objects.get(pk=second.pk).owner_id is None


def test_B2_1_and_12_what_is_missing_refuses_all_of_it(cast: Cast) -> None:
    owner, boss = cast.actor("owner"), cast.actor("administrator")
    lead = make_lead(owner, **PERSON)
    with pytest.raises(Forbidden):
        convert_lead.run(cast.actor("nobody"), lead.pk, {})
    with pytest.raises(Refused, match="没有找到"):
        convert_lead.run(cast.actor("stranger"), lead.pk, {})
    voided = make_customer(boss, "镇江澄泰环保")
    void_customer(boss, voided.pk, reason="注销")
    customers = Customer.objects.count()
    with pytest.raises(Refused, match=r"已作废|没有找到"), transaction.atomic():
        convert_lead.run(boss, lead.pk, {"customer": str(voided.pk)})
    assert Customer.objects.count() == customers
    assert Lead.objects.get(pk=lead.pk).state == "pending"


def test_B2_in_bulk_each_lead_is_told_of_and_the_oldest_namesake_is_taken(cast: Cast) -> None:
    owner = cast.actor("owner")
    older = make_customer(owner, COMPANY)
    make_customer(owner, COMPANY)
    hidden = make_customer(cast.actor("stranger"), "芜湖星辙汽车电子")
    leads = [
        make_lead(owner, "一", **PERSON),
        make_lead(owner, "二", company="合肥量翼科技", contact_name="王敏"),
        make_lead(owner, "三", company=hidden.name),
        make_lead(owner, "四", company="合肥量翼科技"),
    ]
    convert_lead.run(owner, make_lead(owner, "五", company="昆山拓维光电").pk, {})
    gone = Lead.objects.get(name="五")
    outcome = convert_lead.run_many(owner, [*(lead.pk for lead in leads), gone.pk], {})
    assert outcome.done == [leads[0].pk, leads[1].pk, leads[3].pk]
    assert [(row, refusal.code) for row, refusal in outcome.refused] == [
        (leads[2].pk, "customer_exists"),
        (gone.pk, "converted"),
    ]
    assert converted(leads[0])[1].customer_id == older.pk
    assert converted(leads[3])[1].customer_id == converted(leads[1])[1].customer_id
    assert Event.objects.filter(action="leads.convert").count() == 2


def test_B1_a_converted_lead_is_read_by_who_sees_its_customer(cast: Cast) -> None:
    boss = cast.actor("administrator")
    lead = make_lead(boss, "扬州墨禾", company="扬州墨禾文创", owner=str(cast.owner.pk))
    known = make_customer(boss, "扬州墨禾文创", owner=str(cast.stranger.pk))
    stranger = cast.actor("stranger")
    with pytest.raises(Refused, match="没有找到"):
        lead_for(stranger, lead.pk, to=SEE)
    convert_lead.run(boss, lead.pk, {"customer": str(known.pk)})
    assert lead_for(stranger, lead.pk, to=SEE).state == "converted"
    with pytest.raises(Forbidden):
        lead_for(stranger, lead.pk, to=WRITE)
    listed = page(stranger, read_query(stranger, LEAD, {"state.in": ["converted"]}), [])
    assert listed.rows == []  # it left the lists


def test_B2_9_an_opportunity_takes_over_all_that_its_lead_knows(cast: Cast) -> None:
    """Name, customer, owner, contact, need, source, first stage, talks, plans and when it was last talked to; a second
    one of the name is asked about (B9)."""
    owner, boss = cast.actor("owner"), cast.actor("administrator")
    lead = make_lead(owner, **PERSON, source="电话咨询", need="800 平米洁净厂房")
    follow(owner, lead, next_contact_at="2030-01-04 10:00", next_step="带看现场")
    convert_lead.run(boss, lead.pk, {"opportunity": "1"})
    row, fact = converted(lead)
    deal = Opportunity.objects.get(pk=fact.opportunity_id or 0)
    assert (row.opportunity_id, deal.customer_id, deal.owner_id) == (deal.pk, fact.customer_id, cast.owner.pk)
    assert (deal.name, deal.stage, deal.outcome) == (f"{COMPANY}商机", "contact", "open")
    assert (deal.need, deal.source) == ("800 平米洁净厂房", "hotline")
    assert [part.contact_id for part in deal.participants.all()] == [fact.contact_id]
    talk, plan = FollowUp.objects.get(), Plan.objects.get()
    assert (talk.opportunity_id, plan.opportunity_id) == (deal.pk, deal.pk)
    assert (deal.last_followed_at, deal.next_contact_at, deal.next_step) == (
        talk.occurred_at,
        plan.starts_at,
        "带看现场",
    )
    second = make_lead(owner, "二", company=COMPANY)
    before = Event.objects.count(), Opportunity.objects.count()
    with pytest.raises(Refused, match=r"同名商机|重复|已有|相同") as refused, transaction.atomic():
        convert_lead.run(boss, second.pk, {"opportunity": "1"})
    assert refused.value.facts["confirm"] == "duplicate_known"
    assert (Event.objects.count(), Opportunity.objects.count()) == before
    convert_lead.run(boss, second.pk, {"opportunity": "1", "duplicate_known": "1"})
    assert Opportunity.objects.filter(customer_id=fact.customer_id).count() == 2
    client = Client()
    client.force_login(cast.owner)
    third = make_lead(owner, "三", company="合肥量翼科技")
    assert f"/leads/{third.pk}/actions/convert" in client.get(f"/leads/{third.pk}").content.decode()
    assert f"/leads/{second.pk}/actions/convert" not in client.get(f"/leads/{second.pk}").content.decode()
    for view, offered in (("mine", True), ("invalid", True), ("converted", False)):  # many at once, where they may be
        assert ("/leads/bulk/convert" in client.get(f"/leads?view={view}").content.decode()) is offered, view
    for address in (f"/leads/{third.pk}/actions/convert?name=甲", f"/leads/bulk/convert?ids={third.pk}"):
        dialog = client.get(address, headers=HTMX).content.decode()
        assert re.search(r'name="contact"[^>]* checked', dialog), address  # B2-8: with its contact, unless he says no
    report = client.post("/leads/bulk/convert", {"ids": third.pk, "drawn": "contact", "contact": "on"}, headers=HTMX)
    assert "转为新客户" in report.content.decode()
    assert "合肥量翼科技" in report.content.decode()


def test_B3_a_conversion_follows_its_customer_when_that_is_merged_and_comes_back(cast: Cast) -> None:
    owner, boss = cast.actor("owner"), cast.actor("administrator")
    lead = make_lead(owner, **PERSON)
    convert_lead.run(cast.actor("manager"), lead.pk, {})
    customer = converted(lead)[1].customer_id
    master = make_customer(owner, "苏州晶砺")
    ACTIONS["customers.merge"].run(boss, master.pk, {"others": [customer], "reason": "重复录入"})
    assert converted(lead)[1].customer_id == master.pk
    ACTIONS["customers.unmerge"].run(boss, master.pk, {"merge": Merge.objects.latest("id").pk})
    assert converted(lead)[1].customer_id == customer
