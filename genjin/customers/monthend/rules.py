"""Which customers the end of a month proposes to archive or to pause, and why (S3-13, B7).

Closed, therefore to archive:
- the deal was made and nothing is open: a deal date, no plan, and neither deal nor effective contact for 90 ◇ days. 90
  are one interval of care (`customers.rhythm`): as long as somebody cares for the customer, it is not proposed;
- other areas add theirs with `register_rule` (follow-ups: the last result was "no deal").

Idle, therefore to pause: no effective contact for 60 ◇ days, later than its rhythm wants (a customer that is cared for
every 90 days is not idle after 60, nor is one whose deal is younger than those 90), and no plan to come. A call that
did not reach anybody is no progress; a plan that nobody kept is none either.

The first rule that fits counts. Nothing here decides or writes: what is proposed rests only when somebody says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.customers.models import RestKind
from genjin.customers.rhythm import local_day
from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.fields.base import Label

SECTION = declare_section(
    "month_end", _("月末整理"), _("每月最后一天，系统列出建议归档和建议暂停的客户，由负责人决定。"), order=15
)
PROPOSING = declare_setting(
    "customers.month_end",
    YesNo(key="month_end", label=_("月末提出建议"), help=_("关闭后不再自动提出，仍可随时查看「现在会建议的」")),
    section=SECTION,
    default=True,
)
DEAL_DAYS = declare_setting(
    "customers.closed_days",
    Number(
        key="closed_days",
        label=_("成交后多久建议归档"),
        help=_("成交客户没有待办，且这么久没有有效跟进"),
        least=1,
        greatest=3650,
        unit=_(" 天"),
    ),
    section=SECTION,
    default=90,
)
IDLE_DAYS = declare_setting(
    "customers.idle_days",
    Number(
        key="idle_days",
        label=_("多久没有进展建议暂停"),
        help=_("没有有效跟进，也没有之后的计划"),
        least=1,
        greatest=3650,
        unit=_(" 天"),
    ),
    section=SECTION,
    default=60,
)


@dataclass(frozen=True)
class AsOf:
    """The moment for which is asked, in the company's time zone; `stamp`: of the settings."""

    moment: datetime
    stamp: int

    @property
    def today(self) -> date:
        """The company's day."""
        return local_day(self.moment)

    def idle_for(self, days: int) -> Q:
        """Customers without effective contact for so many days, counted in whole days, nor made since then."""
        edge = datetime.combine(
            self.today - timedelta(days=days - 1), time(), tzinfo=ZoneInfo(settings.COMPANY_TIME_ZONE)
        )
        return Q(created_at__lt=edge) & (Q(last_effective_at=None) | Q(last_effective_at__lt=edge))


@dataclass(frozen=True)
class Rule:
    """A rule: what it proposes, in words, and the condition on customers."""

    key: str
    kind: RestKind
    label: Label
    condition: Callable[[AsOf], Q]
    order: int


RULES: dict[str, Rule] = {}


def register_rule(key: str, kind: RestKind, label: Label, condition: Callable[[AsOf], Q], *, order: int) -> None:
    """Add a rule; `condition(as_of)` is a condition on live customers that are not paused. Raises ValueError for a key
    that is taken."""
    if key in RULES:
        raise ValueError(f"month end rule {key} is registered twice")
    RULES[key] = Rule(key, kind, label, condition, order)


def rules() -> list[Rule]:
    """All rules, the first that fits counts."""
    return sorted(RULES.values(), key=lambda rule: rule.order)


def open_nothing() -> Q:
    """Nothing is planned."""
    return Q(next_contact_at=None)


def _dealt(as_of: AsOf) -> Q:
    days = DEAL_DAYS.at(as_of.stamp)
    return Q(deal_date__lte=as_of.today - timedelta(days=days)) & as_of.idle_for(days) & open_nothing()


def _idle(as_of: AsOf) -> Q:
    late = Q(follow_by__lt=as_of.today) & ~Q(next_contact_at__gt=as_of.moment)
    fresh_deal = Q(deal_date__gt=as_of.today - timedelta(days=DEAL_DAYS.at(as_of.stamp)))
    return as_of.idle_for(IDLE_DAYS.at(as_of.stamp)) & late & ~fresh_deal


register_rule("deal", RestKind.ARCHIVED, _("已成交，没有待办"), _dealt, order=10)
register_rule("idle", RestKind.PAUSED, _("长期没有进展"), _idle, order=100)
