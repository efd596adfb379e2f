"""Inserting many rows at once by COPY: to put together a statement with the values of each row costs several times as
much.

What fields prepare is prepared here too. Only rows whose values are known here can be copied; the others are inserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import RawSQL
from psycopg import sql

CAST = "%s::tsvector"
FEW = 3
AT_ONCE = 500


def copy_in(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert new rows, as `bulk_create` does; ids that the database gives are not read back."""
    fields = [field for field in model._meta.concrete_fields if not _given(field, rows)]
    if len(rows) < FEW or any(_unknown(row, field) for row in rows for field in fields):
        model._base_manager.bulk_create(rows, batch_size=AT_ONCE)
        return
    columns = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_value(row, field) for field in fields])


def _given(field: Field[Any, Any], rows: Sequence[Model]) -> bool:
    """The database gives this one: an id that the rows do not have yet."""
    return field.primary_key and rows[0].pk is None


def _unknown(row: Model, field: Field[Any, Any]) -> bool:
    value = getattr(row, field.attname)
    return hasattr(value, "resolve_expression") and not _plain_vector(value)


def _plain_vector(value: Any) -> bool:
    return isinstance(value, RawSQL) and value.sql == CAST


def _value(row: Model, field: Field[Any, Any]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, RawSQL):
        return value.params[0]
    return field.get_db_prep_save(value, connection)
