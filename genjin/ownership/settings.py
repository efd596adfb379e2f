"""What a company sets for whose records are, and were (the ◇ of B5, B15)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number
from genjin.kernel.fields.fixed import OneOf

SECTION = declare_section("ownership", _("归属"), _("业绩份额，以及前负责人还能看到什么"), order=32)

BACK_DAYS = declare_setting(
    "ownership.share_back_days",
    Number(
        key="share_back_days",
        label=_("业绩份额最早可以从几天前算起"),
        least=0,
        greatest=366,
        unit=_(" 天"),
        help=_("成交之后才谈好怎么分，可以倒回这么多天；0 表示只能从当天起"),
    ),
    section=SECTION,
    default=7,
)

NOTHING, OWN_WORK, READS = "nothing", "own", "read"
FORMER_SIGHT = declare_setting(
    "ownership.former_sight",
    OneOf(
        key="former_sight",
        label=_("前负责人还能看到"),
        pairs=(
            (NOTHING, _("什么都看不到")),
            (OWN_WORK, _("归属记录和自己写的跟进")),
            (READS, _("整条记录，只读")),
        ),
        help=_("负责满一天之后换了负责人才算；在公海里的按公海的规则"),
    ),
    section=SECTION,
    default=NOTHING,
)
FORMER_DAYS = declare_setting(
    "ownership.former_days",
    Number(
        key="former_days",
        label=_("前负责人能看多久"),
        least=1,
        greatest=3_650,
        unit=_(" 天"),
        help=_("从换负责人那一刻算起，到期自动看不到"),
    ),
    section=SECTION,
    default=30,
)
