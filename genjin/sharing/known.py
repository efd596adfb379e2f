"""A sharing rule as it is kept in memory: whom it gives what. Not here: reading them (`queries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.doors import Part
from genjin.kernel.lists import Condition
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.org.snapshot import Organisation
from genjin.sharing.conditions import read_conditions
from genjin.sharing.models import SharingRule
from genjin.sharing.rules import SharingState, is_over


@dataclass(frozen=True)
class Known:
    """A rule. `conditions` is None when one of them means nothing any more (its field or option is gone): such a rule
    gives nothing, rather than more than was meant."""

    id: int
    name: str
    record_type: str
    departments: tuple[int, ...]
    below: bool
    conditions: tuple[Condition, ...] | None
    fitting: Q
    to_departments: tuple[int, ...]
    to_members: frozenset[int]
    to_roles: frozenset[int]
    writes: bool
    until: date | None
    state: str

    def shared(self, org: Organisation) -> frozenset[int]:
        """The departments whose records it gives."""
        if not self.below:
            return frozenset(self.departments)
        return frozenset(below for root in self.departments for below in org.subtree(root))

    def receives(self, org: Organisation, member_id: int) -> bool:
        """Whether a member is given them: by himself, by a role, or by a department of his (or one above it)."""
        if member_id in self.to_members or not self.to_roles.isdisjoint(org.roles_of.get(member_id, ())):
            return True
        if not self.to_departments or member_id not in org.people:
            return False
        own = org.own_departments(member_id)
        return any(not own.isdisjoint(org.subtree(root)) for root in self.to_departments)

    def gives(self, today: date) -> bool:
        """Whether it gives anything today."""
        on = self.state == SharingState.ON and self.conditions is not None
        return on and self.record_type in RECORD_TYPES and not is_over(self.until, today)

    def part(self, org: Organisation) -> Part:
        """The rows it gives."""
        return Part(self.shared(org), self.fitting, self.conditions or ())


def known_of(reader: Actor, row: SharingRule) -> Known:
    """A row (saved or not) as a rule in memory. `reader`: anybody; conditions mean the same to all."""
    conditions, fitting = _conditions(reader, row)
    return Known(
        id=row.pk or 0,
        name=row.name,
        record_type=row.record_type,
        departments=tuple(row.departments),
        below=row.below,
        conditions=conditions,
        fitting=fitting,
        to_departments=tuple(row.to_departments),
        to_members=frozenset(row.to_members),
        to_roles=frozenset(row.to_roles),
        writes=row.writes,
        until=row.until,
        state=row.state,
    )


def _conditions(reader: Actor, row: SharingRule) -> tuple[tuple[Condition, ...] | None, Q]:
    declared, fitting = RECORD_TYPES.get(row.record_type), Q()
    if declared is None:
        return None, fitting
    try:
        found = read_conditions(reader, declared, row.conditions)
    except Refused:
        return None, fitting
    for condition in found:
        fitting &= condition.q(reader)
    return tuple(found), fitting
