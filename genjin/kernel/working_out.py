"""What the formula fields of a record come to. Worked out while the record is saved, and kept like any value, so that
it lists, filters, sorts and exports like one; worked out anew by jobs when a formula changes (`tailoring`).

Not here: the language (`formulas`), the fields (`fields.worked_out`), who may know a result (`sights`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from genjin.kernel import formulas
from genjin.kernel.actor import system
from genjin.kernel.fields.base import Field
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.fields.worked_out import WorkedOut, in_order, kind_for_formulas, seen_by_formulas
from genjin.kernel.formulas import FormulaError, Kind, Value
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import Stamped

UNREAD = frozenset({"version", "updated_at"})
"""Columns that change with every save, after all formulas."""


@dataclass(frozen=True)
class Plan:
    """The formulas of a type, each after what it reads; those that do not hold any more, which are blank; the fields
    that they read; the attributes of those."""

    steps: tuple[tuple[WorkedOut, formulas.Node], ...]
    broken: tuple[str, ...]
    sources: Mapping[str, Field]
    attributes: frozenset[str]


def readable(record_type: RecordType) -> dict[str, Field]:
    """The fields of a type (as it is in force) that a formula may read, those that forms leave out among them."""
    declared = RECORD_TYPES[record_type.key]
    known = {**declared.own_fields, **record_type.own_fields}
    return {k: f for k, f in known.items() if kind_for_formulas(f) is not None and (f.own or _is_column(declared, f))}


def kinds_of(fields: Mapping[str, Field]) -> dict[str, Kind]:
    """What a formula sees of each."""
    return {key: kind for key, f in fields.items() if (kind := kind_for_formulas(f)) is not None}


def _is_column(declared: RecordType, f: Field) -> bool:
    try:
        column = declared.model._meta.get_field(f.path)
    except FieldDoesNotExist:
        return False
    return f.path not in UNREAD and not column.is_relation and bool(getattr(column, "concrete", False))


def plan_of(record_type: RecordType) -> Plan | None:
    """What is to be worked out of a type as it is in force; None where it has no formula."""
    fields = readable(record_type)
    kinds = kinds_of(fields)
    steps = tuple((f, f.tree) for f in in_order(record_type.fields) if fits(f, kinds))
    sound = {f.key for f, _tree in steps}
    broken = tuple(f.key for f in record_type.fields if isinstance(f, WorkedOut) and f.key not in sound)
    if not steps and not broken:
        return None
    read = {key for f, _tree in steps for key in f.reads}
    sources = {key: fields[key] for key in read if not isinstance(fields[key], WorkedOut)}
    attributes = frozenset("custom" if f.own else f.attribute for f in sources.values())
    return Plan(steps, broken, sources, attributes)


def fits(field: WorkedOut, kinds: Mapping[str, Kind]) -> bool:
    """Whether a formula can be read and gives what its field holds: a field that it reads may be gone by now."""
    try:
        return formulas.kind_of(field.tree, kinds) in (field.gives, Kind.BLANK)
    except FormulaError:
        return False


_PLANS: Stamped[dict[str, Plan]] = Stamped(
    lambda: {key: plan for key, t in RECORD_TYPES.items() if (plan := plan_of(in_force(t, 0))) is not None}
)


def plan_at(record_type: RecordType, stamp: int) -> Plan | None:
    """The plan of a type at a stamp."""
    return _PLANS.at(stamp).get(record_type.key)


def work_out(row: Record, record_type: RecordType, stamp: int, changed: Collection[str] | None = None) -> None:
    """Set what the formulas of a row come to. `changed`: the attributes that a save changes; where no formula reads any
    of them nothing is done, None for all."""
    plan = plan_at(record_type, stamp)
    if plan is None or (changed is not None and plan.attributes.isdisjoint(changed)):
        return
    for key, kept in worked_out(row, plan, stamp).items():
        if kept is None:
            row.custom.pop(key, None)
        else:
            row.custom[key] = kept


def worked_out(row: Record, plan: Plan, stamp: int) -> dict[str, Any]:
    """{key of a formula: its result as rows keep it, None for nothing}."""
    reader = replace(system(), stamp=stamp)
    day: dt.date = reader.now().date()
    values: dict[str, Value] = {key: seen_by_formulas(f, _value(row, f), reader) for key, f in plan.sources.items()}
    found: dict[str, Any] = dict.fromkeys(plan.broken)
    for f, tree in plan.steps:
        kept = found[f.key] = f.kept(formulas.result(tree, values, day))
        values[f.key] = seen_by_formulas(f, f.loaded(kept), reader)
    return found


def _value(row: Record, f: Field) -> Any:
    if f.attribute.startswith(PREFIX):
        return f.loaded(row.custom.get(f.attribute.removeprefix(PREFIX)))
    return getattr(row, f.attribute)
