"""Merging customers and contacts (B3): values, what follows, aliases, taking it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from genjin.customers.models import Address, Contact, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.followups.queries import last_facts
from genjin.followups.statistics.jobs import fold, mend
from genjin.followups.tests.factories import make_followup
from genjin.kernel import aliases
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.files import attach_upload
from genjin.kernel.lists.searching import search
from genjin.kernel.models.events import EventLink, Notification
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life
from genjin.kernel.notices import notices
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.timeline import timeline
from genjin.merging.models import Merge
from genjin.ownership.models import Period, Teammate
from genjin.plans.models import Plan
from genjin.testing.cast import Cast, make_cast

MERGE, UNMERGE = "customers.merge", "customers.unmerge"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def merge(actor: Actor, master: Any, *others: Any, plural: str = "customers", **raw: Any) -> Merge:
    given = {"others": [other.pk for other in others], "reason": "重复录入", **raw}
    ACTIONS[f"{plural}.merge"].run(actor, master.pk, given)
    return Merge.objects.filter(within=None).latest("id")


def take_back(actor: Actor, done: Merge, plural: str = "customers") -> None:
    ACTIONS[f"{plural}.unmerge"].run(actor, done.master, {"merge": done.pk})


@dataclass
class Company:
    """Three customers that are one, what hangs on them, and how it stood before."""

    cast: Cast
    master: Customer
    other: Customer
    third: Customer
    child: Customer
    first: Contact
    second: Contact
    talks: list[FollowUp]
    stood: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    told: Customer | None = None


def make_company(cast: Cast) -> Company:
    """The master is the manager's, the others the owner's, with all that can hang on a customer."""
    owner, manager = cast.actor("owner"), cast.actor("manager")
    master = make_customer(manager, "苏州晶砺半导体有限公司", phone="13900001111", level="A", tags=["老客户"])
    other = make_customer(owner, "苏州晶砺", website="https://jl.example.com", tags=["展会"], level="B")
    third = make_customer(owner, "晶砺半导体", remarks="第三条")
    child = make_customer(owner, "苏州晶砺分公司", parent=str(other.pk))
    first, second = make_contact(manager, master, "陆怀瑾"), make_contact(owner, other, "许星河")
    talks = [make_followup(owner, other, f"第{i}次", contact=str(second.pk)) for i in range(3)]
    tomorrow = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d 10:00")
    make_followup(owner, other, "约了", next_contact_at=tomorrow, next_step="报价")
    ACTIONS["customers.add_address"].run(owner, other.pk, {"label": "仓库", "detail": "金鸡湖大道 1 号"})
    ACTIONS["customers.add_teammate"].run(owner, other.pk, {"member": str(cast.teammate.pk), "writes": "1"})
    ACTIONS["customers.add_teammate"].run(manager, master.pk, {"member": str(cast.teammate.pk)})
    attach_upload(owner, "customer", other.pk, SimpleUploadedFile("合同.txt", "正文".encode(), "text/plain"))
    ACTIONS["comments.write"].run(owner, None, {"record_type": "customer", "record_id": str(other.pk), "words": "留意"})
    company = Company(cast, master, other, third, child, first, second, talks)
    company.stood = {row.pk: (row.owner_id, row.department_id) for row in FollowUp.objects.all()}
    company.told = Customer.objects.get(pk=other.pk)
    return company


def test_B3_everything_follows_the_master_and_goes_back(cast: Cast) -> None:
    company, administrator = make_company(cast), cast.actor("administrator")
    master, other = company.master, company.other
    done = merge(administrator, master, other, company.third, choices={"level": other.pk})
    master.refresh_from_db()
    assert (master.level, master.website, master.remarks) == ("B", "https://jl.example.com", "第三条")
    assert (master.tags, master.phone) == (["老客户", "展会"], "13900001111")
    assert_all_follow(company)
    assert_one_event(company, done)
    for text in (other.code, "晶砺半导体"):
        assert [hit.id for hit in search(administrator, RECORD_TYPES["customer"], text)] == [master.pk]
    entries, _more = timeline(administrator, master, most=100)
    assert [e.action for e in entries].count("customers.create") == 3
    assert entries[0].action == MERGE
    with pytest.raises(Refused, match="不能单独还原"):
        ACTIONS["customers.restore"].run(administrator, other.pk, {})
    ACTIONS["customers.edit"].run(administrator, master.pk, {"remarks": "改过了", "tags": ["老客户", "展会", "新标签"]})
    take_back(administrator, done)
    master.refresh_from_db()
    assert (master.level, master.website, master.remarks) == ("A", "", "改过了")
    assert (master.tags, master.last_followed_at) == (["老客户", "新标签"], None)
    assert_all_went_back(company)
    with pytest.raises(Refused, match="已经撤销过"):
        take_back(administrator, done)


def assert_all_follow(company: Company) -> None:
    """All that hung on the others hangs on the master, with his owner; what is counted agrees with a recount."""
    master, manager = company.master, company.cast.manager
    assert {c.customer_id for c in Contact.objects.all()} == {master.pk}
    assert [c.name for c in Contact.objects.filter(primary=True)] == ["陆怀瑾"]
    assert set(FollowUp.objects.values_list("customer_id", "owner_id")) == {(master.pk, manager.pk)}
    assert (Plan.objects.get().customer_id, Plan.objects.get().assignee_id) == (master.pk, manager.pk)
    assert Address.objects.get().customer_id == File.objects.get().record_id == master.pk
    assert Customer.objects.get(pk=company.child.pk).parent_id == master.pk
    assert Teammate.objects.get(record_id=master.pk).writes
    facts = last_facts(master)
    assert (master.last_followed_at, master.deal_date, master.next_step) == (facts.occurred_at, facts.deal_date, "报价")
    assert Customer.objects.get(pk=company.other.pk).life == Life.VOIDED
    assert_recount()


def assert_one_event(company: Company, done: Merge) -> None:
    """One event tells of all of them."""
    events = set(EventLink.objects.filter(row_id=done.pk).values_list("event_id", flat=True))
    assert len(events) == 1
    linked = set(EventLink.objects.filter(event_id__in=events).values_list("row_id", flat=True))
    wanted = (company.master, company.other, company.third, company.second, company.child, *company.talks)
    assert linked >= {row.pk for row in wanted}


def assert_all_went_back(company: Company) -> None:
    """Everything is as it was, but for what was changed since."""
    other, told = company.other, company.told
    other.refresh_from_db()
    assert told is not None
    assert (other.life, other.custom, other.next_step) == (Life.LIVE, {}, "报价")
    assert (other.last_followed_at, other.follow_by) == (told.last_followed_at, told.follow_by)
    assert {row.pk: (row.owner_id, row.department_id) for row in FollowUp.objects.all()} == company.stood
    second = Contact.objects.get(pk=company.second.pk)
    assert (second.primary, second.customer_id) == (True, other.pk)
    assert Contact.objects.get(pk=company.first.pk).customer_id == company.master.pk
    assert Customer.objects.get(pk=company.child.pk).parent_id == other.pk
    assert Plan.objects.get().assignee_id == company.cast.owner.pk
    assert File.objects.get().record_id == other.pk
    assert not Teammate.objects.get(record_id=company.master.pk).writes
    assert Teammate.objects.get(record_id=other.pk).writes
    assert_recount()


def assert_recount() -> None:
    """What is kept of follow-ups and of ownership agrees with the rows."""
    assert_ledger()
    fold()
    assert mend() == 0


def assert_ledger() -> None:
    """The open period of every record says who owns it."""
    for model in (Customer, Contact, FollowUp, Plan):
        open_periods = dict(
            Period.objects.filter(until=None, record_type=model.row_type).values_list("record_id", "owner_id")
        )
        assert open_periods == dict(model._default_manager.values_list("pk", "owner_id"))


def test_B3_contacts_are_merged_too_and_who_asked_not_to_be_disturbed_stays_so(cast: Cast) -> None:
    manager = cast.actor("manager")
    customer = make_customer(manager)
    one, two = make_contact(manager, customer, "陆怀瑾"), make_contact(manager, customer, "陆先生", do_not_contact="1")
    talk = make_followup(manager, customer, "电话", contact=str(two.pk))
    done = merge(manager, one, two, plural="contacts", choices={"name": two.pk})
    one.refresh_from_db()
    talk.refresh_from_db()
    assert (one.name, one.do_not_contact, one.primary) == ("陆先生", True, True)
    assert talk.contact_id == one.pk
    with pytest.raises(Refused, match="已经合并"):
        merge(manager, one, two, plural="contacts")
    take_back(manager, done, plural="contacts")
    one.refresh_from_db()
    talk.refresh_from_db()
    assert (one.name, one.do_not_contact) == ("陆怀瑾", False)
    assert talk.contact_id == two.pk


def test_B3_a_merge_into_what_is_merged_later_leads_on_and_is_taken_back_in_order(cast: Cast) -> None:
    manager = cast.actor("manager")
    one, two, three = (make_customer(manager, name) for name in ("甲公司", "乙公司", "丙公司"))
    first = merge(manager, two, three)
    second = merge(manager, one, two)
    assert aliases.row_or_master(manager, Customer, three.pk).pk == one.pk
    one.refresh_from_db()
    assert aliases.merged_into(one) == [two.pk, three.pk]
    assert [hit.id for hit in search(manager, RECORD_TYPES["customer"], three.code)] == [one.pk]
    with pytest.raises(Refused, match="先撤销那一次合并"):
        take_back(manager, first)
    take_back(manager, second)
    assert aliases.row_or_master(manager, Customer, three.pk).pk == two.pk
    take_back(manager, first)
    assert aliases.row_or_master(manager, Customer, three.pk).pk == three.pk
    assert not any(row.custom for row in Customer.objects.all())


def test_B3_after_thirty_days_it_is_not_taken_back(cast: Cast) -> None:
    manager = cast.actor("manager")
    one, two = make_customer(manager, "甲公司"), make_customer(manager, "乙公司")
    done = merge(manager, one, two)
    Merge.objects.filter(pk=done.pk).update(until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="超过 30 天"):
        take_back(manager, done)
    assert Customer.objects.get(pk=two.pk).life == Life.VOIDED


def test_B3_fields_of_a_companys_own_their_values_and_what_points_here_follow(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    one, two, third = (make_customer(administrator, name) for name in ("甲公司", "乙公司", "丙公司"))
    for kind, label, more in (("text", "车间", {}), ("record", "总包", {"to": "customer"})):
        given = {"record_type": "customer", "kind": kind, "label": label, "key": f"x_{kind}", "facts": more}
        ACTIONS["fields.add"].run(administrator, None, given)
    administrator = cast.actor("administrator")
    ACTIONS["customers.edit"].run(administrator, two.pk, {"x_text": "二号"})
    ACTIONS["customers.edit"].run(administrator, third.pk, {"x_record": str(two.pk)})
    done = merge(administrator, one, two)
    assert Customer.objects.get(pk=one.pk).custom["x_text"] == "二号"
    assert Customer.objects.get(pk=third.pk).custom == {"x_record": one.pk}
    take_back(administrator, done)
    assert Customer.objects.get(pk=one.pk).custom == {}
    assert Customer.objects.get(pk=third.pk).custom == {"x_record": two.pk}


def test_B3_whose_record_it_was_is_told(cast: Cast) -> None:
    owner, manager, administrator = cast.actor("owner"), cast.actor("manager"), cast.actor("administrator")
    one, two = make_customer(manager, "甲公司"), make_customer(owner, "乙公司")
    done = merge(administrator, one, two)
    while seal():
        pass
    deliver()
    told = {(n.member_id, n.kind) for n in Notification.objects.filter(kind__startswith="merged")}
    assert told == {(cast.manager.pk, "merged_in"), (cast.owner.pk, "merged")}
    words = [notice.words for notice in notices(owner)[0]]
    assert "管理员把您的「乙公司」合并到了另一条记录" in words
    take_back(administrator, done)
    while seal():
        pass
    deliver()
    assert Notification.objects.filter(kind="unmerged").count() == 2
