"""How much lies on whose desk (S0-82): open work per member, for whoever watches over them. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from genjin.customers.models import WORKED, Customer
from genjin.followups.models import FirstContact
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.expressions import among
from genjin.kernel.workdays import day_start
from genjin.plans.models import DUE, Plan

MOST = 99


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
    midnight, tomorrow = day_start(today, actor.zone), day_start(today + timedelta(days=1), actor.zone)
    due = visible_to(actor, Plan).filter(DUE, among("assignee_id", frozenset(member_ids)), due_at__lt=tomorrow)
    grouped = due.order_by().values_list("assignee_id")
    counted = grouped.annotate(
        overdue=Count("id", filter=Q(due_at__lt=midnight)), of_today=Count("id", filter=Q(due_at__gte=midnight))
    )
    return {member_id: (overdue, of_today) for member_id, overdue, of_today in counted}


def _runs(member_ids: Collection[int], now: datetime) -> dict[int, tuple[int, int]]:
    open_runs = FirstContact.objects.filter(among("owner_id", frozenset(member_ids)), ended_at=None).order_by()
    counted = open_runs.values_list("owner_id").annotate(
        running=Count("id"), late=Count("id", filter=Q(due_at__lte=now))
    )
    return {owner_id: (running, late) for owner_id, running, late in counted}


def _cold(actor: Actor, member_ids: Sequence[int], today: date) -> dict[int, int]:
    """Customers whose day has come, counted to MOST + 1 for each, in one query that looks into an index per member."""
    rows = visible_to(actor, Customer).filter(WORKED, owner_id=RawSQL("who.id", ()), follow_by__lte=today)
    try:
        counted, given = rows.order_by().values("id")[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(member_ids, 0)
    asked = f"SELECT who.id, (SELECT count(*) FROM ({counted}) AS found) FROM unnest(%s::bigint[]) AS who(id)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, [*given, list(member_ids)])
        return dict(cursor.fetchall())
