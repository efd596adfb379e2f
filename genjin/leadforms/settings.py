"""What a company sets for its public forms: how fast, how often, how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number

SECTION = declare_section(
    "leadforms", _("公开表单"), _("不用验证码，靠限速、时间和查重挡住机器；正常填写的人感觉不到"), order=16
)
PER_ADDRESS = declare_setting(
    "leadforms.per_address",
    Number(
        key="per_address",
        label=_("同一网络最多提交"),
        least=5,
        greatest=5_000,
        unit=_(" 次 / 15 分钟"),
        help=_("展会、门店里很多人共用一个网络时可以调大"),
    ),
    section=SECTION,
    default=60,
)
PER_FORM = declare_setting(
    "leadforms.per_form",
    Number(key="per_form", label=_("一个表单最多提交"), least=50, greatest=100_000, unit=_(" 次 / 15 分钟")),
    section=SECTION,
    default=2_000,
)
SECONDS = declare_setting(
    "leadforms.seconds",
    Number(
        key="seconds",
        label=_("打开后多久才能提交"),
        least=0,
        greatest=30,
        unit=_(" 秒"),
        help=_("人填表总要几秒；更快的请对方再点一次"),
    ),
    section=SECTION,
    default=2,
)
AGAIN_MINUTES = declare_setting(
    "leadforms.again_minutes",
    Number(
        key="again_minutes",
        label=_("内容相同算同一次"),
        least=0,
        greatest=10_080,
        unit=_(" 分钟内"),
        help=_("网络不好重复点、刷新再交，都只进一条线索"),
    ),
    section=SECTION,
    default=1_440,
)
KEPT_DAYS = declare_setting(
    "leadforms.kept_days",
    Number(
        key="kept_days",
        label=_("丢弃的提交保留"),
        least=1,
        greatest=365,
        unit=_(" 天"),
        help=_("到期后抹去填写的内容，只留下时间和是否同意"),
    ),
    section=SECTION,
    default=30,
)
