"""Number-like fields: whole or decimal numbers and percentages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar
from unicodedata import normalize

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields.base import EMPTY_OPERATORS, NUMBER_OPERATORS, Field, FieldError, Label, Operator
from genjin.kernel.money import BadAmount, parse_amount

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

LARGEST = 2**63 - 1
"""Of what has no bounds of its own: beyond it no column reaches."""


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number with `places` decimals between `least` and `greatest`. `zero`: what nothing is called;
    `adds_up`: whether a sum of several means anything (of marks and shares only the average does)."""

    places: int = 0
    least: int | None = None
    greatest: int | None = None
    unit: Label = ""
    zero: Label = ""
    adds_up: bool = True
    kind: ClassVar[str] = "number"

    def parse_given(self, raw: Any, actor: Actor) -> int | Decimal:
        """An int without decimals, else a Decimal. Raises FieldError."""
        text = normalize("NFKC", str(raw)).replace(",", "").strip()
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise FieldError(_("「%(field)s」应填数字") % {"field": self.label}) from None
        if not number.is_finite():
            raise FieldError(_("「%(field)s」应填数字") % {"field": self.label})
        self._check_range(number)
        rounded = number.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)
        return int(rounded) if self.places == 0 else rounded

    def _check_range(self, number: Decimal) -> None:
        least = -LARGEST if self.least is None else self.least
        if number < least:
            raise FieldError(_("「%(field)s」不能小于 %(least)s") % {"field": self.label, "least": least})
        greatest = LARGEST if self.greatest is None else self.greatest
        if number > greatest:
            raise FieldError(_("「%(field)s」不能大于 %(greatest)s") % {"field": self.label, "greatest": greatest})

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A filter value is a number as well."""
        return self.parse_given(raw, actor)

    def text(self, value: Any, actor: Actor) -> str:
        """With thousands separators and unit."""
        if value == 0 and self.zero:
            return str(self.zero)
        return "" if value is None else f"{value:,}{self.unit}"

    def to_json(self, value: Any) -> Any:
        """Decimals travel as text so that nothing is lost."""
        return str(value) if isinstance(value, Decimal) else value

    def operators(self) -> tuple[Operator, ...]:
        """Equal, at least, at most, between."""
        return (*NUMBER_OPERATORS, *EMPTY_OPERATORS)


YUAN = gettext_lazy("元")


@dataclass(frozen=True, kw_only=True)
class Money(Number):
    """An amount in yuan, exact to the cent; `65万`, `1.2亿` and `1,234.50` are read as people mean them."""

    places: int = 2
    least: int | None = 0
    greatest: int | None = 9_999_999_999_999
    unit: Label = YUAN

    def parse_given(self, raw: Any, actor: Actor) -> int | Decimal:
        """A Decimal with two digits. Raises FieldError."""
        try:
            return super().parse_given(parse_amount(raw), actor)
        except BadAmount as error:
            words = _("「%(field)s」：%(why)s") % {"field": self.label, "why": error}
            raise FieldError(words) from None


@dataclass(frozen=True, kw_only=True)
class Percent(Number):
    """A whole percentage 0–100 (S0-38)."""

    least: int | None = 0
    greatest: int | None = 100
    unit: Label = "%"
    adds_up: bool = False
    kind: ClassVar[str] = "percent"

    def parse_given(self, raw: Any, actor: Actor) -> int | Decimal:
        """`85`, `85%`, `85％`; a fraction of a spreadsheet (0.85 as float) means 85."""
        if isinstance(raw, float) and 0 <= raw <= 1:
            return super().parse_given(round(raw * 100), actor)
        return super().parse_given(normalize("NFKC", str(raw)).strip().removesuffix("%"), actor)
