"""Ids and codes for new rows: one id sequence for all, one number sequence per record type; no hot counter row."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from genjin.kernel.codes import format_code
from genjin.kernel.models.options import CodeSeries
from genjin.kernel.models.rows import ID_SEQUENCE
from genjin.kernel.records import RecordType
from genjin.kernel.stamps import Stamped
from genjin.kernel.together import draw, waiting


def new_ids(count: int) -> list[int]:
    """`count` fresh ids, rising."""
    return draw(ID_SEQUENCE, count)


def _patterns() -> dict[str, str]:
    return dict(CodeSeries.objects.values_list("record_type", "pattern"))


PATTERNS: Stamped[dict[str, str]] = Stamped(_patterns)


def pattern_of(record_type: RecordType, stamp: int) -> str:
    """The pattern in force for a type's codes."""
    return PATTERNS.at(stamp).get(record_type.key, record_type.code_pattern)


def new_id_and_number(record_type: RecordType) -> tuple[int, int]:
    """A fresh id and the next number of the type's series, in one query. Gaps are allowed, repeats are not."""
    if waiting.get():
        return draw(ID_SEQUENCE)[0], draw(sequence_of(record_type))[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s), nextval(%s)", [ID_SEQUENCE, sequence_of(record_type)])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def sequence_of(record_type: RecordType) -> str:
    """The name of the type's number sequence (made by `make_sequences` after migrations)."""
    return f"kernel_code_{record_type.key}"


def serial_sequence(record_type: str, key: str) -> str:
    """The name of the sequence of a serial number field (made with the field)."""
    return f"own_serial_{record_type}_{key}"


def make_serial_sequence(record_type: str, key: str) -> None:
    """Create the sequence of a serial number field; one that is there goes on."""
    with connection.cursor() as cursor:
        name = sql.Identifier(serial_sequence(record_type, key))
        cursor.execute(sql.SQL("CREATE SEQUENCE IF NOT EXISTS {}").format(name))


def make_sequences(record_types: list[RecordType]) -> None:
    """Create the number sequences that are missing."""
    with connection.cursor() as cursor:
        for record_type in record_types:
            name = sql.Identifier(sequence_of(record_type))
            cursor.execute(sql.SQL("CREATE SEQUENCE IF NOT EXISTS {}").format(name))


__all__ = [
    "format_code", "make_sequences", "make_serial_sequence", "new_id_and_number", "new_ids", "pattern_of",
    "sequence_of", "serial_sequence",
]  # fmt: skip
