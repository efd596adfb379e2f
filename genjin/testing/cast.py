"""The shared cast, named by part: nobody, stranger, teammate, owner, manager, administrator; same in every suite.

总部 ── 销售一部 ── 一组 (owner, manager above)      teammate: 销售二部, has a place in the team
    └── 销售二部 (stranger, teammate)               nobody: signed in, no role
"""

from __future__ import annotations

from dataclasses import dataclass

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.codes_store import new_ids
from genjin.kernel.fields import Access
from genjin.kernel.stamps import bump_stamp
from genjin.org.grants import READY_ROLES, ROLE_ADDITIONS, ReadyRole
from genjin.org.models import Company, Department, Member, MemberRole, Role
from genjin.org.queries import actor_for

PASSWORD = "一二三四五六七八九十"


@dataclass(frozen=True)
class Cast:
    """The members by part."""

    nobody: Member
    stranger: Member
    teammate: Member
    owner: Member
    manager: Member
    administrator: Member

    def actor(self, part: str, surface: Surface = Surface.WEB) -> Actor:
        """The actor of a part as of now."""
        member: Member = getattr(self, part)
        actor = actor_for(member.pk, surface)
        assert actor is not None
        return actor


PARTS = ("nobody", "stranger", "teammate", "owner", "manager", "administrator")
NAMES = {
    "nobody": "吴无名",
    "stranger": "陌路人",
    "teammate": "许星河",
    "owner": "周牧远",
    "manager": "林知夏",
    "administrator": "管理员",
}


def make_cast() -> Cast:
    """Build company, departments, ready roles and the six members: many tests begin so, so in few statements."""
    ids = iter(new_ids(5 + len(READY_ROLES) + len(PARTS)))
    Company(id=next(ids), name="澄湖智造").save(force_insert=True)
    root = _department(next(ids), "总部", None)
    first, second = _department(next(ids), "销售一部", root), _department(next(ids), "销售二部", root)
    group = _department(next(ids), "一组", first)
    Department.objects.bulk_create([root, first, second, group])
    roles = {ready.key: _ready_role(next(ids), ready) for ready in READY_ROLES}
    Role.objects.bulk_create(roles.values())
    administrator = _member(next(ids), "administrator", root, administrator=True)
    manager = _member(next(ids), "manager", first)
    owner = _member(next(ids), "owner", group, superior=manager)
    teammate, stranger, nobody = (_member(next(ids), part, second) for part in ("teammate", "stranger", "nobody"))
    Member.objects.bulk_create([administrator, manager, owner, teammate, stranger, nobody])
    given = [(manager, "manager"), (owner, "salesperson"), (teammate, "salesperson"), (stranger, "salesperson")]
    MemberRole.objects.bulk_create([MemberRole(member=member, role=roles[key]) for member, key in given])
    bump_stamp()
    return Cast(nobody, stranger, teammate, owner, manager, administrator)


def make_department(name: str, parent: Department | None = None) -> Department:
    """A department below another."""
    department = _department(new_ids(1)[0], name, parent)
    department.save(force_insert=True)
    return department


def _department(row_id: int, name: str, parent: Department | None) -> Department:
    path = f"{parent.path if parent else '/'}{row_id}/"
    return Department(id=row_id, name=name, parent=parent, path=path)


def make_ready_role(key: str) -> Role:
    """One of the ready-made roles."""
    role = _ready_role(new_ids(1)[0], next(r for r in READY_ROLES if r.key == key))
    role.save(force_insert=True)
    return role


def _ready_role(row_id: int, ready: ReadyRole) -> Role:
    grants = dict.fromkeys([*ready.grants, *ROLE_ADDITIONS.get(ready.key, ())], "")
    return Role(id=row_id, name=ready.name, key=ready.key, note=ready.note, scope=ready.scope, grants=grants)


def limit(role_key: str, path: str, access: Access) -> None:
    """Let a ready-made role see or change a field less than usual (`path`: "customer.phone")."""
    role = Role.objects.get(key=role_key)
    role.fields[path] = str(access)
    role.save()
    bump_stamp()


def make_member(
    part: str,
    department: Department | None,
    *,
    role: Role | None = None,
    superior: Member | None = None,
    administrator: bool = False,
) -> Member:
    """A member who signs in with the part's name and PASSWORD."""
    member = _member(new_ids(1)[0], part, department, superior=superior, administrator=administrator)
    member.save(force_insert=True)
    if role is not None:
        MemberRole.objects.create(member=member, role=role)
    return member


def _member(
    row_id: int,
    part: str,
    department: Department | None,
    *,
    superior: Member | None = None,
    administrator: bool = False,
) -> Member:
    member = Member(
        id=row_id,
        name=NAMES.get(part, part),
        sign_in=part,
        department=department,
        superior=superior,
        administrator=administrator,
    )
    member.set_password(PASSWORD)
    return member


SYSTEM = system
