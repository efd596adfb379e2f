"""The department tree with the people of the chosen one (S2-26, S2-28)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action
from genjin.org.actions.departments import (
    close_department,
    create_department,
    move_department,
    rename_department,
    reopen_department,
)
from genjin.org.queries import department_for, organisation, people_of, tree
from genjin.org.web.frame import SettingsForm, sent_by, settings_page
from genjin.ui.pages import PageRequest, go, page

ROUTE = "settings/organisation"


@page(ROUTE, name="organisation", needs="org.see")
def organisation_page(request: PageRequest) -> HttpResponse:
    """`?department=` chooses; without it the root."""
    branches = tree(request.actor)
    wanted = request.GET.get("department", "")
    chosen = next((b for b in branches if str(b.node.id) == wanted), branches[0] if branches else None)
    return settings_page(
        request,
        "org/organisation.html",
        "organisation",
        branches=branches,
        chosen=chosen,
        picked=bool(wanted),
        people=people_of(request.actor, chosen.node.id) if chosen else [],
        org=organisation(request.actor),
    )


@page(f"{ROUTE}/new", name="department-new", methods=["GET", "POST"], needs="org.manage")
def new(request: PageRequest) -> HttpResponse:
    """A department below `?parent=`."""
    form = SettingsForm(
        request, create_department, _("新建部门"), given={"parent": request.GET.get("parent", "")}, submit=_("新建")
    )
    return form.answer(lambda: _back(request, sent_by(request).get("parent", ""), _("部门已新建")))


@page(f"{ROUTE}/<int:department_id>/name", name="department-name", methods=["GET", "POST"], needs="org.manage")
def rename(request: PageRequest, department_id: int) -> HttpResponse:
    """Another name; `?name=` undoes."""
    row = department_for(request.actor, department_id)
    form = SettingsForm(
        request,
        rename_department,
        _("重命名部门"),
        department_id,
        {"name": row.name},
        version=row.version,
        submit=_("保存"),
    )
    undo = f"/{ROUTE}/{department_id}/name?name={row.name}"
    return form.answer(lambda: _back(request, department_id, _("已改名"), undo))


@page(f"{ROUTE}/<int:department_id>/place", name="department-place", methods=["GET", "POST"], needs="org.manage")
def move(request: PageRequest, department_id: int) -> HttpResponse:
    """Below another department, or up and down among its siblings; `?parent=&place=` undoes."""
    row = department_for(request.actor, department_id)
    form = SettingsForm(
        request,
        move_department,
        _("移动「%s」") % row.name,
        department_id,
        given={"parent": row.parent_id, "place": ""},
        submit=_("移动"),
        text=_("下级部门和成员一起移动，他们能看到的数据立即随之变化。位置从 0 开始，留空表示放在最后。"),
    )
    undo = f"/{ROUTE}/{department_id}/place?parent={row.parent_id}&place={_place(request, department_id)}"
    return form.answer(lambda: _back(request, department_id, _("「%s」已移动") % row.name, undo))


@page(f"{ROUTE}/<int:department_id>/closure", name="department-closure", methods=["POST"], needs="org.manage")
def close(request: PageRequest, department_id: int) -> HttpResponse:
    """Close a department."""
    return _run(request, close_department, department_id, _("部门已停用"), "reopening")


@page(f"{ROUTE}/<int:department_id>/reopening", name="department-reopening", methods=["POST"], needs="org.manage")
def reopen(request: PageRequest, department_id: int) -> HttpResponse:
    """Use it again."""
    return _run(request, reopen_department, department_id, _("部门已重新启用"), "closure")


def _run(request: PageRequest, action: Action[Any, Any], department_id: int, told: str, back: str) -> HttpResponse:
    action.run(request.actor, department_id, {})
    return _back(request, department_id, told, f"/{ROUTE}/{department_id}/{back}")


def _place(request: PageRequest, department_id: int) -> int:
    return next((b.place for b in tree(request.actor) if b.node.id == department_id), 0)


def _back(request: PageRequest, department_id: Any, told: str, undo: str = "") -> HttpResponse:
    return go(request, f"/{ROUTE}?department={department_id}", told, undo=undo)
