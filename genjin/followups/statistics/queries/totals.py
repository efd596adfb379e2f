"""Sums of a period: totals, what is not folded yet, and rows at the edges, in one statement and so in one moment.

They are sums over the scope of the actor, which is a matter of owner and department. What he sees beyond it, by places
in teams, lies among few customers and is counted from their rows. Together that is what his list shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from genjin.followups.models import FollowUp
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.period import moments, parts
from genjin.followups.statistics.queries.sight import beyond, in_scope, is_narrow
from genjin.kernel.actor import Actor, Scope
from genjin.kernel.expressions import row_by_row
from genjin.kernel.models.rows import Life

GROUP = "author, author_name, department, method"
BOTH = "GROUPING SETS ((author, author_name, method), (department, method))"
NUMBERS = "followups, effective, counted, on_time"
SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in NUMBERS.split(", "))
ROWS = """
    SELECT coalesce(author_id, 0), author_name, coalesce(department_id, 0), method,
           1, effective::int, (late_hours IS NOT NULL)::int, coalesce(late_hours = 0, false)::int
    FROM followups_followup WHERE life = 0 AND occurred_at >= %s AND occurred_at < %s{condition}
"""


class Sum(NamedTuple):
    """Follow-ups of an author with a method among the customers of a department; nobody and none are 0."""

    author: int
    author_name: str
    department: int
    method: str
    followups: int
    effective: int
    counted: int
    on_time: int


class Sums(NamedTuple):
    """The same follow-ups added up twice: by author and method, whatever department, and by department and method,
    whatever author. A group may come several times."""

    by_author: list[Sum]
    by_department: list[Sum]


def sums(actor: Actor, asked: Asked) -> Sums:
    """What the actor may see of a period. Raises Forbidden."""
    scope = actor.demand(FOLLOWUP.grant("see"))
    outside = list(_beyond(actor, asked, scope))
    found = Sums(outside, outside.copy())
    with connection.cursor() as cursor:
        cursor.execute(*_statement(actor, asked, scope))
        for author, name, department, *rest in cursor.fetchall():
            rows = found.by_author if department is None else found.by_department
            rows.append(Sum(author or 0, name or "", department or 0, *rest))
    return found


def _statement(actor: Actor, asked: Asked, scope: Scope) -> tuple[str, list[Any]]:
    of_totals, given = _conditions(actor, asked, scope, "author", "owner", "department")
    of_rows, _same = _conditions(actor, asked, scope, "author_id", "owner_id", "department_id")
    pieces: list[tuple[str, date | datetime, date | datetime]] = []
    cut = parts(asked.start, asked.end, actor.zone)
    if cut.months:
        pieces.append((_folded("followups_monthtotal", of_totals), *cut.months))
        pieces.append((_folded("followups_totaldelta", of_totals), *cut.months))
    for span in cut.days:
        pieces.append((_folded("followups_daytotal", of_totals), *span))
        pieces.append((_folded("followups_totaldelta", of_totals), *span))
    pieces += [(ROWS.format(condition=of_rows), *edge) for edge in cut.moments]
    united = " UNION ALL ".join(sql for sql, _from, _to in pieces)
    values = [value for _sql, low, high in pieces for value in (low, high, *given)]
    names = f"all_of_it ({GROUP}, {NUMBERS})"
    sql = f"SELECT {GROUP}, {SUMS} FROM ({united}) AS {names} GROUP BY {BOTH} HAVING sum(followups) > 0"  # noqa: S608 - names of our own tables and columns
    return sql, values


def _folded(table: str, condition: str) -> str:
    return f"SELECT {GROUP}, {NUMBERS} FROM {table} WHERE day >= %s AND day < %s{condition}"  # noqa: S608 - names of our own tables and columns


def _conditions(
    actor: Actor, asked: Asked, scope: Scope, author: str, owner: str, department: str
) -> tuple[str, list[Any]]:
    """The scope and the filters, for totals or for rows, and their values."""
    text, values = "", list[Any]()
    if not scope.everything:
        inside = f"{owner} = ANY(%s) OR {department} = ANY(%s)"
        text += f" AND ({inside})" if is_narrow(scope) else f" AND CASE WHEN {inside} THEN true ELSE false END"
        values += [sorted(scope.members), sorted(scope.departments)]
    for column, chosen in (
        (department, sorted(asked.tree(actor)) if asked.departments else []),
        (author, list(asked.authors)),
        ("method", list(asked.methods)),
    ):
        if chosen:
            text += f" AND {column} = ANY(%s)"
            values.append(chosen)
    return text, values


def _beyond(actor: Actor, asked: Asked, scope: Scope) -> Iterator[Sum]:
    """What the actor sees outside his scope, one way of seeing after the other; each row on the first way only."""
    if scope.everything:
        return
    already = row_by_row(in_scope(scope))
    for way, told in beyond(actor, scope):
        yield from _grouped(during(chosen(actor, asked).filter(way).exclude(already), actor, asked))
        already |= row_by_row(told)


def chosen(actor: Actor, asked: Asked) -> QuerySet[FollowUp]:
    """Live follow-ups that fit the filters, whoever may see them."""
    rows = FollowUp.objects.filter(life=Life.LIVE).order_by()
    if asked.departments:
        rows = rows.filter(department_id__in=asked.tree(actor))
    if asked.authors:
        rows = rows.filter(author_id__in=asked.authors)
    if asked.methods:
        rows = rows.filter(method__in=asked.methods)
    if asked.unlinked is not None:
        rows = rows.filter(author=None, author_name__iexact=asked.unlinked)
    return rows.filter(department=None) if asked.without_department else rows


def during(rows: QuerySet[FollowUp], actor: Actor, asked: Asked) -> QuerySet[FollowUp]:
    """Those of the period, by the day of the contact."""
    first, last = moments(asked.start, asked.end, actor.zone)
    return rows.filter(occurred_at__gte=first, occurred_at__lt=last)


def _grouped(rows: QuerySet[FollowUp]) -> Iterable[Sum]:
    numbers = rows.values_list("author_id", "author_name", "department_id", "method").annotate(
        Count("id"),
        effective_ones=Count("id", filter=Q(effective=True)),
        counted=Count("late_hours"),
        on_time=Count("id", filter=Q(late_hours=0)),
    )
    return (Sum(row[0] or 0, row[1], row[2] or 0, *row[3:]) for row in numbers)
