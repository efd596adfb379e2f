"""Queries of one shape that every page asks: Django builds their SQL once, and not with each request.

For what differs in one value only; everything else stays an ordinary query. Not here: what may be seen (doors).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)
MARK = 7_000_000_000_000_000_001  # stands for the value while the SQL is built: no id is so large
WORD = "\u2e3b ready \u2e3b"


class Ready(Generic[M]):
    """Rows by one value. `make(value)` is the query; `mark` a value of its kind that no row has."""

    def __init__(self, make: Callable[[Any], QuerySet[M, M]], mark: int | str = MARK) -> None:
        self._make, self._mark = make, mark

    def rows(self, value: int | str) -> list[M]:
        """What `list(make(value))` gives."""
        if isinstance(value, int) and value.bit_length() > 63:
            return []  # the database would compare it as a decimal, row by row
        kept, sql, params = self._built
        compiler = copy(kept)  # one for each run: connections belong to threads
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (sql, [value if param == self._mark else param for param in params])
        query = SimpleNamespace(get_compiler=lambda **_using: compiler)
        asked: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(asked))

    @cached_property
    def _built(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler: Any = self._make(self._mark).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        assert self._mark in params
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        compiler.get_converters = lambda _columns: converters
        return compiler, sql, tuple(params)
