"""What a company sets for showing masked values in full: how many a member may ask for, and whether he says why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.masked_classes import SECTION

SECONDS = 30
"""How long a value stands on the page."""
PER_HOUR = declare_setting(
    "privacy.reveals_per_hour",
    Number(
        key="reveals_per_hour",
        label=_("每小时最多查看"),
        least=1,
        greatest=1000,
        unit=_(" 个"),
        help=_("每名成员在任何一小时里最多查看多少个完整号码，超过后要等最早的一次满一小时"),
    ),
    section=SECTION,
    default=30,
)
PER_DAY = declare_setting(
    "privacy.reveals_per_day",
    Number(
        key="reveals_per_day",
        label=_("每天最多查看"),
        least=1,
        greatest=5000,
        unit=_(" 个"),
        help=_("按连续 24 小时计算"),
    ),
    section=SECTION,
    default=100,
)
REASON = declare_setting(
    "privacy.reveal_reason",
    YesNo(key="reveal_reason", label=_("查看时要填写原因"), help=_("原因记入审计日志")),
    section=SECTION,
    default=False,
)
