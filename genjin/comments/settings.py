"""What a company sets for comments: how long an author may take back what he wrote."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number

SECTION = declare_section("comments", _("讨论"), _("评论的撤回时限"), order=60)
TAKE_BACK_HOURS = declare_setting(
    "comments.take_back_hours",
    Number(
        key="take_back_hours",
        label=_("撤回时限"),
        least=0,
        greatest=720,
        unit=_(" 小时"),
        help=_("写下评论后，本人在这段时间内可以撤回"),
    ),
    section=SECTION,
    default=24,
)
