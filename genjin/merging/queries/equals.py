"""Which records below some others are the same by their declared fields (contacts by phone)."""

from __future__ import annotations

from collections.abc import Sequence

from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.merging.reach import MERGEABLE

MOST_GROUPS = 50
MOST_ALIKE = 10


def groups_of(below: RecordType, column: str, above: Sequence[int]) -> list[list[int]]:
    """[ids of live records that are the same, the one to keep first] below these records: a primary one before the
    others, then the oldest."""
    first = ["-primary"] if "primary" in below.attributes else []
    rows = below.model._default_manager.filter(**{f"{column}__in": above, "life": Life.LIVE}).order_by(*first, "pk")
    found: list[list[int]] = []
    for key in MERGEABLE[below.key].alike:
        groups: dict[str, list[int]] = {}
        for pk, value in rows.exclude(**{key: ""}).values_list("pk", key):
            groups.setdefault(value, []).append(pk)
        found += [ids[:MOST_ALIKE] for ids in groups.values() if len(ids) > 1]
    return found
