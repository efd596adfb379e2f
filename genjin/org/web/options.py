"""Option lists: rename, colour, order, add, retire and restore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action
from genjin.kernel.options import LISTS, Option, OptionList, options_of
from genjin.kernel.refusal import NotFound
from genjin.org.actions.options import add_option, edit_option, reorder_options, restore_option, retire_option
from genjin.org.web.frame import SettingsForm, settings_page
from genjin.ui.pages import PageRequest, go, page, with_toast

ROUTE = "settings/options"


@dataclass(frozen=True)
class Listed:
    """A list with how many of its options are in use."""

    declared: OptionList
    live: int


@page(ROUTE, name="options", needs="settings.manage")
def lists(request: PageRequest) -> HttpResponse:
    """All lists; `?list=` chooses one."""
    wanted = request.GET.get("list") or next(iter(LISTS), "")
    if wanted not in LISTS:
        raise NotFound
    options = {key: options_of(key, request.actor.stamp).values() for key in LISTS}
    return settings_page(
        request,
        "org/options.html",
        "options",
        lists=[Listed(declared, sum(not o.retired for o in options[key])) for key, declared in LISTS.items()],
        chosen=LISTS[wanted],
        live=[o for o in options[wanted] if not o.retired],
        retired=[o for o in options[wanted] if o.retired],
        picked="list" in request.GET,
    )


@page(f"{ROUTE}/<str:list_key>/new", name="option-new", methods=["GET", "POST"], needs="settings.manage")
def new(request: PageRequest, list_key: str) -> HttpResponse:
    """A new option at the end."""
    title = _("添加到「%s」") % _list(list_key).label
    form = SettingsForm(request, add_option, title, hidden={"list_key": list_key}, submit=_("添加"))
    return form.answer(lambda: _back(request, list_key, _("选项已添加")))


@page(f"{ROUTE}/<str:list_key>/edit", name="option-edit", methods=["GET", "POST"], needs="settings.manage")
def edit(request: PageRequest, list_key: str) -> HttpResponse:
    """Rename or recolour `?key=`."""
    option = _option(request, list_key)
    given = {"label": str(option.label), "english": option.english, "colour": option.colour}
    hidden = {"list_key": list_key, "key": option.key}
    form = SettingsForm(request, edit_option, _("编辑选项"), given=given, hidden=hidden, submit=_("保存"))
    return form.answer(lambda: _back(request, list_key, _("已保存，使用它的记录立即显示新名称")))


@page(f"{ROUTE}/<str:list_key>/order", name="option-order", methods=["POST"], needs="settings.manage")
def order(request: PageRequest, list_key: str) -> HttpResponse:
    """A new order after dragging (`keys`), or one step up or down (`key`, `step`)."""
    keys = request.POST.getlist("keys")
    if not keys:
        keys = _moved(request, list_key)
    reorder_options(request.actor, list_key=list_key, keys=keys)
    if request.POST.getlist("keys"):
        return with_toast(HttpResponse(status=204), _("顺序已保存"))
    return _back(request, list_key, _("顺序已保存"))


@page(f"{ROUTE}/<str:list_key>/retirement", name="option-retirement", methods=["POST"], needs="settings.manage")
def retire(request: PageRequest, list_key: str) -> HttpResponse:
    """No longer offered; records keep it."""
    return _run(request, retire_option, list_key, _("已停用，已有记录仍显示它"), "restoration")


@page(f"{ROUTE}/<str:list_key>/restoration", name="option-restoration", methods=["POST"], needs="settings.manage")
def restore(request: PageRequest, list_key: str) -> HttpResponse:
    """Offered again."""
    return _run(request, restore_option, list_key, _("已恢复"), "retirement")


def _run(request: PageRequest, action: Action[Any, Any], list_key: str, told: str, back: str) -> HttpResponse:
    option = _option(request, list_key)
    action(request.actor, list_key=list_key, key=option.key)
    return _back(request, list_key, told, f"/{ROUTE}/{list_key}/{back}?key={option.key}")


def _list(list_key: str) -> OptionList:
    if list_key not in LISTS:
        raise NotFound
    return LISTS[list_key]


def _option(request: PageRequest, list_key: str) -> Option:
    key = request.POST.get("key") or request.GET.get("key", "")
    option = options_of(_list(list_key).key, request.actor.stamp).get(key)
    if option is None:
        raise NotFound
    return option


def _moved(request: PageRequest, list_key: str) -> list[str]:
    option = _option(request, list_key)
    keys = [o.key for o in options_of(list_key, request.actor.stamp).values() if not o.retired]
    if option.key not in keys:
        raise NotFound
    place = keys.index(option.key)
    keys.insert(max(0, place + (-1 if request.POST.get("step") == "up" else 1)), keys.pop(place))
    return keys


def _back(request: PageRequest, list_key: str, told: str, undo: str = "") -> HttpResponse:
    return go(request, f"/{ROUTE}?list={list_key}", told, undo=undo)
