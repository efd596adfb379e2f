"""What the system does to plans: moving them to a customer's (or lead's) new owner, dropping them with a customer that
rests and taking them up again with him (S3-13), reminding of those that come due (S0-46, S0-57).

The rules: when a customer, or whatever else a plan carries the owner of, gets a new owner, open plans of the old one
are his; plans of others stay with them. While a customer is archived or voided, or on the day he is paused, his open
plans are cancelled, with the reason in their result; when he is taken up again just these come back, overdue ones as
overdue. All ask how things stand now, so that running twice, or late, does nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.notices import notify
from genjin.kernel.recording import record
from genjin.plans.care.queries import silenced
from genjin.plans.models import DUE, Plan
from genjin.plans.planning import drop, restate_next
from genjin.plans.rules import MOVES, PlanState
from genjin.plans.subjects import SUBJECTS, locked_by_ids, main_of, subject_of

AT_ONCE = 500


@action(
    "plans.follow_owner",
    on=None,
    needs="plans.settle",
    label=gettext_lazy("计划随客户转给新负责人"),
    silent="when the old owner had planned nothing",
    listed=False,
)
def follow_owner(actor: Actor, *, moved: Iterable[tuple[int, int]]) -> int:
    """Give open plans of old owners to the present ones: (customer or lead, old owner) each; returns how many."""
    count = 0
    for row_id, old_owner in moved:
        for plan in _locked(DUE, _of(row_id), assignee_id=old_owner):
            main = main_of(plan)
            if main is None or main[1] != row_id or plan.owner_id in (None, old_owner):
                continue
            plan.assignee_id = plan.owner_id
            record(actor, plan)
            count += 1
    return count


@action(
    "plans.follow_rest",
    on=None,
    needs="plans.settle",
    label=gettext_lazy("计划随客户暂停或恢复"),
    silent="when nothing was planned",
    listed=False,
)
def follow_rest(actor: Actor, *, customers: Iterable[int]) -> int:
    """Drop the open plans of customers (leads …) that rest, take up what was dropped of those that do not; returns how
    many."""
    count = 0
    for row in locked_by_ids(customers):
        subject = subject_of(row)
        why, of = subject.rests(actor, row), {subject.column: row.pk}
        plans = [plan for plan in _locked(DUE if why else Q(dropped=True), **of) if _its_own(plan, row)]
        for plan in plans:
            if why:
                drop(actor, plan, why)
            else:
                MOVES.move(plan, PlanState.PREPARED)
                plan.closed_at, plan.result, plan.dropped = None, "", False
                record(actor, plan)
        if plans:
            restate_next(actor, row)
        count += len(plans)
    return count


def _its_own(plan: Plan, row: Record) -> bool:
    """A lead's plans went to its customer: whether the lead rests means nothing to them any more."""
    main = main_of(plan)
    return main is not None and main[1] == row.pk


@action(
    "plans.remind",
    on=None,
    needs="plans.remind",
    label=gettext_lazy("提醒到期的计划"),
    silent="being told of one's plans is no business event",
    listed=False,
)
def remind_of_plans(actor: Actor) -> int:
    """Tell assignees of up to 500 plans whose reminder has come; returns how many. A plan is told of once for each time
    that it is planned for, also when this is killed or run by two at once. Nobody is told to greet who asked to be left
    alone (B19)."""
    rows = Plan.objects.filter(DUE, remind_at__lte=actor.now()).order_by("remind_at")
    ready = list(rows.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    quiet = silenced(ready)
    for plan in ready:
        if plan.pk in quiet:
            continue
        notify([plan.assignee_id], "plan_due", plan, once=f"plan_due:{plan.pk}:{plan.starts_at.timestamp():.0f}")
    Plan.objects.filter(pk__in=[plan.pk for plan in ready]).update(remind_at=None)
    return len(ready)


def _of(row_id: int) -> Q:
    """Ids come from one sequence, so that it is clear of what type the record is."""
    return reduce(or_, (Q(**{subject.column: row_id}) for subject in SUBJECTS.values()))


def _locked(*conditions: Q, **more: int) -> list[Plan]:
    rows = Plan.objects.filter(*conditions, life=Life.LIVE, **more)
    return list(rows.select_for_update(of=("self",)).order_by("id"))
