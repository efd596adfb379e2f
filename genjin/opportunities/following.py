"""When a customer changes hands, its open opportunities go along (B4 P9): a setting. They have owners of their own, so
those of other colleagues stay."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.stamps import current_stamp
from genjin.opportunities.models import OPEN
from genjin.ownership.followers import Along, Follower, register_along, register_follower

OWN, ALL, NONE = "own", "all", "none"
SECTION = declare_section("opportunities", _("商机"), order=30)
FOLLOWS = declare_setting(
    "opportunities.follow",
    OneOf(
        key="follow",
        label=_("客户换负责人时，进行中的商机"),
        help=_("退回公海、领取、转移、交接都算；已结束的商机不动，业绩留在原负责人名下"),
        pairs=(
            (OWN, _("原负责人名下的跟着走")),
            (ALL, _("全部跟着走")),
            (NONE, _("都不动")),
        ),
    ),
    section=SECTION,
    default=OWN,
)


def those_who_follow(before: int | None) -> Q | None:
    """Which opportunities follow a customer who belonged to a member (to nobody)."""
    way = FOLLOWS.at(current_stamp())
    if way == NONE:
        return None
    return OPEN if way == ALL else OPEN & Q(owner_id=before)


register_follower(Follower("customer", "opportunity", "customer_id", those_who_follow))
register_along(Along("customer", "opportunity", "customer_id", OPEN))
