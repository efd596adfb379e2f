"""Five hundred members in a tree of four levels, and the four people as whom everything is measured."""

from __future__ import annotations

from bench.cast import MEMBERS, SUBORDINATES, Cast
from genjin.kernel.codes_store import new_ids
from genjin.kernel.stamps import bump_stamp
from genjin.org.grants import READY_ROLES
from genjin.org.models import Company, Department, Member, MemberRole, Role, ScopeKind
from genjin.testing.cast import make_department, make_ready_role

REGIONS, OFFICES, GROUPS = 5, 4, 5


def make_organisation() -> Cast:
    """Company, 131 departments, 500 members, ready-made roles and two more."""
    Company(id=new_ids(1)[0], name="压测公司").save(force_insert=True)
    tree = _Tree()
    administrator = tree.member("管理员", tree.root, administrator=True)
    wide = tree.member("宽范围", tree.root)
    regions = [make_department(f"大区{n}", tree.root) for n in range(REGIONS)]
    offices = [make_department(f"办事处{n}", region) for region in regions for n in range(OFFICES)]
    groups = [make_department(f"小组{n}", office) for office in offices for n in range(GROUPS)]
    heads = [tree.member(f"大区经理{r.pk}", r, role="department_head") for r in regions]
    heads += [tree.member(f"办事处经理{o.pk}", o, role="department_head") for o in offices]
    under = [group for _round in range(9) for group in groups]
    for number in range(MEMBERS - len(tree.members)):
        superior = wide if number < SUBORDINATES else heads[number % len(heads)]
        tree.member(f"销售{number}", under[number], role="salesperson", superior=superior)
    _five_roles(tree, wide, offices)
    bump_stamp()
    owners = [(m.pk, m.department_id or 0) for m in tree.members[2:]]
    return Cast(tree.members[162].pk, heads[REGIONS].pk, wide.pk, administrator.pk, owners)


class _Tree:
    def __init__(self) -> None:
        self.members: list[Member] = []
        self.root = make_department("压测公司")
        self.roles = {ready.key: make_ready_role(ready.key) for ready in READY_ROLES}

    def member(
        self, name: str, department: Department, *, role: str = "", superior: Member | None = None,
        administrator: bool = False,
    ) -> Member:  # fmt: skip
        row = Member(id=new_ids(1)[0], name=name, sign_in=f"m{len(self.members)}", department=department)
        row.superior, row.administrator = superior, administrator
        row.set_unusable_password()
        row.save(force_insert=True)
        if role:
            MemberRole.objects.create(member=row, role=self.roles[role])
        self.members.append(row)
        return row


def _five_roles(tree: _Tree, wide: Member, offices: list[Department]) -> None:
    """Own, own and subordinates, own department, chosen departments, and one that only sees."""
    everyday = tree.roles["salesperson"].grants
    chosen = Role(
        id=new_ids(1)[0], name="指定部门", scope=ScopeKind.DEPT_CUSTOM, grants=everyday,
        departments=[offices[1].pk, offices[7].pk],
    )  # fmt: skip
    own = Role(id=new_ids(1)[0], name="本部门", scope=ScopeKind.DEPT, grants=everyday)
    for role in (chosen, own):
        role.save(force_insert=True)
    ready = [tree.roles[key] for key in ("salesperson", "manager", "create_only")]
    for role in (*ready, chosen, own):
        MemberRole.objects.create(member=wide, role=role)
