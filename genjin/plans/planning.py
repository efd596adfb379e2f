"""Steps of plans for the actions of this and of higher areas, never actions themselves: planning, carrying out, going
on with a series, and telling the customer (or whatever a plan hangs on) what comes next.

Whoever calls them holds the lock of what a plan hangs on (`subjects.locked`): that is locked before plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from genjin.customers.queries import contact_for
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.workdays import day_bounds
from genjin.org.queries import actor_for
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.plans.care.queries import greeted_in, silenced
from genjin.plans.models import Plan
from genjin.plans.queries import due_of, earliest_of, open_of_series, untouched_after
from genjin.plans.rules import FARTHEST, MOVES, PlanState, is_open, next_of_series
from genjin.plans.subjects import fill, sees, subject_of


def plan_next(
    actor: Actor,
    hung: Sequence[Record],
    *,
    starts_at: datetime,
    content: str,
    method: str = "",
    assignee_id: int | None = None,
    contact_id: int | None = None,
    support_department_id: int | None = None,
) -> Plan:
    """Plan the next step with a (locked, writable) customer or lead (B7), and what else the plan hangs on; the
    department is asked to help (S3-12). Raises Refused("cannot_see") for an assignee who may not see the first of them,
    Refused("past"), Refused("other_contact")."""
    plan = Plan(content=content or _("联系客户"), method=method, starts_at=starts_at)
    fill(plan, hung)
    plan.assignee_id = assignee_id or actor.member_id or hung[0].owner_id or 0
    plan.contact_id = contact_id
    plan.support_department_id = support_department_id
    check(actor, plan, hung[0])
    begin(actor, plan, hung)
    return plan


def fulfil(actor: Actor, plan: Plan, *, followup_id: int | None = None, result: str = "") -> None:
    """Carry a (locked) plan out; `followup_id`: the follow-up that it became. Its series goes on. Raises
    Refused("bad_move") when it is closed already, Refused("do_not_contact") for a greeting to who asked to be left
    alone (B19). Call `restate_next` afterwards."""
    if silenced([plan]):
        raise Refused("do_not_contact", _("这位联系人要求请勿打扰（或已作废），请不要联系，并取消这条关怀计划"))
    MOVES.move(plan, PlanState.COMPLETED)
    plan.closed_at, plan.recorded_as = actor.now(), followup_id or plan.recorded_as
    plan.result = result or plan.result or _greeted(plan)
    record(actor, plan)
    go_on(actor, plan)


def fulfil_due(actor: Actor, hung: Sequence[Record], *, by: int, at: datetime, followup_id: int) -> list[Plan]:
    """Carry out what of a member stood open for a (locked) customer, or lead, and was due by the end of the day of
    `at`: a talk was had, whatever it was planned as (B7). Returns what was carried out; they are told."""
    _start, end = day_bounds(at.astimezone(actor.zone).date(), actor.zone)
    due = due_of(hung[0], by, end)
    for plan in due:
        fulfil(actor, plan, followup_id=followup_id)
    if due:
        restate_next(actor, *hung)
    return due


def restate_next(actor: Actor, *hung: Record) -> None:
    """Put the earliest open plan of each of these (locked) records on it: next contact and next step follow from
    plans."""
    for each in hung:
        plan = earliest_of(each)
        subject_of(each).restate_plan(
            actor,
            each,
            next_contact_at=plan.starts_at if plan else None,
            next_step=plan.content if plan else "",
        )


def begin(actor: Actor, plan: Plan, hung: Sequence[Record]) -> None:
    """Save a new plan with its owner, and let what it hangs on (locked) know."""
    if plan.rhythm:
        plan.repeat_from = plan.starts_at
    owner_id = hung[0].owner_id if hung else plan.assignee_id
    change_owner(actor, plan, owner_id, rule=Rule.CREATED)
    restate_next(actor, *hung)


def check(actor: Actor, plan: Plan, main: Record | None, *, moved: bool = True) -> None:
    """What must hold before a plan is saved; `moved`: its time is new. Raises Refused."""
    if moved:
        check_time(actor, plan.starts_at)
    if plan.contact_id and contact_for(actor, plan.contact_id, to=SEE).customer_id != plan.customer_id:
        raise Refused("other_contact", _("这位联系人不属于这个客户"), "contact")
    if plan.repeat_until and plan.repeat_until < plan.starts_at.astimezone(company_zone()).date():
        raise Refused("ends_before", _("重复的结束日期应不早于计划时间"), "repeat_until")
    check_assignee(actor, plan.assignee_id, main)


def check_time(actor: Actor, starts_at: datetime) -> None:
    """A plan lies ahead: today at the earliest. Raises Refused("past"), Refused("far")."""
    now = actor.now()
    if starts_at < day_bounds(now.date(), actor.zone)[0]:
        raise Refused("past", _("计划时间不能早于今天"), "starts_at")
    if starts_at - now > FARTHEST:
        raise Refused("far", _("计划时间太远，请选十年以内的时间"), "starts_at")


def check_assignee(actor: Actor, assignee_id: int, main: Record | None) -> None:
    """Whom one may plan for: with a customer or lead, whoever may see it; without one, oneself, people in one's scope
    and colleagues of one's own department. Raises Refused("cannot_see"), Refused("not_yours")."""
    if assignee_id == actor.member_id:
        return
    other = actor_for(assignee_id, actor.surface)
    name = people.directory().member_name(assignee_id, actor.stamp)
    if other is None or not other.may("plans.see"):
        raise Refused("cannot_plan", _("%s 不能使用跟进计划，请换一位同事") % name, "assignee")
    if main is not None:
        if not sees(other, main):
            told = {"who": name, "what": type_of(main).label}
            words = _("%(who)s 看不到这个%(what)s，请先把他加入%(what)s团队，或换一位同事") % told
            raise Refused("cannot_see", words, "assignee")
        return
    scope = actor.demand("plans.create")
    if not scope.holds(assignee_id, other.department_id) and other.department_id != actor.department_id:
        raise Refused("not_yours", _("没有客户的计划只能安排给自己、下属或同部门的同事"), "assignee")


def go_on(actor: Actor, plan: Plan) -> Plan | None:
    """Make the next plan of a series when one is done or cancelled once; None when it ends or the next one stands."""
    if not plan.rhythm or plan.repeat_from is None:
        return None
    series = plan.series or plan.pk
    if open_of_series(series) is not None:
        return None
    after = max(plan.starts_at, actor.now())
    starts_at = next_of_series(plan.rhythm, plan.repeat_from, after, plan.repeat_until, company_zone())
    if starts_at is None:
        return None
    following = Plan(series=series, starts_at=starts_at)
    for name in _REPEATED:
        setattr(following, name, getattr(plan, name))
    hangs = plan.customer_id or plan.lead_id
    change_owner(actor, following, plan.owner_id, rule=Rule.FOLLOWED if hangs else Rule.CREATED)
    return following


def take_back(actor: Actor, plan: Plan) -> None:
    """A plan of a series was reopened: the next one, if nobody touched it, need not be."""
    for following in untouched_after(plan) if plan.rhythm else ():
        LIFE.move(following, Life.VOIDED)
        record(actor, following)


def drop(actor: Actor, plan: Plan, reason: str) -> None:
    """Cancel a (locked) plan because its customer rests."""
    if is_open(plan.state):
        MOVES.move(plan, PlanState.CANCELLED)
        plan.closed_at, plan.result, plan.dropped = actor.now(), reason, True
        record(actor, plan)


def _greeted(plan: Plan) -> str:
    count = greeted_in(plan.pk) if plan.care_of_id else 0
    return _("已问候 %d 位客户") % count if count else ""


def company_zone() -> ZoneInfo:
    """Series repeat on the company's wall clock."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


_REPEATED = (
    "customer_id", "lead_id", "opportunity_id", "contact_id", "assignee_id", "content", "method", "minutes",
    "remind_minutes", "rhythm", "repeat_from", "repeat_until",
)  # fmt: skip
