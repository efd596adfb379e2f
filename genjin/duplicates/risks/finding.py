"""What speaks against new records: what they share with others and bursts, put together by record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from genjin.duplicates.registering import REGISTERED, Finding
from genjin.duplicates.risks.bursts import bursts
from genjin.duplicates.risks.settings import MINUTES
from genjin.duplicates.risks.sharing import shared
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES

SHOWN = 10
"""So many others are kept as evidence."""


@dataclass
class Suspect:
    """A record with its reasons, as they are kept: {"kind": "same", "field": "phone", "others": [["customer", 7]]} or
    {"kind": "burst", "field": "member", "least": 30, "minutes": 60, "others": …}."""

    record_type: str
    row_id: int
    reasons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """For filters."""
        return sorted({f"{reason['kind']}.{reason['field']}" for reason in self.reasons})


def suspects(
    record_type: str, rows: Sequence[Record], moments: Mapping[int, datetime], stamp: int
) -> dict[int, Suspect]:
    """{id: suspect} of new records (and of others that belong to their bursts). `moments`: when they were registered;
    their traces are kept already."""
    found: dict[int, Suspect] = {}
    held: dict[tuple[int, Finding, str], dict[tuple[str, int], None]] = {}
    for like in shared(REGISTERED[record_type], rows, moments, stamp):
        held.setdefault((like.row_id, like.finding, like.field), {})[like.other_type, like.other_id] = None
    for (row_id, finding, by), others in held.items():
        shared_with = [list(other) for other in others][:SHOWN]
        found.setdefault(row_id, Suspect(record_type, row_id)).reasons.append(
            {"kind": finding.value, "field": by, "others": shared_with}
        )
    known = dict.fromkeys((row.pk for row in rows), record_type)
    crowds = bursts(list(known), stamp, SHOWN)
    known |= _types({one for burst in crowds for one in (burst.row_id, *burst.others)} - set(known))
    for burst in crowds:
        if burst.row_id in known:
            reason: dict[str, Any] = {
                "kind": Finding.BURST.value,
                "field": burst.by.value,
                "least": burst.least,
                "minutes": MINUTES.at(stamp),
                "others": [[known[other], other] for other in burst.others if other in known],
            }
            found.setdefault(burst.row_id, Suspect(known[burst.row_id], burst.row_id)).reasons.append(reason)
    return found


def suspects_of_edits(
    record_type: str,
    rows: Sequence[Record],
    moments: Mapping[int, datetime],
    fields: Mapping[int, Collection[str]],
    stamp: int,
) -> dict[int, Suspect]:
    """{id: suspect} of records whose `fields` somebody changed so that they are those of another record, earlier or
    later. `moments`: when."""
    found: dict[int, Suspect] = {}
    held: dict[tuple[int, str], dict[tuple[str, int], None]] = {}
    for like in shared(REGISTERED[record_type], rows, moments, stamp, any_other=True):
        if like.finding is Finding.SAME and like.field in fields.get(like.row_id, ()):
            held.setdefault((like.row_id, like.field), {})[like.other_type, like.other_id] = None
    for (row_id, by), others in held.items():
        reason = {"kind": Finding.SAME.value, "field": by, "edited": True}
        reason["others"] = [list(other) for other in others][:SHOWN]
        found.setdefault(row_id, Suspect(record_type, row_id)).reasons.append(reason)
    return found


def _types(ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for key in REGISTERED if ids else ():
        rows = RECORD_TYPES[key].model._default_manager.order_by().filter(pk__in=ids)  # rows: ids only
        found |= dict.fromkeys(rows.values_list("pk", flat=True), key)
    return found
