"""Which record types are allocated, and what describes their records: declared by the type's own area, once."""

from __future__ import annotations

from dataclasses import dataclass

from genjin.allocation.rules.traits import TRAIT_KINDS, describable
from genjin.kernel.fields import Field
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.sights import in_force


@dataclass(frozen=True)
class Portrait:
    """A type that is allocated: the fields by which its records may be alike, the first the most important, and the
    date column that says when one was won."""

    record_type: str
    traits: tuple[str, ...]
    won_on: str


PORTRAITS: dict[str, Portrait] = {}


def declare_portrait(record_type: RecordType, traits: tuple[str, ...], won_on: str) -> Portrait:
    """Let a type be allocated. Raises ValueError for a field that is none or tells something of a person (S2-41)."""
    for key in traits:
        field = record_type.own_fields.get(key)
        if field is None or field.kind not in TRAIT_KINDS or not describable(field):
            raise ValueError(f"{record_type.key}.{key} cannot describe a record for allocation")
    PORTRAITS[record_type.key] = Portrait(record_type.key, traits, won_on)
    return PORTRAITS[record_type.key]


def portrait_of(key: str) -> Portrait:
    """Raises NotFound for a type that is not allocated."""
    if key not in PORTRAITS:
        raise NotFound
    return PORTRAITS[key]


def offered_types() -> list[tuple[str, object]]:
    """The types a scheme may be for."""
    return [(key, RECORD_TYPES[key].many) for key in PORTRAITS]


def askable(record_type: RecordType, stamp: int) -> list[Field]:
    """The fields that conditions of schemes may ask about: options, regions, industries; none of a person."""
    return [field for field in in_force(record_type, stamp).fields if describable(field)]


def choosable_traits(record_type: RecordType, stamp: int) -> list[Field]:
    """The fields by which records may be alike: those of the declaration, then the company's own options."""
    known = {field.key: field for field in askable(record_type, stamp) if field.kind in TRAIT_KINDS}
    declared = [known.pop(key) for key in portrait_of(record_type.key).traits if key in known]
    return [*declared, *(field for field in known.values() if field.own and field.kind == "choice")]
