"""Writes of roles: what they allow and over whose records (B5, S2-27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.grants import GRANTS
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.changing import changing_organisation, check_version
from genjin.org.field_rights import FieldRights, demand_within
from genjin.org.fields import Departments, GrantScopes, OneOf
from genjin.org.models import MemberRole, Role, ScopeKind

Name = Annotated[str, Text(key="name", label=gettext_lazy("角色名称"), most=40)]
Note = Annotated[str, Text(key="note", label=gettext_lazy("说明"), most=200)]
DefaultScope = Annotated[str, OneOf(key="scope", label=gettext_lazy("默认数据范围"), pairs=tuple(ScopeKind.choices))]
Chosen = Annotated[
    list[int],
    Departments(key="departments", label=gettext_lazy("指定部门"), help=gettext_lazy("包括它们的下级部门")),
]
Allowed = Annotated[dict[str, str], GrantScopes(key="grants", label=gettext_lazy("权限"))]
OfFields = Annotated[dict[str, str] | None, FieldRights(key="fields", label=gettext_lazy("字段权限"))]


@action("roles.create", on=Role, needs="org.manage", label=gettext_lazy("新建角色"), icon="plus")
def create_role(
    actor: Actor,
    *,
    name: Name,
    scope: DefaultScope,
    note: Note = "",
    departments: Chosen = [],  # noqa: B006 - read only
    grants: Allowed = {},  # noqa: B006 - read only
    fields: OfFields = None,
) -> Role:
    """A new role. Raises Forbidden for grants and fields beyond the actor's own, Refused("same_name",
    "no_departments")."""
    with changing_organisation(actor):
        role = Role()
        _fill(actor, role, name, note, scope, departments, grants, fields or {})
        record(actor, role)
    return role


@action("roles.edit", on=Role, needs="org.manage", label=gettext_lazy("编辑角色"), icon="pencil")
def edit_role(
    actor: Actor,
    role_id: int,
    *,
    name: Name,
    scope: DefaultScope,
    note: Note = "",
    departments: Chosen = [],  # noqa: B006 - read only
    grants: Allowed = {},  # noqa: B006 - read only
    fields: OfFields = None,
) -> Role:
    """Change a role, its rights to fields only when they are given. In force for all who hold it at their next request
    (ASVS 8.3.2). Raises as create, and Stale."""
    with changing_organisation(actor):
        role = role_row(role_id)
        check_version(role)
        kept = role.fields if fields is None else fields
        _fill(actor, role, name, note, scope, departments, grants, kept)
        record(actor, role)
    return role


@action("roles.copy", on=Role, needs="org.manage", label=gettext_lazy("复制"), icon="stack-2")
def copy_role(actor: Actor, role_id: int) -> Role:
    """A role that allows the same, under another name. Raises Forbidden as create."""
    with changing_organisation(actor):
        model = role_row(role_id)
        role = Role()
        name = _free_name(model.name)
        _fill(actor, role, name, model.note, model.scope, model.departments, model.grants, model.fields)
        record(actor, role, copied_from=model.pk)
    return role


@action("roles.delete", on=Role, needs="org.manage", label=gettext_lazy("删除"), icon="trash", danger=True)
def delete_role(actor: Actor, role_id: int) -> None:
    """Delete a role that nobody holds. Raises Refused("held")."""
    with changing_organisation(actor):
        role = role_row(role_id)
        holders = MemberRole.objects.filter(role_id=role_id).count()
        if holders:
            raise Refused("held", _("还有 %d 名成员使用这个角色，请先给他们换成别的角色") % holders)
        record_removal(actor, role)


def role_row(role_id: int) -> Role:
    """The role, locked. Raises NotFound."""
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None:
        raise NotFound
    return role


def demand_giving(actor: Actor, grants: Mapping[str, str], fields: Mapping[str, str]) -> None:
    """Whether the actor may let others have these grants and fields. Raises Forbidden."""
    missing = [key for key in grants if key in GRANTS and not actor.may(key)]
    if missing and not actor.administrator and actor.member_id is not None:
        raise Forbidden(_("您自己没有「%s」权限，不能授予别人") % GRANTS[missing[0]].label, "escalation")
    demand_within(actor, grants, fields)


def _fill(
    actor: Actor,
    role: Role,
    name: str,
    note: str,
    scope: str,
    departments: Sequence[int],
    grants: Mapping[str, str],
    fields: Mapping[str, str],
) -> None:
    demand_giving(actor, grants, fields)
    if Role.objects.filter(name=name).exclude(pk=role.pk).exists():
        raise Refused("same_name", _("已有角色「%s」，请换一个名称") % name, "name")
    if ScopeKind.DEPT_CUSTOM in (scope, *grants.values()) and not departments:
        raise Refused("no_departments", _("用了「指定部门」范围，请选择至少一个部门"), "departments")
    role.name, role.note, role.scope = name, note, scope
    role.departments, role.grants, role.fields = sorted(departments), dict(grants), dict(fields)


def _free_name(name: str) -> str:
    taken = set(Role.objects.values_list("name", flat=True))
    names = (_("%(name)s 副本%(n)s") % {"name": name[:30], "n": n or ""} for n in range(len(taken) + 1))
    return next(free for free in names if free not in taken)
