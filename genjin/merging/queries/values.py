"""What the records that are to be merged say, field by field."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, RecordRef
from genjin.kernel.fields.own import OwnSerial
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.sights import in_force
from genjin.merging.reach import MERGEABLE
from genjin.merging.rules.choosing import EMPTY, Held


def decided(record_type: RecordType, stamp: int) -> list[Field]:
    """The fields about whose value something is to be decided: what people fill in, the company's own fields too; not
    the record it belongs to, nor what follows from other things."""
    link = record_type.owner_link()
    keeps = MERGEABLE[record_type.key].keeps
    return [
        f
        for f in in_force(record_type, stamp).fields
        if f.editable and f.key not in keeps and not isinstance(f, OwnSerial) and not (link and f.path == link.column)
    ]


def held_by(field: Field, rows: Sequence[Record]) -> list[tuple[int, Any]]:
    """[(record, its value)] in the order of the records."""
    return [(row.pk, get_value(row, field)) for row in rows]


def self_named(field: Field, record_type: RecordType, ids: Collection[int], held: Held) -> list[tuple[int, Any]]:
    """The same without what names one of the records that become one: nothing is its own parent."""
    if not isinstance(field, RecordRef) or field.to != record_type.key:
        return list(held)
    return [(row, None if value in ids else value) for row, value in held]


def is_empty(value: Any) -> bool:
    """Whether a value says nothing."""
    return value in EMPTY
