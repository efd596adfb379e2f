"""What a company says about customer care (客户关怀): occasions, how long before, which customers (B7, S2-68)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.customers.models import WORKED
from genjin.customers.options import LEVEL
from genjin.kernel.company_settings import declare_per_option, declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.workdays import WorkCalendar
from genjin.plans.care.festivals import FESTIVALS, Festival, festivals_between

SHOWN_BEFORE = timedelta(days=7)
"""Care stands in the plans a week before its day comes, so that it is seen in the calendar and in 本周."""

SECTION = declare_section(
    "care",
    _("客户关怀"),
    _(
        "系统把联系人的生日和节日问候排进负责人的跟进计划，只送祝福、不带推销。生日各一条，节日每位负责人一条并附问候名单；标了「请勿打扰」的不安排。"
    ),
    order=18,
)
BIRTHDAYS = declare_setting(
    "plans.care_birthdays",
    YesNo(key="care_birthdays", label=_("生日祝福"), help=_("给填了生日的联系人各排一条")),
    section=SECTION,
    default=True,
)
BIRTHDAY_DAYS = declare_setting(
    "plans.care_birthday_days",
    Number(
        key="care_birthday_days",
        label=_("生日提前"),
        help=_("0 就是生日当天；提前的遇休息日，再往前到工作日"),
        least=0,
        greatest=30,
        unit=_(" 天"),
        zero=_("当天"),
    ),
    section=SECTION,
    default=1,
)
HOLIDAYS = {
    key: declare_setting(
        f"plans.care_{key}",
        YesNo(key=f"care_{key}", label=festival.label),
        section=SECTION,
        default=festival.usual,
    )
    for key, festival in FESTIVALS.items()
}
HOLIDAY_DAYS = declare_setting(
    "plans.care_holiday_days",
    Number(
        key="care_holiday_days",
        label=_("节日提前"),
        help=_("遇休息日，再往前到工作日"),
        least=0,
        greatest=30,
        unit=_(" 天"),
        zero=_("当天"),
    ),
    section=SECTION,
    default=2,
)
DEALT = declare_setting(
    "plans.care_dealt",
    YesNo(key="care_dealt", label=_("关怀成交客户"), help=_("有成交日期，或生命周期是老客户")),
    section=SECTION,
    default=True,
)
OF_LEVEL = declare_per_option(
    "plans.care_level",
    YesNo(key="care_level", label=_("还关怀这些等级"), help=_("不论是否成交，在跟的都安排")),
    section=SECTION,
    options=LEVEL.key,
    defaults={"A": True, "B": True},
    otherwise=False,
)


def cared_for(stamp: int) -> Q:
    """The condition on customers that are cared for now: worked on, and a deal was made or of these levels."""
    levels = [key for key, wanted in OF_LEVEL.at(stamp).items() if wanted]
    whom = Q(level__in=levels)
    if DEALT.at(stamp):
        whom |= Q(deal_date__isnull=False) | Q(lifecycle="old")
    return WORKED & whom


@dataclass(frozen=True)
class Window:
    """The occasions for which plans are made on a day: from today until `last`."""

    today: date
    last: date


def birthdays_in(today: date, stamp: int) -> Window | None:
    """Those that are planned for now; None when a company does not congratulate."""
    if not BIRTHDAYS.at(stamp):
        return None
    return Window(today, today + timedelta(days=BIRTHDAY_DAYS.at(stamp)) + SHOWN_BEFORE)


def holidays_in(today: date, stamp: int) -> list[tuple[date, Festival]]:
    """The holidays that are planned for now."""
    found = festivals_between(today, today + timedelta(days=HOLIDAY_DAYS.at(stamp)) + SHOWN_BEFORE)
    return [(day, festival) for day, festival in found if HOLIDAYS[festival.key].at(stamp)]


def day_for(occasion: date, before: int, today: date, worked: WorkCalendar) -> date:
    """The day of the plan: so many days before, on a workday unless it is the day itself; today at the earliest."""
    day = occasion - timedelta(days=before)
    if before:
        day = worked.add_workdays(day + timedelta(days=1), -1).day
    return max(day, today)
