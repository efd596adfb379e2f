"""All that a formula can do: signs and functions, of what kinds their arguments are, what they come to.

What cannot be told (a blank part, a division by nought, a number beyond all bounds) is blank; nothing raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields.base import Label

Value = Decimal | str | bool | dt.date | None
LONGEST_TEXT = 2_000
EXACTLY = Context(prec=30, Emax=60, Emin=-60)
_FAR = 10**7


class Kind(StrEnum):
    """What kind of value a part of a formula has."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    YESNO = "yesno"
    BLANK = "blank"


KIND_WORDS: dict[Kind, Label] = {
    Kind.NUMBER: gettext_lazy("数字"),
    Kind.TEXT: gettext_lazy("文字"),
    Kind.DATE: gettext_lazy("日期"),
    Kind.YESNO: gettext_lazy("是/否"),
    Kind.BLANK: gettext_lazy("空"),
}


class Unfit(Exception):
    """An argument (by its place) is of a kind that does not fit; the message says why."""

    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place, self.message = place, message


Check = Callable[[Sequence[Kind]], Kind]
Work = Callable[[Sequence[Value], dt.date], Value]


@dataclass(frozen=True)
class Function:
    """A function: its names (the first is the one in trees), how many arguments it takes, what it makes of them.
    `usage`: how it is written, for the help; '' for signs."""

    names: tuple[str, ...]
    least: int
    most: int
    kind: Check
    work: Work
    usage: Label = ""


def all_of(kind: Kind, made: Kind) -> Check:
    """Every argument is of a kind (or blank)."""

    def check(kinds: Sequence[Kind]) -> Kind:
        for place, given in enumerate(kinds):
            if given not in (kind, Kind.BLANK):
                words = _("这里要%(wanted)s，不能用%(given)s")
                raise Unfit(place, words % {"wanted": KIND_WORDS[kind], "given": KIND_WORDS[given]})
        return made

    return check


def alike(kinds: Sequence[Kind]) -> Kind:
    """The one kind that all arguments have."""
    known = [kind for kind in kinds if kind is not Kind.BLANK]
    for place, kind in enumerate(kinds):
        if known and kind not in (known[0], Kind.BLANK):
            words = _("这里要%(wanted)s，和前面一样，不能用%(given)s")
            raise Unfit(place, words % {"wanted": KIND_WORDS[known[0]], "given": KIND_WORDS[kind]})
    return known[0] if known else Kind.BLANK


def _compared(ordered: bool) -> Check:
    def check(kinds: Sequence[Kind]) -> Kind:
        if alike(kinds) is Kind.YESNO and ordered:
            raise Unfit(0, _("是/否不能比较大小"))
        return Kind.YESNO

    return check


def _plus(kinds: Sequence[Kind]) -> Kind:
    first, second = kinds
    if Kind.DATE in kinds and {first, second} <= {Kind.DATE, Kind.NUMBER, Kind.BLANK} and first is not second:
        return Kind.DATE
    if Kind.TEXT in kinds:
        raise Unfit(kinds.index(Kind.TEXT), _("文字不能相加，请用 连接(…)"))
    return all_of(Kind.NUMBER, Kind.NUMBER)(kinds)


def _minus(kinds: Sequence[Kind]) -> Kind:
    first, second = kinds
    if first is Kind.DATE and second in (Kind.DATE, Kind.BLANK):
        return Kind.NUMBER
    if first is Kind.DATE and second is Kind.NUMBER:
        return Kind.DATE
    return all_of(Kind.NUMBER, Kind.NUMBER)(kinds)


def _if(kinds: Sequence[Kind]) -> Kind:
    all_of(Kind.YESNO, Kind.YESNO)(kinds[:1])
    try:
        return alike(kinds[1:])
    except Unfit as unfit:
        raise Unfit(unfit.place + 1, _("如果的两个结果要是同一种：%s") % unfit.message) from None


def _least_or_most(kinds: Sequence[Kind]) -> Kind:
    kind = alike(kinds)
    if kind in (Kind.TEXT, Kind.YESNO):
        raise Unfit(0, _("只有数字和日期能比大小"))
    return kind


def _numbers(work: Callable[..., Decimal | None]) -> Work:
    """Of numbers, blank when one is blank or the result cannot be told."""

    def worked(values: Sequence[Value], _today: dt.date) -> Value:
        if any(not isinstance(value, Decimal) for value in values):
            return None
        return counted(lambda: work(*values))

    return worked


def counted(work: Callable[[], Decimal | None]) -> Decimal | None:
    """A number exact to thirty digits; None where it cannot be told."""
    try:
        with localcontext(EXACTLY):
            made = work()
    except (DecimalException, ValueError):
        return None
    return made if made is not None and made.is_finite() else None


def rounded(number: Decimal, places: int) -> Decimal:
    """Half away from nought, as people round."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _moved(day: dt.date, days: Decimal) -> dt.date | None:
    try:
        return day + dt.timedelta(days=int(days)) if abs(days) < _FAR else None
    except OverflowError:
        return None


def _add(values: Sequence[Value], today: dt.date) -> Value:
    first, second = values
    if isinstance(first, Decimal) and isinstance(second, dt.date):
        first, second = second, first
    if isinstance(first, dt.date) and isinstance(second, Decimal):
        return _moved(first, second)
    return _numbers(lambda a, b: a + b)(values, today)


def _subtract(values: Sequence[Value], today: dt.date) -> Value:
    first, second = values
    if isinstance(first, dt.date):
        return _moved(first, -second) if isinstance(second, Decimal) else _days(values, today)
    return _numbers(lambda a, b: a - b)(values, today)


def _days(values: Sequence[Value], _today: dt.date) -> Value:
    end, start = values
    if not isinstance(end, dt.date) or not isinstance(start, dt.date):
        return None
    return Decimal((end - start).days)


def _round(values: Sequence[Value], _today: dt.date) -> Value:
    number, places = values[0], values[1] if len(values) > 1 else Decimal(0)
    if not isinstance(number, Decimal) or not isinstance(places, Decimal) or not -9 <= places <= 9:
        return None
    return counted(lambda: rounded(number, int(places)))


def _equal(values: Sequence[Value], _today: dt.date) -> bool:
    first, second = (None if _is_blank(value) else value for value in values)
    return first == second


def _ordered(holds: Callable[[Value, Value], bool]) -> Work:
    """Comparison with nothing does not hold."""
    return lambda values, _today: None not in values and holds(values[0], values[1])


def _some(choose: Callable[[list[Value]], Value]) -> Work:
    """Of those arguments that are not blank; blank when all are."""

    def worked(values: Sequence[Value], _today: dt.date) -> Value:
        known: list[Value] = [value for value in values if value is not None]
        return choose(known) if known else None

    return worked


def as_text(value: Value) -> str:
    """A value within a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, dt.date) else value


def _sum(values: list[Value]) -> Value:
    return counted(lambda: sum((v for v in values if isinstance(v, Decimal)), Decimal(0)))


def _concat(values: Sequence[Value], _today: dt.date) -> Value:
    return "".join(map(as_text, values))[:LONGEST_TEXT] or None


def _blank(values: Sequence[Value], _today: dt.date) -> bool:
    return _is_blank(values[0])


def _is_blank(value: Value) -> bool:
    """Nought is a value, though it equals False."""
    return value is None or value is False or value == ""


_ANY: Check = lambda _kinds: Kind.TEXT  # noqa: E731
_NUMBER, _DATES = all_of(Kind.NUMBER, Kind.NUMBER), all_of(Kind.DATE, Kind.NUMBER)
_YES = all_of(Kind.YESNO, Kind.YESNO)
_ALL = (
    Function(("+",), 2, 2, _plus, _add),
    Function(("-",), 2, 2, _minus, _subtract),
    Function(("*",), 2, 2, _NUMBER, _numbers(lambda a, b: a * b)),
    Function(("/",), 2, 2, _NUMBER, _numbers(lambda a, b: a / b if b else None)),
    Function(("negative",), 1, 1, _NUMBER, _numbers(lambda a: -a)),
    Function(("%",), 1, 1, _NUMBER, _numbers(lambda a: a / 100)),
    Function(("=",), 2, 2, _compared(False), _equal),
    Function(("<>",), 2, 2, _compared(False), lambda values, today: not _equal(values, today)),
    Function((">",), 2, 2, _compared(True), _ordered(lambda a, b: a > b)),  # type: ignore[operator]  # of one kind
    Function(("<",), 2, 2, _compared(True), _ordered(lambda a, b: a < b)),  # type: ignore[operator]  # of one kind
    Function((">=",), 2, 2, _compared(True), _ordered(lambda a, b: a >= b)),  # type: ignore[operator]  # of one kind
    Function(("<=",), 2, 2, _compared(True), _ordered(lambda a, b: a <= b)),  # type: ignore[operator]  # of one kind
    Function(
        ("AND", "且"), 2, 20, _YES, lambda values, _today: all(values),
        gettext_lazy("且(条件, 条件)，也可写 条件 且 条件"),
    ),
    Function(
        ("OR", "或"), 2, 20, _YES, lambda values, _today: any(values),
        gettext_lazy("或(条件, 条件)，也可写 条件 或 条件"),
    ),
    Function(("NOT", "非"), 1, 1, _YES, lambda values, _today: not values[0], gettext_lazy("非(条件)")),
    Function(
        ("IF", "如果"), 2, 3, _if,
        lambda values, _today: values[1] if values[0] else values[2] if len(values) > 2 else None,
        gettext_lazy("如果(条件, 是时的结果, 否时的结果)"),
    ),
    Function(("ROUND", "四舍五入"), 1, 2, _NUMBER, _round, gettext_lazy("四舍五入(数字, 小数位数)")),
    Function(("MIN", "最小"), 1, 20, _least_or_most, _some(min), gettext_lazy("最小(数字, 数字)，空的不算")),  # type: ignore[arg-type]  # of one kind
    Function(("MAX", "最大"), 1, 20, _least_or_most, _some(max), gettext_lazy("最大(数字, 数字)，空的不算")),  # type: ignore[arg-type]  # of one kind
    Function(("SUM", "合计"), 1, 20, _NUMBER, _some(_sum), gettext_lazy("合计(数字, 数字)，空的不算")),
    Function(("ABS", "绝对值"), 1, 1, _NUMBER, _numbers(abs), gettext_lazy("绝对值(数字)")),
    Function(("DAYS", "天数"), 2, 2, _DATES, _days, gettext_lazy("天数(结束日期, 开始日期)")),
    Function(
        ("TODAY", "今天"), 0, 0, lambda _kinds: Kind.DATE, lambda _values, today: today,
        gettext_lazy("今天()，每天重新计算"),
    ),
    Function(("CONCAT", "连接"), 1, 20, _ANY, _concat, gettext_lazy("连接(文字, 数字, 日期)")),
    Function(("ISBLANK", "为空"), 1, 1, lambda _kinds: Kind.YESNO, _blank, gettext_lazy("为空(字段)")),
    Function(
        ("IFBLANK", "空时"), 2, 2, alike, lambda values, _today: values[1] if _is_blank(values[0]) else values[0],
        gettext_lazy("空时(字段, 代替的值)"),
    ),
    Function(
        ("BLANK", "空"), 0, 0, lambda _kinds: Kind.BLANK, lambda _values, _today: None,
        gettext_lazy("空()，表示不填"),
    ),
)  # fmt: skip
FUNCTIONS: dict[str, Function] = {name: function for function in _ALL for name in function.names}
"""Every function by each of its names."""
