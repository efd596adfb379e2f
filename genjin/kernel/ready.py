"""Queries of one shape that every page asks: Django builds their SQL once, and not with each request.

For what differs in few values only; everything else stays an ordinary query. Not here: what may be seen (doors).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

R = TypeVar("R")
MARK, OTHER = 7_000_000_000_000_000_001, 7_000_000_000_000_000_002  # stand for the values while the SQL is built
WORD = "\u2e3b ready \u2e3b"
DAY, MOMENT, EARLIER = date(1, 2, 3), datetime(1, 2, 3, 4, 5, tzinfo=UTC), datetime(1, 2, 3, 4, tzinfo=UTC)
Value = int | str | date


class Ready(Generic[R]):
    """Rows by one value or a few. `make(*values)` is the query; `marks` are values of their kinds that no row has, each
    another one."""

    def __init__(self, make: Callable[..., QuerySet[Any, R]], *marks: Value) -> None:
        self._make, self._marks = make, marks or (MARK,)

    def rows(self, *values: Value) -> list[R]:
        """What `list(make(*values))` gives."""
        if any(isinstance(value, int) and value.bit_length() > 63 for value in values):
            return []  # the database would compare it as a decimal, row by row
        kept, iterable, sql, params = self._built
        given = dict(zip(self._marks, values, strict=True))
        compiler = copy(kept)  # one for each run: connections belong to threads
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (sql, [given.get(one, one) if isinstance(one, Value) else one for one in params])
        query = SimpleNamespace(get_compiler=lambda *_db, **_using: compiler)
        asked: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(iterable(asked))

    @cached_property
    def _built(self) -> tuple[Any, Any, str, tuple[Any, ...]]:
        made: Any = self._make(*self._marks)
        compiler = made.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        assert all(mark in params for mark in self._marks)
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        compiler.get_converters = lambda _columns: converters
        return compiler, made._iterable_class, sql, tuple(params)
