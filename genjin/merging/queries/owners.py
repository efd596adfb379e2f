"""Whose records an event of merging concerns, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.merging.models import Merge


def rows_told(record_type: RecordType, note: Mapping[str, Any]) -> Iterator[tuple[Record, bool]]:
    """(record, whether it is the master) of those that the event's merge made one."""
    merge = Merge.objects.filter(pk=note.get("merge") or 0, record_type=record_type.key).first()
    if merge is None:
        return
    rows = record_type.model._default_manager.filter(pk__in=[merge.master, *merge.merged]).order_by("pk")
    for row in rows.defer("search", "search_key"):
        yield row, row.pk == merge.master
