"""Reads of sealed events by plans: plans go with their customers, and whoever is given a plan or asked to help is told.
And the reminder that runs every minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, start_job
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.sealing import consumer
from genjin.org.queries import organisation
from genjin.plans.actions.settling import AT_ONCE, follow_owner, follow_rest, remind_of_plans
from genjin.plans.models import Plan
from genjin.plans.subjects import SUBJECTS

OURS = gettext_lazy("跟进计划")
declare_notice("plan_due", gettext_lazy("计划「%(title)s」到时间了"), icon="clock", label=gettext_lazy("计划到期提醒"))
declare_notice("plan_given", gettext_lazy("%(who)s把计划「%(title)s」交给了您"), icon="calendar-event", label=OURS)
declare_notice("plan_support", gettext_lazy("%(who)s请您的部门协助「%(title)s」"), icon="building", label=OURS)
declare_notice("plan_helped", gettext_lazy("%(who)s填写了「%(title)s」的协助结果"), icon="check", label=OURS)

SETTLING = ("plans.settle", "plans.see", "customers.see")


@consumer("plans_settling")
def settle(events: Sequence[Event]) -> None:
    """Customers, leads … that changed hands or came to rest: jobs that put their plans right, some hundreds each."""
    moved = [pair for pair in _owners_left(events) if pair[1]]
    for start in range(0, len(moved), AT_ONCE):
        start_job(system(), "plans.follow_owner", moved=[list(pair) for pair in moved[start : start + AT_ONCE]])
    verbs = frozenset[str]().union(*(subject.rested_by for subject in SUBJECTS.values()))
    resting = [event.pk for event in events if event.action in verbs]
    links = EventLink.objects.filter(event_id__in=resting, row_type__in=list(SUBJECTS))
    ids = list(links.order_by("row_id").values_list("row_id", flat=True).distinct()) if resting else []
    for start in range(0, len(ids), AT_ONCE):
        start_job(system(), "plans.follow_rest", customers=ids[start : start + AT_ONCE])


@job("plans.follow_owner", title=gettext_lazy("计划随客户转给新负责人"), grants=SETTLING)
def follow_owner_later(actor: Actor, job_id: int, *, moved: list[list[int]]) -> None:  # noqa: ARG001 - every job gets it
    """Give open plans of old owners to the new ones. Run twice, the second run finds nothing."""
    follow_owner(actor, moved=[(customer_id, old) for customer_id, old in moved])


@job("plans.follow_rest", title=gettext_lazy("计划随客户暂停或恢复"), grants=SETTLING)
def follow_rest_later(actor: Actor, job_id: int, *, customers: list[int]) -> None:  # noqa: ARG001 - every job gets it
    """Drop plans of customers that rest, take up those of customers that do not. Run twice, nothing is left to do."""
    follow_rest(actor, customers=customers)


@consumer("plans_telling")
def tell(events: Sequence[Event]) -> None:
    """One message to whoever is given a plan, asked to help or answered; never for what somebody did himself. Other
    areas' actions make plans too: a follow-up with its next step."""
    wanted = {event.pk: event for event in events}
    links = EventLink.objects.filter(event_id__in=wanted, row_type=Plan.row_type)
    touched = set(links.values_list("event_id", "row_id"))
    if not touched:
        return
    payloads = EventPayload.objects.filter(event_id__in={event_id for event_id, _row_id in touched})
    found = payloads.order_by("event_id", "row_id").values_list("event_id", "row_id", "changes")
    changed = [each for each in found if each[:2] in touched]
    plans = Plan.objects.in_bulk({row_id for _event, row_id, changes in changed if _TOLD & changes.keys()})
    told: list[Told] = []
    for event_id, row_id, changes in changed:
        if row_id in plans:
            told += _told(wanted[event_id], plans[row_id], changes)
    notify_each(told)


@periodic("* * * * *", "plans.remind", grants=["plans.remind"])
def remind(actor: Actor) -> None:
    """Remind of plans every minute, some hundreds at a time (S0-46)."""
    while remind_of_plans(actor) == AT_ONCE:
        pass


_TOLD = frozenset({"assignee_id", "support_department_id", "support_result"})


def _owners_left(events: Sequence[Event]) -> list[tuple[int, int]]:
    """[(customer or lead, the owner it had)] in the order of events."""
    rows = EventPayload.objects.filter(event_id__in=[event.pk for event in events], changes__has_key="owner_id")
    linked = EventLink.objects.filter(event_id__in=[event.pk for event in events], row_type__in=list(SUBJECTS))
    customers = set(linked.values_list("event_id", "row_id"))
    return [
        (row_id, changes["owner_id"][0])
        for event_id, row_id, changes in rows.order_by("event_id").values_list("event_id", "row_id", "changes")
        if (event_id, row_id) in customers
    ]


def _told(event: Event, plan: Plan, changes: dict[str, Any]) -> list[Told]:
    """Whom this change of a plan concerns, besides whoever made it. The system's own changes are told by their reason,
    those of a handover at its end, once for all."""
    if event.member_id is None or "handover" in event.note:
        return []
    receivers: list[tuple[str, int]] = []
    if "assignee_id" in changes:
        receivers.append(("plan_given", plan.assignee_id))
    if changes.get("support_department_id", [None, None])[1]:
        receivers += [("plan_support", member) for member in _helpers(plan)]
    if changes.get("support_result", [None, None])[1]:
        both = (plan.assignee_id, plan.created_by_id)
        receivers += [("plan_helped", member) for member in dict.fromkeys(both) if member]
    return [Told(member, kind, plan, event.pk) for kind, member in receivers if member != event.member_id]


def _helpers(plan: Plan) -> list[int]:
    """The active members whose own department was asked."""
    people = organisation(system()).people.values()
    return [p.id for p in people if p.active and p.department_id == plan.support_department_id]
