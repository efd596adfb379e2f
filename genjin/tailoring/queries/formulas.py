"""What a formula would come to: tried on records of the company's own before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.editing import get_value
from genjin.kernel.fields.base import Access, Field
from genjin.kernel.fields.worked_out import WorkedOut, all_reads
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import own_field
from genjin.kernel.working_out import Plan, plan_of, readable, worked_out
from genjin.tailoring.grants import MANAGE

TRIED = 100
SHOWN = 3


@dataclass(frozen=True)
class Tried:
    """A record with what the formula reads of it, and what it comes to ('' for nothing)."""

    title: str
    reads: list[tuple[str, str]]
    result: str


def trials(actor: Actor, whole: RecordType, facts: Mapping[str, Any], key: str) -> list[Tried] | None:
    """Three records, those first of which most is known; None where the actor may not know all that the formula reads.
    Raises Forbidden."""
    actor.demand(MANAGE)
    field = own_field(OwnField(record_type=whole.key, kind="formula", key=key, label="…", facts=dict(facts)))
    assert isinstance(field, WorkedOut)
    imagined = replace(whole, fields=(*(f for f in whole.fields if f.key != key), field), keys={})
    plan = plan_of(imagined)
    if plan is None or _kept_back(actor, whole, all_reads(imagined.fields)[key]):
        return None
    rows = visible_to(actor, RECORD_TYPES[whole.key].model).order_by("-pk")[:TRIED]
    known = {k: f for k, f in readable(imagined).items() if k in field.reads}
    found = sorted(rows, key=lambda row: sum(get_value(row, f) in (None, "", []) for f in known.values()))
    return [_tried(actor, whole, plan, field, row, known) for row in found[:SHOWN]]


def _kept_back(actor: Actor, whole: RecordType, reads: frozenset[str]) -> bool:
    """Whether something that is read is hidden from the actor, or masked."""
    seen = RECORD_TYPES[whole.key].seen_by(actor)
    less = (Access.HIDDEN, Access.MASKED)
    return any(key in whole.own_fields and seen.accesses.get(key, Access.HIDDEN) in less for key in reads)


def _tried(
    actor: Actor, whole: RecordType, plan: Plan, field: WorkedOut, row: Any, known: Mapping[str, Field]
) -> Tried:
    kept = worked_out(row, plan, actor.stamp)[field.key]
    told = [(str(f.label), _words(actor, f, get_value(row, f))) for f in known.values()]
    return Tried(str(getattr(row, whole.title)), told, _words(actor, field, field.loaded(kept)))


def _words(actor: Actor, field: Field, value: Any) -> str:
    return "" if value in (None, "", []) else field.text(value, actor)
