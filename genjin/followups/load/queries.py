"""How much lies on whose desk (S0-82): open work per member, for whoever watches over them. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from genjin.customers.models import WORKED, Customer
from genjin.followups.models import FirstContact
from genjin.kernel.actor import Actor, Scope
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.expressions import among
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.workdays import day_start
from genjin.plans.fields import due_today, overdue
from genjin.plans.models import DUE, Plan

MOST = 99
Pairs = dict[int, tuple[int, int]]


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
    """(the members with the most overdue work first, whether there are more). Three or four queries however many
    members, two more when some of their work lies outside the actor's scope."""
    today = actor.now().date()
    plans = _plans(actor, member_ids, today)
    runs = _runs(actor, member_ids)
    weight = {m: (*plans.get(m, (0, 0)), *runs.get(m, (0, 0))) for m in member_ids}
    ranked = sorted(member_ids, key=lambda m: (-(weight[m][0] + weight[m][3]), -weight[m][1]))[:most]
    cold = _cold(actor, ranked, today)
    found = [
        Load(m, overdue=weight[m][0], today=weight[m][1], first_contacts=weight[m][2], late=weight[m][3], cold=cold[m])
        for m in ranked
    ]
    return found, len(member_ids) > most


def _plans(actor: Actor, member_ids: Collection[int], today: date) -> Pairs:
    """{member: (overdue, due today)}, counted from an index alone."""
    tomorrow = day_start(today + timedelta(days=1), actor.zone)
    due = Plan.objects.filter(DUE, among("assignee_id", frozenset(member_ids)), due_at__lt=tomorrow)
    counts = {
        "first": Count("id", filter=overdue("due_at", actor)),
        "second": Count("id", filter=due_today("due_at", actor)),
    }
    found, mixed = _held(
        actor.demand(type_of(Plan).grant("see")),
        due.order_by().values_list("assignee_id", "owner_id", "department_id").annotate(**counts),
    )
    if mixed:
        seen = due.filter(visible_one_by_one(actor, type_of(Plan)), assignee_id__in=mixed).order_by()
        found |= _paired(mixed, seen.values_list("assignee_id").annotate(**counts))
    return found


def _runs(actor: Actor, member_ids: Collection[int]) -> Pairs:
    """{member: (clocks that run, those that ran out)} of customers that the actor sees. While a clock runs its owner is
    the customer's: those of owners in the scope are counted from an index alone."""
    counts = {"first": Count("owner_id"), "second": Count("owner_id", filter=Q(due_at__lte=actor.now()))}
    inside = _inside(actor, type_of(Customer), member_ids)
    found: Pairs = {}
    if inside:
        found = _paired(inside, _open_runs(inside).values_list("owner_id").annotate(**counts))
    others = frozenset(member_ids) - inside
    if not others:
        return found
    whose = _open_runs(others).values_list("owner_id", "customer__owner_id", "customer__department_id")
    held, mixed = _held(actor.demand(type_of(Customer).grant("see")), whose.annotate(**counts))
    if mixed:
        customers = Customer.objects.filter(visible_one_by_one(actor, type_of(Customer)), pk=OuterRef("customer_id"))
        seen = _open_runs(frozenset(mixed)).filter(Exists(customers))
        held |= _paired(mixed, seen.values_list("owner_id").annotate(**counts))
    return found | held


def _open_runs(owner_ids: frozenset[int]) -> QuerySet[FirstContact]:
    return FirstContact.objects.filter(among("owner_id", owner_ids), ended_at=None).order_by()


def _held(scope: Scope, groups: Iterable[tuple[Any, ...]]) -> tuple[Pairs, set[int]]:
    """(numbers per member, summed over whose the rows are, the members who also have rows outside the scope: each of
    theirs has to be asked about)."""
    found: Pairs = {}
    mixed: set[int] = set()
    for member_id, owner_id, department_id, first, second in groups:
        if scope.holds(owner_id, department_id):
            before = found.get(member_id, (0, 0))
            found[member_id] = (before[0] + first, before[1] + second)
        else:
            mixed.add(member_id)
    return found, mixed


def _paired(member_ids: Iterable[int], rows: Iterable[tuple[Any, ...]]) -> Pairs:
    return dict.fromkeys(member_ids, (0, 0)) | {member_id: (first, second) for member_id, first, second in rows}


def _cold(actor: Actor, member_ids: Sequence[int], today: date) -> dict[int, int]:
    """Customers whose day has come, counted to MOST + 1 for each, in one query that looks into an index per member."""
    rows = Customer.objects.filter(WORKED, follow_by__lte=today, owner_id=RawSQL("who.id", ()))
    if _inside(actor, type_of(Customer), member_ids) != frozenset(member_ids):
        rows = rows.filter(visible_one_by_one(actor, type_of(Customer)))
    try:
        counted, given = rows.order_by().values("owner_id")[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:
        return dict.fromkeys(member_ids, 0)
    asked = f"SELECT who.id, (SELECT count(*) FROM ({counted}) AS found) FROM unnest(%s::bigint[]) AS who(id)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, [*given, list(member_ids)])
        return dict(cursor.fetchall())


def _inside(actor: Actor, record_type: RecordType, member_ids: Collection[int]) -> frozenset[int]:
    """Those whose rows the actor's scope holds, whatever department the rows are of."""
    scope = actor.demand(record_type.grant("see"))
    return frozenset(member_ids) if scope.everything else scope.members & frozenset(member_ids)
