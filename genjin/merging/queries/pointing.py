"""Fields of a company's own that point at records of a type."""

from __future__ import annotations

from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType


def own_references(record_type: RecordType) -> list[tuple[type[Record], str]]:
    """[(model, key)] of the fields of a company's own that hold ids of records of this type, retired ones too."""
    rows = OwnField.objects.filter(kind="record", facts__to=record_type.key).order_by("id")
    return [(RECORD_TYPES[of].model, key) for of, key in rows.values_list("record_type", "key") if of in RECORD_TYPES]
