"""What a company sets about registrations: what is looked at, and how many are many (◇ of S2-59…62)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.duplicates.rules import Kind
from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo

SECTION = declare_section(
    "risks", _("登记风险"), _("新登记的客户和线索有哪些疑点要核查；说明和例子在「设置 · 登记风险」"), order=61
)
ON = declare_setting(
    "risks.on",
    YesNo(key="on", label=_("检查新登记"), help=_("新建、导入和接口来的记录都查，登记人不用等；已经查到的不受影响")),
    section=SECTION,
    default=True,
)
SAME_PHONE = declare_setting("risks.phone", YesNo(key="phone", label=_("电话相同")), section=SECTION, default=True)
SAME_CODE = declare_setting(
    "risks.code", YesNo(key="code", label=_("统一社会信用代码相同")), section=SECTION, default=True
)
SAME_EMAIL = declare_setting("risks.email", YesNo(key="email", label=_("邮箱相同")), section=SECTION, default=True)
SAME_ADDRESS = declare_setting(
    "risks.address",
    Number(
        key="address",
        label=_("地址相同"),
        least=0,
        greatest=50,
        unit=_(" 家起"),
        help=_("同一地址已有多少家才算疑点；写字楼和园区里的公司多可以调大，0 表示不查"),
    ),
    section=SECTION,
    default=1,
)
AGAIN_DAYS = declare_setting(
    "risks.again_days",
    Number(
        key="again_days",
        label=_("重新登记"),
        least=0,
        greatest=3650,
        unit=_(" 天内"),
        help=_("名称、电话或代码与这些天里作废、合并或归档的记录相同，0 表示不查"),
    ),
    section=SECTION,
    default=365,
)
MINUTES = declare_setting(
    "risks.minutes",
    Number(key="minutes", label=_("多久算短时间"), least=5, greatest=1440, unit=_(" 分钟")),
    section=SECTION,
    default=60,
)
MANY_BY_MEMBER = declare_setting(
    "risks.many_member",
    Number(
        key="many_member",
        label=_("同一登记人"),
        least=0,
        greatest=10_000,
        unit=_(" 条起"),
        help=_("短时间里一个人登记这么多条算疑点；导入的不算，0 表示不查"),
    ),
    section=SECTION,
    default=30,
)
MANY_BY_SOURCE = declare_setting(
    "risks.many_source",
    Number(
        key="many_source",
        label=_("同一来源"),
        least=0,
        greatest=10_000,
        unit=_(" 条起"),
        help=_("短时间里同一来源登记这么多条算疑点；导入的不算，0 表示不查"),
    ),
    section=SECTION,
    default=80,
)
MANY_BY_RANGE = declare_setting(
    "risks.many_range",
    Number(
        key="many_range",
        label=_("同一号段"),
        least=0,
        greatest=1000,
        unit=_(" 条起"),
        help=_("短时间里登记的手机号前 8 位相同的有这么多条算疑点（连号）；导入的不算，0 表示不查"),
    ),
    section=SECTION,
    default=5,
)
SWITCHES = {Kind.PHONE: SAME_PHONE, Kind.CODE: SAME_CODE, Kind.EMAIL: SAME_EMAIL}
