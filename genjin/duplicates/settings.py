"""What a company sets for duplicates besides its rules: how often a member is told of what he may not see."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number
from genjin.kernel.fields.fixed import OneOf
from genjin.reminders.fields import Clock

SECTION = declare_section("duplicates", _("查重"), _("查重规则在「设置 · 查重规则」；这里是每人能查多少"), order=60)
HOW_OFTEN = (
    ("off", _("不自动查")),
    ("nightly", _("每天夜里")),
    ("0", _("每周一夜里")),
    ("1", _("每周二夜里")),
    ("2", _("每周三夜里")),
    ("3", _("每周四夜里")),
    ("4", _("每周五夜里")),
    ("5", _("每周六夜里")),
    ("6", _("每周日夜里")),
)
TOLD_PER_HOUR = declare_setting(
    "duplicates.told_per_hour",
    Number(
        key="told_per_hour",
        label=_("每小时最多提示"),
        least=1,
        greatest=1000,
        unit=_(" 条"),
        help=_("每名成员每小时最多被告知多少条自己无权查看的记录，超过后要等下一小时；防止借查重打听别人的客户"),
    ),
    section=SECTION,
    default=40,
)
TOLD_PER_DAY = declare_setting(
    "duplicates.told_per_day",
    Number(key="told_per_day", label=_("每天最多提示"), least=1, greatest=5000, unit=_(" 条")),
    section=SECTION,
    default=120,
)
TOLD_PER_IMPORT = declare_setting(
    "duplicates.told_per_import",
    Number(
        key="told_per_import",
        label=_("导入每天最多提示"),
        least=1,
        greatest=100_000,
        unit=_(" 条"),
        help=_(
            "每名成员一天里导入的表格最多查出多少条自己无权查看的记录，超过后其余的行当天不能导入；与上面两项分开计算"
        ),
    ),
    section=SECTION,
    default=1000,
)
EVERY = declare_setting(
    "duplicates.every",
    OneOf(
        key="every",
        label=_("自动全库查重"),
        help=_("定期把全部记录互相比较一遍，结果在「查重 · 全库查重」；不改动任何记录"),
        pairs=HOW_OFTEN,
    ),
    section=SECTION,
    default="6",
)
AT = declare_setting(
    "duplicates.at",
    Clock(
        key="at",
        label=_("自动查重时间"),
        help=_("公司时区，选没有人工作的时候；服务当时没有运行的，下一夜同一时间补查"),
    ),
    section=SECTION,
    default="03:30",
)
