"""Plans: states, what they tell the customer, for whom one may plan, postponing, handing on (B7, S0-46, S0-57)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from genjin.customers.actions.resting import archive_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import visible_to
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.events import Event
from genjin.kernel.moves import TABLES
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.workdays import day_start
from genjin.ownership.models import Period
from genjin.plans.actions.passing import hand_on_plan, postpone_plan
from genjin.plans.actions.plans import cancel_plan, complete_plan, edit_plan, reopen_plan, start_plan
from genjin.plans.models import Plan
from genjin.plans.queries import due_plans, open_plans_of, plans_between
from genjin.plans.record import PLAN
from genjin.plans.rules import MOVES, PlanState, is_overdue, later
from genjin.plans.tests.factories import make_plan, set_time
from genjin.testing.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
P, U, C, X = PlanState.PREPARED, PlanState.UNDERWAY, PlanState.COMPLETED, PlanState.CANCELLED
ALLOWED = {(P, U), (P, C), (P, X), (U, C), (U, X), (C, P), (X, P)}


@pytest.mark.parametrize(("before", "after"), list(product(PlanState, PlanState)))
def test_B7_states_move_along_the_table_only(before: PlanState, after: PlanState) -> None:
    assert TABLES["plan"] is MOVES
    plan = Plan(state=before)
    if (before, after) in ALLOWED:
        MOVES.move(plan, after)
        assert plan.state == after
        return
    with pytest.raises(Refused) as refused:
        MOVES.move(plan, after)
    assert refused.value.code == "bad_move"
    assert plan.state == before


def test_B7_each_action_moves_the_state_and_refuses_twice(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner)
    assert start_plan(owner, plan.pk).state == U
    done = complete_plan(owner, plan.pk, result="已寄样")
    assert (done.state, done.result, done.due_at, done.remind_at) == (C, "已寄样", None, None)
    before = Event.objects.count()
    for again in (complete_plan, cancel_plan, start_plan):
        with pytest.raises(Refused, match="已完成"):
            again(owner, plan.pk)
    with pytest.raises(Refused, match="重新打开"):
        edit_plan.run(owner, plan.pk, {"content": "别的"})
    assert Event.objects.count() == before
    opened = reopen_plan(owner, plan.pk)
    assert (opened.state, opened.closed_at, opened.result) == (P, None, "")
    assert opened.due_at == opened.starts_at


def test_B7_the_customers_next_contact_is_its_earliest_open_plan(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    late = make_plan(owner, customer, "报价", starts_at=(owner.now() + timedelta(days=9)).isoformat())
    soon = make_plan(owner, customer, "打电话")
    assert _next(customer) == (soon.starts_at, "打电话")
    complete_plan(owner, soon.pk)
    assert _next(customer) == (late.starts_at, "报价")
    postponed = postpone_plan.run(owner, late.pk, {"choice": "tomorrow"})
    assert postponed.event_id
    late.refresh_from_db()
    assert _next(customer) == (late.starts_at, "报价")
    cancel_plan(owner, late.pk, reason="客户不做了")
    assert _next(customer) == (None, "")
    reopen_plan(owner, soon.pk)
    assert _next(customer) == (soon.starts_at, "打电话")


def test_a_plan_belongs_to_its_customer_and_one_without_to_its_assignee(cast: Cast) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    customer = make_customer(owner)
    plan = make_plan(manager, customer, assignee=str(cast.manager.pk))
    assert (plan.owner_id, plan.assignee_id) == (cast.owner.pk, cast.manager.pk)
    own = make_plan(manager, None, "写周报", assignee=str(cast.owner.pk))
    assert (own.owner_id, own.department_id) == (cast.owner.pk, cast.owner.department_id)
    assert Period.objects.filter(record_id=own.pk, until=None).count() == 1


def test_one_plans_for_whoever_may_see_the_customer(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    with pytest.raises(Refused, match="看不到这个客户") as refused:
        make_plan(owner, customer, assignee=str(cast.stranger.pk))
    assert (refused.value.code, refused.value.field) == ("cannot_see", "assignee")
    with pytest.raises(Refused, match="不能使用跟进计划"):
        make_plan(owner, customer, assignee=str(cast.nobody.pk))
    with pytest.raises(Refused, match="同部门"):
        make_plan(owner, None, assignee=str(cast.teammate.pk))
    assert not Plan.objects.exists()
    ACTIONS["customers.add_teammate"].run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    plan = make_plan(owner, customer, assignee=str(cast.teammate.pk))
    assert [p.pk for p in open_plans_of(cast.actor("teammate"), customer)] == [plan.pk]
    complete_plan(cast.actor("teammate"), plan.pk)  # read-only in the team, but it is his to do
    with pytest.raises(NotFound):
        complete_plan(cast.actor("stranger"), plan.pk)


def test_a_read_only_teammate_does_not_change_the_plans_of_others(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    ACTIONS["customers.add_teammate"].run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    plan = make_plan(owner, customer)
    with pytest.raises(Forbidden):
        complete_plan(cast.actor("teammate"), plan.pk)
    with pytest.raises(Forbidden):
        make_plan(cast.actor("teammate"), customer)


def test_S0_46_a_plan_lies_ahead_and_its_contact_belongs_to_the_customer(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer, other = make_customer(owner), make_customer(owner, "无锡明德")
    with pytest.raises(Refused, match="不能早于今天"):
        make_plan(owner, customer, starts_at=(owner.now() - timedelta(days=1)).isoformat())
    with pytest.raises(Refused, match="太远"):
        make_plan(owner, customer, starts_at=(owner.now() + timedelta(days=4000)).isoformat())
    with pytest.raises(Refused, match="不属于这个客户"):
        make_plan(owner, customer, contact=str(make_contact(owner, other).pk))
    brought = make_plan(owner, None, contact=str(make_contact(owner, customer, "沈知行").pk))
    assert brought.customer_id == customer.pk
    with pytest.raises(Refused, match="不能换到别的客户"):
        edit_plan.run(owner, brought.pk, {"customer": str(other.pk)})
    archive_customer.run(owner, other.pk, {"reason": "other"})
    with pytest.raises(Refused, match="恢复后才能"):
        make_plan(owner, other)


def test_B7_overdue_is_before_now_or_before_today_without_a_time_of_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = cast.actor("owner")
    now = owner.now()
    today = day_start(now.date(), owner.zone)
    assert not is_overdue(now, now, owner.zone)
    assert is_overdue(now - timedelta(microseconds=1), now, owner.zone)
    assert not is_overdue(None, now, owner.zone)
    assert not is_overdue(today, now, owner.zone)
    assert is_overdue(today - timedelta(days=1), now, owner.zone)
    plans = [make_plan(owner, None, str(n)) for n in range(4)]
    moments = (now - timedelta(microseconds=1), now, now + timedelta(hours=1), today)
    for plan, moment in zip(plans, moments, strict=True):
        set_time(plan, starts_at=moment, due_at=moment)
    monkeypatch.setattr("genjin.kernel.actor.timezone.now", lambda: now)
    found = page(owner, read_query(owner, PLAN, {"due_at.overdue": [""]}), PLAN.columns)
    assert [row.id for row in found.rows] == [plans[0].pk]
    left = page(owner, read_query(owner, PLAN, {"due_at.today": [""]}), PLAN.columns)
    assert {plans[1].pk, plans[3].pk} <= {row.id for row in left.rows}
    complete_plan(owner, plans[0].pk)
    assert not page(owner, read_query(owner, PLAN, {"due_at.overdue": [""]}), PLAN.columns).rows


def test_every_ready_view_answers(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, make_customer(owner))
    shown = {}
    for view in PLAN.views:
        parameters = {name: [value] for name, value in view.filters} | {"sort": [view.sort or PLAN.default_sort]}
        shown[view.key] = [row.id for row in page(owner, read_query(owner, PLAN, parameters), PLAN.columns).rows]
    assert shown["mine"] == shown["all"] == [plan.pk]
    assert not any(shown[key] for key in ("overdue", "done", "given", "support"))


@pytest.mark.parametrize(
    ("choice", "starts_at", "now", "expected"),
    [
        ("hour", "2026-11-24 15:00", "2026-11-24 10:20", "2026-11-24 16:00"),
        ("hour", "2026-11-20 15:00", "2026-11-24 10:20", "2026-11-24 11:20"),
        ("tomorrow", "2026-11-20 15:00", "2026-11-24 23:59", "2026-11-25 15:00"),
        ("three_days", "2026-11-24 09:30", "2026-11-29 00:00", "2026-12-02 09:30"),
        ("monday", "2026-11-24 09:30", "2026-11-22 10:00", "2026-11-23 09:30"),  # on a Sunday
        ("monday", "2026-11-24 09:30", "2026-11-23 10:00", "2026-11-30 09:30"),  # on a Monday
    ],
)
def test_quick_choices_of_postponing(choice: str, starts_at: str, now: str, expected: str) -> None:
    assert later(choice, _at(starts_at), _at(now)) == _at(expected)


def test_postponing_counts_and_refuses_what_changes_nothing(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner)
    postpone_plan.run(owner, plan.pk, {"choice": "three_days"})
    moment = owner.now() + timedelta(days=5)
    postpone_plan.run(owner, plan.pk, {"starts_at": moment.isoformat()})
    plan.refresh_from_db()
    assert (plan.postponed, plan.starts_at, plan.due_at) == (2, moment, moment)
    for raw in ({}, {"starts_at": moment.isoformat()}, {"starts_at": "2020-01-01"}):
        with pytest.raises(Refused):
            postpone_plan.run(owner, plan.pk, raw)
    plan.refresh_from_db()
    assert plan.postponed == 2


def test_handing_on_asks_for_sight_of_the_customer(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    plan = make_plan(owner, customer)
    with pytest.raises(Refused, match="先把他加入客户团队"):
        hand_on_plan.run(owner, plan.pk, {"assignee": str(cast.stranger.pk)})
    with pytest.raises(Refused, match="本来就是执行人"):
        hand_on_plan.run(owner, plan.pk, {"assignee": str(cast.owner.pk)})
    hand_on_plan.run(owner, plan.pk, {"assignee": str(cast.manager.pk), "reason": "需要主管出面"})
    plan.refresh_from_db()
    assert (plan.assignee_id, plan.owner_id) == (cast.manager.pk, cast.owner.pk)
    assert Event.objects.get(action="plans.hand_on").note["reason"] == "需要主管出面"


def test_what_is_due_to_a_member_comes_overdue_first_in_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    later_one, sooner = make_plan(owner, None, "后"), make_plan(owner, None, "先")
    set_time(sooner, starts_at=owner.now() - timedelta(days=2), due_at=owner.now() - timedelta(days=2))
    until = owner.now() + timedelta(days=7)
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture of pytest-django
        assert [p.pk for p in due_plans(owner, cast.owner.pk, until, 9)] == [sooner.pk, later_one.pk]
    assert [p.pk for p in due_plans(manager, cast.owner.pk, until, 1)] == [sooner.pk]
    assert not due_plans(cast.actor("stranger"), cast.owner.pk, until, 9)
    start = owner.now() - timedelta(days=1)
    assert [p.pk for p in plans_between(manager, start, until, {cast.owner.pk})] == [later_one.pk]
    assert not visible_to(cast.actor("stranger"), Plan).exists()


def _next(customer: Customer) -> tuple[datetime | None, str]:
    customer.refresh_from_db()
    return customer.next_contact_at, customer.next_step


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
