"""Changing many rows at once, each to values of its own: one statement for all of them instead of one for each.

Not here: what is written down of the change (`recording.record_many`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model
from psycopg import sql

KEY = "id"
_UPDATE = "UPDATE {table} AS old SET {sets} FROM unnest({arrays}) AS new ({columns}) WHERE old.{key} = new.{key}"


def update_each(rows: Sequence[Model], attributes: Sequence[str]) -> None:
    """Write these attributes of rows of one model as they stand in memory. One statement; nothing for no rows."""
    if not rows or not attributes:
        return
    model = type(rows[0])
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_attribute[name] for name in (KEY, *attributes)]
    columns = [sql.Identifier(str(field.column)) for field in fields]
    arrays = [sql.SQL("%s::{}[]").format(sql.SQL(str(field.rel_db_type(connection)))) for field in fields]
    statement = sql.SQL(_UPDATE).format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join([sql.SQL("{0} = new.{0}").format(column) for column in columns[1:]]),
        arrays=sql.SQL(", ").join(arrays),
        columns=sql.SQL(", ").join(columns),
        key=columns[0],
    )  # fmt: skip
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
