"""Amounts of money in yuan: read as people write them, shown as they read them. No other currency lives here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 13
_WAN, _YI = Decimal(10_000), Decimal(10) ** 8

_UNITS = {
    "": Decimal(1), "元": Decimal(1), "圆": Decimal(1), "块": Decimal(1), "块钱": Decimal(1), "千": Decimal(1000),
    "K": Decimal(1000), "万": _WAN, "W": _WAN, "十万": _WAN * 10, "百万": _WAN * 100, "千万": _WAN * 1000, "亿": _YI,
}  # fmt: skip
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_UNIT = r"(?:十万|百万|千万|块钱|[元圆块千K万W亿])?(?:元|圆)?"
_ONE = re.compile(rf"({_NUMBER})({_UNIT})")
_SPAN = re.compile(rf"({_NUMBER})({_UNIT})(?:-|~|至|到|—|–)({_NUMBER})({_UNIT})")
_CURRENCY = re.compile(r"人民币|RMB|CNY|¥|￥|整$|正$|约|大约|左右|大概")
_FOREIGN = re.compile(r"[$€£₩]|USD|EUR|HKD|JPY|美元|美金|欧元|港币|港元|日元|英镑")
_FROM = re.compile(r"(以上|起|及以上|不低于|至少|大于|(?<!不)超过|>=?|≥)")
_UP_TO = re.compile(r"(以下|以内|及以下|不超过|最多|小于|低于|<=?|≤)")
_DIGITS = dict(zip("零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖", "001122233445566778899", strict=True))
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_WRITTEN = re.compile(
    r"[零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万亿]{2,}|[一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾]"
)


class BadAmount(ValueError):
    """Not an amount; the message says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class AmountRange:
    """From `low` to `high` in yuan; None is open. An exact amount has both equal."""

    low: Decimal | None
    high: Decimal | None

    @property
    def exact(self) -> bool:
        return self.low is not None and self.low == self.high


def per_cent(part: Decimal | int, whole: Decimal | int) -> int | None:
    """A share in whole per cent, half up as all amounts; None of nothing."""
    return int((Decimal(100) * part / whole).to_integral_value(ROUND_HALF_UP)) if whole else None


def parse_amount(text: str | float | Decimal) -> Decimal:
    """One exact amount in yuan with two digits: `65万`, `100(万元人民币)`, `1,234.50`. Raises BadAmount."""
    amount = parse_range(text)
    if amount.low is None or not amount.exact:
        raise BadAmount(_("这里要填一个金额，不能填范围"))
    return amount.low


def parse_range(text: str | float | Decimal) -> AmountRange:
    """An amount or a range: `50-80万`, `80万以上`, `不超过 5 万`. Raises BadAmount."""
    if not isinstance(text, str):
        return _exact(_checked(Decimal(str(text))))
    written = _plain(text)
    span = _SPAN.fullmatch(written)
    if span:
        return _span(*span.groups())
    open_up, open_down = _FROM.search(written), _UP_TO.search(written)
    amount = _one(_UP_TO.sub("", _FROM.sub("", written)) if open_up or open_down else written)
    if open_up:
        return AmountRange(amount, None)
    return AmountRange(None, amount) if open_down else _exact(amount)


def format_yuan(amount: Decimal) -> str:
    """`¥1,234.50`: every digit counts."""
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def format_money(amount: Decimal) -> str:
    """`¥1,860 万`, `¥1.06 亿`, `¥558`: to be read at a glance, rounded to two digits of its unit."""
    size = abs(amount)
    unit, scale = ("亿", _YI) if size >= _YI else ("万", _WAN) if size >= _WAN else ("", Decimal(1))
    if unit == "万" and (size / _WAN).quantize(CENT, ROUND_HALF_UP) >= _WAN:
        unit, scale = "亿", _YI
    shown = f"{(size / scale).quantize(CENT, ROUND_HALF_UP):,}"
    shorter = shown.rstrip("0").rstrip(".")
    return f"{'-' if amount < 0 else ''}¥{shorter}{' ' + unit if unit else ''}"


def _plain(text: str) -> str:
    written = re.sub(r"[\s,，_']", "", unicodedata.normalize("NFKC", text)).upper()
    if not written:
        raise BadAmount(_("没有填写金额"))
    if _FOREIGN.search(written):
        raise BadAmount(_("只能填写人民币金额"))
    plain = _CURRENCY.sub("", written)
    if re.fullmatch(rf"\({_NUMBER}\)", plain):
        plain = "-" + plain.strip("()")  # as accountants write what is owed
    plain = re.sub(r"[()]", "", plain)
    return _WRITTEN.sub(lambda found: _spelled(found[0]), plain) if not re.search(r"\d", plain) else plain


def _one(written: str) -> Decimal:
    found = _ONE.fullmatch(written)
    if not found:
        raise BadAmount(_("看不懂这个金额：%(text)s；可以写 65万 或 1,234.50") % {"text": written[:30]})
    return _checked(Decimal(found[1]) * _scale(found[2]))


def _span(low: str, low_unit: str, high: str, high_unit: str) -> AmountRange:
    """The unit of the end holds for the beginning too (50-80万), unless that would be more (5000-1万)."""
    first = _checked(Decimal(low) * _scale(low_unit or high_unit))
    last = _checked(Decimal(high) * _scale(high_unit or low_unit))
    if first > last and not low_unit and Decimal(low) >= 100:
        first = _checked(Decimal(low))
    if first > last:
        raise BadAmount(_("金额范围的前一个数比后一个大"))
    return AmountRange(first, last)


def _scale(unit: str) -> Decimal:
    return _UNITS.get(unit) or _UNITS[unit.rstrip("元圆")]


def _exact(amount: Decimal) -> AmountRange:
    return AmountRange(amount, amount)


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise BadAmount(_("金额太大了，请检查有没有多写单位"))
    return amount.quantize(CENT, ROUND_HALF_UP)


def _spelled(written: str) -> str:
    """`六十五万` as `650000`."""
    hundreds_of_millions = ten_thousands = section = digit = 0
    for char in written:
        if char in _DIGITS:
            digit = int(_DIGITS[char])
        elif char in _SCALES:
            section += (digit or 1) * _SCALES[char]
            digit = 0
        elif char == "万":
            ten_thousands += (section + digit) * 10_000
            section = digit = 0
        else:
            hundreds_of_millions += (ten_thousands + section + digit) * 10**8
            ten_thousands = section = digit = 0
    return str(hundreds_of_millions + ten_thousands + section + digit)
