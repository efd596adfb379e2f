"""Making, changing, starting, completing, cancelling and reopening plans (B7)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.customers.models import Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Text, Values
from genjin.kernel.models.rows import Life
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
from genjin.revealing.actions import reveal_action

Reason = Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)]
Result = Annotated[str, Text(key="result", label=pgettext_lazy("plan", "结果"), most=500)]


@action("plans.create", on=Plan, needs="plans.create", label=gettext_lazy("新建计划"), icon="calendar-event")
def create_plan(actor: Actor, *, values: Values) -> Plan:
    """Plan something, for oneself or for whoever may see the customer; a contact brings its customer along. Raises
    Refused("past"), Refused("cannot_see"), Refused("not_yours"), Refused("resting"), Refused("other_contact")."""
    if values.get("contact") and not values.get("customer"):
        values["customer"] = contact_for(actor, values["contact"], to=SEE).customer_id
    customer = customer_for(actor, values["customer"], to=WRITE, lock=True) if values.get("customer") else None
    if customer is not None and customer.life != Life.LIVE:
        raise Refused("resting", _("客户已归档或作废，恢复后才能安排计划"), "customer")
    plan = Plan()
    apply_values(actor, plan, values)
    plan.assignee_id = plan.assignee_id or actor.member_id or 0
    check(actor, plan, customer)
    begin(actor, plan, customer)
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
    plan, customer = at_hand(actor, plan_id)
    _open(plan)
    if values.get("customer", plan.customer_id) != plan.customer_id:
        raise Refused("customer_fixed", _("计划不能换到别的客户；请取消这条，再到那位客户下新建"), "customer")
    before = plan.starts_at, plan.rhythm, plan.assignee_id
    apply_values(actor, plan, values)
    plan.assignee_id = plan.assignee_id or before[2]
    check(actor, plan, customer, moved=plan.starts_at != before[0])
    if (plan.starts_at, plan.rhythm) != before[:2]:
        plan.repeat_from = plan.starts_at if plan.rhythm else None
    save(actor, plan, customer, moved_to=plan.assignee_id != before[2])
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
    plan, _customer = at_hand(actor, plan_id)
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
    plan, customer = at_hand(actor, plan_id)
    fulfil(actor, plan, result=result)
    _tell(actor, customer)
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
    plan, customer = at_hand(actor, plan_id)
    MOVES.move(plan, PlanState.CANCELLED)
    plan.closed_at, plan.result = actor.now(), reason
    record(actor, plan, **({"reason": reason} if reason else {}))
    go_on(actor, plan)
    _tell(actor, customer)
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
    plan, customer = at_hand(actor, plan_id)
    if plan.recorded_as is not None:
        raise Refused("recorded", _("这条计划已写成跟进记录，不能重新打开；请新建一条计划"))
    if customer is not None and customer.life != Life.LIVE:
        raise Refused("resting", _("客户已归档或作废，恢复后才能继续计划"))
    MOVES.move(plan, PlanState.PREPARED)
    plan.closed_at, plan.result, plan.dropped = None, "", False
    record(actor, plan)
    take_back(actor, plan)
    _tell(actor, customer)
    return plan


def at_hand(actor: Actor, plan_id: int) -> tuple[Plan, Customer | None]:
    """The plan to be written and its customer, both locked, the customer first. Raises NotFound or Forbidden."""
    customer_id = plan_for(actor, plan_id, to=WRITE).customer_id
    customer = customer_for(actor, customer_id, to=SEE, lock=True) if customer_id else None
    return plan_for(actor, plan_id, to=WRITE, lock=True), customer


def save(actor: Actor, plan: Plan, customer: Customer | None, *, moved_to: bool, reason: str = "") -> None:
    """Save a changed plan: one without a customer belongs to its assignee; a customer learns of it."""
    if moved_to and customer is None:
        change_owner(actor, plan, plan.assignee_id, rule=Rule.TRANSFERRED, reason=reason)
    else:
        record(actor, plan, **({"reason": reason} if reason else {}))
    _tell(actor, customer)


def _open(plan: Plan) -> None:
    if not is_open(plan.state):
        raise Refused("closed", _("计划已结束；要修改，请先重新打开"))


def _tell(actor: Actor, customer: Customer | None) -> None:
    if customer is not None:
        restate_next(actor, customer)


reveal_of_plan = reveal_action(PLAN)
