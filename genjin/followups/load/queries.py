"""How much lies on whose desk (S0-82): open work per member, for whoever watches over them. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from genjin.customers.models import WORKED, Customer
from genjin.followups.models import FirstContact
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.expressions import among
from genjin.kernel.models.rows import Record
from genjin.kernel.records import type_of
from genjin.kernel.workdays import day_start
from genjin.plans.models import DUE, Plan

MOST = 99
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Load:
    """One member's open work: overdue and due today as plans; clocks that run or ran out; cold customers, to 99+."""

    member_id: int
    overdue: int
    today: int
    first_contacts: int
    late: int
    cold: int


def loads(actor: Actor, member_ids: Sequence[int], most: int) -> tuple[list[Load], bool]:
    """(the members with the most overdue work first, whether there are more). Three queries, however many members."""
    today = actor.now().date()
    plans = _plans(actor, member_ids, today)
    runs = _runs(member_ids, actor.now())
    weight = {m: (*plans.get(m, (0, 0)), *runs.get(m, (0, 0))) for m in member_ids}
    ranked = sorted(member_ids, key=lambda m: (-(weight[m][0] + weight[m][3]), -weight[m][1]))[:most]
    cold = _cold(actor, ranked, today)
    found = [
        Load(m, overdue=weight[m][0], today=weight[m][1], first_contacts=weight[m][2], late=weight[m][3], cold=cold[m])
        for m in ranked
    ]
    return found, len(member_ids) > most


def _plans(actor: Actor, member_ids: Collection[int], today: date) -> dict[int, tuple[int, int]]:
    """{member: (overdue, due today)}, counted from an index alone; members who also have plans outside the actor's
    scope are counted again, asking of each row whether he sees it."""
    midnight, tomorrow = day_start(today, actor.zone), day_start(today + timedelta(days=1), actor.zone)
    late, current = Count("id", filter=Q(due_at__lt=midnight)), Count("id", filter=Q(due_at__gte=midnight))
    scope = actor.demand(type_of(Plan).grant("see"))
    due = Plan.objects.filter(DUE, among("assignee_id", frozenset(member_ids)), due_at__lt=tomorrow).order_by()
    whose = due.values_list("assignee_id", "owner_id", "department_id").annotate(overdue=late, of_today=current)
    found: dict[int, tuple[int, int]] = {}
    mixed: set[int] = set()
    for member_id, owner_id, department_id, overdue, of_today in whose:
        if scope.holds(owner_id, department_id):
            before = found.get(member_id, (0, 0))
            found[member_id] = (before[0] + overdue, before[1] + of_today)
        else:
            mixed.add(member_id)
    if mixed:
        seen = _seen(actor, Plan).filter(DUE, among("assignee_id", frozenset(mixed)), due_at__lt=tomorrow).order_by()
        found |= dict.fromkeys(mixed, (0, 0))
        for member_id, overdue, of_today in seen.values_list("assignee_id").annotate(overdue=late, of_today=current):
            found[member_id] = (overdue, of_today)
    return found


def _seen(actor: Actor, model: type[R]) -> QuerySet[R]:
    """What the actor may see, asked of each row: these are found by whose they are, which is narrow enough."""
    return model._default_manager.filter(visible_one_by_one(actor, type_of(model)))


def _runs(member_ids: Collection[int], now: datetime) -> dict[int, tuple[int, int]]:
    open_runs = FirstContact.objects.filter(among("owner_id", frozenset(member_ids)), ended_at=None).order_by()
    counted = open_runs.values_list("owner_id").annotate(
        running=Count("id"), late=Count("id", filter=Q(due_at__lte=now))
    )
    return {owner_id: (running, late) for owner_id, running, late in counted}


def _cold(actor: Actor, member_ids: Sequence[int], today: date) -> dict[int, int]:
    """Customers whose day has come, counted to MOST + 1 for each, in one query that looks into an index per member."""
    rows = _seen(actor, Customer).filter(WORKED, owner_id=RawSQL("who.id", ()), follow_by__lte=today)
    try:
        counted, given = rows.order_by().values("id")[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(member_ids, 0)
    asked = f"SELECT who.id, (SELECT count(*) FROM ({counted}) AS found) FROM unnest(%s::bigint[]) AS who(id)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, [*given, list(member_ids)])
        return dict(cursor.fetchall())
