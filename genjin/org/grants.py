"""What roles can allow in the organisation and settings, and the ready-made roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.models import ScopeKind

declare_grants(
    _("组织与设置"),
    ("org.see", _("查看组织架构")),
    ("org.manage", _("管理部门、成员与角色")),
    ("settings.manage", _("管理选项、编号、节假日与公司信息")),
    ("audit.see", _("查看审计日志")),
    ("profile.edit", _("修改自己的资料、密码与令牌")),
    scoped=False,
)
declare_grants(
    _("系统"),
    ("org.set_up", _("首次设置公司与管理员")),
    ("org.sign_in", _("登录、退出与重设密码")),
    scoped=False,
    internal=True,
)


@dataclass(frozen=True)
class ReadyRole:
    """A role that a new company starts with."""

    key: str
    name: str
    note: str
    scope: str
    grants: tuple[str, ...] = field(default=())


EVERYDAY = ("org.see", "profile.edit", "inbox.use", "files.use")
READY_ROLES: list[ReadyRole] = [
    ReadyRole("salesperson", "销售", "看自己的客户，可新建、编辑、归档", ScopeKind.SELF, EVERYDAY),
    ReadyRole(
        "create_only", "销售（可建不可删）", "可新建和编辑，不能归档或作废（离职不带走资料）", ScopeKind.SELF, EVERYDAY
    ),
    ReadyRole("manager", "销售主管", "看本人及下属的客户", ScopeKind.SELF_SUB, EVERYDAY),
    ReadyRole("department_head", "部门负责人", "看本部门及下属部门", ScopeKind.DEPT_SUB, EVERYDAY),
    ReadyRole("reviewer", "查看与审核", "可查看全部并写评审意见，不能编辑", ScopeKind.DEPT_SUB, EVERYDAY),
    ReadyRole("operations", "销售运营", "看全部客户，维护选项", ScopeKind.ALL, (*EVERYDAY, "settings.manage")),
]
# areas add their grants to a ready-made role: {role key: [grants]}
ROLE_ADDITIONS: dict[str, list[str]] = {}
WIDE: set[str] = set()
"""Grants that ready-made roles give over the whole company, whatever their scope."""


def add_to_ready_roles(**grants_by_role: tuple[str, ...]) -> None:
    """Let an area say what the ready-made roles may do in it."""
    for role, grants in grants_by_role.items():
        ROLE_ADDITIONS.setdefault(role, []).extend(grants)


def widen_in_ready_roles(*grants: str) -> None:
    """Let an area say what ready-made roles give over the whole company; a company narrows that in its roles."""
    WIDE.update(grants)


def ready_scope(grant: str) -> str:
    """Over what a ready-made role gives a grant: '' for the scope of the role."""
    return ScopeKind.ALL.value if grant in WIDE else ""


def ready_grants(key: str) -> list[str]:
    """What a ready-made role allows in this version; nothing for a key that is none."""
    ready = next((role for role in READY_ROLES if role.key == key), None)
    return list(dict.fromkeys([*ready.grants, *ROLE_ADDITIONS.get(key, ())])) if ready else []


def nearest_ready(grants: Collection[str], among: Collection[str]) -> str:
    """The key of the ready-made role that is most like a role that allows these grants, as far as they are `among`
    those that were known when it was made; '' when it has nothing in common with any."""
    held = set(grants) & set(among)

    def alike(role: ReadyRole) -> float:
        ready = set(ready_grants(role.key)) & set(among)
        return len(held & ready) / (len(held | ready) or 1)

    best = max(READY_ROLES, key=alike)
    return best.key if alike(best) else ""
