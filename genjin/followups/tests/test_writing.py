"""All that a follow-up says (B7), whether it was effective, what it does to plans, and who may correct it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.actions import create_followup, edit_followup, void_followup
from genjin.followups.models import FollowUp
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actor import Surface
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Invalid, Refused
from genjin.kernel.undo import undo_event
from genjin.org.actions.settings import change_settings
from genjin.plans.models import Plan
from genjin.plans.rules import PlanState
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TOMORROW = "2026-11-23T09:00"


def test_B7_S3_07_S3_08_every_field_is_kept(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    contact = make_contact(actor, customer)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(
            actor, customer, method="现场跟进", contact=str(contact.pk), minutes="45", place="星湖街 328 号",
            feedback="要与三家同行比较", solution=["报价", "案例"], response="疑虑", objections="价格高 8%",
            progress="60", intention="徘徊犹豫", occurred_at="2026-11-21T09:00",
        )  # fmt: skip
    assert (followup.contact_id, followup.minutes, followup.place) == (contact.pk, 45, "星湖街 328 号")
    assert (followup.solution, followup.response) == (["quotation", "case"], "doubt")
    assert (followup.objections, followup.feedback) == ("价格高 8%", "要与三家同行比较")
    assert (followup.effective, followup.late_hours) == (True, 0)


@pytest.mark.parametrize(
    ("method", "result", "effective"),
    [
        ("电话", "", True),
        ("电话", "已接通", True),
        ("电话", "未接", False),
        ("电话", "停机", False),
        ("电话", "拒接", False),
        ("微信", "", True),
    ],
)
def test_B7_a_call_that_did_not_reach_is_not_effective(cast: Cast, method: str, result: str, effective: bool) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer, method=method, call_result=result)
    customer.refresh_from_db()
    assert followup.effective is effective
    assert customer.last_followed_at == NOW
    assert customer.last_effective_at == (NOW if effective else None)


def test_B7_call_result_and_outcome_are_two_things(cast: Cast) -> None:
    actor = cast.actor("owner")
    followup = make_followup(actor, make_customer(actor), method="电话", call_result="未接", outcome="未成交")
    assert (followup.call_result, followup.outcome, followup.effective) == ("unanswered", "no_deal", False)


def test_B7_a_call_result_belongs_to_calls_and_a_place_to_visits(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    visit = make_followup(actor, customer, method="现场跟进", call_result="未接", place="车间")
    call = make_followup(actor, customer, method="电话", call_result="未接", place="车间")
    assert (visit.call_result, visit.place, visit.effective) == ("", "车间", True)
    assert (call.call_result, call.place, call.effective) == ("unanswered", "", False)


def test_an_unanswered_call_needs_no_words(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        assert make_followup(actor, customer, "", method="电话", call_result="未接").summary == "电话 未接 2026-11-21"
    with pytest.raises(Invalid):
        make_followup(actor, customer, "", method="电话", call_result="已接通")


def test_B7_correcting_the_call_result_corrects_effectiveness_on_the_customer(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer, method="电话", call_result="未接")
        edit_followup.run(actor, followup.pk, {"call_result": "已接通"})
    followup.refresh_from_db()
    customer.refresh_from_db()
    assert (followup.effective, customer.last_effective_at) == (True, NOW)
    assert followup.edited_at == NOW


def test_B7_nobody_sets_effective_or_lateness_by_hand(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    for raw in ({"effective": "0"}, {"late_hours": "0"}, {"edited_at": "2020-01-01"}):
        with pytest.raises(Refused) as refusal:
            make_followup(cast.actor("manager"), customer, **raw)
        assert refusal.value.code == "unknown_field"


def test_B7_voiding_the_last_effective_one_falls_back_on_the_one_before(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        make_followup(actor, customer, occurred_at="2026-11-20T12:00")
        make_followup(actor, customer, method="电话", call_result="未接", occurred_at="2026-11-20T18:00")
        void_followup(actor, make_followup(actor, customer).pk)
    customer.refresh_from_db()
    assert customer.last_effective_at == datetime(2026, 11, 20, 4, tzinfo=UTC)
    assert customer.last_followed_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_B7_a_next_step_becomes_a_plan_and_the_customer_shows_it(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer, next_contact_at=TOMORROW, next_step="送样品")
    plan = Plan.objects.get()
    assert (plan.pk, plan.content, plan.customer_id) == (followup.next_plan_id, "送样品", customer.pk)
    assert plan.assignee_id == cast.owner.pk
    customer.refresh_from_db()
    assert (customer.next_contact_at, customer.next_step) == (plan.starts_at, "送样品")


def test_a_next_step_without_a_time_is_asked_for_one(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    with unchanged(), pytest.raises(Invalid) as refusal:
        make_followup(cast.actor("owner"), customer, next_step="送样品")
    assert refusal.value.errors.keys() == {"next_contact_at"}


def test_B7_the_next_step_may_be_somebody_elses_and_ask_a_department(cast: Cast, unchanged: Unchanged) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    second = cast.stranger.department_id
    with time_machine.travel(NOW, tick=False):
        raw = {"next_contact_at": TOMORROW, "next_step": "技术交流", "assignee": str(cast.manager.pk)}
        make_followup(actor, customer, **raw, support=str(second))
        plan = Plan.objects.get()
        assert (plan.assignee_id, plan.support_department_id) == (cast.manager.pk, second)
        with unchanged(), pytest.raises(Refused) as refusal:
            make_followup(actor, customer, **raw | {"assignee": str(cast.stranger.pk)})
    assert refusal.value.errors.keys() == {"assignee"}


def test_B7_a_plan_that_is_named_is_completed_and_turned_into_the_record(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        first = make_followup(actor, customer, next_contact_at="2026-12-01T09:00", next_step="送样品")
        followup = make_followup(actor, customer, plan=str(first.next_plan_id))
    plan = Plan.objects.get()
    assert (plan.state, plan.recorded_as, followup.plan_id) == (PlanState.COMPLETED, followup.pk, plan.pk)
    customer.refresh_from_db()
    assert (customer.next_contact_at, customer.next_step) == (None, "")


def test_B7_what_was_due_by_then_is_done_and_the_new_step_of_the_same_day_is_not(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        make_followup(actor, customer, next_contact_at="2026-11-21T15:00", next_step="再打电话")
        make_followup(actor, customer, next_contact_at="2026-11-21T17:00", next_step="晚些再打")
    states = dict(Plan.objects.values_list("content", "state"))
    assert states == {"再打电话": PlanState.COMPLETED, "晚些再打": PlanState.PREPARED}


def test_a_plan_of_another_customer_is_refused(cast: Cast, unchanged: Unchanged) -> None:
    actor = cast.actor("owner")
    customer, other = make_customer(actor), make_customer(actor, "昆山祺耀五金有限公司")
    with time_machine.travel(NOW, tick=False):
        plan = make_followup(actor, other, next_contact_at=TOMORROW, next_step="送样品").next_plan_id
        with unchanged(), pytest.raises(Refused, match="不是这位客户"):
            make_followup(actor, customer, plan=str(plan))


def test_a_next_step_that_became_a_plan_is_changed_there(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with time_machine.travel(NOW, tick=False):
        planned = make_followup(actor, customer, next_contact_at=TOMORROW, next_step="送样品")
        plain = make_followup(actor, customer)
        with pytest.raises(Refused) as refusal:
            edit_followup.run(actor, planned.pk, {"next_step": "改"})
        assert refusal.value.code == "planned"
        edit_followup.run(actor, planned.pk, {"content": "措辞"})
        edit_followup.run(actor, plain.pk, {"next_contact_at": "2026-11-24T09:00", "next_step": "补约"})
    plain.refresh_from_db()
    assert Plan.objects.get(pk=plain.next_plan_id or 0).content == "补约"


def test_imported_history_makes_plans_only_for_what_lies_ahead(cast: Cast) -> None:
    owner, importer = cast.actor("owner"), cast.actor("owner", Surface.IMPORT)
    customer = make_customer(owner)
    with time_machine.travel(NOW, tick=False):
        for day in ("2026-11-02", "2026-12-02"):
            raw = {"customer": str(customer.pk), "occurred_at": "2026-10-30", "next_contact_at": day}
            create_followup.run(importer, None, raw)
    assert [plan.starts_at.month for plan in Plan.objects.all()] == [12]


def test_undoing_a_follow_up_takes_it_back_with_all_it_did_to_plans(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    due = actor.now().strftime("%Y-%m-%dT23:59")
    first = make_followup(actor, customer, next_contact_at=due, next_step="送样品")
    later = (actor.now() + timedelta(days=3)).strftime("%Y-%m-%dT09:00")
    raw = {"customer": str(customer.pk), "content": "写错了客户", "next_contact_at": later, "next_step": "错的"}
    outcome = create_followup.run(actor, None, raw)
    assert outcome.event_id is not None
    assert Plan.objects.get(pk=first.next_plan_id or 0).state == PlanState.COMPLETED
    undo_event(actor, outcome.event_id)
    assert FollowUp.objects.get(pk=outcome.row_id or 0).life == Life.VOIDED
    assert Plan.objects.get(pk=first.next_plan_id or 0).state == PlanState.PREPARED
    assert Plan.objects.get(content="错的").life == Life.VOIDED
    customer.refresh_from_db()
    assert (customer.next_step, customer.last_followed_at) == ("送样品", first.occurred_at)


def test_B7_the_edit_window_is_the_companys(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    change_settings(cast.actor("administrator"), changes={"followups.edit_hours": "1"})
    actor = cast.actor("owner")
    with time_machine.travel(NOW, tick=False):
        followup = make_followup(actor, customer)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        edit_followup.run(actor, followup.pk, {"content": "改"})
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1), tick=False), pytest.raises(Refused, match="1 小时"):
        edit_followup.run(actor, followup.pk, {"content": "再改"})


def test_lists_filter_by_what_was_effective(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_followup(actor, customer, method="电话", call_result="未接")
    good = make_followup(actor, customer)
    followups = RECORD_TYPES["followup"]
    found = page(actor, read_query(actor, followups, {"effective.is": ["1"]}), followups.columns).rows
    assert [row.id for row in found] == [good.pk]
