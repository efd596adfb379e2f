"""The ways a list is made of: each branch of visibility is a query of its own, so that each can walk its index."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable, RawSQL

from genjin.kernel.actor import Actor
from genjin.kernel.doors import branch_conditions, scope_condition
from genjin.kernel.frequencies import frequencies
from genjin.kernel.lists.reading import ListQuery
from genjin.kernel.models.rows import Record
from genjin.kernel.search_text import SearchQuery, like_patterns, parse_query

RARE = 10_000


class Matched(Func):
    """`search @@ query` as a function call, which no index serves: for walks in list order."""

    function = "ts_match_vq"
    output_field = BooleanField()


class Holds(Func):
    """`search @@ query`, for the GIN index."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()
    conditional = True


class Unindexed(Func):
    """An order that no index serves, so that the planner finds the hits first and sorts them."""

    function = "NULLIF"
    template = "%(function)s(%(expressions)s, NULL)"


def branches(actor: Actor, query: ListQuery) -> tuple[list[QuerySet[Record]], bool]:
    """(one filtered query per branch of visibility, whether hits must be found before sorting)."""
    record_type = query.record_type
    scope = actor.demand(record_type.grant("see"))
    rows = record_type.model._default_manager.filter(query.q(actor)).order_by()
    first = False
    if query.text:
        parsed = parse_query(query.text)
        if parsed is None:
            return [], False
        rows, first = searched(rows, parsed)
    if scope.everything:
        return [rows], first
    conditions = [scope_condition(scope), *branch_conditions(actor, record_type)]
    return [rows.filter(condition) for condition in conditions], first


def searched(rows: QuerySet[Record], parsed: SearchQuery) -> tuple[QuerySet[Record], bool]:
    """Rows that hold the text. Rare words by the GIN index first, common ones by walking the list's order."""
    rare = parsed.estimate(frequencies(rows.model._meta.db_table).of) < RARE
    tsquery = RawSQL("%s::tsquery", [parsed.tsquery])
    rows = rows.filter((Holds if rare else Matched)(F("search"), tsquery))
    for patterns in like_patterns(parsed):
        fits = Q(pk__in=[])
        for pattern in patterns:
            fits |= Q(Like(F("search_key"), Value(pattern, output_field=TextField())))
        rows = rows.filter(fits)
    return rows, rare


class Like(Func):
    """A LIKE with its pattern already escaped."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()
    conditional = True


def ordered(rows: QuerySet[Record], path: str, *, descending: bool, first: bool) -> QuerySet[Record]:
    """In list order, by key and id."""
    keys: list[Any] = []
    for name in dict.fromkeys([path, "id"]):
        column: Combinable = Unindexed(F(name)) if first else F(name)
        keys.append(column.desc() if descending else column.asc())  # type: ignore[attr-defined]  # F and Func have them
    return rows.order_by(*keys)
