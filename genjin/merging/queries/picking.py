"""The records that somebody wants to merge, as he may know them; what would move with them, as far as he sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, SEE, may, row_for, visible_to
from genjin.kernel.fields.base import Label
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES, RecordType, belonging_to
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.merging.queries.equals import groups_of
from genjin.merging.reach import COUNTED, MERGEABLE, Reference, followers, references

GONE = ("removed_at", "taken_back_at")


@dataclass(frozen=True)
class Moves:
    """What would move: how many of what."""

    label: Label
    count: int
    icon: str


def rows_to_merge(actor: Actor, record_type: RecordType, ids: Sequence[int]) -> list[Any]:
    """The records in this order. Raises NotFound for what he may not see and for what lies in a pool, Forbidden where
    he sees it but may not merge it."""
    found = [row_for(actor, record_type.model, pk, to=SEE) for pk in ids]
    if any(row.owner_id is None for row in found):
        raise NotFound
    if not all(may(actor, row, record_type.grant("merge"), OWN) for row in found):
        raise Forbidden
    return found


def may_merge(actor: Actor, row: Record) -> bool:
    """Whether the actor may merge this (visible) record with others."""
    grant = RECORD_TYPES[row.row_type].grant("merge")
    known = row.row_type in MERGEABLE and actor.may(grant) and row.owner_id is not None
    return known and row.life != Life.VOIDED and may(actor, row, grant, OWN)


def moves_of(actor: Actor, record_type: RecordType, others: Sequence[Record]) -> list[Moves]:
    """What would move from the others to the master. Records are counted as the actor sees them; of what hangs on his
    own records he sees all."""
    ids = [row.pk for row in others]
    found = [*_records(actor, record_type, ids), *_hanging(record_type, ids)]
    return [one for one in found if one.count]


def _records(actor: Actor, record_type: RecordType, ids: Sequence[int]) -> Iterator[Moves]:
    for other in RECORD_TYPES.values():
        columns = [r.column for r in followers(record_type) if r.model is other.model]
        if not columns or not actor.may(other.grant("see")):
            continue
        named = Q()
        for column in columns:
            named |= Q(**{f"{column}__in": ids})
        rows = visible_to(actor, other.model).filter(named).exclude(pk__in=ids)
        label = other.many if other is not record_type else record_type.many
        yield Moves(label, rows.exclude(life=Life.VOIDED).order_by().count(), other.icon)


def _hanging(record_type: RecordType, ids: Sequence[int]) -> Iterator[Moves]:
    for reference in references(record_type):
        if reference.place in COUNTED:
            yield Moves(COUNTED[reference.place], _count(reference, record_type, ids), "stack-2")


def _count(reference: Reference, record_type: RecordType, ids: Sequence[int]) -> int:
    rows = reference.model._base_manager.filter(**{f"{reference.column}__in": ids})
    if reference.named:
        rows = rows.filter(**{reference.named: record_type.key})
    names = {column.attname for column in reference.model._meta.concrete_fields}
    return rows.filter(**dict.fromkeys(names & set(GONE))).count()


@dataclass(frozen=True)
class Equals:
    """Records below those to be merged that are the same: their type, and their titles group by group."""

    record_type: RecordType
    groups: list[list[str]]


def equals_of(actor: Actor, record_type: RecordType, rows: Sequence[Record]) -> list[Equals]:
    """What could be merged along, as far as the actor sees and may merge all of a group."""
    found = []
    for below, link in belonging_to(record_type.key):
        grant = below.grant("merge")
        if below.key not in MERGEABLE or not actor.may(grant) or not actor.may(below.grant("see")):
            continue
        scope = actor.demand(grant)
        groups = groups_of(below, link.column, [row.pk for row in rows])
        columns = ("pk", below.title, "owner_id", "department_id")
        told = visible_to(actor, below.model).filter(pk__in=[pk for ids in groups for pk in ids]).values_list(*columns)
        titles = {pk: str(title) for pk, title, owner, department in told if scope.holds(owner, department)}
        seen = [[titles[pk] for pk in ids] for ids in groups if all(pk in titles for pk in ids)]
        if seen:
            found.append(Equals(below.seen_by(actor), seen))
    return found
