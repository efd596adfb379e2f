"""Templates to download: a sheet with the right headings, help beside the cells and one example row, for each kind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Date, DateTime, Field, MultiChoice, Tags
from genjin.kernel.fields.base import Label
from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.tables.helping import CellHelp
from genjin.kernel.tables.writing import Look, letters, workbook
from genjin.surfaces.imports.compiling import MARKED
from genjin.surfaces.imports.kinds import Kind, Target

ROWS_HELPED = 5_000
# The columns of each template, in order; fields that a company added come behind those of their part.
COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": (
        "customer.name", "customer.external_code", "customer.level", "customer.lifecycle", "customer.category",
        "customer.kind", "customer.industry", "customer.region", "customer.address", "customer.size", "customer.source",
        "customer.phone", "customer.email", "customer.website", "customer.credit_code", "customer.tags",
        "customer.core_need", "customer.remarks", "contact.name", "contact.position", "contact.phone",
        "contact.telephone", "contact.wechat", "contact.email", "owner",
    ),
    "contacts": (
        "contact.name", "customer.name", "customer.external_code", "contact.position", "contact.division",
        "contact.decision_role", "contact.gender", "contact.phone", "contact.telephone", "contact.wechat",
        "contact.email", "contact.birthday", "contact.primary", "contact.remarks",
    ),
    "followups": (
        "customer.name", "customer.external_code", "followup.occurred_at", "followup.method", "followup.content",
        "followup.call_result", "followup.minutes", "followup.progress", "followup.intention", "followup.outcome",
        "followup.result_date", "followup.feedback", "followup.next_contact_at", "followup.next_step",
        "followup.author",
    ),
    "plans": (
        "plan.content", "customer.name", "customer.external_code", "plan.starts_at", "plan.minutes", "plan.method",
        "plan.assignee", "plan.remind_minutes", "plan.rhythm", "plan.repeat_until",
    ),
}  # fmt: skip
for _key, _one in IMPORTABLES.items():
    _above = ("customer.name", "customer.external_code") if _one.belongs_to else ()
    _own = tuple(f"{_key}.{_field}" for _field in _one.columns)
    COLUMNS[_one.record_type.plural] = (*_own[:1], *_above, *_own[1:], "owner")
# Beside a customer the fields of his contact say whose they are.
_HEADINGS: dict[str, Label] = {
    "contact.name": gettext_lazy("联系人"),
    "contact.phone": gettext_lazy("联系人手机"),
    "contact.email": gettext_lazy("联系人邮箱"),
}
_MEANT: dict[str, Label] = {
    "name": gettext_lazy("苏州湖畔精密机械有限公司"),
    "title": gettext_lazy("苏州湖畔 二期设备"),
    "company": gettext_lazy("苏州湖畔精密机械有限公司"),
    "contact_name": gettext_lazy("张三"),
    "product": gettext_lazy("数控机床 A3"),
    "external_code": "A001",
    "address": gettext_lazy("星湖街 1 号"),
    "position": gettext_lazy("采购经理"),
    "division": gettext_lazy("采购部"),
    "wechat": "zhangsan_sz",
    "content": gettext_lazy("介绍了产品，客户要报价"),
    "next_step": gettext_lazy("发报价单"),
    "region": "江苏省 苏州市",
    "industry": "制造业",
    "tags": gettext_lazy("老客户介绍、展会"),
}
_BY_KIND = {"phone": "13800138000", "email": "zhangsan@example.com", "url": "https://www.example.com", "percent": "45%"}
_HELP: dict[str, Label] = {
    "date": gettext_lazy("如 2026-01-15、2026/1/15 或 2026年1月15日"),
    "datetime": gettext_lazy("如 2026-01-15 14:30；只有日期也可以"),
    "phone": gettext_lazy("手机 11 位，固定电话带区号，分机写在最后，如 0512-62881234-801；多个号码用顿号隔开"),
    "yesno": gettext_lazy("填是或否，也可以打 √"),
    "percent": gettext_lazy("如 45% 或 45"),
    "region": gettext_lazy("省、市、区的名称，如 江苏省 苏州市"),
    "industry": gettext_lazy("国民经济行业分类的名称或代码，如 制造业、C39"),
    "person": gettext_lazy("成员的姓名、手机号或登录名；不填就归导入的人"),
    "tags": gettext_lazy("多个标签用顿号隔开"),
    "multichoice": gettext_lazy("多个选项用顿号隔开"),
}


@dataclass(frozen=True)
class _Column:
    target: Target
    heading: str
    example: str


def template(actor: Actor, kind: Kind) -> bytes:
    """An .xlsx for one kind of file: notes, headings (a star where a value is needed), an example row, help."""
    columns = list(_columns(actor, kind))
    title = _("%(kind)s导入模板") % {"kind": kind.label}
    notes = _("带 * 的列必填；不需要的列可以删除，列的顺序可以调换；第 3 行是示例，不会被导入")
    stream = io.BytesIO()
    widths = [max(12.0, 2.2 * len(column.heading), 1.2 * len(column.example)) for column in columns]
    merges = [(0, 0, 0, min(7, len(columns) - 1))]
    helps = [_help(actor, place, column.target.field) for place, column in enumerate(columns)]
    with workbook(stream, title, widths=widths, merges=merges, frozen=2, helps=helps) as sheet:
        sheet.row([f"{title}（{notes}）"])
        sheet.row([column.heading for column in columns], Look.HEADING)
        sheet.row([column.example for column in columns])
    return stream.getvalue()


def file_name(kind: Kind) -> str:
    """客户导入模板.xlsx."""
    return _("%(kind)s导入模板") % {"kind": kind.label} + ".xlsx"


def _columns(actor: Actor, kind: Kind) -> Iterator[_Column]:
    targets = kind.targets(actor)
    own = [name for name, t in targets.items() if t.field.path.startswith("custom__") and t.part == kind.main]
    for name in (*COLUMNS[kind.key], *own):
        target = targets.get(name)
        if target is not None:
            beside = kind.main == "customer" and name in _HEADINGS
            heading = str(_HEADINGS[name]) if beside else str(target.field.label)
            yield _Column(target, f"{heading}*" if target.required else heading, _example(actor, kind, target))


def _example(actor: Actor, kind: Kind, target: Target) -> str:
    field = target.field
    if target.name in MARKED:
        said = {"customer": _MEANT["name"], "contact": _("张三")}.get(target.part, _MEANT["content"])
        if target.part in IMPORTABLES:
            said = _MEANT["title"]
        return _("示例：%s") % said if target.name == COLUMNS[kind.key][0] else str(said)
    if isinstance(field, Choice) and not isinstance(field, Tags):
        live = [field.text(o.key, actor) for o in field.live(actor)]
        return "、".join(live[:2]) if isinstance(field, MultiChoice) else (live or [""])[0]
    if isinstance(field, Date):
        day = actor.now() - timedelta(days=1) if target.part == "followup" else actor.now() + timedelta(days=7)
        return day.strftime("%Y-%m-%d 14:30") if isinstance(field, DateTime) else f"{day:%Y-%m-%d}"
    if field.kind == "person" or target.name == "followup.author":
        return actor.name
    return str(_MEANT.get(field.key, _BY_KIND.get(field.kind, "")))


def _help(actor: Actor, place: int, field: Field) -> CellHelp:
    column = letters(place)
    options: tuple[str, ...] = ()
    if isinstance(field, Choice) and not isinstance(field, MultiChoice):
        options = tuple(field.text(option.key, actor) for option in field.live(actor))
    elif field.kind == "yesno":
        options = (_("是"), _("否"))
    words = str(_HELP.get(field.kind, "") or field.help)
    return CellHelp(f"{column}3:{column}{ROWS_HELPED}", str(field.label), words, options)
