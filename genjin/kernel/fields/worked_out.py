"""Formula fields: one kind to whoever defines fields, on surfaces a number, text, date or yes/no like any other that
nobody fills in. What they come to is worked out when a record is saved (`kernel.working_out`) and kept like a value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from genjin.kernel import formulas
from genjin.kernel.fields.base import Field, Sensitivity
from genjin.kernel.fields.choices import Choice, YesNo
from genjin.kernel.fields.links import Region
from genjin.kernel.fields.numbers import Number, Percent
from genjin.kernel.fields.own import MOST_DIGITS, Own, OwnDate, OwnMoney, OwnNumber, OwnPercent, OwnText, OwnYesNo
from genjin.kernel.fields.texts import LongText, Text
from genjin.kernel.fields.times import Birthday, Date
from genjin.kernel.formulas import Kind, Value

MOST_TEXT = 500
TEXT_KINDS = frozenset({"text", "longtext", "url"})
_CAREFUL = tuple(Sensitivity)
FIRST_YEAR, LAST_YEAR = 1800, 2300


@dataclass(frozen=True, kw_only=True)
class WorkedOut(Own):
    """What all formula fields have in common. `formula`: with keys of fields in its braces."""

    formula: str = ""
    editable: bool = False
    gives: ClassVar[Kind] = Kind.NUMBER

    @property
    def tree(self) -> formulas.Node:
        """The formula, read. Raises FormulaError."""
        return formulas.parse(self.formula)

    @property
    def reads(self) -> frozenset[str]:
        """The keys of the fields it reads; none where it cannot be read."""
        try:
            return formulas.reads_of(self.tree)
        except formulas.FormulaError:
            return frozenset()

    @property
    def daily(self) -> bool:
        """Whether it comes to something else every day."""
        try:
            return "TODAY" in formulas.names_of(self.tree)
        except formulas.FormulaError:
            return False

    def kept(self, value: Value) -> Any:
        """A result as it is kept in rows; None for nothing."""
        raise NotImplementedError


def _exact(value: Value, places: int) -> Any:
    """A JSON number of so many decimals; None for one that fifteen digits cannot hold."""
    if not isinstance(value, Decimal) or abs(value) >= Decimal(10) ** (MOST_DIGITS - places):
        return None
    number = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True, kw_only=True)
class FormulaNumber(WorkedOut, OwnNumber):
    """A number."""

    places: int = 2

    def kept(self, value: Value) -> Any:
        """Rounded to its decimals."""
        return _exact(value, self.places)


@dataclass(frozen=True, kw_only=True)
class FormulaMoney(WorkedOut, OwnMoney):
    """An amount of money."""

    def kept(self, value: Value) -> Any:
        """Rounded to the cent."""
        return _exact(value, self.places)


@dataclass(frozen=True, kw_only=True)
class FormulaPercent(WorkedOut, OwnPercent):
    """A percentage, of any size: a quarter is 25%."""

    places: int = 1
    least: int | None = None
    greatest: int | None = None

    def kept(self, value: Value) -> Any:
        """Of a hundred."""
        return _exact(value * 100, self.places) if isinstance(value, Decimal) else None


@dataclass(frozen=True, kw_only=True)
class FormulaText(WorkedOut, OwnText):
    """A text."""

    most: int = MOST_TEXT
    gives: ClassVar[Kind] = Kind.TEXT

    def kept(self, value: Value) -> Any:
        """On one line."""
        return " ".join(value.replace("\x00", "").split())[:MOST_TEXT] or None if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True)
class FormulaDate(WorkedOut, OwnDate):
    """A date."""

    gives: ClassVar[Kind] = Kind.DATE

    def kept(self, value: Value) -> Any:
        """ISO text."""
        return value.isoformat() if isinstance(value, dt.date) and FIRST_YEAR <= value.year <= LAST_YEAR else None


@dataclass(frozen=True, kw_only=True)
class FormulaYesNo(WorkedOut, OwnYesNo):
    """Yes or no; only yes is kept."""

    gives: ClassVar[Kind] = Kind.YESNO

    def kept(self, value: Value) -> Any:
        """True or nothing."""
        return True if value is True else None


FORMULAS: dict[str, type[WorkedOut]] = {
    "number": FormulaNumber,
    "money": FormulaMoney,
    "percent": FormulaPercent,
    "text": FormulaText,
    "date": FormulaDate,
    "yesno": FormulaYesNo,
}
"""By what the result is."""


def kind_for_formulas(field: Field) -> Kind | None:
    """What a formula sees of a field; None where it must not read it: persons, records, files, and whatever lists mask
    (a phone number must not come out of a formula)."""
    if isinstance(field, Birthday) or type(field).masked is not Field.masked:
        return None
    if isinstance(field, Number):
        return Kind.NUMBER
    if isinstance(field, Date):
        return Kind.DATE
    if isinstance(field, YesNo):
        return Kind.YESNO
    if isinstance(field, Choice | Region | LongText):
        return Kind.TEXT
    return Kind.TEXT if isinstance(field, Text) and field.kind in TEXT_KINDS else None


def seen_by_formulas(field: Field, value: Any, reader: Any) -> Value:
    """A stored value as formulas reckon with it: percentages as fractions, moments as days of the company's zone,
    options by their names."""
    if value in (None, "", []):
        return None
    if isinstance(field, Number):
        number = Decimal(str(value))
        return number / 100 if isinstance(field, Percent) else number
    if isinstance(value, dt.datetime):
        return value.astimezone(reader.zone).date()
    if isinstance(field, Date):
        return value if isinstance(value, dt.date) else None
    if isinstance(field, YesNo):
        return bool(value)
    return field.text(value, reader) or None


def all_reads(fields: Iterable[Field]) -> dict[str, frozenset[str]]:
    """{key of a formula: all that it reads, through other formulas too}; those that go in a circle read each other."""
    direct = {field.key: field.reads for field in fields if isinstance(field, WorkedOut)}
    return {key: _closure(key, direct) for key in direct}


def _closure(key: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for read in direct.get(waiting.pop(), ()):
            if read not in found:
                found.add(read)
                waiting.append(read)
    return frozenset(found)


def in_order(fields: Iterable[Field]) -> list[WorkedOut]:
    """The formulas, each after those that it reads; those that go in a circle are left out."""
    listed = [field for field in fields if isinstance(field, WorkedOut)]
    closures = all_reads(listed)
    sound = [field for field in listed if field.key not in closures[field.key]]
    return sorted(sound, key=lambda field: len(closures[field.key] & closures.keys()))


def careful_as(field: WorkedOut, reads: Iterable[str], fields: Mapping[str, Field]) -> WorkedOut:
    """The formula with the highest confidentiality of what it reads."""
    known = [fields[key].sensitivity for key in reads if key in fields]
    return field.with_(sensitivity=max((field.sensitivity, *known), key=_CAREFUL.index))
