"""The organisation in memory: departments, members, roles; reloaded when the stamp changes.

So that an actor costs one small query per request and a re-organisation is in force at the very next one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from genjin.kernel.actor import EVERYTHING, Actor, Scope, Surface
from genjin.kernel.fields.base import Access
from genjin.kernel.grants import GRANTS
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sights import can_be_limited
from genjin.kernel.stamps import Stamped
from genjin.kernel.switches import without_switched_off
from genjin.org.models import Company, Department, FurtherDepartment, Member, MemberRole, Role, ScopeKind

ALLOWING = (Access.HIDDEN, Access.MASKED, Access.READ, Access.EDIT)


@dataclass(frozen=True)
class Person:
    """What is kept of a member."""

    id: int
    name: str
    pinyin: str
    sign_in: str
    phone: str
    email: str
    title: str
    department_id: int | None
    superior_id: int | None
    administrator: bool
    active: bool
    language: str
    time_zone: str


@dataclass(frozen=True)
class Node:
    """What is kept of a department."""

    id: int
    name: str
    parent_id: int | None
    path: str
    order: int
    closed: bool


@dataclass(frozen=True)
class RoleFacts:
    """What is kept of a role: its default scope and its grants ({grant: scope kind or ''})."""

    id: int
    name: str
    scope: str
    departments: tuple[int, ...]
    grants: dict[str, str]
    fields: dict[str, str]


@dataclass
class Organisation:
    """Everything about people that permission needs."""

    company: str = ""
    logo: str = ""
    people: dict[int, Person] = field(default_factory=dict)
    departments: dict[int, Node] = field(default_factory=dict)
    roles: dict[int, RoleFacts] = field(default_factory=dict)
    roles_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    further: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    subordinates: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    actors: dict[int, Actor] = field(default_factory=dict)

    def below(self, member_id: int) -> frozenset[int]:
        """The member's subordinates along the reporting line, transitive (B5)."""
        found: set[int] = set()
        waiting = list(self.subordinates.get(member_id, ()))
        while waiting:
            person = waiting.pop()
            if person not in found and person != member_id:
                found.add(person)
                waiting.extend(self.subordinates.get(person, ()))
        return frozenset(found)

    def subtree(self, department_id: int) -> frozenset[int]:
        """The department and all below it."""
        node = self.departments.get(department_id)
        if node is None:
            return frozenset()
        return frozenset(d.id for d in self.departments.values() if d.path.startswith(node.path))

    def own_departments(self, member_id: int) -> frozenset[int]:
        """Main and further departments."""
        person = self.people[member_id]
        main = [person.department_id] if person.department_id else []
        return frozenset([*main, *self.further.get(member_id, ())])

    def scope(self, member_id: int, kind: str, departments: Sequence[int]) -> Scope:
        """The scope a role's kind means for this member."""
        me = frozenset([member_id])
        if kind == ScopeKind.ALL:
            return EVERYTHING
        if kind == ScopeKind.SELF_SUB:
            return Scope(members=me | self.below(member_id))
        chosen: frozenset[int] = frozenset()
        if kind == ScopeKind.DEPT:
            chosen = self.own_departments(member_id)
        elif kind in {ScopeKind.DEPT_SUB, ScopeKind.DEPT_CUSTOM}:
            roots = departments if kind == ScopeKind.DEPT_CUSTOM else self.own_departments(member_id)
            chosen = frozenset(below for root in roots for below in self.subtree(root))
        return Scope(departments=chosen, members=me)

    def grants(self, member_id: int) -> dict[str, Scope]:
        """All grants of the member with their united scopes; an administrator has every grant over everything."""
        if self.people[member_id].administrator:
            return {key: EVERYTHING for key, grant in GRANTS.items() if not grant.internal}
        total: dict[str, Scope] = {}
        for role_id in self.roles_of.get(member_id, ()):
            role = self.roles[role_id]
            for grant, kind in role.grants.items():
                if grant in GRANTS and not GRANTS[grant].internal:
                    scope = self.scope(member_id, kind or role.scope, role.departments)
                    total[grant] = total.get(grant, Scope()) | scope
        return total

    def rights(self, member_id: int) -> frozenset[tuple[str, Access]]:
        """Fields of which the member's roles allow less than usual: per field the most that a role allows which says
        anything of the type at all (B5). Nothing limits an administrator."""
        if self.people[member_id].administrator:
            return frozenset()
        roles = [self.roles[role_id] for role_id in self.roles_of.get(member_id, ())]
        found: dict[str, Access] = {}
        for path in {path for role in roles for path in role.fields}:
            record_type = RECORD_TYPES.get(path.partition(".")[0])
            if record_type is None or not can_be_limited(record_type, path.partition(".")[2]):
                continue
            speaking = [r for r in roles if any(grant.startswith(f"{record_type.plural}.") for grant in r.grants)]
            most = max((Access(r.fields.get(path, Access.EDIT)) for r in speaking), key=ALLOWING.index, default=None)
            if most is not None and most is not Access.EDIT:
                found[path] = most
        return frozenset(found.items())


def load_organisation() -> Organisation:
    """The organisation as the running transaction sees it (six queries)."""
    org = Organisation()
    company = Company.objects.order_by("id").first()
    if company:
        org.company, org.logo = company.name, company.logo
    for d in Department.objects.order_by("order", "id"):
        org.departments[d.pk] = Node(d.pk, d.name, d.parent_id, d.path, d.order, d.closed_at is not None)
    for m in Member.objects.order_by("id"):
        org.people[m.pk] = Person(
            m.pk, m.name, m.pinyin, m.sign_in, m.phone, m.email, m.title, m.department_id, m.superior_id,
            m.administrator, m.is_active, m.language, m.time_zone,
        )  # fmt: skip
        if m.superior_id:
            org.subordinates[m.superior_id].append(m.pk)
    for r in Role.objects.order_by("id"):
        org.roles[r.pk] = RoleFacts(r.pk, r.name, r.scope, tuple(r.departments), dict(r.grants), dict(r.fields))
    for member_id, role_id in MemberRole.objects.values_list("member_id", "role_id"):
        org.roles_of[member_id].append(role_id)
    for member_id, department_id in FurtherDepartment.objects.values_list("member_id", "department_id"):
        org.further[member_id].append(department_id)
    return org


ORGANISATION: Stamped[Organisation] = Stamped(load_organisation)


def make_actor(org: Organisation, member_id: int, stamp: int) -> Actor | None:
    """The actor of an active member, None for nobody; kept with the snapshot. Surface and request id are set by
    the caller (`replace`)."""
    kept = org.actors.get(member_id)
    if kept is not None:
        return kept
    person = org.people.get(member_id)
    if person is None or not person.active:
        return None
    actor = Actor(
        member_id=member_id,
        name=person.name,
        surface=Surface.WEB,
        grants=MappingProxyType(without_switched_off(org.grants(member_id), stamp)),
        department_id=person.department_id,
        people=org.below(member_id) | {member_id},
        administrator=person.administrator,
        language=person.language,
        time_zone=person.time_zone,
        stamp=stamp,
        rights=org.rights(member_id),
    )
    org.actors[member_id] = actor
    return actor


class MemoryDirectory:
    """The kernel's view of people, from the snapshot."""

    def member_name(self, member_id: int, stamp: int) -> str:
        """The member's name, '' when unknown."""
        person = ORGANISATION.at(stamp).people.get(member_id)
        return person.name if person else ""

    def department_name(self, department_id: int, stamp: int) -> str:
        """The department's name, '' when unknown."""
        node = ORGANISATION.at(stamp).departments.get(department_id)
        return node.name if node else ""

    def department_of(self, member_id: int, stamp: int) -> int | None:
        """The member's main department."""
        person = ORGANISATION.at(stamp).people.get(member_id)
        return person.department_id if person else None

    def find_member(self, text: str, actor: Actor) -> int | None:
        """The active member with this id, name, sign-in name, phone or e-mail; None when none or several."""
        wanted = text.strip()
        people = [p for p in ORGANISATION.at(actor.stamp).people.values() if p.active]
        for keys in ([str(p.id) for p in people], [p.sign_in for p in people]):
            if wanted in keys:
                return people[keys.index(wanted)].id
        found = [p.id for p in people if wanted and wanted in (p.name, p.phone, p.email)]
        return found[0] if len(found) == 1 else None

    def find_department(self, text: str, actor: Actor) -> int | None:
        """The department with this id or name; None when none or several."""
        wanted = text.strip()
        nodes = list(ORGANISATION.at(actor.stamp).departments.values())
        found = [d.id for d in nodes if str(d.id) == wanted] or [d.id for d in nodes if d.name == wanted]
        return found[0] if len(found) == 1 else None

    def subtree(self, department_id: int, stamp: int) -> Sequence[int]:
        """The department and all below it."""
        return sorted(ORGANISATION.at(stamp).subtree(department_id))
