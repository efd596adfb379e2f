"""Reads about what lies in pools."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from genjin.kernel.records import RecordType
from genjin.ownership.models import Period

CAP = 10_000


def lately_pooled(record_type: RecordType, pool_id: int) -> tuple[int, tuple[int, datetime, str] | None]:
    """(how many lie in a pool, counted to CAP; (record, when, why) of the one that came last), whoever asks."""
    model: Any = record_type.model
    rows = model._default_manager.filter(pool_id=pool_id)
    last = rows.order_by("-pooled_at", "-id").values_list("pk", "pooled_at", "pool_reason").first()
    return rows.order_by()[:CAP].count(), last


def came_out_of(record_ids: Collection[int]) -> dict[int, int]:
    """{record: pool} of records that lie in a pool since they were lost: out of which pool they had come before (P3);
    those that had come out of none are not there. One query."""
    rows = Period.objects.filter(record_id__in=list(record_ids), pool_id__isnull=False).order_by("record_id", "-id")
    found: dict[int, int] = {}
    lies: set[int] = set()
    for record_id, pool_id in rows.values_list("record_id", "pool_id"):
        if record_id in lies:
            found.setdefault(record_id, pool_id)
        lies.add(record_id)
    return found
