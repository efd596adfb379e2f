"""How much lies on whose desk (S0-82): open work per member, for whoever watches over them. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from genjin.customers.models import WORKED, Customer
from genjin.followups.models import FirstContact
from genjin.kernel.actor import Actor, Scope, Surface
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.expressions import OneOf, array_of
from genjin.kernel.ready import DAY, MARK, MOMENT, Ready
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.workdays import day_bounds
from genjin.plans.fields import due_today, overdue
from genjin.plans.models import DUE, Plan

MOST = 99
Pairs = dict[int, tuple[int, int]]
Compiled = tuple[str, tuple[Any, ...]]

# what stands in queries that are built once: somebody, at MOMENT, with the ends of that day
ANYBODY = Actor(None, "", Surface.JOB, time_zone="UTC", moment=MOMENT)
BOUNDS = day_bounds(MOMENT.date(), ANYBODY.zone)
IDS = array_of(frozenset({MARK}))


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
    """{member: (overdue, due today)}, counted from an index alone. What is due until tonight is one or the other."""
    midnight, tomorrow = day_bounds(today, actor.zone)
    groups = [
        (member_id, owner_id, department_id, due - left, left)
        for member_id, owner_id, department_id, due, left in _DUE.rows(
            array_of(frozenset(member_ids)), actor.now(), midnight, tomorrow
        )
    ]
    found, mixed = _held(actor.demand(type_of(Plan).grant("see")), groups)
    if mixed:
        seen = Plan.objects.filter(
            DUE, visible_one_by_one(actor, type_of(Plan)), assignee_id__in=mixed, due_at__lt=tomorrow
        )
        counts = {
            "first": Count("id", filter=overdue("due_at", actor)),
            "second": Count("id", filter=due_today("due_at", actor)),
        }
        found |= _paired(mixed, seen.order_by().values_list("assignee_id").annotate(**counts))
    return found


def _due(*_marks: Any) -> QuerySet[Plan, tuple[Any, ...]]:
    rows = Plan.objects.filter(DUE, OneOf("assignee_id", (MARK,)), due_at__lt=BOUNDS[1]).order_by()
    counts = {"due": Count("*"), "left": Count("assignee_id", filter=due_today("due_at", ANYBODY))}
    return rows.values_list("assignee_id", "owner_id", "department_id").annotate(**counts)


_DUE = Ready(_due, IDS, MOMENT, *BOUNDS)


def _runs(actor: Actor, member_ids: Collection[int]) -> Pairs:
    """{member: (clocks that run, those that ran out)} of customers that the actor sees. While a clock runs its owner is
    the customer's: those of owners in the scope are counted from an index alone."""
    inside = _inside(actor, type_of(Customer), member_ids)
    found: Pairs = {}
    if inside:
        found = _paired(inside, _RUNS.rows(array_of(inside), actor.now()))
    others = frozenset(member_ids) - inside
    if not others:
        return found
    held, mixed = _held(
        actor.demand(type_of(Customer).grant("see")), _RUNS_OF_CUSTOMERS.rows(array_of(others), actor.now())
    )
    if mixed:
        customers = Customer.objects.filter(visible_one_by_one(actor, type_of(Customer)), pk=OuterRef("customer_id"))
        seen = _open_runs(frozenset(mixed)).filter(Exists(customers))
        held |= _paired(mixed, seen.values_list("owner_id").annotate(**_run_counts(actor.now())))
    return found | held


def _open_runs(owner_ids: Collection[int]) -> QuerySet[FirstContact]:
    return FirstContact.objects.filter(OneOf("owner_id", owner_ids), ended_at=None).order_by()


def _run_counts(now: datetime) -> dict[str, Count]:
    return {"first": Count("owner_id"), "second": Count("owner_id", filter=Q(due_at__lte=now))}


_RUNS = Ready(
    lambda *_marks: _open_runs((MARK,)).values_list("owner_id").annotate(**_run_counts(MOMENT)),
    IDS,
    MOMENT,
)
_RUNS_OF_CUSTOMERS = Ready(
    lambda *_marks: (
        _open_runs((MARK,))
        .values_list("owner_id", "customer__owner_id", "customer__department_id")
        .annotate(**_run_counts(MOMENT))
    ),
    IDS,
    MOMENT,
)


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
    """Customers whose day has come, counted to MOST + 1 for each, in one query that looks into an index per member; one
    more for those who have some outside the actor's scope."""
    if _inside(actor, type_of(Customer), member_ids) == frozenset(member_ids):
        return _each(member_ids, "count(*)", _cold_at_hand("owner_id"), today)
    scope = actor.demand(type_of(Customer).grant("see"))
    departments = _each(member_ids, "array_agg(department_id)", _cold_at_hand("department_id"), today)
    found = {member_id: len(ids or ()) for member_id, ids in departments.items()}
    mixed = [m for m, ids in departments.items() if not all(scope.holds(m, one) for one in set(ids or ()))]
    if mixed:
        seen = Customer.objects.filter(visible_one_by_one(actor, type_of(Customer)))
        found |= _each(mixed, "count(*)", _cold_among(seen, "owner_id"), today)
    return found


@cache
def _cold_at_hand(column: str) -> Compiled:
    """Whoever may see them."""
    return _cold_among(Customer.objects.all(), column)


def _cold_among(rows: QuerySet[Customer], column: str) -> Compiled:
    due = rows.filter(WORKED, follow_by__lte=DAY, owner_id=RawSQL("who.id", ()))
    compiled: Compiled = due.order_by().values(column)[: MOST + 1].query.sql_with_params()
    return compiled


def _each(member_ids: Sequence[int], what: str, compiled: Compiled, today: date) -> dict[int, Any]:
    sql, given = compiled
    asked = f"SELECT who.id, (SELECT {what} FROM ({sql}) AS found) FROM unnest(%s::bigint[]) AS who(id)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, [*(today if one == DAY else one for one in given), list(member_ids)])
        return dict(cursor.fetchall())


def _inside(actor: Actor, record_type: RecordType, member_ids: Collection[int]) -> frozenset[int]:
    """Those whose rows the actor's scope holds, whatever department the rows are of."""
    scope = actor.demand(record_type.grant("see"))
    return frozenset(member_ids) if scope.everything else scope.members & frozenset(member_ids)
