"""What a company sets for sales clashes (the ◇ of B3)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo

SECTION = declare_section("clashes", _("撞单"), _("两名销售跟进同一家客户：怎样发现、按什么顺序建议归属"), order=62)

WATCHES = declare_setting(
    "clashes.watches",
    YesNo(
        key="watches",
        label=_("新建和导入时自动发现"),
        help=_("按查重规则与同事名下的记录相同或相近时，自动立一起撞单"),
    ),
    section=SECTION,
    default=True,
)
VALID_DAYS = declare_setting(
    "clashes.valid_days",
    Number(
        key="valid_days",
        label=_("归属有效期"),
        least=1,
        greatest=3_650,
        unit=_(" 天"),
        help=_("这么多天之内跟进过或刚得到的，归属有效；建议时有效的归属优先，其次先登记的，再由主管决定"),
    ),
    section=SECTION,
    default=30,
)
DECLARED_DAILY = declare_setting(
    "clashes.declared_daily",
    Number(
        key="declared_daily",
        label=_("每人每天最多申报"),
        least=1,
        greatest=1_000,
        unit=_(" 起"),
        help=_("防止借申报打听别人的客户"),
    ),
    section=SECTION,
    default=10,
)
