"""What a company sets for exports (the ◇ of B19): reason, limits, alarm, how long a file is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number

SECTION = declare_section("exports", _("导出"), _("导出须写的原因、数量上限、异常提醒与文件保留时间"), order=60)
_ROWS = _(" 行")

REASON_ABOVE = declare_setting(
    "exports.reason_above",
    Number(
        key="reason_above",
        label=_("超过多少行须写原因"),
        least=0,
        greatest=1_000_000,
        unit=_ROWS,
        help=_("一次导出超过这么多行时，要写明原因；0 表示每次都要写"),
    ),
    section=SECTION,
    default=200,
)
MOST_ROWS = declare_setting(
    "exports.most_rows",
    Number(key="most_rows", label=_("一次最多导出"), least=1, greatest=1_000_000, unit=_ROWS),
    section=SECTION,
    default=200_000,
)
DAY_ROWS = declare_setting(
    "exports.day_rows",
    Number(
        key="day_rows",
        label=_("每人每天最多导出"),
        least=1,
        greatest=10_000_000,
        unit=_ROWS,
        help=_("列表导出、名片与统计表下载合计"),
    ),
    section=SECTION,
    default=500_000,
)
ALARM_ROWS = declare_setting(
    "exports.alarm_rows",
    Number(
        key="alarm_rows",
        label=_("导出量提醒线"),
        least=1,
        greatest=10_000_000,
        unit=_ROWS,
        help=_("一人一天导出达到这么多行时，通知管理员和可查看全部导出记录的成员；到 10 倍、100 倍时再次通知"),
    ),
    section=SECTION,
    default=200,
)
KEEP_HOURS = declare_setting(
    "exports.keep_hours",
    Number(
        key="keep_hours",
        label=_("文件保留"),
        least=1,
        greatest=720,
        unit=_(" 小时"),
        help=_("只有导出人能下载；到期后文件自动删除"),
    ),
    section=SECTION,
    default=24,
)
