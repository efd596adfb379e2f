"""Making, changing, starting, completing, cancelling and reopening plans (B7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.customers.queries import contact_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Text, Values
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import as_before
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.plans.models import Plan
from genjin.plans.planning import begin, check, fulfil, go_on, restate_next, take_back
from genjin.plans.queries import plan_for
from genjin.plans.record import PLAN
from genjin.plans.rules import MOVES, PlanState, is_open
from genjin.plans.subjects import SUBJECTS, asked_for, fill, locked, subject_of
from genjin.revealing.actions import reveal_action

Reason = Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)]
Result = Annotated[str, Text(key="result", label=pgettext_lazy("plan", "结果"), most=500)]


@action("plans.create", on=Plan, needs="plans.create", label=gettext_lazy("新建计划"), icon="calendar-event")
def create_plan(actor: Actor, *, values: Values) -> Plan:
    """Plan something, for oneself or for whoever may see the customer (lead, opportunity); a contact brings its
    customer along. Raises Refused("past"), Refused("cannot_see"), Refused("not_yours"), Refused("resting"),
    Refused("other_contact")."""
    if values.get("contact") and not values.get("customer"):
        values["customer"] = contact_for(actor, values["contact"], to=SEE).customer_id
    hung = asked_for(actor, values, to=WRITE)
    _demand_worked(hung)
    plan = Plan()
    apply_values(actor, plan, values)
    fill(plan, hung)
    plan.assignee_id = plan.assignee_id or actor.member_id or 0
    check(actor, plan, hung[0] if hung else None)
    begin(actor, plan, hung)
    return plan


@action(
    "plans.edit",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: is_open(row.state),
    undo=as_before("plans.edit"),
    bulk=True,
)
def edit_plan(actor: Actor, plan_id: int, *, values: Values) -> Plan:
    """Change an open plan. Raises Refused("closed"), Refused("customer_fixed") and what `create_plan` raises, Stale."""
    plan, hung = at_hand(actor, plan_id)
    _open(plan)
    for subject in SUBJECTS.values():
        named = getattr(plan, subject.column)
        if values.get(subject.key, named) != named:
            raise Refused("customer_fixed", _("计划不能换到别的客户；请取消这条，再到那位客户下新建"), subject.key)
    before = plan.starts_at, plan.rhythm, plan.assignee_id
    apply_values(actor, plan, values)
    plan.assignee_id = plan.assignee_id or before[2]
    check(actor, plan, hung[0] if hung else None, moved=plan.starts_at != before[0])
    if (plan.starts_at, plan.rhythm) != before[:2]:
        plan.repeat_from = plan.starts_at if plan.rhythm else None
    save(actor, plan, hung, moved_to=plan.assignee_id != before[2])
    return plan


@action(
    "plans.start",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("开始"),
    icon="player-play",
    when=lambda row: row.state == PlanState.PREPARED,
)
def start_plan(actor: Actor, plan_id: int) -> Plan:
    """Begin a plan. Raises Refused("bad_move")."""
    plan, _hung = at_hand(actor, plan_id)
    MOVES.move(plan, PlanState.UNDERWAY)
    record(actor, plan)
    return plan


@action(
    "plans.complete",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("完成"),
    icon="check",
    bulk=True,
    when=lambda row: is_open(row.state),
    undo="plans.reopen",
)
def complete_plan(actor: Actor, plan_id: int, *, result: Result = "") -> Plan:
    """Carry a plan out; its series goes on. Raises Refused("bad_move")."""
    plan, hung = at_hand(actor, plan_id)
    fulfil(actor, plan, result=result)
    restate_next(actor, *hung)
    return plan


@action(
    "plans.cancel",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("取消计划"),
    icon="x",
    bulk=True,
    when=lambda row: is_open(row.state),
    undo="plans.reopen",
)
def cancel_plan(actor: Actor, plan_id: int, *, reason: Reason = "") -> Plan:
    """Cancel a plan this once; its series goes on. Raises Refused("bad_move")."""
    plan, hung = at_hand(actor, plan_id)
    MOVES.move(plan, PlanState.CANCELLED)
    plan.closed_at, plan.result = actor.now(), reason
    record(actor, plan, **({"reason": reason} if reason else {}))
    go_on(actor, plan)
    restate_next(actor, *hung)
    return plan


@action(
    "plans.reopen",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("重新打开"),
    icon="arrow-back-up",
    when=lambda row: not is_open(row.state) and row.recorded_as is None,
)
def reopen_plan(actor: Actor, plan_id: int) -> Plan:
    """Open a completed or cancelled plan again; the next one of its series goes if nobody touched it. Raises
    Refused("bad_move"), Refused("recorded"), Refused("resting")."""
    plan, hung = at_hand(actor, plan_id)
    if plan.recorded_as is not None:
        raise Refused("recorded", _("这条计划已写成跟进记录，不能重新打开；请新建一条计划"))
    _demand_worked(hung)
    MOVES.move(plan, PlanState.PREPARED)
    plan.closed_at, plan.result, plan.dropped = None, "", False
    record(actor, plan)
    take_back(actor, plan)
    restate_next(actor, *hung)
    return plan


def at_hand(actor: Actor, plan_id: int) -> tuple[Plan, list[Record]]:
    """The plan to be written and what it hangs on, all locked, the plan last. Raises NotFound or Forbidden."""
    hung = locked(actor, plan_for(actor, plan_id, to=WRITE))
    return plan_for(actor, plan_id, to=WRITE, lock=True), hung


def save(actor: Actor, plan: Plan, hung: Sequence[Record], *, moved_to: bool, reason: str = "") -> None:
    """Save a changed plan: one without a customer or lead belongs to its assignee; these learn of it."""
    if moved_to and not hung:
        change_owner(actor, plan, plan.assignee_id, rule=Rule.TRANSFERRED, reason=reason)
    else:
        record(actor, plan, **({"reason": reason} if reason else {}))
    restate_next(actor, *hung)


def _open(plan: Plan) -> None:
    if not is_open(plan.state):
        raise Refused("closed", _("计划已结束；要修改，请先重新打开"))


def _demand_worked(hung: Sequence[Record]) -> None:
    for each in hung:
        refused = subject_of(each).planned(each)
        if refused is not None:
            raise refused


reveal_of_plan = reveal_action(PLAN)
