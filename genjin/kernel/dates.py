"""Dates as people write them: `2020.2.1`, `11-24`, `下周三`, `月底`, Excel serials. Showing dates is not done here."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NoReturn, TypeAlias

from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2199
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(367, 110_000)

Lean: TypeAlias = Literal["past", "near", "future"]
"""Where a date without its year is looked for: a birthday lies behind, a plan ahead."""

Precision: TypeAlias = Literal["day", "week", "month", "year"]


class BadDate(ValueError):
    """Not a date; the message says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date read. For a week, month or year `day` is its first day."""

    day: date
    precision: Precision = "day"


def parse_date(written: str | float | date, *, today: date, lean: Lean = "near") -> WrittenDate:
    """Read a date from a cell or a form; a time of day is left off. Raises BadDate."""
    if isinstance(written, datetime):
        return WrittenDate(written.date())
    if isinstance(written, date):
        return WrittenDate(written)
    if isinstance(written, int | float):
        return _from_number(written)
    text = _plain(written)
    for pattern, read in _READERS:
        found = pattern.fullmatch(text)
        if found:
            return read(found, _Near(today, lean))
    return _unknown(written)


@dataclass(frozen=True, slots=True)
class _Near:
    today: date
    lean: Lean

    def full(self, month: int, day: int) -> date:
        """The year is missing: the nearest one, or the next or last by the leaning."""
        years = [self.today.year + offset for offset in (-1, 0, 1)]
        days = [date(year, month, day) for year in years if day <= _days_in(year, month)]
        if self.lean != "near":
            ahead = [one for one in days if one >= self.today]
            behind = [one for one in days if one <= self.today]
            days = (ahead[:1] if self.lean == "future" else behind[-1:]) or days
        if not days:
            _no_such_day(self.today.year, month, day)
        return min(days, key=lambda one: abs(one - self.today))


_Reader: TypeAlias = Callable[[re.Match[str], _Near], WrittenDate]


def _plain(written: str) -> str:
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", written)).strip()
    text = re.sub(
        r"[ T]?\(?(?:上午|下午|晚上|中午|凌晨)? ?\d{1,2}[:点时][\d:.点时分秒]*(?:Z|[+-]\d\d:?\d\d)?\)?$", "", text
    )
    text = re.sub(r"(?<=\d)[日号]? ?\(?(?:周|星期|礼拜)[一二三四五六日天]\)?$", "", text)
    return _with_digits(text.replace(" ", "").replace("号", "日"))


def _with_digits(text: str) -> str:
    """`二〇二〇年二月一日`, `十一月二十四日`, `三天后` with digits; 周三 as 周3."""
    text = re.sub(r"廿", "二十", text)
    return re.sub(r"[〇零一二两三四五六七八九十]+", lambda run: _number(run[0]), text)


def _number(run: str) -> str:
    digits = run.translate(str.maketrans("〇零一二两三四五六七八九", "001223456789"))
    if "十" not in digits:
        return digits
    tens, _ten, ones = digits.partition("十")
    return str(int(tens or "1") * 10 + int(ones or "0")) if len(tens) < 2 and len(ones) < 2 else run


def _from_number(number: float) -> WrittenDate:
    whole = int(number) if abs(number) < 1e9 else 0
    if whole in _SERIALS:
        return WrittenDate(_EXCEL_EPOCH + timedelta(days=whole))
    if whole == number and FIRST_YEAR * 10_000 < whole < (LAST_YEAR + 1) * 10_000:
        return WrittenDate(_day(whole // 10_000, whole // 100 % 100, whole % 100))
    return _unknown(str(number))


def _read_serial(found: re.Match[str], _near: _Near) -> WrittenDate:
    return _from_number(float(found[0]))


def _read_compact(found: re.Match[str], _near: _Near) -> WrittenDate:
    return WrittenDate(_day(int(found[1]), int(found[2]), int(found[3])))


def _read_full(found: re.Match[str], _near: _Near) -> WrittenDate:
    year = int(found[1])
    return WrittenDate(_day(year + 2000 if len(found[1]) == 2 else year, int(found[2]), int(found[3])))


def _read_western(found: re.Match[str], _near: _Near) -> WrittenDate:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first <= 12 and second <= 12 and first != second:
        raise BadDate(_("“%(text)s”分不清月和日，请写成 2020-02-01 这样") % {"text": found[0]})
    return WrittenDate(_day(year, *((second, first) if first > 12 else (first, second))))


def _read_month(found: re.Match[str], _near: _Near) -> WrittenDate:
    return WrittenDate(_day(int(found[1]), int(found[2]), 1), "month")


def _read_year(found: re.Match[str], _near: _Near) -> WrittenDate:
    return WrittenDate(_day(int(found[1]), 1, 1), "year")


def _read_without_year(found: re.Match[str], near: _Near) -> WrittenDate:
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not 1 <= day <= _days_in(2000, month):
        _no_such_day(near.today.year, month, day)
    return WrittenDate(near.full(month, day))


def _read_only_month(found: re.Match[str], near: _Near) -> WrittenDate:
    year = near.today.year + _YEARS[found[1] or ""]
    month = int(found[2])
    if found[1] is None and 1 <= month <= 12:
        year = near.full(month, 1).year
    return WrittenDate(_day(year, month, 1), "month")


def _read_named_year_day(found: re.Match[str], near: _Near) -> WrittenDate:
    return WrittenDate(_day(near.today.year + _YEARS[found[1]], int(found[2]), int(found[3])))


def _read_named_day(found: re.Match[str], near: _Near) -> WrittenDate:
    return WrittenDate(near.today + timedelta(days=_DAYS[found[1]]))


def _read_weekday(found: re.Match[str], near: _Near) -> WrittenDate:
    monday = near.today - timedelta(days=near.today.weekday())
    weekday = 6 if found[2] in "日天" else int(found[2]) - 1
    return WrittenDate(monday + timedelta(days=7 * _TURNS[found[1] or ""] + weekday))


def _read_week(found: re.Match[str], near: _Near) -> WrittenDate:
    monday = near.today - timedelta(days=near.today.weekday())
    return WrittenDate(monday + timedelta(days=7 * _TURNS[found[1]]), "week")


def _read_month_place(found: re.Match[str], near: _Near) -> WrittenDate:
    """月底, 下月初, 下个月, 本月15日."""
    year, month = _months_on(near.today, _TURNS[found[1] or ""])
    place = found[2]
    if not place:
        return WrittenDate(date(year, month, 1), "month")
    last = _days_in(year, month)
    day = {"初": 1, "中": 15, "底": last, "末": last}.get(place)
    return WrittenDate(_day(year, month, day or int(place.rstrip("日"))))


def _read_year_end(found: re.Match[str], near: _Near) -> WrittenDate:
    year = near.today.year + _YEARS[found[1] or ""]
    if not found[2]:
        return WrittenDate(date(year, 1, 1), "year")
    return WrittenDate(date(year, 1, 1) if found[2] == "初" else date(year, 12, 31))


def _read_offset(found: re.Match[str], near: _Near) -> WrittenDate:
    """3天后, 两周前, 半年后, 1个月内."""
    half = found[1] == "半"
    count = (1 if half else int(found[1])) * (-1 if found[3] == "前" else 1)
    if abs(count) > 3660:
        _unknown(found[0])
    unit = found[2]
    if unit in ("天", "日", "周", "星期", "礼拜"):
        return WrittenDate(near.today + timedelta(days=count * (1 if unit in "天日" else 7)))
    months = count * (6 if half else 12) if unit == "年" else count
    if half and unit != "年":
        return WrittenDate(near.today + timedelta(days=15 * count))
    year, month = _months_on(near.today, months)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _unknown(found[0])
    return WrittenDate(date(year, month, min(near.today.day, _days_in(year, month))))


def _months_on(day: date, months: int) -> tuple[int, int]:
    whole = day.year * 12 + day.month - 1 + months
    return whole // 12, whole % 12 + 1


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadDate(
            _("年份 %(year)s 不对，应在 %(first)s 至 %(last)s 之间")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    if not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        _no_such_day(year, month, day)
    return date(year, month, day)


def _no_such_day(year: int, month: int, day: int) -> NoReturn:
    if not 1 <= month <= 12:
        raise BadDate(_("没有 %(month)s 月") % {"month": month})
    raise BadDate(_("没有 %(year)s 年 %(month)s 月 %(day)s 日这一天") % {"year": year, "month": month, "day": day})


def _unknown(written: str) -> NoReturn:
    if not written.strip():
        raise BadDate(_("没有填写日期"))
    raise BadDate(_("看不懂日期“%(text)s”，请写成 2020-02-01 这样") % {"text": written.strip()[:30]})


_DAYS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "当天": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
}
_TURNS = {
    "": 0,
    "本": 0,
    "这": 0,
    "这个": 0,
    "当": 0,
    "上": -1,
    "上个": -1,
    "上上": -2,
    "下": 1,
    "下个": 1,
    "下下": 2,
    "下下个": 2,
}
_YEARS = {"": 0, "今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1, "后年": 2}
_TURN = "(上上|上个?|下下个?|下个?|本|这个?|当)"
_YEAR = "(今年|本年|去年|前年|明年|后年)"

_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"(\d{4})(\d{2})(\d{2})", _read_compact),
        (r"\d{5}(?:\.\d+)?", _read_serial),
        (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _read_full),
        (r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _read_full),
        (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", _read_western),
        (r"(\d{4})[-/.年](\d{1,2})月?", _read_month),
        (r"(\d{4})年?", _read_year),
        (r"(\d{1,2})[-/.月](\d{1,2})日?", _read_without_year),
        (_YEAR + r"?(\d{1,2})月份?", _read_only_month),
        (_YEAR + r"(\d{1,2})[-/.月](\d{1,2})日?", _read_named_year_day),
        (f"({'|'.join(sorted(_DAYS, key=len, reverse=True))})", _read_named_day),
        (_TURN + r"?(?:周|星期|礼拜)([1-6日天])", _read_weekday),
        (_TURN + r"(?:周|星期|礼拜)", _read_week),
        (_TURN + r"?月([初中底末])", _read_month_place),
        (_TURN + r"月(\d{1,2}日|)", _read_month_place),
        (r"()(\d{1,2}日)", _read_month_place),
        (_YEAR + r"?年?([底末初])", _read_year_end),
        (_YEAR + "()", _read_year_end),
        (r"(\d{1,4}|半)个?(天|日|周|星期|礼拜|月|年)(后|之后|以后|内|前|之前|以前)", _read_offset),
    )
)
