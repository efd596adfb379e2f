"""Which records clash with one: what the rules of 查重 find among those of other owners, whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from genjin.clashes.models import Clash
from genjin.clashes.rules import Origin
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import COMPARED, Entry, Told
from genjin.duplicates.searching.finding import Found, find
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType, type_of

FEW = 20
"""Of so many new records each is compared by all rules; of more only those that share a key with another."""
MOST = 5


@dataclass(frozen=True)
class Rival:
    """A record that clashes, whether the sides may know of each other, and what of the other."""

    found: Found
    told: bool
    shown: list[str]


def values_of(record: Record) -> dict[str, Any]:
    """What a record is compared by."""
    attributes, compared = type_of(record).attributes, COMPARED.get(record.row_type, {})
    return {key: getattr(record, attributes.get(key, one.column)) for key, one in compared.items()}


def rivals_of(record: Record, entry: Entry, stamp: int) -> list[Rival]:
    """The records of others that it clashes with, the surest first."""
    record_type = type_of(record)
    rules = rules_at(record_type.key, entry, stamp)
    found = find(record_type, rules, values_of(record), besides=record.pk) if rules else []
    return [_rival(one) for one in found if disputed(record, one.row)][:MOST]


def disputed(record: Record, other: Record) -> bool:
    """Whether two like records are two people's. What lies in a pool or the recycle bin is nobody's."""
    owners = (record.owner_id, other.owner_id)
    return None not in owners and owners[0] != owners[1] and Life.VOIDED not in (record.life, other.life)


def worth_comparing(record_type: RecordType, ids: Collection[int]) -> list[int]:
    """Of many records those that share a key with one of somebody else's, by one query."""
    model = record_type.model
    columns = {
        c for one in COMPARED.get(record_type.key, {}).values() if one.alone for c in (one.column, one.loose) if c
    }
    others = model._default_manager.filter(owner__isnull=False).order_by()  # rows: only whether there are any
    same = [
        Exists(others.filter(**{column: OuterRef(column)}).exclude(owner_id=OuterRef("owner_id"))) & ~Q(**{column: ""})
        for column in sorted(columns)
    ]
    rows = model._default_manager.filter(pk__in=list(ids))  # rows: just made, told to nobody here
    return list(rows.filter(reduce(or_, same)).values_list("pk", flat=True)) if same else []


def clash_of(record: Record, rival: Rival, origin: Origin, opened_by: int | None, statement: str = "") -> Clash:
    """The case, not stored; by the ids the record that was registered first."""
    earlier, later = sorted((record, rival.found.row), key=lambda row: row.pk)
    return Clash(
        record_type=record.row_type,
        earlier_id=earlier.pk,
        later_id=later.pk,
        earlier_owner_id=earlier.owner_id,
        later_owner_id=later.owner_id,
        origin=origin,
        told=rival.told,
        shown=rival.shown,
        whys=[[why.field, why.how.value, why.percent] for why in rival.found.whys],
        percent=rival.found.percent,
        opened_by_id=opened_by,
        statement=statement,
    )


def origin_of(entry: str) -> Origin:
    """How the clash of a record that came in there was found."""
    return Origin.IMPORTED if entry == Entry.IMPORT else Origin.CREATED


def _rival(found: Found) -> Rival:
    telling = [rule for rule in found.rules if rule.told is Told.EXISTS]
    return Rival(found, bool(telling), sorted({key for rule in telling for key in rule.shown}))
