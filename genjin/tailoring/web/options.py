"""The options of a choice field of the company's own: name, colour, order, retired or not."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.options import Option, options_of
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.sights import options_key
from genjin.org.actions.options import add_option, edit_option, reorder_options, restore_option, retire_option
from genjin.org.web.frame import SettingsForm
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.rules.kinds import CHOICES
from genjin.tailoring.web.defining import row_of
from genjin.tailoring.web.frames import TYPE, type_page, whole
from genjin.ui.pages import PageRequest, go, page, with_toast

ROUTE = f"{TYPE}/<int:field_id>/options"


@page(ROUTE, name="field-options", needs=MANAGE)
def listed(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """All options, those in use first."""
    row = _chooser(request, record_type, field_id)
    found = _options(request.actor, row).values()
    return type_page(
        request, "tailoring/options.html", whole(request.actor, record_type), row=row, here=_address(record_type, row),
        live=[o for o in found if not o.retired], retired=[o for o in found if o.retired],
    )  # fmt: skip


@page(f"{ROUTE}/new", name="field-option-new", methods=["GET", "POST"], needs=MANAGE)
def new(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """A new option at the end."""
    row = _chooser(request, record_type, field_id)
    form = SettingsForm(request, add_option, _("添加到「%s」") % row.label, hidden=_hidden(row), submit=_("添加"))
    return form.answer(lambda: go(request, _address(record_type, row), _("选项已添加")))


@page(f"{ROUTE}/edit", name="field-option-edit", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Rename or recolour `?key=`."""
    row = _chooser(request, record_type, field_id)
    option = _option(request, row)
    given = {"label": str(option.label), "english": option.english, "colour": option.colour}
    hidden = _hidden(row) | {"key": option.key}
    form = SettingsForm(request, edit_option, _("编辑选项"), given=given, hidden=hidden, submit=_("保存"))
    told = _("已保存，使用它的记录立即显示新名称")
    return form.answer(lambda: go(request, _address(record_type, row), told))


@page(f"{ROUTE}/order", name="field-option-order", methods=["POST"], needs=MANAGE)
def order(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """A new order after dragging or arrow keys (`keys`)."""
    row = _chooser(request, record_type, field_id)
    reorder_options(request.actor, list_key=options_key(row.record_type, row.key), keys=request.POST.getlist("keys"))
    return with_toast(HttpResponse(status=204), _("顺序已保存"))


@page(f"{ROUTE}/retirement", name="field-option-retirement", methods=["POST"], needs=MANAGE)
def retire(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """No longer offered; records keep it."""
    return _run(request, record_type, field_id, retire_option, _("已停用，已有记录仍显示它"), "restoration")


@page(f"{ROUTE}/restoration", name="field-option-restoration", methods=["POST"], needs=MANAGE)
def restore(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Offered again."""
    return _run(request, record_type, field_id, restore_option, _("已恢复"), "retirement")


def _run(
    request: PageRequest, record_type: RecordType, field_id: int, action: Action[Any, Any], told: str, back: str
) -> HttpResponse:
    row = _chooser(request, record_type, field_id)
    option, here = _option(request, row), _address(record_type, row)
    action(request.actor, **_hidden(row), key=option.key)
    return go(request, here, told, undo=f"{here}/{back}?key={option.key}")


def _chooser(request: PageRequest, record_type: RecordType, field_id: int) -> OwnField:
    row = row_of(request.actor, record_type, field_id)
    if row.kind not in CHOICES:
        raise NotFound
    return row


def _hidden(row: OwnField) -> dict[str, Any]:
    return {"list_key": options_key(row.record_type, row.key)}


def _address(record_type: RecordType, row: OwnField) -> str:
    return f"/settings/fields/{record_type.plural}/{row.pk}/options"


def _options(actor: Actor, row: OwnField) -> dict[str, Option]:
    return options_of(options_key(row.record_type, row.key), actor.stamp)


def _option(request: PageRequest, row: OwnField) -> Option:
    key = request.POST.get("key") or request.GET.get("key", "")
    option = _options(request.actor, row).get(key)
    if option is None:
        raise NotFound
    return option
