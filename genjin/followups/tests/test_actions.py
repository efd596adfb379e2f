"""Writing, correcting, voiding follow-ups, and what they do to the customer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from genjin.customers.actions.customers import add_customer_teammate, transfer_customer, void_customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.actions import create_followup, edit_followup, restore_followup, void_followup
from genjin.followups.models import FollowUp
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actor import Surface
from genjin.kernel.fields import Values
from genjin.kernel.lists import search
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from genjin.kernel.timeline import timeline
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def test_a_followup_belongs_to_its_customer_and_tells_it(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(
            actor, customer, method="现场跟进", occurred_at="2026-11-21T09:00", progress="45%",
            intention="确定购买意向", next_contact_at="2026-11-25T10:00", next_step="送报价单",
        )  # fmt: skip
    customer.refresh_from_db()
    assert (followup.owner_id, followup.department_id) == (customer.owner_id, customer.department_id)
    assert (followup.author_id, followup.method, followup.progress, followup.intention) == (
        actor.member_id, "visit", 45, "certain",
    )  # fmt: skip
    assert followup.code.startswith("GJ-")
    assert customer.last_followed_at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert (customer.next_step, customer.deal_date) == ("送报价单", None)
    entries, _more = timeline(actor, customer)
    assert entries[0].action == "followups.create"
    assert {c.field.key for c in entries[0].changes} == {"last_followed_at", "next_contact_at", "next_step"}


def test_an_earlier_contact_moves_neither_the_last_contact_nor_the_plan(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        make_followup(actor, customer, next_contact_at="2026-11-25T10:00", next_step="送报价单")
        make_followup(actor, customer, occurred_at="2026-11-01T10:00", next_contact_at="2026-12-25", next_step="别的")
    customer.refresh_from_db()
    assert (customer.last_followed_at, customer.next_step) == (NOW, "送报价单")


def test_a_plan_whose_time_has_come_is_done_by_the_next_contact(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        make_followup(actor, customer, next_contact_at="2026-11-25T10:00", next_step="送报价单")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        make_followup(actor, customer)
    customer.refresh_from_db()
    assert customer.next_step == "送报价单"
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        make_followup(actor, customer)
    customer.refresh_from_db()
    assert (customer.next_contact_at, customer.next_step) == (None, "")


def test_S0_40_only_a_deal_has_a_deal_date(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    lost = make_followup(actor, customer, outcome="未成交", result_date="2020-04-06", occurred_at="2020-04-05")
    assert (lost.result_date, lost.deal_date) == (date(2020, 4, 6), None)
    deal = make_followup(actor, customer, outcome="成交", occurred_at="2020-05-01T23:30")
    assert (deal.result_date, deal.deal_date) == (date(2020, 5, 1), date(2020, 5, 1))
    customer.refresh_from_db()
    assert customer.deal_date == date(2020, 5, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=lost.pk).update(deal_date=date(2020, 4, 6))


def test_the_latest_deal_date_stays_on_the_customer(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_followup(actor, customer, outcome="成交", occurred_at="2021-05-01")
    make_followup(actor, customer, outcome="成交", occurred_at="2020-05-01")
    customer.refresh_from_db()
    assert customer.deal_date == date(2021, 5, 1)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"content": "x", "occurred_at": "2026-11-21T10:06"}, "future"),
        ({"content": "x", "next_contact_at": "2026-11-20T10:00"}, "past"),
        ({"content": ""}, "invalid"),
        ({"content": "x", "progress": "101"}, "invalid"),
        ({"content": "x", "author": "别人"}, "author_fixed"),
        ({"content": "x", "imported": "1"}, "unknown_field"),
    ],
)
def test_refused_followups_leave_nothing(cast: Cast, unchanged: Unchanged, raw: dict[str, str], code: str) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False), unchanged(), pytest.raises(Refused) as refusal:
        create_followup.run(actor, None, {"customer": str(customer.pk), **raw})
    assert refusal.value.code == code


def test_clocks_may_differ_by_five_minutes(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        make_followup(actor, customer, occurred_at="2026-11-21T10:05")


def test_a_contact_of_another_customer_is_refused(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer, other = make_customer(actor), make_customer(actor, "昆山祺耀五金有限公司")
    contact = make_contact(actor, other)
    with pytest.raises(Refused, match="不属于"):
        make_followup(actor, customer, contact=str(contact.pk))


def test_a_voided_customer_takes_no_followup(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    void_customer(actor, customer.pk, reason="重复")
    with pytest.raises(Refused, match="已作废"):
        make_followup(actor, customer)


def test_strangers_neither_write_nor_see(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    followup = make_followup(cast.actor("owner"), customer)
    with unchanged(), pytest.raises(Invalid):
        make_followup(cast.actor("stranger"), customer)
    with unchanged(), pytest.raises(Forbidden):
        make_followup(cast.actor("nobody"), customer)
    with unchanged(), pytest.raises(NotFound):
        void_followup(cast.actor("stranger"), followup.pk)


def test_a_teammate_writes_only_with_a_read_write_place(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    add_customer_teammate(owner, customer.pk, member=cast.teammate.pk)
    with pytest.raises(Forbidden):
        make_followup(cast.actor("teammate"), customer)
    add_customer_teammate(owner, customer.pk, member=cast.teammate.pk, writes=True)
    followup = make_followup(cast.actor("teammate"), customer)
    assert (followup.author_id, followup.owner_id) == (cast.teammate.pk, cast.owner.pk)


def test_followups_move_with_their_customer_and_keep_their_author(cast: Cast) -> None:
    manager = cast.actor("manager")
    customer = make_customer(cast.actor("owner"))
    followup = make_followup(cast.actor("owner"), customer)
    transfer_customer(manager, customer.pk, owner=cast.manager.pk)
    followup.refresh_from_db()
    assert (followup.owner_id, followup.author_id) == (cast.manager.pk, cast.owner.pk)


def test_the_author_corrects_within_24_hours(cast: Cast, unchanged: Unchanged) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer)
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        edit_followup.run(actor, followup.pk, {"content": "改过", "outcome": "成交"})
        with unchanged(), pytest.raises(Forbidden):
            edit_followup.run(cast.actor("manager"), followup.pk, {"content": "主管改"})
    customer.refresh_from_db()
    assert customer.deal_date == date(2026, 11, 21)
    late = time_machine.travel(NOW + timedelta(hours=24, seconds=1), tick=False)
    with late, unchanged(), pytest.raises(Refused) as refusal:
        edit_followup.run(actor, followup.pk, {"content": "太晚"})
    assert refusal.value.code == "too_late"


def test_a_correction_may_not_change_the_customer(cast: Cast) -> None:
    actor = cast.actor("owner")
    followup = make_followup(actor, make_customer(actor))
    other = make_customer(actor, "昆山祺耀五金有限公司")
    with pytest.raises(Refused, match="不能换"):
        edit_followup.run(actor, followup.pk, {"customer": str(other.pk)})


def test_voiding_takes_its_facts_back_and_restoring_brings_them_again(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_followup(actor, customer, occurred_at="2020-01-01")
    followup = make_followup(actor, customer, occurred_at="2020-02-01", outcome="成交")
    void_followup(actor, followup.pk)
    customer.refresh_from_db()
    assert customer.deal_date is None
    assert customer.last_followed_at == datetime(2019, 12, 31, 16, tzinfo=UTC)
    restore_followup(cast.actor("manager"), followup.pk)
    customer.refresh_from_db()
    assert customer.deal_date == date(2020, 2, 1)


def test_after_24_hours_only_the_grant_voids(cast: Cast, unchanged: Unchanged) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        with unchanged(), pytest.raises(Forbidden):
            void_followup(actor, followup.pk)
        void_followup(cast.actor("manager"), followup.pk)


def test_imported_history_needs_no_words_and_keeps_an_unknown_author_as_text(cast: Cast) -> None:
    actor = cast.actor("owner", Surface.IMPORT)
    customer = make_customer(actor)
    raw = {"customer": str(customer.pk), "occurred_at": "2020-02-01", "next_contact_at": "2020-02-02"}
    outcome = create_followup.run_rows(
        actor, [(1, {**raw, "author": "业务员1"}), (2, {**raw, "author": "林知夏"}), (3, raw)]
    )
    assert not outcome.refused
    found = list(FollowUp.objects.filter(pk__in=outcome.done).order_by("pk").values_list("author_id", "author_name"))
    assert found == [(None, "业务员1"), (cast.manager.pk, ""), (cast.owner.pk, "")]
    assert FollowUp.objects.filter(imported=True).count() == 3
    customer.refresh_from_db()
    assert customer.imported
    assert customer.next_contact_at is None, "a plan in the past is history"


def test_the_time_of_writing_is_the_default(cast: Cast) -> None:
    actor = cast.actor("owner")
    before = timezone.now()
    assert before <= make_followup(actor, make_customer(actor)).occurred_at <= timezone.now()


@pytest.mark.parametrize(
    ("raw", "summary"),
    [
        ({"content": "谈了交期\n  下周再访"}, "谈了交期 下周再访"),
        ({"content": "长" * 61}, "长" * 59 + "…"),
        ({"content": "", "feedback": "再想想"}, "再想想"),
        ({"content": "", "method": "phone", "occurred_at": "2020-10-01"}, "电话 2020-10-01"),
    ],
)
def test_a_followup_is_called_by_its_first_words(cast: Cast, raw: dict[str, str], summary: str) -> None:
    actor = cast.actor("owner", Surface.IMPORT)
    customer = make_customer(cast.actor("owner"))
    outcome = create_followup.run(actor, None, {"customer": str(customer.pk), **raw})
    assert outcome.row_id is not None
    assert FollowUp.objects.get(pk=outcome.row_id).summary == summary


def test_a_corrected_followup_is_called_and_found_by_its_new_words(cast: Cast) -> None:
    actor = cast.actor("owner")
    followup = make_followup(actor, make_customer(actor), "谈了交期")
    edit_followup(actor, followup.pk, values=Values(content="改谈付款方式"))
    assert [hit.title for hit in search(actor, RECORD_TYPES["followup"], "付款")] == ["改谈付款方式"]
    assert search(actor, RECORD_TYPES["followup"], "交期") == []
