"""What records are called, for who may see them: titles of ids at hand, the record that a text names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType


def _few_visible(actor: Actor, record_type: RecordType) -> QuerySet[Record]:
    """What the actor may see, for queries that name few rows."""
    rows = record_type.model._default_manager.all()
    return rows.filter(visible_one_by_one(actor, record_type)) if actor.may(record_type.grant("see")) else rows.none()


def titles_of(actor: Actor, record_type_key: str, ids: Iterable[Any]) -> dict[int, str]:
    """{id: title} of the records among `ids` that the actor may see. One query, the scope is asked in memory; one more
    when some lie outside it."""
    record_type = RECORD_TYPES.get(record_type_key)
    wanted = sorted({int(i) for i in ids if i})
    if record_type is None or not wanted or not actor.may(record_type.grant("see")):
        return {}
    return seen_titles(actor, record_type, _titled(record_type, wanted))


def seen_titles(
    actor: Actor, record_type: RecordType, rows: Iterable[tuple[int, str, int | None, int | None]]
) -> dict[int, str]:
    """{id: title} of rows at hand, whoever may see them (id, title, owner, department), that the actor may see. No
    query; one when some lie outside his scope."""
    scope = actor.grants.get(record_type.grant("see"))
    if scope is None:
        return {}
    found = {
        row_id: (str(title), scope.everything or scope.holds(owner_id, department_id))
        for row_id, title, owner_id, department_id in rows
    }
    outside = [row_id for row_id, (_title, inside) in found.items() if not inside]
    if outside:
        seen = _few_visible(actor, record_type).filter(pk__in=outside)
        beyond = set(seen.values_list("pk", flat=True))
        found = {row_id: told for row_id, told in found.items() if told[1] or row_id in beyond}
    return {row_id: title for row_id, (title, _inside) in found.items()}


def title_column(record_type: RecordType) -> sql.Identifier:
    """The column that tells what a record of a type is called."""
    column = getattr(record_type.model._meta.get_field(record_type.title), "column", record_type.title)
    return sql.Identifier(str(column))


def _titled(record_type: RecordType, ids: list[int]) -> list[tuple[int, str, int | None, int | None]]:
    """(id, title, owner, department) of rows, whoever may see them. Without Django's building: every page asks it."""
    statement = sql.SQL("SELECT id, {}, owner_id, department_id FROM {} WHERE id = ANY(%s)").format(
        title_column(record_type), sql.Identifier(record_type.model._meta.db_table)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        found: list[tuple[int, str, int | None, int | None]] = cursor.fetchall()
    return found


def find_visible(actor: Actor, record_type_key: str, text: str) -> int | None:
    """The id of the visible record with this id, code or exact title; None when none or several."""
    record_type = RECORD_TYPES[record_type_key]
    if text.isdecimal() and len(text) < 18 and int(text) in titles_of(actor, record_type_key, [text]):
        return int(text)
    if "\x00" in text:
        return None  # no column holds it
    rows = _few_visible(actor, record_type)
    matches: Sequence[int] = list(rows.filter(code=text).values_list("pk", flat=True)[:2])
    if not matches:
        matches = list(rows.filter(**{record_type.title: text}).values_list("pk", flat=True)[:2])
    return matches[0] if len(matches) == 1 else None
