"""Reads of plans: the door, what is open for a customer, what is due to whom, what lies in a period; and the branch by
which a department that was asked to help sees the plan (S3-12).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE, To, current_grant, first_visible, register_branch, row_for, seen_among
from genjin.kernel.expressions import Within, among
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.ready import EARLIER, MARK, MOMENT, OTHER, Ready
from genjin.kernel.together import declare_kin, kin
from genjin.org.queries import organisation
from genjin.plans.models import DUE, CalendarFeed, Plan
from genjin.plans.rules import PlanKind

MOST_BETWEEN = 1_000
SUPPORT = "plans.support"
DRAWN = (
    "owner", "department", "assignee", "customer", "lead_id", "opportunity_id", "contact", "content", "starts_at",
    "due_at", "closed_at", "state", "kind", "method", "minutes", "rhythm", "postponed", "support_department",
    "support_at",
)  # fmt: skip


def plan_for(actor: Actor, plan_id: int, *, to: To, lock: bool = False) -> Plan:
    """The plan's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Plan, plan_id, to=to, lock=lock)


def open_plans_of(actor: Actor, of: Record, most: int = 6) -> list[Plan]:
    """Open plans of a customer, lead … that the actor may see, the earliest first. One query."""
    column = f"{of.row_type}_id"
    return seen_among(actor, _first_open(column, most).rows(of.pk), lambda: _open(column, of.pk), most)


def _open(column: str, row_id: int) -> QuerySet[Plan]:
    return _slim(Plan.objects.filter(DUE, **{column: row_id})).order_by("starts_at", "id")


@cache
def _first_open(column: str, most: int) -> Ready[Plan]:
    return Ready(lambda row_id: _open(column, row_id)[:most])


def due_plans(actor: Actor, member_id: int, until: datetime, most: int = 50) -> list[Plan]:
    """Open plans of a member due before `until` that the actor may see: overdue ones first, being the earliest. By the
    index plan_open; one query, two when some lie outside the actor's scope."""
    found = _first_due(most).rows(member_id, until)
    return seen_among(actor, found, lambda: _due(member_id, until), most)


def _due(member_id: int, until: datetime) -> QuerySet[Plan]:
    return _drawn(Plan.objects.filter(DUE, assignee_id=member_id, due_at__lt=until)).order_by("due_at", "id")


@cache
def _first_due(most: int) -> Ready[Plan]:
    return Ready(lambda *given: _due(*given)[:most], MARK, MOMENT)


def done_since(actor: Actor, member_id: int, since: datetime, most: int = 5) -> list[Plan]:
    """Plans that a member completed since a moment, the last first; those planned within the last weeks."""
    recent = since - timedelta(days=60)
    found = _first_done(most).rows(member_id, since, recent)
    return seen_among(actor, found, lambda: _done(member_id, since, recent), most)


def _done(member_id: int, since: datetime, recent: datetime) -> QuerySet[Plan]:
    rows = Plan.objects.filter(
        assignee_id=member_id, starts_at__gte=recent, state="completed", closed_at__gte=since, life=Life.LIVE
    )
    return _drawn(rows).order_by("-closed_at", "-id")


@cache
def _first_done(most: int) -> Ready[Plan]:
    return Ready(lambda *given: _done(*given)[:most], MARK, MOMENT, EARLIER)


def plans_between(
    actor: Actor, start: datetime, end: datetime, member_ids: Collection[int], most: int = MOST_BETWEEN
) -> list[Plan]:
    """Plans of these members from `start` to before `end`, cancelled ones left out, in order; at most `most`."""
    rows = Plan.objects.filter(
        among("assignee_id", frozenset(member_ids)), starts_at__gte=start, starts_at__lt=end, life=Life.LIVE
    )
    return first_visible(actor, _slim(rows.exclude(state="cancelled")).order_by("starts_at", "id"), most)


def earliest_of(of: Record) -> Plan | None:
    """The earliest open plan of a customer, lead … that people made, whoever may see it: a greeting is no next step."""
    column = f"{of.row_type}_id"
    made = kin(Plan, column, of.pk)
    if made is not None:
        return min((p for p in made if p.due_at and not p.kind), key=lambda p: (p.starts_at, p.pk), default=None)
    return next(iter(_earliest(column).rows(of.pk)), None)


@cache
def _earliest(column: str) -> Ready[Plan]:
    def first(row_id: Any) -> QuerySet[Plan]:
        rows = Plan.objects.filter(DUE, kind=PlanKind.PLAIN, **{column: row_id})
        return rows.order_by("starts_at", "id")[:1]

    return Ready(first)


def open_of_series(series: int) -> int | None:
    """The id of the plan of a series that stands open; `series`: the id of its first plan."""
    rows = Plan.objects.filter(DUE, Q(pk=series) | Q(series=series)).order_by("-pk")
    return rows.values_list("pk", flat=True).first()


def untouched_after(plan: Plan) -> list[Plan]:
    """Open plans of its series after this one that nobody has touched, locked."""
    rows = Plan.objects.filter(DUE, series=plan.series or plan.pk, pk__gt=plan.pk, version=1)
    return list(rows.select_for_update(of=("self",)))


def due_of(of: Record, member_id: int, before: datetime) -> list[Plan]:
    """A member's open plans for a (locked) customer, lead … that are due before a moment, locked, the earliest first.
    Not greetings: talking business is no congratulation."""
    column = f"{of.row_type}_id"
    made = kin(Plan, column, of.pk)
    if made is not None:
        due = [p for p in made if p.assignee_id == member_id and p.due_at and p.due_at < before and not p.kind]
        return sorted(due, key=lambda p: (p.starts_at, p.pk))
    return _due_locked(column).rows(of.pk, member_id, before)


@cache
def _due_locked(column: str) -> Ready[Plan]:
    def due(row_id: Any, member_id: Any, before: Any) -> QuerySet[Plan]:
        rows = Plan.objects.filter(DUE, assignee_id=member_id, due_at__lt=before, kind=PlanKind.PLAIN)
        return rows.filter(**{column: row_id}).select_for_update(of=("self",)).order_by("starts_at", "id")

    return Ready(due, MARK, OTHER, MOMENT)


def live_feed(actor: Actor, *, lock: bool = False) -> CalendarFeed | None:
    """The actor's own address, when he has one."""
    rows = CalendarFeed.objects.filter(member_id=actor.member_id or 0, revoked_at=None)
    return (rows.select_for_update() if lock else rows).first()


def feed_of(token_hash: str) -> CalendarFeed | None:
    """The address that is good for this secret."""
    return CalendarFeed.objects.filter(token_hash=token_hash, revoked_at=None).first()


def departments_of(actor: Actor) -> frozenset[int]:
    """The actor's departments with all above them: who asks a department asks everybody in it."""
    org = organisation(actor)
    if actor.member_id is None or actor.member_id not in org.people:
        return frozenset()
    nodes = [org.departments[own] for own in org.own_departments(actor.member_id) if own in org.departments]
    return frozenset(int(step) for node in nodes for step in node.path.split("/") if step)


def support_branch(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:
    """Ids of plans with which the actor's department was asked to help: to be seen, and to write down its result; not
    to be changed otherwise."""
    given = right is SEE or (right is WRITE and current_grant.get() == SUPPORT)
    asked = departments_of(actor) if given else frozenset()
    if not asked:
        return None
    column = Within if row_by_row else among
    return Plan.objects.filter(column("support_department_id", asked)).values("id")


def assignee_branch(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:
    """Ids of the plans that the actor is to carry out: if he sees one, he may also change it."""
    if right is SEE or actor.member_id is None:
        return None
    return Plan.objects.filter(assignee_id=actor.member_id).values("id")


def _drawn(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    """What rows of the workbench and the digest show, and what tells who may see and change them."""
    return rows.only(*DRAWN)


def _slim(rows: QuerySet[Plan]) -> QuerySet[Plan]:
    return rows.defer("search", "search_key", "custom")


declare_kin(Plan, "customer_id", "lead_id", "opportunity_id")
register_branch("plan_support", support_branch, only="plan")
register_branch("plan_assignee", assignee_branch, only="plan")
