"""One page of a list by key: the attempts of its plan in turn, branches merged without repeats. No COUNT, and no OFFSET
but over the entries of an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.fields.numbers import Number
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.lists.ordering import Order, Place, edge_of
from genjin.kernel.lists.planning import Attempt, attempts, walked
from genjin.kernel.lists.reading import Cursor, ListQuery
from genjin.kernel.lists.withholding import told
from genjin.kernel.recording import plain
from genjin.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: id, version, life, title and {field key: stored value} of the asked columns."""

    id: int
    version: int
    life: int
    title: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Rows with the cursors of the pages beside (None at the ends)."""

    rows: list[ListRow]
    next: str | None
    previous: str | None


FIXED = ("id", "version", "life")


def page(actor: Actor, query: ListQuery, columns: Sequence[Field]) -> Page:
    """The page of a list with these columns. Raises Refused or Forbidden."""
    return _page(actor, told(actor, query, _values), columns)


def _values(actor: Actor, query: ListQuery, columns: Sequence[Field]) -> tuple[list[dict[str, Any]], str | None]:
    """A page as search is checked again: values by field key with the id, and the cursor of the next."""
    found = _page(actor, query, columns)
    return [row.values | {"id": row.id} for row in found.rows], found.next


def narrowed(actor: Actor, query: ListQuery) -> ListQuery:
    """The query as the database may answer it for the actor (`withholding`)."""
    return told(actor, query, _values)


def _page(actor: Actor, query: ListQuery, columns: Sequence[Field]) -> Page:
    if query.after is None and query.before is None:
        _note_search(actor, query)
    reader = _Reader(actor, query, columns)
    backward = query.before is not None
    rows = reader.read(query.before if backward else query.after, backward=backward)
    more = len(rows) > query.size
    rows = rows[: query.size]
    if backward:
        rows.reverse()
    has_next, has_previous = (True, more) if backward else (more, query.after is not None)
    return Page(
        [reader.list_row(row) for row in rows],
        reader.cursor(rows[-1]) if rows and has_next else None,
        reader.cursor(rows[0]) if rows and has_previous else None,
    )


def _note_search(actor: Actor, query: ListQuery) -> None:
    """Whoever looks for many phone numbers is told of (B19)."""
    viewing.note_search(actor, query.text)
    for condition in query.conditions:
        if getattr(condition.field, "inner", condition.field).kind == "phone":  # also where it is masked
            for text in condition.raw:
                viewing.note_search(actor, text)


class _Reader:
    def __init__(self, actor: Actor, query: ListQuery, columns: Sequence[Field]) -> None:
        self.actor, self.query, self.columns = actor, query, columns
        self.own = [f for f in columns if f.attribute.startswith(PREFIX)]
        self.path = query.sort.path if query.sort else "id"
        names = [*FIXED, query.record_type.title, self.path, *(f.path for f in columns)]
        self.names = list(dict.fromkeys(names))
        self.at = {name: index for index, name in enumerate(self.names)}
        self.attempts = attempts(actor, query, query.size + 1)

    def read(self, cursor: Cursor | None, *, backward: bool) -> list[tuple[Any, ...]]:
        """Up to size + 1 rows from the cursor on, in reading direction. Rows without a sort value come last."""
        descending = self.query.descending != backward
        stages: list[bool] = [False] if self.path == "id" else [False, True]
        if backward:
            stages.reverse()
        wanted = self.query.size + 1
        found: list[tuple[Any, ...]] = []
        for empty in stages:
            here = cursor is not None and (self.path == "id" or (cursor.value is None) == empty)
            if cursor is not None and not here and stages.index(cursor.value is None) > stages.index(empty):
                continue
            found += self._stage(cursor if here else None, empty, descending, wanted - len(found))
            if len(found) >= wanted:
                break
        return found

    def _stage(self, cursor: Cursor | None, empty: bool, descending: bool, wanted: int) -> list[tuple[Any, ...]]:
        """Rows with (or, `empty`, without) a sort value, by the first attempt that fills the page or sees it all."""
        order = Order("id" if empty else self.path, self.path if empty else None, descending)
        start = None if cursor is None else (self._value(cursor, order.path), cursor.row_id)
        found: list[tuple[Any, ...]] = []
        for attempt in self.attempts:
            model, window = self.query.record_type.model, attempt.window
            edge = edge_of(model, order, start, window, walked(self.actor, self.query)) if window else None
            found = self._merged(attempt, order, start, edge, wanted)
            if edge is None or len(found) >= wanted:
                break
        return found

    def _merged(
        self, attempt: Attempt, order: Order, start: Place | None, edge: Place | None, wanted: int
    ) -> list[tuple[Any, ...]]:
        ways = [(part, attempt.first) for part in attempt.parts] + [(part, True) for part in attempt.apart]
        between = [(order.between(part, start, edge, first=first), first) for part, first in ways]
        parts = [order.sort(rows, first=first).values_list(*self.names)[:wanted] for rows, first in between]
        if len(parts) < 2:
            return [row for rows in parts for row in rows]
        merged = {row[0]: row for row in parts[0].union(*parts[1:], all=True)}
        place = self.at[order.path]
        in_order = sorted(merged.values(), key=lambda row: (row[place], row[0]), reverse=order.descending)
        return in_order[:wanted]

    def _value(self, cursor: Cursor, path: str) -> Any:
        if path == "id":
            return cursor.row_id
        sort = self.query.sort
        try:
            if sort and sort.own:
                return _json_value(sort, cursor.value)
            return _sort_value(sort.kind if sort else "", cursor.value)
        except (ValueError, TypeError, ArithmeticError):
            raise Refused("bad_cursor", _("翻页位置无效，请从第一页重新开始"), "after") from None

    def cursor(self, row: tuple[Any, ...]) -> str:
        """The cursor of a row."""
        value = None if self.path == "id" else row[self.at[self.path]]
        return Cursor(plain(value), row[0]).text()

    def list_row(self, row: tuple[Any, ...]) -> ListRow:
        """The row as surfaces read it."""
        values = {f.key: row[self.at[f.path]] for f in self.columns}
        for f in self.own:
            values[f.key] = f.loaded(values[f.key])
        return ListRow(row[0], row[1], row[2], row[self.at[self.query.record_type.title]], values)


def _sort_value(kind: str, value: Any) -> Any:
    """The value of a cursor as its column compares it. Raises ValueError, TypeError or ArithmeticError for another."""
    if kind == "datetime":
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(dt.UTC)
    if kind == "date":
        return dt.date.fromisoformat(value)
    if kind in {"number", "percent"}:
        return Decimal(str(value))
    return str(value)


def _json_value(field: Field, value: Any) -> Any:
    """The same for a field of the company's own, whose values are compared as JSON."""
    if isinstance(field, Number) != isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError
    return value


def ids_of(actor: Actor, query: ListQuery, most: int) -> Iterable[int]:
    """The ids of all rows of a list, newest first, at most `most` (for 'select all')."""
    newest = replace(query.without_page(), sort=None, descending=True, size=most)
    return [row.id for row in page(actor, newest, ()).rows]
