"""Numbers: separators, units in the cell or the heading, ranges, lengths of time, percentages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel import money
from genjin.kernel.fields import Field, Number
from genjin.kernel.fields.numbers import Percent
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem, Rule
from genjin.surfaces.imports.values.found import (
    Asked,
    Found,
    Reader,
    digits_of,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
)

LARGEST = Decimal(10) ** 15
UNITS = {"": Decimal(1), "yuan": Decimal(1), "qian": Decimal(1000), "wan": Decimal(10_000), "baiwan": Decimal(10) ** 6,
         "yi": Decimal(10) ** 8}  # fmt: skip
_HEADED = re.compile(r"(百万|千|万|亿)?元(?:人民币)?|(?<![千百十])(百万|万|亿)(?!\w)")
_HEADED_KEYS = {"千": "qian", "万": "wan", "百万": "baiwan", "亿": "yi", "": "yuan"}
_BARE = re.compile(r"[-+]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"[-+]?\d+,\d{1,2}")
_UNIT = re.compile(r"[千万亿KWkw元圆块]")
_RANGE = re.compile(r"(?<=[\d万千亿元%])\s*[-~至到—–]\s*(?=[\d.])|以[上下内]|[<>≤≥]|不[超低]|至少|最多|[大小低]于")
_COUNTED = re.compile(r"(?<=[\d+])\s*(?:个|人|名|分|次|台|套|家|户|岁|㎡|m2|平方米|平米|平|张|件|项|颗?星|/5|/10)$")
_HOURS = re.compile(
    r"(?:(\d+(?:\.\d+)?|半|一|两|二|三)个?半?(?:小时|钟头|h|hrs?|hours?))?"
    r"(?:(\d+(?:\.\d+)?)(?:分钟|分|m|mins?|minutes?|'))?(?:\d+(?:秒|s|\"))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_WORDS = {"半": Decimal("0.5"), "一": Decimal(1), "两": Decimal(2), "二": Decimal(2), "三": Decimal(3)}
_TENTHS = re.compile(r"([一二两三四五六七八九十\d])成(半|[一二三四五六七八九])?")
_FIGURES = {**{c: n for n, c in enumerate("零一二三四五六七八九十")}, "两": 2}


def reader(asked: Asked) -> Reader:
    """Reads what `Number` and its kinds take."""
    if isinstance(asked.field, Percent):
        return _Percents(asked).read
    return _Minutes(asked).read if counts_minutes(asked.field) else _Numbers(asked).read


def counts_minutes(field: Field) -> bool:
    """Whether a number field counts minutes."""
    return isinstance(field, Number) and "minutes" in field.key


def counts_money(field: Field) -> bool:
    """Whether a field is an amount of money."""
    return field.kind == "money" or (isinstance(field, Number) and str(field.unit).strip() in ("元", "¥", "yuan"))


def unit_of(heading: str) -> str:
    """The key of the unit a heading names: `年产值（万元）` is "wan"; '' when it names none."""
    found = _HEADED.search(heading)
    return _HEADED_KEYS[found[1] or found[2] or ""] if found else ""


def mixes_units(values: Iterable[Cell]) -> bool:
    """Whether some amounts carry a unit and others, just as small, do not: then those may mean the same unit."""
    texts = [plain(v) if isinstance(v, str) else digits_of(v) for v in values if isinstance(v, str | int | float)]
    named = any(re.search(r"\d\s*(?:[百千]?万|亿|[WwKk])", text) for text in texts)
    return named and any(_BARE.fullmatch(text) and abs(float(text)) < 10_000 for text in texts)


def has_ranges(values: Iterable[Cell]) -> list[str]:
    """The texts that are a range."""
    return [v for v in values if isinstance(v, str) and _RANGE.search(plain(v)) and re.search(r"\d", v)]


class _Numbers:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.money = counts_money(asked.field)
        self.factor = UNITS[asked.rule.number]

    def read(self, cell: Cell) -> Any:
        """A Decimal, checked by the field; a Found when a range gave way to one end."""
        if cell is None:
            return None
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise CellProblem(_("「%(field)s」应填数字，例如 1200") % {"field": self.asked.label})
        if not isinstance(cell, str):
            return self._checked(Decimal(digits_of(cell)) * self.factor)
        text = plain(cell)
        refuse_broken(text)
        if is_nothing(text):
            return None
        if _RANGE.search(text):
            return self._one_end(text)
        return self._checked(self._number(text))

    def _number(self, text: str) -> Decimal:
        said = _COUNTED.sub("", text).strip()
        if _GROUPED.fullmatch(said):
            said = re.sub(r"[, ']", "", said)
        if _BARE.fullmatch(said):
            return Decimal(said) * self.factor
        if _COMMA.fullmatch(said):
            raise CellProblem(self._odd(text), said.replace(",", "."))
        exponent = scientific(said)
        if exponent is not None:
            return exponent * self.factor
        try:
            amount = money.parse_amount(said)
        except money.BadAmount as error:
            raise CellProblem(str(error) if self.money else self._odd(text)) from None
        return amount if _UNIT.search(said) else amount * self.factor

    def _one_end(self, text: str) -> Any:
        try:
            found = money.parse_range(_COUNTED.sub("", text))
        except money.BadAmount:
            raise CellProblem(self._odd(text)) from None
        factor = Decimal(1) if _UNIT.search(text) else self.factor
        ends = [end * factor for end in (found.low, found.high) if end is not None]
        if found.exact:
            return self._checked(ends[0])
        span = self.asked.rule.span
        if not span:
            words = _("“%(text)s”是一个范围，这里只能填一个数；请在「匹配列」里选定取哪一端，或改成一个数")
            raise CellProblem(words % {"text": shortened(text)}, digits_of(float(ends[0])))
        number = ends[0] if span == "low" else ends[-1] if span == "high" else sum(ends) / len(ends)
        hint = _("“%(text)s”按 %(number)s 导入") % {
            "text": shortened(text),
            "number": f"{number:f}".removesuffix(".00"),
        }
        return Found(self._checked(Decimal(number)), hint=hint, rest=(text,))

    def _checked(self, number: Decimal) -> Any:
        _refuse_boundless(number, self.asked.label)
        return self.asked.parse(f"{number:f}")

    def _odd(self, text: str) -> str:
        words = _("「%(field)s」应填数字，看不懂“%(text)s”；可以写 1200、1,200 或 12万")
        return words % {"field": self.asked.label, "text": shortened(text)}


class _Minutes(_Numbers):
    """Lengths of time: 90, 1小时30分, 半小时, 1:30 and cells that are times."""

    def read(self, cell: Cell) -> Any:
        """Whole minutes."""
        if isinstance(cell, time):
            return self._checked(Decimal(cell.hour * 60 + cell.minute))
        if isinstance(cell, timedelta):
            return self._checked(Decimal(round(cell.total_seconds() / 60)))
        if isinstance(cell, str):
            minutes = _minutes(plain(cell))
            if minutes is not None:
                return self._checked(minutes)
        return super().read(cell)


def _minutes(text: str) -> Decimal | None:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return Decimal(int(clock[1]) * 60 + int(clock[2]))
    said = re.sub(r"(小时|钟头)半$", r"半\1", text.replace(" ", ""))
    found = _HOURS.fullmatch(said)
    if not found or not (found[1] or found[2]):
        return None
    hours = _WORDS.get(found[1] or "") or Decimal(found[1] or 0)
    if "半" in said[1:]:
        hours += Decimal("0.5")
    return Decimal(round(hours * 60 + Decimal(found[2] or 0)))


class _Percents:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def read(self, cell: Cell) -> Any:
        """A whole percentage: 45, 45%, 0.45 where the column keeps parts of one, 四成."""
        if cell is None:
            return None
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise CellProblem(self._odd(str(cell)))
        if not isinstance(cell, str):
            return self._bare(Decimal(digits_of(cell)), fraction=isinstance(cell, float))
        text = plain(cell)
        refuse_broken(text)
        if is_nothing(text):
            return None
        return self._text(text)

    def _text(self, text: str) -> Any:
        tenths = _TENTHS.fullmatch(text)
        if tenths:
            ones = 5 if tenths[2] == "半" else _FIGURES.get(tenths[2] or "零", 0)
            return self._checked(Decimal(_FIGURES.get(tenths[1]) or int(tenths[1])) * 10 + ones)
        if _RANGE.search(text):
            return self._one_end(text)
        said = re.sub(r"^(?:完成|进度|约|大约|百分之)", "", text)
        sign = said != said.rstrip("% ") or text.startswith("百分之")
        bare = said.rstrip("% ")
        if not _BARE.fullmatch(bare):
            raise CellProblem(self._odd(text))
        return self._checked(Decimal(bare)) if sign else self._bare(Decimal(bare), fraction="." in bare)

    def _bare(self, number: Decimal, *, fraction: bool) -> Any:
        """A number without its sign: the column decides, else a decimal fraction up to one is a part of one."""
        _refuse_boundless(number, self.asked.label)
        rule = self.asked.rule.percent
        part = rule == "fraction" or (not rule and fraction and 0 <= number <= 1)
        return self._checked(number * 100 if part else number)

    def _one_end(self, text: str) -> Any:
        numbers = re.findall(r"\d+(?:\.\d+)?", text)
        if len(numbers) not in (1, 2) or re.search(r"[A-Za-z:]", text):
            raise CellProblem(self._odd(text))
        span = self.asked.rule.span
        if not span:
            words = _("“%(text)s”是一个范围，这里只能填一个百分数；请在「匹配列」里选定取哪一端，或改成一个数")
            raise CellProblem(words % {"text": shortened(text)}, f"{numbers[0]}%")
        ends = [Decimal(numbers[0]), Decimal(numbers[-1])]
        number = ends[0] if span == "low" else ends[1] if span == "high" else sum(ends) / 2
        hint = _("“%(text)s”按 %(number)s 导入") % {"text": shortened(text), "number": f"{round(Decimal(number))}%"}
        value = self._checked(Decimal(round(Decimal(number))))
        return Found(value, hint=hint)

    def _checked(self, number: Decimal) -> Any:
        _refuse_boundless(number, self.asked.label)
        places = getattr(self.asked.field, "places", 0)
        kept = round(number, places)
        value = self.asked.parse(f"{kept:f}")
        if abs(number - kept) < Decimal("1e-9"):
            return value
        if places:
            return Found(
                value, hint=_("百分数保留 %(places)d 位小数，按 %(number)s%% 导入") % {"places": places, "number": kept}
            )
        return Found(value, hint=_("百分数只保留整数，按 %(number)d%% 导入") % {"number": kept})

    def _odd(self, text: str) -> str:
        words = _("「%(field)s」应填百分数，看不懂“%(text)s”；可以写 45%% 或 45")
        return words % {"field": self.asked.label, "text": shortened(text)}


def _refuse_boundless(number: Decimal, label: str) -> None:
    if not number.is_finite() or abs(number) >= LARGEST:
        raise CellProblem(_("「%(field)s」的数太大了，请核对") % {"field": label})


def scales_percent(values: Iterable[Cell]) -> str:
    """How a column without signs writes percentages: "fraction" when all are parts of one, "whole" when one is more;
    '' when nothing tells."""
    numbers = [number for value in values if (number := _bare_number(value)) is not None]
    if not numbers:
        return ""
    if any(number > 1 for number in numbers):
        return "whole"
    return "fraction" if all(0 <= number <= 1 for number in numbers) and any(numbers) else ""


def _bare_number(value: Cell) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if -1e15 < value < 1e15 else None
    if isinstance(value, str) and _BARE.fullmatch(plain(value)):
        return float(plain(value))
    return None


def scientific(text: str) -> Decimal | None:
    """The number of `1.5E+3`; None for anything else."""
    if not re.fullmatch(r"[-+]?\d(?:\.\d+)?[eE][-+]?\d{1,2}", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def rule_facts(rule: Rule, field: Field, values: list[Cell]) -> dict[str, str]:
    """What heading and values of a column tell about its numbers: facts for its rule."""
    if isinstance(field, Percent):
        return {"percent": scales_percent(values)}
    return {"number": unit_of(rule.heading)} if counts_money(field) else {}
