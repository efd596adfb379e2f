"""Putting plans off and handing them on; ending a series (B7, S0-57)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import DateTime, Person, Text
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Past, as_before
from genjin.org.fields import OneOf
from genjin.plans.actions.plans import at_hand, save
from genjin.plans.models import Plan
from genjin.plans.planning import check_assignee, check_time
from genjin.plans.rules import LATER, is_open, later

CHOICES = (("", gettext_lazy("自选时间")), *LATER.items())
Choice = Annotated[str, OneOf(key="choice", label=gettext_lazy("改到"), pairs=CHOICES)]
Time = DateTime(key="starts_at", label=gettext_lazy("新的时间"))


def _time_before(_actor: Actor, past: Past) -> Sequence[Call]:
    return [Call("plans.put_back", past.row_id, {"starts_at": past.before["starts_at"]})]


def _assignee_before(_actor: Actor, past: Past) -> Sequence[Call]:
    return [Call("plans.hand_on", past.row_id, {"assignee": str(past.before["assignee_id"])})]


@action(
    "plans.postpone",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("改期"),
    icon="clock",
    bulk=True,
    when=lambda row: is_open(row.state),
    undo=_time_before,
)
def postpone_plan(
    actor: Actor, plan_id: int, *, choice: Choice = "", starts_at: Annotated[datetime | None, Time] = None
) -> Plan:
    """Put a plan off by a quick choice or to a moment, and count how often. Its series keeps its steps. Raises
    Refused("which"), Refused("closed"), Refused("past"), Refused("same_time")."""
    plan, hung = at_hand(actor, plan_id)
    _demand_open(plan)
    if choice:
        starts_at = later(choice, plan.starts_at, actor.now())
    if starts_at is None:
        raise Refused("which", _("请选择改到什么时候"), "starts_at")
    if starts_at == plan.starts_at:
        raise Refused("same_time", _("计划本来就在这个时间，请选别的时间"), "starts_at")
    check_time(actor, starts_at)
    plan.starts_at = starts_at
    plan.postponed += 1
    save(actor, plan, hung, moved_to=False)
    return plan


@action("plans.put_back", on=Plan, needs="plans.edit", label=gettext_lazy("撤销改期"), icon="clock", listed=False)
def put_back_plan(actor: Actor, plan_id: int, *, starts_at: Annotated[datetime, Time]) -> Plan:
    """Undo a postponement: the time from before, which may have passed. Raises Refused("not_postponed"),
    Refused("closed")."""
    plan, hung = at_hand(actor, plan_id)
    _demand_open(plan)
    if not plan.postponed:
        raise Refused("not_postponed", _("这条计划没有改过期"))
    plan.starts_at = starts_at
    plan.postponed -= 1
    save(actor, plan, hung, moved_to=False)
    return plan


@action(
    "plans.hand_on",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("转交"),
    icon="user-check",
    bulk=True,
    when=lambda row: is_open(row.state),
    undo=_assignee_before,
)
def hand_on_plan(
    actor: Actor,
    plan_id: int,
    *,
    assignee: Annotated[int, Person(key="assignee", label=gettext_lazy("转交给"))],
    reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)] = "",
) -> Plan:
    """Give a plan to somebody who may see its customer; he is told. Raises Refused("cannot_see"),
    Refused("not_yours"), Refused("same_assignee"), Refused("closed")."""
    plan, hung = at_hand(actor, plan_id)
    _demand_open(plan)
    if plan.assignee_id == assignee:
        raise Refused("same_assignee", _("他本来就是执行人，请选别的同事"), "assignee")
    check_assignee(actor, assignee, hung[0] if hung else None)
    plan.assignee_id = assignee
    save(actor, plan, hung, moved_to=True, reason=reason)
    return plan


@action(
    "plans.end_series",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("不再重复"),
    icon="ban",
    when=lambda row: is_open(row.state) and bool(row.rhythm),
    undo=as_before("plans.edit"),
)
def end_series(actor: Actor, plan_id: int) -> Plan:
    """This is the last one of its series. Raises Refused("no_series"), Refused("closed")."""
    plan, _hung = at_hand(actor, plan_id)
    _demand_open(plan)
    if not plan.rhythm:
        raise Refused("no_series", _("这条计划本来就不重复"))
    plan.rhythm, plan.repeat_from, plan.repeat_until = "", None, None
    record(actor, plan)
    return plan


def _demand_open(plan: Plan) -> None:
    if not is_open(plan.state):
        raise Refused("closed", _("计划已结束；要继续，请先重新打开"))
