"""The rhythm of following up (B7, S0-16, S0-90): how many days may pass until a customer is contacted again.

Rhythms and their days (◇): key 7, quality 14, ordinary 30, potential 15, care after the deal 90. A company renames
them, adds its own and says which level and category has which. A customer's rhythm is found like this:

1. What level and category say (S0-34, S0-14); where both say something, the shorter one counts: a key customer of
   level C is a key customer. As delivered level A and category key are key, level B is quality (B6).
2. Nothing said: potential (B6: no deal yet).
3. After the deal (a deal date, or a lifecycle of old or lost, S3-15) ordinary and potential become care; key, quality
   and a company's own rhythms stay: key customers are followed regularly, deal or not.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.customers.options import CATEGORY, LEVEL, RHYTHM
from genjin.kernel.company_settings import declare_per_option, declare_section, declare_setting
from genjin.kernel.fields import Choice, Number

SECTION = declare_section(
    "rhythm", _("跟进节奏"), _("系统按客户的节奏算出「应跟进日」，到期未跟进的客户会列入「该跟进了」。"), order=10
)
DAYS = declare_per_option(
    "customers.rhythm_days",
    Number(
        key="rhythm_days",
        label=_("最长间隔"),
        help=_("每种节奏的客户，最多隔多少天要有一次有效跟进"),
        least=1,
        greatest=3650,
        unit=_(" 天"),
    ),
    section=SECTION,
    options=RHYTHM.key,
    defaults={"key": 7, "quality": 14, "ordinary": 30, "potential": 15, "care": 90},
    otherwise=30,
)
OF_LEVEL = declare_per_option(
    "customers.rhythm_of_level",
    Choice(key="rhythm_of_level", label=_("各等级的节奏"), options=RHYTHM.key),
    section=SECTION,
    options=LEVEL.key,
    defaults={"A": "key", "B": "quality", "C": "ordinary"},
    otherwise="",
)
OF_CATEGORY = declare_per_option(
    "customers.rhythm_of_category",
    Choice(
        key="rhythm_of_category", label=_("各分类的节奏"), help=_("等级和分类都有节奏时，按较短的"), options=RHYTHM.key
    ),
    section=SECTION,
    options=CATEGORY.key,
    defaults={"key": "key", "ordinary": "ordinary", "potential": "potential"},
    otherwise="",
)
LEAST_DAYS = declare_setting(
    "customers.least_days",
    Number(
        key="least_days",
        label=_("最短间隔"),
        help=_("隔得比这更短就再联系，会提醒「不宜过急」；0 表示不提醒"),
        least=0,
        greatest=30,
        unit=_(" 天"),
    ),
    section=SECTION,
    default=1,
)
