"""Inserting many rows at once by COPY: to put together a statement with the values of each row costs several times as
much. What is to be copied is a `Load`, made here and written where its transaction is.

What fields prepare is prepared here too. Only rows whose values are known here can be copied; the others are inserted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from itertools import compress
from operator import is_not, itemgetter
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db import models as kinds
from django.db.models import Field, Model
from django.db.models.expressions import RawSQL
from psycopg import sql

CAST = "%s::tsvector"
FEW = 3
AT_ONCE = 500


# Not a backslash with a letter, as usual: so whatever backslash there is in a line belongs to a text.
NULL = "\x02N"
Form = Callable[[Any], str]
# A value of one of the usual types in a column of one of these kinds is written as it is.
_PLAIN_KINDS = (
    kinds.CharField, kinds.TextField, kinds.IntegerField, kinds.BooleanField, kinds.DateField, kinds.ForeignKey,
    kinds.BinaryField, kinds.DecimalField,
)  # fmt: skip


M = TypeVar("M", bound=Model)


class Uncopied(Exception):
    """A value that is no plain value: its row is inserted by a statement."""


@dataclass(frozen=True, slots=True)
class Load:
    """Rows of a table as COPY takes them."""

    table: str
    columns: tuple[str, ...]
    body: bytes

    def write(self) -> None:
        """Copy the rows in."""
        names = sql.SQL(", ").join([sql.Identifier(column) for column in self.columns])
        statement = sql.SQL("COPY {} ({}) FROM STDIN (NULL E'\\x02N')").format(sql.Identifier(self.table), names)
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(self.body)


def without_waiting() -> None:
    """Let the transaction at hand end before it is on the disk: for steps that are done again after a power cut."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def copy_in(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert new rows, as `bulk_create` does; ids that the database gives are not read back."""
    try:
        load = load_of(model, rows) if len(rows) >= FEW else None
    except Uncopied:
        load = None
    if load is None:
        model._base_manager.bulk_create([_as_inserted(row) for row in rows], batch_size=AT_ONCE)
    else:
        load.write()


def copy_values(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values that are as the database takes them."""
    values_load(table, columns, rows).write()


def load_of(model: type[Model], rows: Sequence[Model]) -> Load:
    """New rows of a model. Raises Uncopied."""
    plan = _plan(model, given=rows[0].pk is None)
    values_of = itemgetter(*plan.names)
    defaults, texts, forms, places = plan.defaults, plan.texts, plan.forms, range(len(plan.names))
    lines = []
    for row in rows:
        values = values_of(row.__dict__)
        cells = texts.copy()
        for place in compress(places, map(is_not, values, defaults)):
            value = values[place]
            kind = type(value)
            if kind is str and value != NULL:
                cells[place] = value
            else:
                cells[place] = repr(value) if kind is int else forms[place](value)
        lines.append(line(cells))
    return Load(model._meta.db_table, plan.columns, body(lines))


def values_load(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Load:
    """Rows of plain values."""
    return Load(table, tuple(columns), body([line([_as_text(value) for value in row]) for row in rows]))


def line(cells: Sequence[str]) -> str:
    """The texts of a row's columns as a line."""
    text = "\t".join(cells)
    if text.count("\t") != len(cells) - 1:
        text = "\t".join([cell.replace("\\", "\\\\").replace("\t", "\\t") for cell in cells])
    elif "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return text.replace("\r", "\\r") if "\r" in text else text


def body(lines: Iterable[str]) -> bytes:
    """Lines as they are sent."""
    return "\n".join([*lines, ""]).encode()


def _as_text(value: Any) -> str:
    return value if type(value) is str and value != NULL else written(value)


def written(value: Any) -> str:
    """A plain value as the text of its column. Raises Uncopied."""
    form = _FORMS.get(type(value))
    if form is None:
        form = next((form for kind, form in _FORMS.items() if isinstance(value, kind)), None)
        if form is None:
            raise Uncopied
    return form(value)


def _str(value: str) -> str:
    if value == NULL:
        raise Uncopied
    return value


def _none(_value: None) -> str:
    return NULL


def _bool(value: bool) -> str:
    return "t" if value else "f"


def _bytes(value: bytes) -> str:
    return "\\x" + value.hex()


_FORMS: dict[type, Form] = {
    type(None): _none,
    str: _str,
    bool: _bool,
    int: int.__repr__,
    float: float.__repr__,
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: Decimal.__str__,
    bytes: _bytes,
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Attributes and columns of a model; of each the default that most rows have, its text, what writes the others."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    defaults: list[Any]
    texts: list[str]
    forms: list[Form]


@cache
def _plan(model: type[Model], given: bool) -> _Plan:
    """How rows of a model are written. `given`: the database gives the primary key."""
    fields = [field for field in model._meta.concrete_fields if not (given and field.primary_key)]
    usual = model().__dict__
    plan = _Plan(tuple(f.attname for f in fields), tuple(str(f.column) for f in fields), [], [], [])
    for field in fields:
        default, form = usual[field.attname], _form(field)
        plain = default is None or type(default) in (str, int, bool)
        # a value that no row has: its text is never asked for
        plan.defaults.append(default if plain else _NOBODY)
        plan.texts.append(form(default) if plain else "")
        plan.forms.append(form)
    return plan


_NOBODY = object()


def _form(field: Field[Any, Any]) -> Form:
    """What writes the values of a column."""
    if isinstance(field, SearchVectorField):
        return _vector
    if isinstance(field, ArrayField):
        return _array
    if isinstance(field, kinds.JSONField):
        return partial(_json, field)
    return written if isinstance(field, _PLAIN_KINDS) else partial(_prepared, field)


def _prepared(field: Field[Any, Any], value: Any) -> str:
    return written(field.get_db_prep_save(value, connection))


def _vector(value: Any) -> str:
    if isinstance(value, RawSQL) and value.sql == CAST:
        return written(value.params[0])
    return written(value)


def _json(field: kinds.JSONField[Any, Any], value: Any) -> str:
    if value is None:
        return NULL
    if hasattr(value, "resolve_expression"):
        raise Uncopied
    return "{}" if value == {} else json.dumps(value, cls=field.encoder, ensure_ascii=False)


def _array(value: Any) -> str:
    if value is None:
        return NULL
    if not isinstance(value, list | tuple) or not all(type(each) is str for each in value):
        raise Uncopied
    quoted = [each.replace("\\", "\\\\").replace('"', '\\"') for each in value]
    return "{" + ",".join([f'"{each}"' for each in quoted]) + "}"


def _as_inserted(row: M) -> M:
    """A row as a statement takes it: what it is found by stands as an expression."""
    for field in row._meta.concrete_fields:
        if isinstance(field, SearchVectorField) and isinstance(getattr(row, field.attname), str):
            setattr(row, field.attname, RawSQL("%s::tsvector", [getattr(row, field.attname)], output_field=field))
    return row
