"""The traces of new records: hashed address, and, for what people register themselves, registrant, source and range of
numbers. No queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from genjin.duplicates.models import Trace, TraceKind
from genjin.duplicates.registering import Registered
from genjin.duplicates.searching.addresses import address_key, address_mark, hashed
from genjin.kernel import normal
from genjin.kernel.actor import BRINGING_IN
from genjin.kernel.editing import get_value
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES

RANGE = 8
"""Of eleven digits: a thousand numbers of one block."""


@dataclass(frozen=True, slots=True)
class Entered:
    """When, by whom and by which way in a record was registered."""

    at: datetime
    member_id: int | None
    surface: str


def traces(registered: Registered, row: Record, entered: Entered, *, recent: bool) -> Iterator[Trace]:
    """What is kept of a record; of one that is not `recent` the address only."""
    fields = RECORD_TYPES[registered.record_type].own_fields
    if registered.address and registered.address in fields:
        region = str(get_value(row, fields[registered.region]) or "") if registered.region in fields else ""
        mark = address_mark(address_key(str(get_value(row, fields[registered.address]) or ""), region))
        if mark is not None:
            yield Trace(kind=TraceKind.ADDRESS, key=mark, record_id=row.pk, at=entered.at)
    if not recent or entered.surface in BRINGING_IN:
        return
    if entered.member_id:
        yield _trace(TraceKind.MEMBER, str(entered.member_id), row, entered)
    source = get_value(row, fields[registered.source]) if registered.source in fields else ""
    if source:
        yield _trace(TraceKind.SOURCE, str(source), row, entered)
    for compared in registered.phones():
        number = normal.check_phone(str(getattr(row, compared.column)))
        if number.kind == "mobile" and number.normal:
            yield _trace(TraceKind.RANGE, number.normal[:RANGE], row, entered)
            return


def _trace(kind: TraceKind, key: str, row: Record, entered: Entered) -> Trace:
    return Trace(kind=kind, key=hashed(f"{kind.value}:{key}"), record_id=row.pk, at=entered.at)
