"""Pages of saved views: the menu beside the tabs, keeping, changing, removing, and which view opens first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.ui.addresses import demand_seeing, list_url
from genjin.ui.lists.resting import resting_lists
from genjin.ui.lists.state import State, read_state
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, page
from genjin.ui.views.actions import change_view, keep_view, open_with, remove_view
from genjin.ui.views.queries import as_query, tabs_of, view_for


def _state(request: PageRequest, record_type: RecordType) -> State:
    demand_seeing(request.actor, record_type)
    return read_state(request.actor, record_type, tabs_of(request.actor, record_type), request.GET)


@page("<plural:record_type>/views", name="views")
def menu(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """What can be done with the list as it is now."""
    state = _state(request, record_type)
    base, resting = list_url(record_type), resting_lists(record_type)
    return fragment(request, "ui/view_menu.html", state=state, base=base, resting=resting)


@page("<plural:record_type>/views/new", name="view-new", methods=["GET", "POST"])
def keep(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """Keep the list under a name; opens it."""
    state = _state(request, record_type)
    given = {"name": "", "shared": False}
    if request.method == "POST":
        given = _given(request)
        columns = ",".join(state.tab.columns) if state.tab else ""
        raw = {"record_type": record_type.key, "query": as_query(state.kept()), "columns": columns, **given}
        try:
            outcome = keep_view.run(request.actor, None, raw)
        except Refused as refusal:
            return _form(request, state.url(suffix="/views/new"), _("存为视图"), given, refusal)
        return go(request, f"{list_url(record_type)}?view=v{outcome.row_id}", _("已存为视图"))
    return _form(request, state.url(suffix="/views/new"), _("存为视图"), given, None)


@page("<plural:record_type>/views/<int:view_id>", name="view-change", methods=["GET", "POST"])
def change(request: PageRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Rename or share a view."""
    row = view_for(request.actor, view_id)
    url = f"{list_url(record_type)}/views/{view_id}"
    if request.method != "POST":
        return _form(request, url, _("修改视图"), {"name": row.name, "shared": row.shared}, None)
    try:
        change_view.run(request.actor, view_id, _given(request))
    except Refused as refusal:
        return _form(request, url, _("修改视图"), _given(request), refusal)
    return closed_dialog(_("已保存"), changed="rows:changed")


@page("<plural:record_type>/views/<int:view_id>/filters", name="view-update", methods=["POST"])
def update(request: PageRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Replace a view's filters by those the list has now."""
    change_view.run(request.actor, view_id, {"query": as_query(_state(request, record_type).kept())})
    return go(request, f"{list_url(record_type)}?view=v{view_id}", _("视图已更新"))


@page("<plural:record_type>/views/<int:view_id>/removal", name="view-remove", methods=["POST"])
def remove(request: PageRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Remove a view."""
    remove_view.run(request.actor, view_id, {})
    return go(request, list_url(record_type), _("视图已删除"))


@page("<plural:record_type>/views/opening", name="view-open", methods=["POST"])
def opening(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """Let the list open with this view."""
    open_with(request.actor, record_type=record_type.key, view=request.POST.get("view", "")[:40])
    return closed_dialog(_("以后打开列表时先显示这个视图"), changed="rows:changed")


def _given(request: PageRequest) -> dict[str, Any]:
    return {"name": request.POST.get("name", ""), "shared": request.POST.get("shared", "")}


def _form(request: PageRequest, url: str, title: str, given: dict[str, Any], refusal: Refused | None) -> HttpResponse:
    errors = refusal.errors if refusal else {}
    banner = refusal.message if refusal and not errors else ""
    return fragment(
        request, "ui/view_form.html", url=url, title=title, given=given, errors=errors, banner=banner,
        status=refusal.status if refusal else 200,
    )  # fmt: skip
