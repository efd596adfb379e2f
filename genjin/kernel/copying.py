"""Inserting many rows at once by COPY: to put together a statement with the values of each row costs several times as
much.

What fields prepare is prepared here too. Only rows whose values are known here can be copied; the others are inserted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db import models as kinds
from django.db.models import Field, Model
from django.db.models.expressions import RawSQL
from psycopg import sql

CAST = "%s::tsvector"
FEW = 3
AT_ONCE = 500
# A value of one of these types in a column of one of these kinds is written as it is.
_PLAIN_KINDS = (
    kinds.CharField, kinds.TextField, kinds.IntegerField, kinds.BooleanField, kinds.DateField, kinds.ForeignKey,
    kinds.BinaryField,
)  # fmt: skip
_PLAIN_TYPES = frozenset({str, int, bool, type(None), date, datetime, bytes})


def copy_in(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert new rows, as `bulk_create` does; ids that the database gives are not read back."""
    fields = [field for field in model._meta.concrete_fields if not _given(field, rows)]
    if len(rows) < FEW or any(map(_has_unknown, rows)):
        model._base_manager.bulk_create(rows, batch_size=AT_ONCE)
        return
    copy_values(model._meta.db_table, [str(field.column) for field in fields], _rows(model, fields, rows))


def copy_values(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values that are as the database takes them."""
    names = sql.SQL(", ").join([sql.Identifier(column) for column in columns])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def _rows(model: type[Model], fields: Sequence[Field[Any, Any]], rows: Sequence[Model]) -> Iterable[Sequence[Any]]:
    plain = _plain_columns(model)
    wanted = [(field.attname, field if field.attname not in plain else None, field) for field in fields]
    types = _PLAIN_TYPES
    for row in rows:
        known = row.__dict__
        yield [
            value if special is None and type(value := known[name]) in types else _value(row, field)
            for name, special, field in wanted
        ]


@cache
def _plain_columns(model: type[Model]) -> frozenset[str]:
    """The columns whose plain values are written as they are."""
    return frozenset(field.attname for field in model._meta.concrete_fields if isinstance(field, _PLAIN_KINDS))


def _given(field: Field[Any, Any], rows: Sequence[Model]) -> bool:
    """The database gives this one: an id that the rows do not have yet."""
    return field.primary_key and rows[0].pk is None


def _has_unknown(row: Model) -> bool:
    return any(
        type(value) not in _PLAIN_TYPES and hasattr(value, "resolve_expression") and not _plain_vector(value)
        for value in row.__dict__.values()
    )


def _plain_vector(value: Any) -> bool:
    return isinstance(value, RawSQL) and value.sql == CAST


def _value(row: Model, field: Field[Any, Any]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, RawSQL):
        return value.params[0]
    return field.get_db_prep_save(value, connection)
