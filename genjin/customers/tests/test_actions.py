"""The write path on customers: grants, versions, idempotency, recording, batches, life."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from types import MappingProxyType

import pytest

from genjin.customers.actions.customers import (
    create_customer,
    edit_customer,
    restore_customer,
    transfer_customer,
    void_customer,
)
from genjin.customers.actions.resting import archive_customer, pause_customer, resume_customer, unarchive_customer
from genjin.customers.actions.tagging import tag_customer, untag_customer
from genjin.customers.models import Contact, Customer, Rest
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.duplicates.rules import Entry
from genjin.duplicates.telling import hits_of
from genjin.kernel.models import Event, EventLink, EventPayload, Life
from genjin.kernel.models import Option as OptionRow
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused, Stale
from genjin.ownership.models import Period
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def test_created_customer_belongs_to_its_creator_and_has_code_keys_and_one_event(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), level="优质客户", phone="138 0013 8000", region="苏州")
    assert re.fullmatch(r"KH-\d{6}", customer.code)
    assert (customer.level, customer.phone, customer.region) == ("B", "13800138000", "320500")
    assert customer.owner_id == cast.owner.pk
    assert customer.department_id == cast.owner.department_id
    assert customer.pinyin
    assert customer.name_key
    event = Event.objects.get(action="customers.create")
    assert event.member_id == cast.owner.pk
    payload = EventPayload.objects.get(row_id=customer.pk, event_id=event.pk)
    assert payload.changes["name"] == [None, "苏州晶砺半导体有限公司"]
    assert Period.objects.get(record_id=customer.pk).owner_id == cast.owner.pk


def test_action_without_grant_is_refused_and_changes_nothing(cast: Cast, unchanged: Unchanged) -> None:
    with unchanged(), pytest.raises(Forbidden):
        create_customer.run(cast.actor("nobody"), None, {"name": "甲公司"})


def test_all_wrong_inputs_are_named_at_once(cast: Cast, unchanged: Unchanged) -> None:
    with unchanged(), pytest.raises(Invalid) as refusal:
        create_customer.run(cast.actor("owner"), None, {"name": " ", "phone": "12", "level": "金牌"})
    assert set(refusal.value.errors) == {"name", "phone", "level"}


def test_unknown_and_uneditable_fields_are_refused(cast: Cast, unchanged: Unchanged) -> None:
    for key in ("owner_id", "life", "code", "version", "created_by", "department", "nonsense"):
        with unchanged(), pytest.raises(Refused) as refusal:
            create_customer.run(cast.actor("owner"), None, {"name": "甲公司", key: "1"})
        assert refusal.value.code == "unknown_field"


def test_creating_for_another_needs_transfer_over_that_person(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        make_customer(cast.actor("owner"), owner=str(cast.stranger.pk))
    customer = make_customer(cast.actor("manager"), owner=str(cast.owner.pk))
    assert customer.owner_id == cast.owner.pk


def test_same_key_runs_once_and_another_request_with_it_is_refused(cast: Cast) -> None:
    actor = cast.actor("owner")
    first = create_customer.run(actor, None, {"name": "甲公司"}, key="k")
    again = create_customer.run(actor, None, {"name": "甲公司"}, key="k")
    assert (again.row_id, again.replayed) == (first.row_id, True)
    assert Customer.objects.count() == 1
    with pytest.raises(Refused) as refusal:
        create_customer.run(actor, None, {"name": "乙公司"}, key="k")
    assert refusal.value.code == "key_reused"


def test_absent_and_invisible_customers_look_the_same(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    said = set()
    for row_id in (customer.pk, 999_999):
        with pytest.raises(NotFound) as refusal:
            edit_customer.run(cast.actor("stranger"), row_id, {"name": "乙"})
        said.add((refusal.value.code, refusal.value.message))
    assert len(said) == 1


def test_second_editor_of_the_same_field_sees_both_values_and_nothing_is_lost(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), core_need="甲")
    seen = customer.version
    edit_customer.run(cast.actor("owner"), customer.pk, {"core_need": "乙"}, version=seen)
    with pytest.raises(Stale) as refusal:
        edit_customer.run(cast.actor("manager"), customer.pk, {"core_need": "丙"}, version=seen)
    assert refusal.value.facts["differences"] == {"core_need": ("乙", "丙")}
    customer.refresh_from_db()
    assert customer.core_need == "乙"


def test_editors_of_different_fields_both_succeed_even_with_whole_forms(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), core_need="甲", remarks="旧")
    seen = customer.version
    edit_customer.run(cast.actor("owner"), customer.pk, {"core_need": "乙", "remarks": "旧"}, version=seen)
    edit_customer.run(cast.actor("manager"), customer.pk, {"core_need": "甲", "remarks": "新"}, version=seen)
    customer.refresh_from_db()
    assert (customer.core_need, customer.remarks) == ("乙", "新")


def test_batch_with_one_foreign_id_changes_nothing(cast: Cast, unchanged: Unchanged) -> None:
    mine = make_customer(cast.actor("owner"), "甲公司")
    foreign = make_customer(cast.actor("stranger"), "乙公司")
    with unchanged(), pytest.raises(NotFound):
        tag_customer.run_many(cast.actor("owner"), [mine.pk, foreign.pk], {"tags": "重要"})


def test_batch_reports_rule_refusals_by_row_and_makes_one_event(cast: Cast) -> None:
    actor = cast.actor("owner")
    rows = [make_customer(actor, f"第{n}公司") for n in range(3)]
    pause_customer.run(actor, rows[0].pk, {"reason": "budget"})
    outcome = pause_customer.run_many(actor, [r.pk for r in rows], {"reason": "预算调整"})
    assert outcome.done == [rows[1].pk, rows[2].pk]
    assert [(n, r.code) for n, r in outcome.refused] == [(rows[0].pk, "paused")]
    assert outcome.event_id is not None
    assert EventLink.objects.filter(event_id=outcome.event_id).count() == 2


def test_bulk_creation_reports_bad_rows_by_number(cast: Cast) -> None:
    outcome = create_customer.run_rows(cast.actor("owner"), [(1, {"name": "甲公司"}), (2, {"name": ""})])
    assert len(outcome.done) == 1
    assert [(n, r.code) for n, r in outcome.refused] == [(2, "invalid")]


def test_voided_customer_frees_its_unique_code_and_comes_back_only_when_free(cast: Cast) -> None:
    actor = cast.actor("owner")
    code = "91320594MA1MYR0T3X"
    from genjin.kernel.normal import check_credit_code

    if not check_credit_code(code).ok:
        code = "91350100M000100Y43"
    first = make_customer(actor, "甲公司", credit_code=code)
    with pytest.raises(Refused) as refusal:
        make_customer(actor, "乙公司", credit_code=code)
    assert (refusal.value.code, refusal.value.field) == ("duplicate", "credit_code")
    void_customer.run(actor, first.pk, {"reason": "重复"})
    make_customer(actor, "乙公司", credit_code=code)
    with pytest.raises(Refused) as refusal:
        restore_customer.run(actor, first.pk, {})
    assert refusal.value.code == "duplicate"


def test_possible_duplicate_is_pointed_out_without_leaking_what_one_may_not_see(cast: Cast) -> None:
    make_customer(cast.actor("owner"), "苏州晶砺半导体有限公司")
    with pytest.raises(Refused) as refusal:
        create_customer.run(cast.actor("stranger"), None, {"name": "苏州晶砺半导体 有限公司"})
    assert refusal.value.facts["duplicates"] == [
        {"id": None, "title": "", "owner": "周牧远", "why": "name", "percent": 98, "voided": False, "pool": None}
    ]
    assert "晶砺" not in refusal.value.message
    found = hits_of(cast.actor("owner"), CUSTOMER, {"name": "晶砺半导体"}, Entry.CREATE)
    assert [hit.title for hit in found] == ["苏州晶砺半导体有限公司"]


def test_s3_13_archive_and_pause_keep_their_reason_and_are_reversible(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    pause_customer.run(actor, customer.pk, {"reason": "竞争对手介入", "note": "等招标"})
    rest = Rest.objects.get(customer=customer)
    assert (rest.kind, rest.reason, rest.by_id, rest.until) == ("paused", "competitor", cast.owner.pk, None)
    resume_customer.run(actor, customer.pk, {})
    archive_customer.run(actor, customer.pk, {"reason": "deal_done"})
    customer.refresh_from_db()
    assert (customer.life, customer.paused) == (Life.ARCHIVED, False)
    unarchive_customer.run(actor, customer.pk, {})
    customer.refresh_from_db()
    assert customer.life == Life.LIVE
    assert not Rest.objects.filter(until=None).exists()


def test_new_tags_become_options_once(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), tags="洁净车间")
    tag_customer.run(cast.actor("owner"), customer.pk, {"tags": ["Q4 必签", "洁净车间"]})
    customer.refresh_from_db()
    assert customer.tags == ["洁净车间", "Q4 必签"]
    assert OptionRow.objects.filter(list_key="customer_tag").count() == 2
    untag_customer.run(cast.actor("owner"), customer.pk, {"tags": ["洁净车间"]})
    customer.refresh_from_db()
    assert customer.tags == ["Q4 必签"]


def test_transfer_moves_customer_contacts_and_department_and_writes_periods(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    transfer_customer.run(owner, customer.pk, {"owner": str(cast.stranger.pk), "reason": "换区"})
    contact.refresh_from_db()
    customer.refresh_from_db()
    assert (customer.owner_id, contact.owner_id) == (cast.stranger.pk, cast.stranger.pk)
    assert customer.department_id == cast.stranger.department_id
    periods = list(
        Period.objects.filter(record_id=customer.pk).order_by("id").values_list("owner_id", "rule", "reason")
    )
    assert periods == [(cast.owner.pk, "created", ""), (cast.stranger.pk, "transferred", "换区")]
    assert Period.objects.filter(record_id=customer.pk, until=None).count() == 1


def test_first_contact_is_primary_and_there_is_only_one(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    first, second = make_contact(actor, customer), make_contact(actor, customer, "方既白", primary="1")
    first.refresh_from_db()
    assert (first.primary, second.primary) == (False, True)


def test_contact_of_a_foreign_customer_is_refused(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    with unchanged(), pytest.raises(Refused):
        make_contact(cast.actor("stranger"), customer)
    assert not Contact.objects.exists()


def test_action_that_records_nothing_is_rolled_back(cast: Cast) -> None:
    from genjin.kernel.actions import ACTIONS, action

    @action("testing.forgetful", on=Customer, needs="customers.edit")
    def forget_it(actor: object, customer_id: int) -> None:
        Customer.objects.filter(pk=customer_id).update(name="偷改")

    try:
        customer = make_customer(cast.actor("owner"))
        with pytest.raises(RuntimeError, match="recorded nothing"):
            forget_it.run(cast.actor("owner"), customer.pk, {})
        customer.refresh_from_db()
        assert customer.name != "偷改"
    finally:
        del ACTIONS["testing.forgetful"]


def test_grant_without_scope_over_the_row_is_forbidden_though_it_is_visible(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    manager = cast.actor("manager")
    narrow = replace(
        manager,
        grants=MappingProxyType({**manager.grants, "customers.void": cast.actor("stranger").grants["customers.void"]}),
    )
    with unchanged(), pytest.raises(Forbidden):
        void_customer.run(narrow, customer.pk, {"reason": "x"})
