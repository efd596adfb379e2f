"""Sums of open opportunities by stage, in one statement and so in one moment: totals and what is not folded yet for the
actor's scope, rows for what he sees beyond it by places in teams and sharing, which are few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from genjin.kernel.actor import Actor, Scope
from genjin.kernel.doors import branch_conditions
from genjin.kernel.expressions import Within, row_by_row
from genjin.opportunities.models import OPEN, Opportunity
from genjin.opportunities.record import OPPORTUNITY

NUMBERS = "opportunities, amount, weighted"


@dataclass(frozen=True)
class Narrowed:
    """What is summed: opportunities of these owners or departments (both empty: of all that the actor sees), whose deal
    is expected in months from one to before another (both None: at any time)."""

    owners: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    first: date | None = None
    after: date | None = None

    def q(self) -> Q:
        """As a condition on rows."""
        whose = Q()
        if self.owners or self.departments:
            whose = Q(owner_id__in=self.owners) | Q(department_id__in=self.departments)
        return whose & self.expected()

    def expected(self) -> Q:
        """When, as a condition on rows."""
        if self.first and self.after:
            return Q(expected_on__gte=self.first, expected_on__lt=self.after)
        return Q()


@dataclass(frozen=True)
class Sums:
    """Open opportunities of a stage: how many, their amounts, weighted."""

    count: int = 0
    amount: Decimal = Decimal()
    weighted: Decimal = Decimal()

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.count + other.count, self.amount + other.amount, self.weighted + other.weighted)


def ways_beyond(actor: Actor, narrowed: Narrowed) -> list[Q]:
    """In which ways the actor sees any of this beyond his scope just now, for who asks more than once. Raises
    Forbidden."""
    scope = actor.demand(OPPORTUNITY.grant("see"))
    chosen = bool(narrowed.owners or narrowed.departments)
    own = chosen and narrowed.owners <= scope.members and narrowed.departments <= scope.departments
    return [] if scope.everything or own else branch_conditions(actor, OPPORTUNITY, listing=True, given=True)


def sums_by_stage(
    actor: Actor, stages: Sequence[str], narrowed: Narrowed, beyond: Sequence[Q] | None = None
) -> dict[str, Sums]:
    """{stage: what the actor sees of it}; `beyond`: as `ways_beyond` told. Raises Forbidden. One query; one more when
    he sees anything beyond his scope."""
    scope = actor.demand(OPPORTUNITY.grant("see"))
    found: defaultdict[str, Sums] = defaultdict(Sums)
    sql, values = _statement(scope, stages, narrowed)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for stage, count, amount, weighted in cursor.fetchall():
            found[stage] += Sums(count, amount, weighted)
    ways = ways_beyond(actor, narrowed) if beyond is None else beyond
    for stage, sums in _beyond(ways, scope, stages, narrowed):
        found[stage] += sums
    return dict(found)


def _statement(scope: Scope, stages: Sequence[str], narrowed: Narrowed) -> tuple[str, list[Any]]:
    condition, values = "stage = ANY(%s)", list[Any]([list(stages)])
    sides = [(narrowed.owners, narrowed.departments)] if narrowed.owners or narrowed.departments else []
    if not scope.everything:
        sides.append((scope.members, scope.departments))
    for owners, departments in sides:
        condition += " AND (owner = ANY(%s::bigint[]) OR department = ANY(%s::bigint[]))"
        values += [sorted(owners), sorted(departments)]
    if narrowed.first and narrowed.after:
        condition += " AND month >= %s AND month < %s"
        values += [narrowed.first, narrowed.after]
    part = f"SELECT stage, {NUMBERS} FROM {{}} WHERE {condition}"  # noqa: S608 - names of our own tables and columns
    folded = "opportunities_opentotal" if narrowed.first else "opportunities_opensum"
    tables = (folded, "opportunities_opendelta")
    united = " UNION ALL ".join(part.format(table) for table in tables)
    sums = "sum(opportunities)::int, sum(amount), sum(weighted)"
    return f"SELECT stage, {sums} FROM ({united}) AS all_of_it GROUP BY stage", values * 2  # noqa: S608 - as above


def _beyond(ways: Sequence[Q], scope: Scope, stages: Collection[str], narrowed: Narrowed) -> list[tuple[str, Sums]]:
    """What places in teams and sharing open beyond the scope, from rows: each way by an index of its own, each row
    once."""
    if not ways:
        return []
    inside = row_by_row(Q(Within("owner_id", scope.members)) | Q(Within("department_id", scope.departments)))
    rows = Opportunity.objects.filter(OPEN, narrowed.q(), stage__in=stages).exclude(inside).order_by()
    each = [rows.filter(way).values_list("pk", "stage", "amount", "weighted") for way in ways]
    united = each[0].union(*each[1:]) if len(each) > 1 else each[0]
    sql, values = united.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stage, count(*)::int, coalesce(sum(amount), 0), sum(weighted) FROM ({sql})"  # noqa: S608 - our own queryset
            " AS beyond(id, stage, amount, weighted) GROUP BY stage",
            values,
        )
        return [(stage, Sums(count, amount, weighted)) for stage, count, amount, weighted in cursor.fetchall()]
