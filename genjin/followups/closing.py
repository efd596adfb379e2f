"""What follow-ups add to a month's end: a customer whose last result is "no deal" is closed as well (S3-13, S0-37)."""

from __future__ import annotations

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from genjin.customers.models import RestKind
from genjin.customers.monthend.rules import SECTION, AsOf, open_nothing, register_rule
from genjin.followups.models import FollowUp
from genjin.kernel.company_settings import declare_setting
from genjin.kernel.fields import Number
from genjin.kernel.models.rows import Life

NO_DEAL_DAYS = declare_setting(
    "followups.no_deal_days",
    Number(
        key="no_deal_days",
        label=_("未成交后多久建议归档"),
        help=_("最近一次结果是未成交，没有待办，且这么久没有有效跟进"),
        least=1,
        greatest=3650,
        unit=_(" 天"),
    ),
    section=SECTION,
    default=30,
)


def _no_deal(as_of: AsOf) -> Q:
    """The last follow-up with a result says no deal, nothing is planned, and nobody was reached for so many days."""
    results = FollowUp.objects.filter(customer=OuterRef("pk"), life=Life.LIVE).exclude(outcome="")  # rows: a condition
    last = results.order_by("-occurred_at", "-pk").values("outcome")[:1]
    lost = Q(Exact(Coalesce(Subquery(last), Value("")), Value("no_deal")))
    return as_of.idle_for(NO_DEAL_DAYS.at(as_of.stamp)) & open_nothing() & lost


register_rule("no_deal", RestKind.ARCHIVED, _("最近结果是未成交"), _no_deal, order=20)
