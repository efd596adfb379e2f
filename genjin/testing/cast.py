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
from genjin.org.grants import READY_ROLES, ROLE_ADDITIONS
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
    """Build company, departments, ready roles and the six members."""
    Company(id=new_ids(1)[0], name="澄湖智造").save(force_insert=True)
    root = make_department("总部")
    first, second = make_department("销售一部", root), make_department("销售二部", root)
    group = make_department("一组", first)
    roles = {ready.key: make_ready_role(ready.key) for ready in READY_ROLES}
    administrator = make_member("administrator", root, administrator=True)
    manager = make_member("manager", first, role=roles["manager"])
    owner = make_member("owner", group, role=roles["salesperson"], superior=manager)
    teammate = make_member("teammate", second, role=roles["salesperson"])
    stranger = make_member("stranger", second, role=roles["salesperson"])
    nobody = make_member("nobody", second)
    bump_stamp()
    return Cast(nobody, stranger, teammate, owner, manager, administrator)


def make_department(name: str, parent: Department | None = None) -> Department:
    """A department below another."""
    (row_id,) = new_ids(1)
    path = f"{parent.path if parent else '/'}{row_id}/"
    department = Department(id=row_id, name=name, parent=parent, path=path)
    department.save(force_insert=True)
    return department


def make_ready_role(key: str) -> Role:
    """One of the ready-made roles."""
    ready = next(r for r in READY_ROLES if r.key == key)
    grants = dict.fromkeys([*ready.grants, *ROLE_ADDITIONS.get(key, ())], "")
    role = Role(id=new_ids(1)[0], name=ready.name, key=key, note=ready.note, scope=ready.scope, grants=grants)
    role.save(force_insert=True)
    return role


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
    member = Member(
        id=new_ids(1)[0],
        name=NAMES.get(part, part),
        sign_in=part,
        department=department,
        superior=superior,
        administrator=administrator,
    )
    member.set_password(PASSWORD)
    member.save(force_insert=True)
    if role is not None:
        MemberRole.objects.create(member=member, role=role)
    return member


SYSTEM = system
