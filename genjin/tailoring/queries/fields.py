"""Reads of fields and layouts as they are. What a change of them would touch is in `changes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from genjin.kernel import frequencies
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.models.definitions import FieldState, IndexState, Layout, OwnField
from genjin.kernel.options import Option, options_of
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.sights import can_be_limited, in_force, options_key, own_field
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.rules.converting import BEFORE
from genjin.tailoring.rules.kinds import CHOICES, KIND_LABELS, NOT_INDEXED

SAMPLED = 5_000
"""Tables with more rows are asked about some of them only."""


@dataclass(frozen=True)
class FieldLine:
    """One field as the settings page lists it. `holds`: rows with a value; `about`: reckoned from a sample; `left`:
    rows whose value could not be converted when the kind changed."""

    row: OwnField
    field: Field
    kind: str
    holds: int
    about: bool
    left: int = 0
    options: tuple[Option, ...] = ()

    @property
    def live(self) -> bool:
        """Whether it is in use."""
        return self.row.state == FieldState.LIVE

    @property
    def can_index(self) -> bool:
        """Whether asking for an index makes sense now."""
        return self.live and self.row.index in (IndexState.NONE, IndexState.FAILED) and self.row.kind not in NOT_INDEXED


@dataclass(frozen=True)
class PlacedField:
    """A field in a layout: `overlay` is what was changed of a declared one; `off`: shown nowhere."""

    field: Field
    own_id: int | None
    overlay: Mapping[str, Any]
    off: bool
    can_be_off: bool


@dataclass(frozen=True)
class PlacedSection:
    """A section with its fields in order."""

    key: str
    label: str
    english: str
    shown_when: list[list[Any]] | None
    fields: list[PlacedField] = field(default_factory=list)


@dataclass(frozen=True)
class LayoutView:
    """How a type is laid out. `off`: declared fields that are shown nowhere; `changed`: not as declared."""

    record_type: RecordType
    sections: list[PlacedSection]
    off: list[PlacedField]
    quick: tuple[str, ...]
    changed: bool
    version: int
    overlays: Mapping[str, Any]


def managed_types(actor: Actor) -> list[RecordType]:
    """The types that can be given fields, as they are in force. Raises Forbidden."""
    actor.demand(MANAGE)
    return [in_force(declared, actor.stamp) for declared in RECORD_TYPES.values() if declared.listed]


def field_counts(actor: Actor) -> dict[str, tuple[int, int]]:
    """{type key: (live, retired)} of the company's own fields. Raises Forbidden."""
    actor.demand(MANAGE)
    found: dict[str, tuple[int, int]] = {}
    for key, state in OwnField.objects.values_list("record_type", "state"):
        live, retired = found.get(key, (0, 0))
        found[key] = (live + (state == FieldState.LIVE), retired + (state == FieldState.RETIRED))
    return found


def field_named(actor: Actor, record_type: RecordType, key: str) -> OwnField | None:
    """The definition of a live field by its key. Raises Forbidden."""
    actor.demand(MANAGE)
    return OwnField.objects.filter(record_type=record_type.key, key=key, state=FieldState.LIVE).first()


def field_for(actor: Actor, field_id: int) -> OwnField:
    """One field's definition. Raises Forbidden, NotFound."""
    actor.demand(MANAGE)
    row = OwnField.objects.filter(pk=field_id, record_type__in=RECORD_TYPES).first()
    if row is None:
        raise NotFound
    return row


def fields_of(actor: Actor, record_type: RecordType) -> list[FieldLine]:
    """The company's own fields of a type, live ones first, in their order. Two queries. Raises Forbidden."""
    actor.demand(MANAGE)
    rows = sorted(
        OwnField.objects.filter(record_type=record_type.key),
        key=lambda row: (row.state != FieldState.LIVE, row.order, row.pk),
    )
    counts, about = holders(record_type) if rows else ({}, False)
    return [_line(actor, row, counts, about) for row in rows]


def _line(actor: Actor, row: OwnField, counts: Mapping[str, int], about: bool) -> FieldLine:
    listed = options_of(options_key(row.record_type, row.key), actor.stamp) if row.kind in CHOICES else {}
    kind = str(KIND_LABELS.get(row.kind, row.kind))
    holds, left = counts.get(row.key, 0), counts.get(row.key + BEFORE, 0)
    return FieldLine(row, own_field(row), kind, holds, about, left, tuple(listed.values()))


def holders(record_type: RecordType) -> tuple[dict[str, int], bool]:
    """({key: rows that hold a value}, whether that is reckoned from a sample)."""
    table = record_type.model._meta.db_table
    rows = frequencies.frequencies(table).rows
    share = 100.0 if rows <= SAMPLED else max(100.0 * SAMPLED / rows, 0.01)
    sample = sql.SQL("TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(sql.Literal(round(share, 3)))
    statement = sql.SQL("SELECT key, count(*) FROM {} {}, jsonb_object_keys(custom) AS key GROUP BY key").format(
        sql.Identifier(table), sample if share < 100 else sql.SQL("")
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = {key: round(count * 100 / share) for key, count in cursor.fetchall()}
    return found, share < 100


def count_holders(row: OwnField) -> int:
    """How many rows hold a value of a field, exactly: a second for a million rows."""
    model = RECORD_TYPES[row.record_type].model
    return model._default_manager.filter(**{f"custom__{row.key}__isnull": False}).order_by().count()


def layout_of(actor: Actor, record_type: RecordType) -> LayoutView:
    """How a type is laid out now, whoever looks. Raises Forbidden."""
    actor.demand(MANAGE)
    declared = RECORD_TYPES[record_type.key]
    whole = in_force(declared, actor.stamp)
    row = Layout.objects.filter(record_type=declared.key).first() or Layout(record_type=declared.key)
    own = dict(OwnField.objects.filter(record_type=declared.key).values_list("key", "id"))
    given = {section["key"]: section for section in row.sections}

    def placed(shown: Field) -> PlacedField:
        overlay = row.overlays.get(shown.key, {})
        known = declared.own_fields.get(shown.key)
        removable = known is not None and not known.required and can_be_limited(declared, shown.key)
        return PlacedField(shown, own.get(shown.key), overlay, bool(overlay.get("off")), removable)

    sections = [
        PlacedSection(
            section.key,
            given.get(section.key, {}).get("label") or str(section.label),
            given.get(section.key, {}).get("english", ""),
            given.get(section.key, {}).get("shown_when"),
            [placed(shown) for shown in whole.fields if shown.section == section.key],
        )
        for section in whole.sections
    ]
    off = [placed(shown) for shown in declared.fields if row.overlays.get(shown.key, {}).get("off")]
    changed = not row._state.adding
    return LayoutView(whole, sections, off, whole.quick_fields, changed, row.version, row.overlays)
