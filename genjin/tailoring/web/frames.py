"""What the pages of this area share: addresses, the type in force, kinds with their icons, dialogs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import in_force
from genjin.org.web.frame import settings_page
from genjin.tailoring.queries import field_counts, managed_types
from genjin.tailoring.rules.kinds import KIND_LABELS
from genjin.ui.pages import PageRequest, render, wants_fragment

ROUTE = "settings/fields"
TYPE = f"{ROUTE}/<plural:record_type>"
KIND_ICONS = {
    "text": "letter-case", "longtext": "notes", "number": "hash", "money": "currency-yuan", "percent": "chart-pie",
    "date": "calendar", "datetime": "clock", "choice": "circle-dot", "multichoice": "list-check",
    "yesno": "toggle-right", "person": "user", "department": "hierarchy-2", "record": "link", "phone": "phone",
    "email": "mail", "url": "world", "region": "map-pin", "industry": "building-store", "id_card": "id",
    "bank_card": "ticket", "serial": "tag", "file": "paperclip", "formula": "adjustments",
}  # fmt: skip
KIND_NOTES: dict[str, str | Promise] = {
    "text": _("型号、编号、简短说明"), "longtext": _("可换行的长文字"), "number": _("数量、面积，可带单位"),
    "money": _("人民币，精确到分"), "percent": _("完成率、折扣"), "date": _("某一天"), "datetime": _("某天的某个时刻"),
    "choice": _("从列表里选一项，可带颜色"), "multichoice": _("从列表里选几项，可带颜色"), "yesno": _("勾选"),
    "person": _("公司里的一位成员"), "department": _("公司里的一个部门"), "record": _("另一条客户、联系人等"),
    "phone": _("手机或座机，列表中打码"), "email": _("邮箱地址"), "url": _("网页地址"), "region": _("省、市、区县"),
    "industry": _("国民经济行业分类"), "id_card": _("打码显示"), "bank_card": _("打码显示"),
    "serial": _("新建时自动生成"), "file": _("这条记录的附件"), "formula": _("由其他字段算出"),
}  # fmt: skip


def whole(actor: Actor, record_type: RecordType) -> RecordType:
    """The type as it is in force, whoever looks. Raises NotFound for one that cannot be given fields."""
    if not record_type.listed:
        raise NotFound
    return in_force(RECORD_TYPES[record_type.key], actor.stamp)


def address(record_type: RecordType, rest: str = "") -> str:
    """Of a type's page of fields, or of one below it."""
    return f"/{ROUTE}/{record_type.plural}{rest}"


def kinds() -> list[dict[str, Any]]:
    """The kinds to choose from: key, label, icon and what they are for."""
    return [
        {"key": key, "label": label, "icon": KIND_ICONS.get(key, "letter-case"), "note": KIND_NOTES.get(key, "")}
        for key, label in KIND_LABELS.items()
    ]


def type_page(request: PageRequest, template: str, record_type: RecordType, **context: Any) -> HttpResponse:
    """A page within the settings of one type, with the tabs of all types."""
    counts = field_counts(request.actor)
    tabs = [
        {"key": t.key, "label": t.many, "href": address(t), "count": counts.get(t.key, (0, 0))[0], "icon": t.icon}
        for t in managed_types(request.actor)
    ]
    return settings_page(
        request, template, "fields", record_type=record_type, tabs=tabs, base=address(record_type),
        kind_icons=KIND_ICONS, **context,
    )  # fmt: skip


def dialog(request: PageRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Into the dialog for htmx, as a page of its own otherwise."""
    frame = template if wants_fragment(request) else "ui/form.html"
    form = {"title": context.get("title", "")}
    return render(request, frame, status=status, bare=frame == template, inner=template, form=form, **context)


def refused_by(action: Action[Any, Any], actor: Actor, row_id: int, raw: dict[str, Any]) -> Refused | None:
    """Run an action on a field; what it refused by a rule. Raises Forbidden, NotFound."""
    try:
        action.run(actor, row_id, raw)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return refusal
    return None
