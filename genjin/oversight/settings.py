"""From when on viewing counts as unusual: by the hour and by the day, for each kind; 0 switches a line off."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import CompanySetting, declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.fields.base import Label
from genjin.kernel.viewing import Kind

SECTION = declare_section(
    "viewing",
    _("异常查看提醒"),
    _("有人短时间内查看特别多的客户信息时，通知管理员；每人每类每天最多提醒一次，填 0 不提醒"),
    order=65,
)
ON = declare_setting(
    "viewing.on",
    YesNo(
        key="on",
        label=_("提醒异常查看"),
        help=_("网页和接口一起计算；关闭后仍然统计，只是不提醒"),
    ),
    section=SECTION,
    default=True,
)


@dataclass(frozen=True)
class Lines:
    """The two lines of a kind."""

    hourly: CompanySetting[int]
    daily: CompanySetting[int]


def _lines(kind: Kind, hour_label: Label, hourly: int, day_label: Label, daily: int, unit: Label) -> Lines:
    def declared(span: str, label: Label, default: int) -> CompanySetting[int]:
        field = Number(key=f"{kind}_{span}", label=label, least=0, greatest=1_000_000, unit=unit)
        return declare_setting(f"viewing.{kind}_{span}", field, section=SECTION, default=default)

    return Lines(declared("hour", hour_label, hourly), declared("day", day_label, daily))


LINES: dict[Kind, Lines] = {
    Kind.RECORDS: _lines(Kind.RECORDS, _("一小时打开记录"), 150, _("一天打开记录"), 500, _(" 条")),
    Kind.PAGES: _lines(Kind.PAGES, _("一小时列表翻页"), 100, _("一天列表翻页"), 300, _(" 页")),
    Kind.PHONES: _lines(Kind.PHONES, _("一小时按电话查找"), 60, _("一天按电话查找"), 200, _(" 个号码")),
    Kind.REVEALS: _lines(Kind.REVEALS, _("一小时查看完整号码"), 30, _("一天查看完整号码"), 100, _(" 次")),
}
