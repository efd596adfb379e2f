"""By what records of a type are compared as the company has made it: the declared fields and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genjin.duplicates.rules import COMPARED, Compared, Kind
from genjin.duplicates.searching.addresses import address_key, address_mark
from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields.base import Access
from genjin.kernel.fields.own import Own
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import Stamped

OWN_KINDS: Mapping[str, Kind] = {
    "phone": Kind.PHONE,
    "email": Kind.EMAIL,
    **dict.fromkeys(("text", "url", "number", "date", "choice", "region"), Kind.TEXT),
}
"""Kinds of own fields (`Field.kind`) that can be compared."""


def compared_of(record_type: str, stamp: int) -> Mapping[str, Compared]:
    """{field key: how it is compared}; nothing for a type that is not compared. An own field says enough alone when it
    has an index: without one, all records would have to be read."""
    return _ALL.at(stamp).get(record_type, {})


def told_in_full(actor: Actor, record_type: RecordType) -> frozenset[str]:
    """The fields that may be asked about in an actor's name: of one that he does not see in full, that another record
    holds the same would tell him."""
    seen = record_type.seen_by(actor)
    compared = compared_of(record_type.key, actor.stamp).values()
    veiled = (Access.HIDDEN, Access.MASKED)
    keys = {key for one in compared for key in (one.field, one.beside) if key}
    return frozenset(key for key in keys if key in seen.own_fields and seen.accesses.get(key) not in veiled)


def kept(row: Record, compared: Compared) -> Any:
    """What a record holds in the place that is compared; of an address its mark."""
    if compared.kind is Kind.ADDRESS:
        fields = RECORD_TYPES[row.row_type].own_fields
        texts = [str(get_value(row, fields[key]) or "") for key in (compared.field, compared.beside) if key in fields]
        return address_mark(address_key(*texts))
    return row.custom.get(compared.field) if compared.own else getattr(row, compared.column)


def _load() -> dict[str, Mapping[str, Compared]]:
    found: dict[str, Mapping[str, Compared]] = {}
    for key, declared in COMPARED.items():
        record_type = RECORD_TYPES.get(key)
        fields = in_force(record_type, 0).fields if record_type else ()
        own = {
            f.key: Compared(f.key, OWN_KINDS[f.kind], "custom", alone=f.indexed, own=f)
            for f in fields
            if isinstance(f, Own) and f.kind in OWN_KINDS and f.key not in declared
        }
        found[key] = {**declared, **own}
    return found


_ALL: Stamped[dict[str, Mapping[str, Compared]]] = Stamped(_load)
