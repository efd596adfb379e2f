"""What a company sets for handovers (the ◇ of B16)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo

SECTION = declare_section("handovers", _("交接"), _("离职通知期内的限制，与交接后的提醒"), order=35)

BLOCK_EXPORTS = declare_setting(
    "handovers.block_exports",
    YesNo(
        key="block_exports",
        label=_("离职通知期内禁止导出"),
        help=_("从登记的通知日起，本人不能导出、打印、下载名片与统计表；转岗不受影响"),
    ),
    section=SECTION,
    default=True,
)
WATCH_PERCENT = declare_setting(
    "handovers.watch_percent",
    Number(
        key="watch_percent",
        label=_("离职通知期内的提醒线"),
        least=1,
        greatest=100,
        unit=_(" %（占平时）"),
        help=_("异常查看与导出量的提醒线降到平时的百分之几，更早通知管理员；100 表示不降低"),
    ),
    section=SECTION,
    default=30,
)
LEFT_DAYS = declare_setting(
    "handovers.left_days",
    Number(
        key="left_days",
        label=_("离职后无人接收的期限"),
        least=1,
        greatest=90,
        unit=_(" 天"),
        help=_("停用满这么多天后名下仍有记录，每天提醒管理员一次，直到交接完"),
    ),
    section=SECTION,
    default=7,
)
LEFT_TO_POOL = declare_setting(
    "handovers.left_to_pool",
    YesNo(
        key="left_to_pool",
        label=_("期满无人接收的放入公海"),
        help=_("夜里放入他所在的公海，原因写明离职回收；提前三天提醒，在交接列表里可以撤销。没有公海可放的只提醒"),
    ),
    section=SECTION,
    default=True,
)
