"""Who can see a record, why, and what he may do with it. In memory, with one query for each way beyond the scopes,
however many members there are. Equal to the doors: a test compares it with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actor import EVERYTHING, Actor, Scope
from genjin.kernel.doors import OWN, SEE, may, row_for
from genjin.kernel.grants import GRANTS
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden
from genjin.org.models import ScopeKind
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation, Person, RoleFacts
from genjin.sharing.grants import EXPLAIN
from genjin.sharing.sight.reasons import EXPLAINERS, Asked, Kind, Reason, asked_about


@dataclass(frozen=True)
class Sighting:
    """A member who sees a record: all reasons, the strongest first, and whether he may edit it, and do what is its
    owner's to do (hand it over, manage its team)."""

    person: Person
    reasons: tuple[Reason, ...]
    writes: bool
    owns: bool

    @property
    def first(self) -> Reason:
        """The strongest reason."""
        return self.reasons[0]


def record_to_explain(actor: Actor, record_type: RecordType, row_id: int) -> Record:
    """The record, for whom it may be told who sees it. Raises NotFound, Forbidden."""
    record = row_for(actor, record_type.model, row_id, to=SEE)
    if not may_explain(actor, record):
        raise Forbidden
    return record


def may_explain(actor: Actor, record: Record) -> bool:
    """Whether this actor is told who sees a record that he sees himself."""
    return may(actor, record, EXPLAIN, OWN)


def own_grant(record_type: RecordType) -> str:
    """The grant that stands for what is the owner's to do."""
    transfer = record_type.grant("transfer")
    return transfer if transfer in GRANTS else record_type.grant("edit")


def who_sees(actor: Actor, record: Record) -> list[Sighting]:
    """The active members who see a record, by their strongest reason, then by name."""
    asked = asked_about(actor, organisation(actor), record)
    found = [s for s in (_sighting(asked, *pair) for pair in _reached(asked).items()) if s is not None]
    return sorted(found, key=lambda s: (s.first.kind, s.first.words, s.person.pinyin, s.person.id))


def sighting_of(actor: Actor, record: Record, member_id: int) -> Sighting | None:
    """How one member sees a record; None when he does not."""
    return next((found for found in who_sees(actor, record) if found.person.id == member_id), None)


def _reached(asked: Asked) -> Mapping[int, list[Reason]]:
    """{member: why he may reach it beyond his scope}, for all active members."""
    found: dict[int, list[Reason]] = {p.id: [] for p in asked.org.people.values() if p.active}
    for explain in EXPLAINERS.values():
        for reason in explain(asked):
            if reason.member_id in found:
                found[reason.member_id].append(reason)
    return found


def _sighting(asked: Asked, member_id: int, beyond: list[Reason]) -> Sighting | None:
    person, declared = asked.org.people[member_id], asked.record_type
    held = {
        verb: _scope(asked.org, member_id, grant)
        for verb, grant in (
            ("see", declared.grant("see")), ("edit", declared.grant("edit")), ("own", own_grant(declared))
        )
    }  # fmt: skip
    if held["see"] is None:
        return None
    reasons = [*_by_scope(asked, person), *beyond]
    if not any(reason.sees for reason in reasons):
        return None
    inside = {verb: scope is not None and _holds(scope, asked.record) for verb, scope in held.items()}
    writes = inside["edit"] or (held["edit"] is not None and any(reason.writes for reason in beyond))
    return Sighting(person, tuple(_ranked(reasons)), writes, inside["own"])


def _scope(org: Organisation, member_id: int, grant: str) -> Scope | None:
    """The united scope of one grant; None without it."""
    if org.people[member_id].administrator:
        return EVERYTHING
    total: Scope | None = None
    for role in giving_roles(org, member_id, grant):
        total = (total or Scope()) | _role_scope(org, member_id, role, grant)
    return total


def giving_roles(org: Organisation, member_id: int, grant: str) -> list[RoleFacts]:
    """The roles of a member that give a grant."""
    roles = [org.roles[role_id] for role_id in org.roles_of.get(member_id, ())]
    return [role for role in roles if grant in role.grants]


def _role_scope(org: Organisation, member_id: int, role: RoleFacts, grant: str) -> Scope:
    return org.scope(member_id, role.grants[grant] or role.scope, role.departments)


def _holds(scope: Scope, record: Record) -> bool:
    return scope.holds(record.owner_id, record.department_id)


def _by_scope(asked: Asked, person: Person) -> Iterable[Reason]:
    """Why the scopes of his roles hold it."""
    org, record = asked.org, asked.record
    if person.administrator:
        yield Reason(person.id, Kind.ADMINISTRATOR, _("管理员：可以看到全部数据"))
        return
    grant = asked.record_type.grant("see")
    for role in giving_roles(org, person.id, grant):
        scope = _role_scope(org, person.id, role, grant)
        if not _holds(scope, record):
            continue
        if record.owner_id == person.id:
            yield Reason(person.id, Kind.OWNER, _("负责人"))
        elif scope.everything:
            words = {"role": role.name, "scope": ScopeKind.ALL.label}
            yield Reason(person.id, Kind.ROLE, _("角色「%(role)s」：%(scope)s") % words)
        elif record.owner_id in scope.members:
            yield Reason(person.id, Kind.SUPERIOR, _("负责人的上级（角色「%s」：本人及下属）") % role.name)
        else:
            yield Reason(person.id, Kind.ROLE, _by_department(org, role, grant, record))


def _by_department(org: Organisation, role: RoleFacts, grant: str, record: Record) -> str:
    node = org.departments.get(record.department_id or 0)
    return _("角色「%(role)s」：%(scope)s，包括「%(department)s」") % {
        "role": role.name,
        "scope": ScopeKind(role.grants[grant] or role.scope).label,
        "department": node.name if node else "",
    }


def _ranked(reasons: Iterable[Reason]) -> list[Reason]:
    """Each reason once, the strongest first; what only lets edit says nothing of seeing and comes last."""
    return sorted(dict.fromkeys(reasons), key=lambda reason: (not reason.sees, reason.kind))
