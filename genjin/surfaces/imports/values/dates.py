"""Days and moments: serial numbers, every usual writing, day and month in the order that the whole column shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

from django.utils.translation import gettext as _

from genjin.kernel import dates
from genjin.kernel.fields import Birthday, DateTime
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem, Order
from genjin.surfaces.imports.values.clock import split_half, split_time
from genjin.surfaces.imports.values.found import (
    DIGITS_KEPT,
    Asked,
    Found,
    Reader,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
    written,
)

EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
SERIALS = range(3_000, 110_000)  # days: 1908 to 2201
SECONDS, MILLISECONDS = range(10**9, 4 * 10**9), range(10**12, 4 * 10**12)
LARGEST = 10**16
LEANS: dict[str, dates.Lean] = {
    "birthday": "past", "occurred_at": "past", "next_contact_at": "future", "starts_at": "future",
    "repeat_until": "future",
}  # fmt: skip
ORDERS: tuple[Order, ...] = get_args(Order)[1:]
_FULL = re.compile(r"(\d{4}) ?[-/.年_,] ?(\d{1,2}) ?[-/.月_,] ?(\d{1,2}) ?[日号]?")
_USUAL = re.compile(
    r"((?:19|20|21)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?", re.ASCII
)
_SHORT = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4}|\d{1,2})")
_DIGITS = re.compile(r"\d{6}|\d{8}|\d{12}|\d{14}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WEEKDAY = re.compile(
    r"[,， ]*\(?(?:(?:周|星期|礼拜)[一二三四五六日天]"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?)\)?,?",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{4}|\d{1,2}月|[a-z]{3,9},? ?\d", re.IGNORECASE)
_RELATIVE = re.compile(r"[今昨明前后去上下本这当内]|周|星期|礼拜|[月年][初中底末]")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[ -]*(?P<m1>[a-z]{3,9})\.?"
    r"|(?P<m2>[a-z]{3,9})\.?[ -]*(?P<d2>\d{1,2})(?:st|nd|rd|th)?)"
    r"[ ,-]*(?P<y>\d{4}|\d{2})",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"(?:--)?(\d{1,2})[-/.月](\d{1,2})[日号]?")


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    hint: str = ""


def reader(asked: Asked) -> Reader:
    """Reads days for a Date, aware moments in the actor's zone for a DateTime."""
    return _Dates(asked).read


class _Dates:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.moments = isinstance(asked.field, DateTime)
        self.zone = asked.actor.zone
        self.today = asked.actor.now().date()
        self.lean = LEANS.get(asked.field.key, "near")
        self.epoch = EPOCHS[asked.rule.epoch]

    def read(self, cell: Cell) -> object:
        """A date, a moment, or a Found that tells what was assumed."""
        if cell is None:
            return None
        if isinstance(cell, datetime):
            _exact(cell.year, cell.month, cell.day)
            return self._moment(cell) if self.moments else cell.date()
        if isinstance(cell, date):
            return self._at(_exact(cell.year, cell.month, cell.day), None)
        if isinstance(cell, bool | time | timedelta):
            raise CellProblem(_("这里要填日期，现在只有时间或是否；请写成 2020-02-01 这样"))
        if isinstance(cell, int | float):
            return self._number(float(cell) if abs(cell) < LARGEST else -1.0, written(cell))
        return self._text(cell)

    def _text(self, cell: str) -> object:
        usual = _USUAL.fullmatch(cell)
        if usual and (day := _try(int(usual[1]), int(usual[2]), int(usual[3]))):
            clock = time(int(usual[4]), int(usual[5]), int(usual[6] or 0)) if usual[4] else None
            return self._at(day, clock)
        text = plain(cell)
        refuse_broken(text)
        if is_nothing(text):
            return None
        if isinstance(self.asked.field, Birthday) and (known := _NO_YEAR.fullmatch(text)):
            return f"{int(known[1]):02d}-{int(known[2]):02d}"
        iso = _iso(text)
        if iso is not None:
            _exact(iso.year, iso.month, iso.day)
            return self._moment(iso) if self.moments else iso.date()
        day_text, clock = split_time(text)
        day_text, half = split_half(day_text) if clock is None else (day_text, "")
        if clock or _DATED.match(day_text):
            day_text = _WEEKDAY.sub("", day_text).strip(" ,T")
        if not day_text:
            raise CellProblem(_("只有时间“%(text)s”，还缺日期；请写成 2020-02-01 14:30 这样") % {"text": text})
        if _NUMBER.fullmatch(day_text) and clock is None and not _DIGITS.fullmatch(day_text):
            return self._number(float(day_text) if len(day_text) < DIGITS_KEPT else -1.0, day_text)
        found = self._day(day_text)
        hint = found.hint or (_("只写了“%(half)s”，没有几点") % {"half": half} if half and self.moments else "")
        value = self._at(found.day, clock)
        return Found(value, hint=hint) if hint else value

    def _at(self, day: date, clock: time | None) -> object:
        return datetime.combine(day, clock or time(), tzinfo=self.zone) if self.moments else day

    def _moment(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _number(self, number: float, shown: str) -> object:
        """Serial days, a year, digits that are a date, seconds since 1970."""
        whole = int(number)
        if whole in SERIALS:
            moment = datetime.combine(self.epoch, time()) + timedelta(days=whole)
            moment += timedelta(seconds=round((number - whole) * 86_400))
            return self._moment(moment) if self.moments else moment.date()
        if whole == number:
            if whole in SECONDS or whole in MILLISECONDS:
                seconds = whole if whole in SECONDS else whole / 1000
                since = datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)
                return since if self.moments else since.date()
            if _DIGITS.fullmatch(str(whole)):
                return self._text(str(whole))
            if dates.FIRST_YEAR <= whole <= dates.LAST_YEAR:
                raise _only_a_year(whole)
        raise CellProblem(_("看不懂日期“%(text)s”，请写成 2020-02-01 这样") % {"text": shortened(shown)})

    def _day(self, text: str) -> _Day:
        full = _FULL.fullmatch(text)
        if full:
            return _Day(_exact(int(full[1]), int(full[2]), int(full[3])))
        short = _SHORT.fullmatch(text)
        if short:
            return _Day(self._ordered(text, *short.groups()))
        named = _NAMED.fullmatch(text)
        if named and (named["m1"] or named["m2"])[:3].lower() in _MONTHS:
            month = _MONTHS.index((named["m1"] or named["m2"])[:3].lower()) + 1
            return _Day(_exact(_year(named["y"]), month, int(named["d1"] or named["d2"])))
        if _DIGITS.fullmatch(text):
            return _compact(text)
        return self._loose(text)

    def _ordered(self, text: str, *parts: str) -> date:
        """Three numbers without a name: by the order of the column, else only where one order is possible."""
        rule = self.asked.rule.date_order
        found = {order: day for order in ORDERS if (day := in_order(parts, order))}
        if rule and rule in found:
            return found[rule]
        if rule and found:
            suggestion = next(iter(found.values())).isoformat() if len(found) == 1 else ""
            raise CellProblem(
                _("“%(text)s”与这一列的日期顺序（%(order)s）不符，请写成 2020-02-01 这样")
                % {"text": text, "order": order_words(rule)},
                suggestion,
            )
        days = set(found.values())
        if len(days) == 1:
            return days.pop()
        if not days:
            raise CellProblem(_("没有“%(text)s”这一天，请核对月和日") % {"text": text})
        raise CellProblem(
            _("“%(text)s”分不清月和日；请在「匹配列」里选定这一列的日期顺序，或写成 2020-02-01 这样") % {"text": text}
        )

    def _loose(self, text: str) -> _Day:
        """What the kernel reads besides: without a year, only a month, Chinese figures."""
        try:
            found = dates.parse_date(text, today=self.today, lean=self.lean)
        except ValueError as error:
            raise CellProblem(str(error)) from None
        if _RELATIVE.search(text):
            raise CellProblem(_("“%(text)s”要看是哪天写的，请写成具体日期") % {"text": text}, found.day.isoformat())
        if found.precision == "month":
            return _Day(found.day, _month_hint(found.day))
        if found.precision != "day":
            raise _only_a_year(found.day.year)
        year = str(found.day.year)
        named = year in text or f"{year[2:]}" == text[:2]
        return _Day(found.day, "" if named else _("没有年份，按 %(day)s 导入") % {"day": found.day.isoformat()})


def in_order(parts: tuple[str, ...], order: Order) -> date | None:
    """The day that three numbers are in an order; None when there is none."""
    first, second, third = parts
    if order == "ymd":
        if len(first) != 2 or len(third) == 4:
            return None
        year, month, day = first, second, third
    else:
        if len(third) < 2:
            return None
        year = third
        month, day = (first, second) if order == "mdy" else (second, first)
    try:
        return date(_year(year), int(month), int(day))
    except ValueError:
        return None


def possible_orders(values: Iterable[Cell]) -> tuple[tuple[Order, ...], int]:
    """The orders in which all days of a column that leave doubt are days, and how many leave doubt. Days that no order
    fits, or that are the same in each, say nothing."""
    left = set(ORDERS)
    doubtful = 0
    for value in values:
        if not isinstance(value, str):
            continue
        short = _SHORT.fullmatch(split_time(plain(value))[0].strip())
        if not short:
            continue
        found = {order: day for order in ORDERS if (day := in_order(short.groups(), order))}
        if found:
            doubtful += len(set(found.values())) > 1
            left &= found.keys()
    return tuple(order for order in ORDERS if order in left), doubtful


def in_doubt(text: str) -> bool:
    """Whether a text is a day in several orders."""
    return len({day for _order, day in readings(text)}) > 1


def readings(text: str) -> list[tuple[Order, date]]:
    """What a text is in each order in which it is a day."""
    short = _SHORT.fullmatch(split_time(plain(text))[0].strip())
    return [(order, day) for order in ORDERS if short and (day := in_order(short.groups(), order))]


def order_words(order: Order) -> str:
    """年/月/日."""
    return {"ymd": _("年/月/日"), "mdy": _("月/日/年"), "dmy": _("日/月/年")}.get(order, "")


def _iso(text: str) -> datetime | None:
    """`2026-11-24T10:00:00+08:00`; None for anything shorter than a moment with its zone."""
    if len(text) < 17 or text[10] not in "T " or not (text.endswith("Z") or text[-6:-5] in ("+", "-")):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _compact(text: str) -> _Day:
    """20200201, 202002; with six digits also 200201, where only one reading is possible."""
    if len(text) >= 8:
        return _Day(_exact(int(text[:4]), int(text[4:6]), int(text[6:8])))
    month = _try(int(text[:4]), int(text[4:]), 1) if dates.FIRST_YEAR <= int(text[:4]) <= dates.LAST_YEAR else None
    day = _try(_year(text[:2]), int(text[2:4]), int(text[4:]))
    if month and day:
        words = _("“%(text)s”可能是 %(month)s，也可能是 %(day)s，请写成 2020-02-01 这样")
        raise CellProblem(words % {"text": text, "month": month.strftime("%Y-%m"), "day": day.isoformat()})
    if month:
        return _Day(month, _month_hint(month))
    if day:
        return _Day(day)
    raise CellProblem(_("没有“%(text)s”这一天，请核对月和日") % {"text": text})


def _exact(year: int, month: int, day: int) -> date:
    try:
        return dates.parse_date(f"{year:04d}-{month}-{day}", today=date(2000, 1, 1)).day
    except ValueError as error:
        raise CellProblem(str(error)) from None


def _try(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) + (0 if len(text) == 4 else 2000)


def _month_hint(day: date) -> str:
    return _("只有年和月，按 %(day)s 导入") % {"day": day.isoformat()}


def _only_a_year(year: int) -> CellProblem:
    return CellProblem(_("只有年份 %(year)d，还缺月和日") % {"year": year}, f"{year}-01-01")
