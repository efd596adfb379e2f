"""How much a member may hold (P3) in the settings, beside the pools: new, changed, deleted."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.refusal import NotFound
from genjin.org.web.frame import SettingsForm
from genjin.ownership.actions.capacities import create_capacity, delete_capacity, edit_capacity
from genjin.ownership.capacity import capacities_at
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Capacity
from genjin.ownership.web.pool_settings import PLACE
from genjin.ui.pages import PageRequest, go, page

ROUTE = "settings/capacities"


@page(f"{ROUTE}/new", name="capacity-new", methods=["GET", "POST"], needs=MANAGE)
def new_capacity(request: PageRequest) -> HttpResponse:
    """A new limit."""
    given = {"name": "", "most": "200", "everybody": "on", "spares_dealt": "on", "enabled": "on"}
    form = SettingsForm(request, create_capacity, title=_("新建保有上限"), given=given, wide=True)
    return form.answer(lambda: go(request, PLACE, _("保有上限已生效")))


@page(f"{ROUTE}/<int:capacity_id>", name="capacity-edit", methods=["GET", "POST"], needs=MANAGE)
def changed_capacity(request: PageRequest, capacity_id: int) -> HttpResponse:
    """Change a limit."""
    rule = _rule(request, capacity_id)
    form = SettingsForm(request, edit_capacity, rule.name, capacity_id, _given(rule), version=rule.version, wide=True)
    return form.answer(lambda: go(request, PLACE, _("保有上限「%s」已保存") % rule.name))


@page(f"{ROUTE}/<int:capacity_id>/delete", name="capacity-delete", methods=["POST"], needs=MANAGE)
def deleted_capacity(request: PageRequest, capacity_id: int) -> HttpResponse:
    """Remove a limit."""
    rule = _rule(request, capacity_id)
    delete_capacity.run(request.actor, capacity_id, {})
    return go(request, PLACE, _("保有上限「%s」已删除") % rule.name)


def _rule(request: PageRequest, capacity_id: int) -> Capacity:
    found = next((rule for rule in capacities_at(request.actor.stamp) if rule.pk == capacity_id), None)
    if found is None:
        raise NotFound
    return found


def _given(rule: Capacity) -> dict[str, Any]:
    return {
        "name": rule.name,
        "most": str(rule.most),
        "most_locked": "" if rule.most_locked is None else str(rule.most_locked),
        "everybody": "on" if rule.scope.get("everybody") else "",
        "members": [str(each) for each in rule.scope.get("people", ())],
        "departments": [str(each) for each in rule.scope.get("departments", ())],
        "roles": list(rule.scope.get("roles", ())),
        "spares_dealt": "on" if rule.spares_dealt else "",
        "enabled": "on" if rule.enabled else "",
    }
