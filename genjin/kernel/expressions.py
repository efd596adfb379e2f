"""SQL expressions that steer PostgreSQL's planner, for lists over big tables (docs/adr/0005-lists.md)."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, Case, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from genjin.kernel.search_text import SearchQuery

WEIGHED = 16


class Within(Func):
    """Is the column one of these ids? Asked row by row: no index serves it, and the planner does not weigh each id,
    which costs more than the query itself when there are hundreds."""

    template = "(CASE WHEN %(expressions)s) THEN true ELSE false END)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, ids: Collection[int], **extra: Any) -> None:
        super().__init__(F(column), _bigints(ids), **extra)


class OneOf(Func):
    """The same for an index: many ids that the planner takes for a few, without weighing each."""

    template = "%(expressions)s)::bigint[])"
    arg_joiner = " = ANY((SELECT "
    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, ids: Collection[int], **extra: Any) -> None:
        super().__init__(F(column), _bigints(ids), **extra)


def among(column: str, ids: Collection[int]) -> Q:
    """The column is one of these ids, for an index; a few are weighed by the planner, many are not."""
    return Q(**{f"{column}__in": sorted(ids)}) if len(ids) <= WEIGHED else Q(OneOf(column, ids))


def _bigints(ids: Collection[int]) -> RawSQL:
    return RawSQL("%s::bigint[]", [array_of(frozenset(ids))])


@lru_cache(maxsize=1024)
def array_of(ids: frozenset[int]) -> str:
    """Ids as PostgreSQL reads an array; the same scopes come with every request."""
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def reached(ids: QuerySet[Any, Any], path: str) -> Coalesce:
    """Is the row's `path` among these ids (a query of one column)? A look-up per row, never a list of them all."""
    (column,) = ids.query.values_select
    found = ids.filter(**{column: OuterRef(path)}).annotate(found=Value(True)).values("found")[:1]
    return Coalesce(Subquery(found, output_field=BooleanField()), Value(False), output_field=BooleanField())


def row_by_row(condition: Q) -> Q:
    """The condition as a question to each row: no index serves it, it comes after plain comparisons, and the planner
    takes it for likely, so that it walks in order until a page is full."""
    return Q(Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()))


class Holds(Func):
    """`search @@ query`, for the GIN index."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()
    conditional = True


class Like(Func):
    """A LIKE with its pattern already escaped."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()
    conditional = True


class HoldsPieces(Func):
    """Does a text hold all pieces of one and two letters that another is made of, whatever its case? For the index of
    pieces of a field of their own; what it finds is to be compared in full."""

    template = "genjin_pieces(upper(%(expressions)s))"
    arg_joiner = ")) @> genjin_pieces(upper("
    output_field = BooleanField()
    conditional = True


class HasPieces(Func):
    """Does a text hold these pieces?"""

    template = "genjin_pieces(upper(%(expressions)s))"
    arg_joiner = ")) @> (("
    output_field = BooleanField()
    conditional = True

    def __init__(self, text: Any, pieces: Collection[str], **extra: Any) -> None:
        super().__init__(text, RawSQL("%s::text[]", [list(pieces)]), **extra)


class Unindexed(Func):
    """An order that no index serves, so that the planner finds the rows first and sorts them."""

    function = "LEAST"


def tsquery(parsed: SearchQuery) -> RawSQL:
    """The text as PostgreSQL asks for it."""
    return RawSQL("%s::tsquery", [parsed.tsquery])


def like(pattern: str) -> Like:
    """Does the search key fit a pattern?"""
    return Like(F("search_key"), Value(pattern, output_field=TextField()))
