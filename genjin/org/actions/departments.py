"""Writes of the department tree (S2-26, S2-28): any depth, re-arranged at any time, closed instead of deleted."""

from __future__ import annotations

from typing import Annotated

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import DepartmentRef, Number, Text
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.changing import changing_organisation, check_version
from genjin.org.models import Department, Member

Name = Annotated[str, Text(key="name", label=gettext_lazy("部门名称"), most=60)]
Parent = Annotated[int, DepartmentRef(key="parent", label=gettext_lazy("上级部门"))]
Place = Annotated[int | None, Number(key="place", label=gettext_lazy("在同级中的位置"), least=0)]


@action("departments.create", on=Department, needs="org.manage", label=gettext_lazy("新建部门"), icon="plus")
def create_department(actor: Actor, *, name: Name, parent: Parent) -> Department:
    """Make a department below another, as the last one (S2-26). Raises Refused("closed", "same_name")."""
    with changing_organisation(actor):
        above = department(parent)
        _check_open(above)
        _check_name(name, above.pk, None)
        row = Department(name=name, parent=above, order=_last_place(above.pk))
        record(actor, row)
        row.path = f"{above.path}{row.pk}/"
        Department.objects.filter(pk=row.pk).update(path=row.path)
    return row


@action("departments.rename", on=Department, needs="org.manage", label=gettext_lazy("重命名"), icon="pencil")
def rename_department(actor: Actor, department_id: int, *, name: Name) -> Department:
    """Rename; what happened under the old name keeps it (B5). Raises Refused("same_name"), Stale."""
    with changing_organisation(actor):
        row = department(department_id)
        check_version(row)
        _check_name(name, row.parent_id, row.pk)
        row.name = name
        record(actor, row)
    return row


@action("departments.move", on=Department, needs="org.manage", label=gettext_lazy("移动"), icon="git-merge")
def move_department(actor: Actor, department_id: int, *, parent: Parent, place: Place = None) -> Department:
    """Put a department below another at a place among its siblings (last when not given); what its people see moves
    at once (S2-28). Raises Refused("root", "below_itself", "closed", "same_name")."""
    with changing_organisation(actor):
        row, above = department(department_id), department(parent)
        if row.parent_id is None:
            raise Refused("root", _("最上级部门不能移动"), "parent")
        if above.path.startswith(row.path):
            raise Refused("below_itself", _("不能移到自己或自己的下级部门里"), "parent")
        if row.closed_at is None:
            _check_open(above)
        _check_name(row.name, above.pk, row.pk)
        row.parent = above
        _rewrite_paths(row, f"{above.path}{row.pk}/")
        _put_in_place(row, place)
        record(actor, row, place=row.order)
    return row


@action(
    "departments.close",
    on=Department,
    needs="org.manage",
    label=gettext_lazy("停用"),
    icon="archive",
    confirm=gettext_lazy("停用后不能再选择这个部门，历史记录保留它的名字。"),
)
def close_department(actor: Actor, department_id: int) -> Department:
    """Close an empty department. Raises Refused("root", "has_members", "has_departments")."""
    with changing_organisation(actor):
        row = department(department_id)
        if row.parent_id is None:
            raise Refused("root", _("最上级部门不能停用"))
        if Member.objects.filter(department_id=row.pk, is_active=True).exists():
            raise Refused("has_members", _("部门里还有在职成员，请先把他们调到别的部门"))
        if Department.objects.filter(parent_id=row.pk, closed_at=None).exists():
            raise Refused("has_departments", _("部门里还有下级部门，请先移走或停用它们"))
        row.closed_at = timezone.now()
        record(actor, row)
    return row


@action("departments.reopen", on=Department, needs="org.manage", label=gettext_lazy("重新启用"), icon="arrow-back-up")
def reopen_department(actor: Actor, department_id: int) -> Department:
    """Use a closed department again. Raises Refused("closed") while the one above is closed, Refused("same_name")."""
    with changing_organisation(actor):
        row = department(department_id)
        if row.parent_id is not None:
            _check_open(department(row.parent_id))
            _check_name(row.name, row.parent_id, row.pk)
        row.closed_at = None
        record(actor, row)
    return row


def department(department_id: int) -> Department:
    """The department, locked. Raises NotFound."""
    row = Department.objects.select_for_update().filter(pk=department_id).first()
    if row is None:
        raise NotFound
    return row


def _check_open(row: Department) -> None:
    if row.closed_at is not None:
        raise Refused("closed", _("「%s」已停用，请先重新启用或另选一个部门") % row.name, "parent")


def _check_name(name: str, parent_id: int | None, own_id: int | None) -> None:
    same = Department.objects.filter(parent_id=parent_id, name=name, closed_at=None)
    if any(row_id != own_id for row_id in same.values_list("pk", flat=True)):
        raise Refused("same_name", _("同一级已有部门「%s」，请换一个名称") % name, "name")


def _last_place(parent_id: int) -> int:
    return Department.objects.filter(parent_id=parent_id).count()


def _rewrite_paths(row: Department, path: str) -> None:
    """The path of the whole subtree, in one statement."""
    old = row.path
    Department.objects.filter(path__startswith=old).update(path=Concat(Value(path), Substr(F("path"), len(old) + 1)))
    row.path = path


def _put_in_place(row: Department, place: int | None) -> None:
    siblings = list(Department.objects.filter(parent_id=row.parent_id).exclude(pk=row.pk).order_by("order", "id"))
    siblings.insert(len(siblings) if place is None else place, row)
    for order, sibling in enumerate(siblings):
        if sibling.pk == row.pk:
            row.order = order
        elif sibling.order != order:
            Department.objects.filter(pk=sibling.pk).update(order=order)
