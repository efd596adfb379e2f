"""The holidays on which customers are greeted, and the days on which they fall in any year. Not here: days off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.fields.base import Label


@dataclass(frozen=True)
class Festival:
    """A holiday: the month and day it falls on, of the lunar calendar (农历) when `lunar`. `usual`: greeted on unless a
    company says otherwise."""

    key: str
    label: Label
    month: int
    day: int
    lunar: bool = False
    usual: bool = False


FESTIVALS = {
    each.key: each
    for each in (
        Festival("new_year", _("元旦"), 1, 1, usual=True),
        Festival("spring", _("春节"), 1, 1, lunar=True, usual=True),
        Festival("lantern", _("元宵节"), 1, 15, lunar=True),
        Festival("women", _("妇女节"), 3, 8),
        Festival("labour", _("劳动节"), 5, 1),
        Festival("dragon_boat", _("端午节"), 5, 5, lunar=True, usual=True),
        Festival("teachers", _("教师节"), 9, 10),
        Festival("mid_autumn", _("中秋节"), 8, 15, lunar=True, usual=True),
        Festival("national", _("国庆节"), 10, 1, usual=True),
        Festival("double_ninth", pgettext_lazy("festival", "重阳节"), 9, 9, lunar=True),
    )
}


def festivals_between(first: date, last: date) -> list[tuple[date, Festival]]:
    """Those that fall on one of these days, in order."""
    years = range(first.year - 1, last.year + 1)  # a lunar year begins up to two months after the other
    found = {(day_of(one.key, year), one.key) for one in FESTIVALS.values() for year in years}
    return [(day, FESTIVALS[key]) for day, key in sorted(found) if first <= day <= last]


@cache
def day_of(key: str, year: int) -> date:
    """The day of a holiday of a year; of the lunar year that begins in it, where it is lunar."""
    from lunar_python import Lunar  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    festival = FESTIVALS[key]
    if not festival.lunar:
        return date(year, festival.month, festival.day)
    solar = Lunar.fromYmd(year, festival.month, festival.day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
