"""What a company sets for duplicates besides its rules: how often a member is told of what he may not see."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number

SECTION = declare_section("duplicates", _("查重"), _("查重规则在「设置 · 查重规则」；这里是每人能查多少"), order=60)
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
