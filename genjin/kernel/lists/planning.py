"""How the rows of a list are found: by walking its order or by finding hits and sorting them, in one query or one per
branch of visibility. What is right for a word in every fourth row takes seconds for a word in a hundred rows.

The numbers behind this stand in docs/adr/0005-lists.md and docs/performance.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet

from genjin.kernel.actor import Actor, Scope
from genjin.kernel.doors import (
    POOL,
    branch_conditions,
    part_conditions,
    parts_of,
    scope_condition,
    scope_sides,
    visible_one_by_one,
)
from genjin.kernel.expressions import Holds, like, row_by_row, tsquery
from genjin.kernel.frequencies import Frequencies, frequencies
from genjin.kernel.lists.pieces import pieces_of, share_of
from genjin.kernel.lists.reading import Condition, ListQuery
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.search_text import SearchQuery, like_patterns, parse_query

NARROW = 0.15
"""Up to this share of the rows a scope is asked by its index, branch by branch; wider ones row by row."""
WINDOW = 8_000
"""At least so many rows of the list's order are walked before the hits are looked for in another way."""
WINDOW_OWN = 1_000
"""The same along a field of their own, whose index does not tell where a window ends without fetching its rows."""
VISIT, HOP, FETCH, MARK = 0.8, 1.2, 2.5, 0.12
"""Microseconds to pass a row while walking by id, and by another order; to fetch a hit; to pass an index entry."""
DOUBT = 1.5
"""A window that does not hold a page was for nothing: it must be so many times cheaper than what is certain."""
RANGES = frozenset({"from", "to", "between", "gte", "lte", "eq", "last", "next", "past"})
"""Operators that keep a range of a column's order."""
GUESSED = {"contains": 0.02, "is": 0.05, "starts": 0.05, "from": 0.3, "to": 0.3, "between": 0.2}


@dataclass(frozen=True)
class Attempt:
    """One way: the queries whose results are merged, whether hits are found before they are sorted (those of `apart`
    always are), and how many rows of the list's order are walked at most (then the next attempt follows when they do
    not fill the page); 0: all."""

    parts: tuple[QuerySet[Record], ...]
    first: bool = False
    window: int = 0
    apart: tuple[QuerySet[Record], ...] = ()


@dataclass(frozen=True)
class Estimate:
    """What the statistics say: rows of the table, shares of them in sight and kept by the filters (but those that the
    walk begins and ends with), hits of the text."""

    rows: int
    scope: float
    filters: float
    hits: float | None

    def visits(self, wanted: int, *, inside: bool = False) -> float:
        """How many rows a walk passes; `inside`: when it can walk the scope alone."""
        text = 1.0 if self.hits is None or not self.rows else self.hits / self.rows
        share = self.filters * text * (1.0 if inside else self.scope)
        most = self.rows * (self.scope if inside else 1.0)
        return min(wanted / share, most) if share else most

    @property
    def by_words(self) -> float:
        """Microseconds to find all hits by the index of words; for a narrow scope together with its index."""
        if self.hits is None:
            return math.inf
        both = MARK * (self.hits + self.rows * self.scope) + FETCH * self.hits * self.scope
        return min(FETCH * self.hits, both) if self.scope < NARROW else FETCH * self.hits

    @property
    def by_scope(self) -> float:
        """Microseconds to fetch the whole scope."""
        return FETCH * self.rows * self.scope

    @property
    def by_hits(self) -> float:
        """Microseconds to find all that is asked for, by its words or in the scope."""
        return min(self.by_words, self.by_scope)


@dataclass(frozen=True)
class Sought:
    """What is looked for by an index: the words of the search box, and pieces of texts (asked besides what the filters
    say of them), with the share of the rows that hold these."""

    words: SearchQuery | None = None
    pieces: Q = Q()  # noqa: RUF009 - never changed
    share: float = 1.0

    def __bool__(self) -> bool:
        return self.words is not None or bool(self.pieces)


def attempts(actor: Actor, query: ListQuery, wanted: int) -> list[Attempt]:
    """The ways to try, in turn. Raises Forbidden without the grant, Refused for a filter that does not fit."""
    record_type = query.record_type
    scope = actor.demand(record_type.grant("see"))
    rows = record_type.model._default_manager.filter(query.q(actor)).order_by()
    parsed = parse_query(query.text) if query.text else None
    if query.text and parsed is None:
        return [Attempt(())]
    sought = _sought(actor, query, parsed)
    seen = estimate(actor, query, scope, sought)
    if _walks_pool(query, scope) and (not sought or _step(query) * seen.visits(wanted, inside=True) <= seen.by_hits):
        return [Attempt((_holding(rows.filter(*scope_sides(scope)), sought, indexed=False),))]
    if scope.everything or seen.scope > NARROW:
        return list(_wide(actor, query, rows, sought, seen, wanted))
    return list(_narrow(actor, query, rows, sought, seen, wanted))


def _sought(actor: Actor, query: ListQuery, words: SearchQuery | None) -> Sought:
    known, pieces, share = frequencies(query.record_type.model._meta.db_table).pieces, Q(), 1.0
    for condition in query.conditions:
        text = condition.looked_for(actor)
        if text:
            common = known.get(condition.field.path, {})
            pieces &= pieces_of(condition.field, text, common)
            share *= share_of(text, common) or GUESSED["contains"]
    return Sought(words, pieces, share)


def _wide(
    actor: Actor, query: ListQuery, rows: QuerySet[Record], sought: Sought, seen: Estimate, wanted: int
) -> Iterator[Attempt]:
    """One query for all that is in sight, which is asked row by row."""
    rows = rows.filter(visible_one_by_one(actor, query.record_type, listing=True))
    visits = seen.visits(wanted)
    plain = not sought and (not query.conditions or _along_own(query))
    words_first = seen.by_words < visits * _step(query) or (bool(sought) and visits > 4 * WINDOW)
    if not words_first:
        yield Attempt(
            (_holding(rows, sought, indexed=False),), window=0 if plain else _window(query, visits, seen.rows)
        )
    if words_first or not plain:
        yield Attempt((_holding(rows, sought, indexed=True),), first=True)


def _narrow(
    actor: Actor, query: ListQuery, rows: QuerySet[Record], sought: Sought, seen: Estimate, wanted: int
) -> Iterator[Attempt]:
    """One query per side of the scope and branch of visibility, each by an index of its own. What is given to him lies
    far apart in the order of ids: it is found by its departments within a window, not met."""
    scope = actor.demand(query.record_type.grant("see"))
    sides, beyond = scope_sides(scope), branch_conditions(actor, query.record_type, listing=True)

    def parts(*conditions: Q, indexed: bool) -> tuple[QuerySet[Record], ...]:
        return tuple(_holding(rows.filter(condition), sought, indexed=indexed) for condition in conditions)

    by_hits = seen.by_hits
    alone = query.sort is None and len(scope.members) + len(scope.departments) + len(scope.pools) == 1
    if alone and (not sought or VISIT * seen.visits(wanted, inside=True) <= by_hits):
        given = len(part_conditions(actor, query.record_type))
        window = _window(query, seen.visits(wanted), seen.rows) if given else 0
        walking, shared = parts(*sides, *beyond[given:], indexed=False), beyond[:given]
        if window:
            yield Attempt(walking, window=window, apart=parts(*shared, indexed=False))
        yield Attempt(walking, apart=parts(*shared, indexed=bool(sought)))
        return
    visits = seen.visits(wanted)
    window = 0 if not sought and _along_own(query) else _window(query, visits, seen.rows)
    passed = visits if query.sort else window or seen.rows
    if DOUBT * (HOP * seen.scope + MARK) * passed <= by_hits:
        small = _small_sides(query, scope, seen, wanted, window) if query.sort else []
        conditions = [side for side in sides if side not in small] if query.sort else [scope_condition(scope)]
        passing = beyond
        if query.sort and window:
            passing = branch_conditions(actor, query.record_type, walking=True, listing=True)
        walking, apart = parts(*conditions, *passing, indexed=False), parts(*small, indexed=False)
        yield Attempt(walking, first=not query.sort, window=window, apart=apart)
    by_words = seen.by_words < seen.by_scope
    yield Attempt(parts(scope_condition(scope), *beyond, indexed=by_words), first=True)


def _walks_pool(query: ListQuery, scope: Scope) -> bool:
    """Whether he stands at one pool, whose rows an index gives in the order that is asked for: however large the pool,
    nothing outside it is passed, and no more of it than fills the page."""
    if scope.everything or scope.members or scope.departments or len(scope.pools) != 1:
        return False
    return query.sort is None or query.sort.path in _orders_of_pools(query.record_type.model)


@cache
def _orders_of_pools(model: type[Record]) -> frozenset[str]:
    """The columns in whose order whole indexes of a type give the rows of one pool, each ending with the id."""
    pooled = Q(pool__isnull=False)
    whole = (index.fields for index in model._meta.indexes if index.condition in (None, pooled))
    return frozenset(fields[1] for fields in whole if len(fields) == 3 and fields[0] == "pool" and fields[2] == "id")


def _small_sides(query: ListQuery, scope: Scope, seen: Estimate, wanted: int, window: int) -> list[Q]:
    """The sides of a scope that are fetched whole sooner than met along an order: the few records of one's own beside
    those of one's departments."""
    known = frequencies(query.record_type.model._meta.db_table)
    given = (("department_id", scope.departments, 0.02), ("owner_id", scope.members, 0.01), (POOL, scope.pools, 0.05))
    shares = [_share(known, column, ids, guess * len(ids)) for column, ids, guess in given if ids]
    found = []
    for side, share in zip(scope_sides(scope), shares, strict=True):
        visits = replace(seen, scope=share).visits(wanted)
        walk = (MARK + HOP * share) * (min(visits, window) if window else visits)
        if FETCH * seen.rows * share < walk:
            found.append(side)
    return found


def _along_own(query: ListQuery) -> bool:
    """Whether it is sorted by a field of their own and asks for nothing but a range of it: a walk within its index."""
    own = query.sort is not None and query.sort.own
    return own and all(_is_range(query, condition) for condition in query.conditions)


def _window(query: ListQuery, visits: float, rows: int) -> int:
    """Enough for what is expected and some more; few different sizes, because their ends are remembered. 0 when that is
    the whole table."""
    window = WINDOW_OWN if query.sort and query.sort.own else WINDOW
    while window < 2 * visits:
        window += window // 4
    return window if window < rows else 0


def _step(query: ListQuery) -> float:
    """Rows lie on the disk in the order of their ids: along any other order each is a hop."""
    return VISIT if query.sort is None else HOP


def for_counting(actor: Actor, query: ListQuery, most: int) -> tuple[QuerySet[Record], ...]:
    """The queries whose results together are the list, in no order; `most` rows of them are wanted."""
    last = attempts(actor, query, most)[-1]
    return (*last.parts, *last.apart)


def _holding(rows: QuerySet[Record], sought: Sought, *, indexed: bool) -> QuerySet[Record]:
    """Rows that hold the text: by the indexes of words and pieces, or asked row by row."""
    if indexed and sought.pieces:
        rows = rows.filter(sought.pieces)
    if sought.words is None:
        return rows
    holds = Q(Holds(F("search"), tsquery(sought.words)))
    for patterns in like_patterns(sought.words):
        fits = Q(pk__in=[])
        for pattern in patterns:
            fits |= Q(like(pattern))
        holds &= fits
    return rows.filter(holds if indexed else row_by_row(holds))


def estimate(actor: Actor, query: ListQuery, scope: Scope, sought: Sought) -> Estimate:
    """What the statistics of the table say."""
    known = frequencies(query.record_type.model._meta.db_table)
    kept = 1.0 if query.life in (None, Life.LIVE) else _share(known, "life", [int(query.life)], 0.05)
    for condition in query.conditions:
        told = _is_range(query, condition) or condition.looked_for(actor)
        kept *= 1.0 if told else condition_share(actor, condition, known)
    hits = sought.share * (known.rows if sought.words is None else sought.words.estimate(known.of)) if sought else None
    return Estimate(known.rows, min(scope_share(scope, known) + given_share(actor, query.record_type), 1.0), kept, hits)


def walked(actor: Actor, query: ListQuery) -> Q:
    """What the filters say of the sort column: its order is walked within, however far from the beginning that is."""
    found = Q()
    for condition in query.conditions:
        if _is_range(query, condition):
            found &= condition.q(actor)
    return found


def _is_range(query: ListQuery, condition: Condition) -> bool:
    return query.sort is not None and condition.field is query.sort and condition.operator in RANGES


def scope_share(scope: Scope, known: Frequencies) -> float:
    """Which share of the rows lies in a scope."""
    if scope.everything:
        return 1.0
    if scope.pools:
        return _share(known, POOL, scope.pools, 0.05 * len(scope.pools))
    members = _share(known, "owner_id", scope.members, 0.01 * len(scope.members))
    return min(members + _share(known, "department_id", scope.departments, 0.02 * len(scope.departments)), 1.0)


def given_share(actor: Actor, record_type: RecordType) -> float:
    """Which share of the rows lies in the parts that are given to him, or belongs to such rows."""
    total = 0.0
    for declared in [record_type, *(RECORD_TYPES[link.to] for link in record_type.owner_links())]:
        for part in parts_of(actor, declared):
            known = frequencies(declared.model._meta.db_table)
            share = _share(known, "department_id", part.departments, 0.02 * len(part.departments))
            total += share * math.prod(condition_share(actor, condition, known) for condition in part.conditions)
    return total


def condition_share(actor: Actor, condition: Condition, known: Frequencies) -> float:
    """Which share of the rows a filter keeps; a guess where the statistics do not tell."""
    shares = known.columns.get(condition.field.path)
    operator = condition.operator
    if operator in ("empty", "filled"):
        empty = max(shares.empty, shares.common.get("", 0.0)) if shares else 0.5
        return empty if operator == "empty" else 1.0 - empty
    if operator not in ("in", "not", "alone") or shares is None or condition.field.kind in ("region", "industry"):
        return GUESSED.get(operator, 0.1)
    chosen = shares.of(condition.field.parse_filter(value, actor) for value in condition.raw if value.strip())
    return 1.0 - chosen if operator == "not" else chosen


def _share(known: Frequencies, column: str, values: Any, guess: float) -> float:
    shares = known.columns.get(column)
    return shares.of(values) if shares else min(guess, 1.0)
