"""Permission as part of the query: which rows an actor may see, and the one door to a single row.

Visible = owner or department in my scope ∪ branches (team, pools) ∪ parts (sharing), each registered by its area.
Absent and forbidden look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q, QuerySet

from genjin.kernel.actor import Actor, Scope
from genjin.kernel.expressions import Within, among, reached, row_by_row
from genjin.kernel.models.rows import Record
from genjin.kernel.ready import Ready
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.kernel.together import waiting

if TYPE_CHECKING:
    from genjin.kernel.lists import Condition

R = TypeVar("R", bound=Record)


class To(StrEnum):
    """What the row is fetched for. WRITE is also given by a read-write team role, OWN only by the scope (B5)."""

    SEE = "see"
    WRITE = "write"
    OWN = "own"


SEE, WRITE, OWN = To.SEE, To.WRITE, To.OWN

# (actor, right, whether it is asked row by row) -> query of record ids, or None when it gives this actor nothing
Branch = Callable[[Actor, To, bool], "QuerySet[Any, Any] | None"]
BRANCHES: dict[str, Branch] = {}
ONLY: dict[str, str] = {}
"""{branch: the one type whose records it gives}; the others give records of any type and what belongs to them."""


@dataclass(frozen=True)
class Part:
    """Rows of one type told by their own columns: those of these departments that fit a condition (`conditions`: the
    same as a list's, by which it is estimated how many that are)."""

    departments: frozenset[int]
    fitting: Q = Q()  # noqa: RUF009 - never changed
    conditions: tuple[Condition, ...] = ()

    def q(self, *, row_by_row: bool = False) -> Q:
        """As a condition that an index serves, or as a question to each row."""
        column = "department_id"
        inside = Q(Within(column, self.departments)) if row_by_row else among(column, self.departments)
        return inside & self.fitting


# (actor, type, right) -> the parts of its rows that this actor is given; must cost nothing for who is given none
Parts = Callable[[Actor, RecordType, To], Sequence[Part]]
PARTS: dict[str, Parts] = {}
POOL = "pool_id"
"""The column of the types whose records may lie in a pool (B4)."""
UNLISTED: set[str] = set()
TYPED: dict[str, str] = {}
"""{branch: the column of its rows that names the type of their record}"""
MOST_APART = 4
"""So many parts are asked for by their own indexes; more of them together."""
# (actor, row, right): raises Refused where the row stands in a way that forbids what the actor is about to do with it
Bar = Callable[[Actor, Record, To], None]
BARS: list[Bar] = []
current_grant: ContextVar[str | None] = ContextVar("current_grant", default=None)
# {row: owner and department before one's own event that is being undone}: whoever had a right then still has it
formerly: ContextVar[Mapping[int, Mapping[str, Any]] | None] = ContextVar("formerly", default=None)


def register_branch(name: str, branch: Branch, *, only: str = "", typed: str = "", listed: bool = True) -> None:
    """Add a way (team, sharing, pool) by which rows outside the scope become visible. `only`: the key of the one type
    whose records it gives, so that it is not asked for others. `typed`: the column of the branch's own rows that names
    the type of their record, so that ids of other types are not read. Without `listed` they are read where something
    leads to them, and stand in no list."""
    BRANCHES[name] = branch
    ONLY.update({name: only} if only else {})
    TYPED.update({name: typed} if typed else {})
    UNLISTED.update(() if listed else (name,))


def register_bar(bar: Bar) -> None:
    """Let an area refuse to change rows that stand in a certain way (B4 P10: in a pool), whichever action asks."""
    BARS.append(bar)


def register_parts(name: str, parts: Parts) -> None:
    """Add a way by which parts of a type's rows, and what belongs to these, become visible beyond the scope. Told by
    their own columns, they are found like rows of a filter, not by their ids."""
    PARTS[name] = parts


def parts_of(actor: Actor, record_type: RecordType, right: To = SEE) -> list[Part]:
    """The parts of a type's rows that the actor is given beyond his scope."""
    if _stands_apart(actor, record_type):
        return []
    return [part for given in PARTS.values() for part in given(actor, record_type, right)]


def rows_above(actor: Actor, record_type: RecordType, right: To = SEE) -> list[tuple[str, QuerySet[Any, Any]]]:
    """(column, ids of the rows in such parts that rows of this type may belong to) of each link that gives any."""
    found: list[tuple[str, QuerySet[Any, Any]]] = []
    for link in record_type.owner_links() if PARTS else ():
        above = RECORD_TYPES[link.to]
        given = parts_of(actor, above, right)
        if given:
            rows = above.model._default_manager.filter(reduce(or_, (part.q() for part in given)))
            found.append((link.column, rows.values("id")))
    return found


def _stands_apart(actor: Actor, record_type: RecordType) -> bool:
    """Whether he stands at a pool, where nothing beyond it is seen."""
    scope = actor.grants.get(record_type.grant("see"))
    return scope is not None and bool(scope.pools)


def part_conditions(actor: Actor, record_type: RecordType, right: To = SEE) -> list[Q]:
    """The parts of this very type as conditions that an index serves."""
    apart = [part.q() for part in parts_of(actor, record_type, right)]
    return apart if len(apart) <= MOST_APART else [reduce(or_, apart)]


def _branches(
    actor: Actor, record_type: RecordType, right: To, *, row_by_row: bool, listing: bool
) -> Iterator[tuple[str, QuerySet[Any, Any]]]:
    """(column, ids) of each branch that may give records of a type: the records themselves, and for what also gives
    that which belongs to its records, the columns that name these."""
    itself = [("pk", record_type.key)]
    links = [(link.column, link.to) for link in record_type.owner_links()]
    for name, branch in BRANCHES.items():
        if ONLY.get(name, record_type.key) != record_type.key or (listing and name in UNLISTED):
            continue
        ids = branch(actor, right, row_by_row)
        if ids is None:
            continue
        for column, key in itself if name in ONLY else itself + links:
            yield column, ids.filter(**{TYPED[name]: key}) if name in TYPED else ids


def scope_sides(scope: Scope) -> list[Q]:
    """The departments, the owners and the pools of a scope, each as a condition that an index serves."""
    sides = (("department_id", scope.departments), ("owner_id", scope.members), (POOL, scope.pools))
    return [among(column, ids) for column, ids in sides if ids]


def scope_condition(scope: Scope) -> Q:
    """The scope as a condition on owner and department."""
    if scope.everything:
        return Q()
    condition = Q(pk__in=[])
    for side in scope_sides(scope):
        condition |= side
    return condition


def visible_one_by_one(actor: Actor, record_type: RecordType, *, listing: bool = False, many: bool = False) -> Q:
    """What the actor may see as a question to each row: for rows that are found by other means, and for scopes so wide
    that an index of owners would not help. `many`: so many rows are asked that what lies beyond the scope is read once
    and kept at hand, not looked up for each. Raises Forbidden without the grant."""
    scope = actor.demand(record_type.grant("see"))
    if scope.everything:
        return Q()
    if scope.pools:
        return row_by_row(Q(Within(POOL, scope.pools)))
    inside = Q(Within("owner_id", scope.members)) | Q(Within("department_id", scope.departments))
    beyond = Q(pk__in=[])
    for column, ids in _branches(actor, record_type, SEE, row_by_row=not many, listing=listing):
        beyond |= Q(**{f"{column}__in": ids}) if many else Q(reached(ids, column))
    for part in parts_of(actor, record_type):
        beyond |= part.q(row_by_row=True)
    for column, above in rows_above(actor, record_type):
        beyond |= Q(**{f"{column}__in": above}) if many else Q(reached(above, column))
    return row_by_row(inside | beyond)


def branch_conditions(
    actor: Actor,
    record_type: RecordType,
    right: To = SEE,
    *,
    walking: bool = False,
    listing: bool = False,
    given: bool = False,
) -> list[Q]:
    """One condition per way in which this actor reaches rows beyond the scope; `belongs` links cascade. `walking`: the
    rows are passed in an order until a page is full, so what they belong to is looked up for each. `given`: without the
    branches that give nothing just now, for pages that ask more than once; each is asked."""
    if _stands_apart(actor, record_type):
        return []
    conditions = part_conditions(actor, record_type, right)
    for column, above in rows_above(actor, record_type, right):
        each = row_by_row(Q(reached(above, column)))
        conditions.append(each if walking else Q(**{f"{column}__in": above}))
    conditions += [
        Q(**{f"{column}__in": ids})
        for column, ids in _branches(actor, record_type, right, row_by_row=False, listing=listing)
        if not given or ids.exists()
    ]
    return conditions


def visible_to(actor: Actor, model: type[R], *, grant: str | None = None) -> QuerySet[R]:
    """Rows of a model that the actor may see, as a query. Without the grant: none."""
    record_type = type_of(model)
    scope = actor.grants.get(grant or record_type.grant("see"))
    rows = model._default_manager.all()
    if scope is None:
        return rows.none()
    if scope.everything:
        return rows
    condition = scope_condition(scope)
    for branch in branch_conditions(actor, record_type):
        condition |= branch
    return rows.filter(condition)


def first_visible(actor: Actor, rows: QuerySet[R], most: int) -> list[R]:
    """The first rows of a query about few (those of one customer) that the actor may see."""
    return seen_among(actor, list(rows[:most]), lambda: rows, most)


def seen_among(actor: Actor, found: list[R], query: Callable[[], QuerySet[R]], most: int) -> list[R]:
    """The same when the first rows of the query, whoever may see them, are at hand as `found`. Mostly all lie in the
    actor's scope, which is asked in memory; only when one does not, the query is asked with all of his visibility."""
    if not found:
        return []
    record_type = type_of(found[0])
    scope = actor.grants.get(record_type.grant("see"))
    if scope is None:
        return []
    if all(scope.holds(row.owner_id, row.department_id, getattr(row, POOL, None)) for row in found):
        return found
    return list(query().filter(visible_one_by_one(actor, record_type))[:most])


def row_for(actor: Actor, model: type[R], row_id: int, *, to: To, lock: bool = False) -> R:
    """The row's one door. Raises NotFound (absent or invisible) or Forbidden (visible, but not for this)."""
    row = _known(actor, model, row_id)
    if row is None:
        row = _fetched(actor, model, row_id, lock=lock)
    if lock:
        _know(row)
    elif to is SEE:
        row._seen_by = actor
    if to is not SEE:
        if not _permitted(actor, row, to):
            raise Forbidden
        for bar in BARS:
            bar(actor, row, to)
    return row


def demand_sight(actor: Actor, row: Record) -> None:
    """For reads around a row that is at hand. Raises NotFound; asks nothing when this very actor got it at its door."""
    if getattr(row, "_seen_by", None) is not actor:
        row_for(actor, type(row), row.pk, to=SEE)


def _fetched(actor: Actor, model: type[R], row_id: int, *, lock: bool) -> R:
    """The row by its id, then the scope in memory; branches are asked only for what lies outside the scope, and for
    what is absent, so that both take the same time. Raises NotFound."""
    record_type = type_of(model)
    scope = actor.grants.get(record_type.grant("see"))
    if scope is None:
        raise NotFound
    found: list[R] = (_locked if lock else _by_id)(model).rows(row_id)
    row = next(iter(found), None)
    if row is not None and _holds(scope, row):
        return row
    if not scope.everything and not _reached(model, row_id, branch_conditions(actor, record_type)):
        raise NotFound
    if row is None:
        raise NotFound
    return row


@cache
def _locked(model: type[R]) -> Ready[R]:
    rows = model._default_manager.order_by().select_for_update(of=("self",))
    return Ready(lambda row_id: rows.filter(pk=row_id))


@cache
def _by_id(model: type[R]) -> Ready[R]:
    return Ready(lambda row_id: model._default_manager.filter(pk=row_id).order_by().defer("search", "search_key"))


def _reached(model: type[Record], row_id: int, conditions: list[Q]) -> bool:
    """Does one of the branches give this row?"""
    if not conditions:
        return False
    reached = Q(pk__in=[])
    for condition in conditions:
        reached |= condition
    return model._default_manager.filter(reached, pk=row_id).exists()


def _known(actor: Actor, model: type[R], row_id: int) -> R | None:
    """The row as it stands, when this transaction has locked or made it before and it lies in the actor's scope."""
    mine = waiting.get()
    row = mine.known.get((model, row_id)) if mine else None
    scope = actor.grants.get(type_of(model).grant("see"))
    if not isinstance(row, model) or scope is None or not _holds(scope, row):
        return None
    return row


def _holds(scope: Scope, row: Record) -> bool:
    """Does the row lie in the scope, or did it before the event that is being undone?"""
    if scope.holds(row.owner_id, row.department_id, getattr(row, POOL, None)):
        return True
    was = (formerly.get() or {}).get(row.pk)
    if was is None:
        return False
    return scope.holds(was.get("owner_id", row.owner_id), was.get("department_id", row.department_id))


def _know(row: Record) -> None:
    mine = waiting.get()
    if mine:
        mine.know(row)


def _permitted(actor: Actor, row: Record, to: To) -> bool:
    grant = current_grant.get() or type_of(row).grant("edit")
    scope = actor.grants.get(grant)
    if scope is None:
        return False
    if _holds(scope, row):
        return True
    if to is OWN:
        return False
    given: dict[Any, bool] = row.__dict__.setdefault("_given", {}) if getattr(row, "_seen_by", None) is actor else {}
    # by which grant one comes makes no difference to a place in a team; to a type's own branch it may
    asked = (to, grant if row.row_type in ONLY.values() else "")
    if asked not in given:
        given[asked] = _reached(type(row), row.pk, branch_conditions(actor, type_of(row), to))
    return given[asked]


def may(actor: Actor, row: Record, grant: str, to: To = WRITE) -> bool:
    """Whether the actor may do what `grant` stands for with this (visible) row; for hiding buttons."""
    token = current_grant.set(grant)
    try:
        return _permitted(actor, row, to)
    finally:
        current_grant.reset(token)
