"""Changing many rows at once, each to values of its own: one statement for all of them instead of one for each.

Not here: what is written down of the change (`recording.record_many`), when changes that wait are written (`together`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import DatabaseError, connection
from django.db.models import CharField, Field, Model
from django.db.models.expressions import RawSQL
from psycopg import sql

from genjin.kernel.copying import CAST

_UPDATE = "UPDATE {table} AS old SET {sets} FROM unnest({arrays}) AS new ({columns}) WHERE old.{key} = new.{key}"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Stored rows of a model as they are to stand: of each its key, then its values of these attributes. To changes
    what `copying.Load` is to new rows."""

    model: type[Model]
    attributes: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def write(self) -> None:
        """Write them in one statement. Raises DatabaseError when a row is gone."""
        if _put(self.model, self.attributes, self.rows) < len(self.rows):
            raise DatabaseError("a row that was to be changed is not there")


def update_each(rows: Sequence[Model], attributes: Sequence[str]) -> None:
    """Write these attributes of rows of one model as they stand in memory. One statement; nothing for no rows."""
    if rows and attributes:
        values = [(row.pk, *(getattr(row, name) for name in attributes)) for row in rows]
        _put(type(rows[0]), attributes, values)


def rewrites(model: type[Model], changed: dict[Any, dict[str, Any]]) -> list[Rewrite]:
    """{key of a row: {attribute: value}} in as few statements as there are sets of attributes."""
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for key, values in changed.items():
        names = tuple(sorted(values))
        alike.setdefault(names, []).append((key, *(values[name] for name in names)))
    return [Rewrite(model, names, rows) for names, rows in alike.items()]


def as_rewritten(row: Model, names: Collection[str]) -> dict[str, Any] | None:
    """{attribute: value} of a row as a `Rewrite` takes them; None where a value cannot stand in an array."""
    columns = _columns(type(row))
    found = {}
    for name in names:
        value = getattr(row, name)
        if name not in columns:
            return None
        if isinstance(value, RawSQL) and value.sql == CAST:
            (value,) = value.params
        elif hasattr(value, "resolve_expression"):
            return None
        found[name] = dict(value) if type(value) is dict else list(value) if type(value) is list else value
    return found


def _put(model: type[Model], attributes: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """How many rows were there."""
    fields = [_key(model), *(_columns(model)[name] for name in attributes)]
    columns = [sql.Identifier(str(field.column)) for field in fields]
    arrays = [sql.SQL("%s::{}[]").format(sql.SQL(_type(field))) for field in fields]
    statement = sql.SQL(_UPDATE).format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join([sql.SQL("{0} = new.{0}").format(column) for column in columns[1:]]),
        arrays=sql.SQL(", ").join(arrays),
        columns=sql.SQL(", ").join(columns),
        key=columns[0],
    )  # fmt: skip
    values = [
        [field.get_db_prep_save(value, connection) for value in column]
        for field, column in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _key(model: type[Model]) -> Field[Any, Any]:
    key: Field[Any, Any] = model._meta.pk
    return key


@cache
def _columns(model: type[Model]) -> dict[str, Field[Any, Any]]:
    """The columns that can be written so: no lists, of which `unnest` would make one."""
    fields: Iterable[Field[Any, Any]] = model._meta.concrete_fields
    return {field.attname: field for field in fields if not isinstance(field, ArrayField)}


def _type(field: Field[Any, Any]) -> str:
    """The type of the array that brings a column's values. Texts have no length there: a cast would cut them."""
    if isinstance(field, CharField):
        return "text"
    return "tsvector" if isinstance(field, SearchVectorField) else str(field.rel_db_type(connection))
