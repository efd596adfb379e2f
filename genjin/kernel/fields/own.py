"""Kinds of fields that a company adds itself. Their values lie in `Record.custom` under the field's key, typed as JSON:
numbers as numbers (at most 15 digits: nothing is lost), dates and moments as ISO text in UTC, several options as an
array, people and records by id; what is empty is absent. Comparison is that of jsonb, which an index by field serves.

Not here: the rows that define them (`models.definitions`), which are in force (`sights`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.kernel import masking
from genjin.kernel.fields.base import EMPTY_OPERATORS, Field, FieldError, Label, Operator
from genjin.kernel.fields.choices import Choice, MultiChoice, YesNo
from genjin.kernel.fields.links import DepartmentRef, Industry, Person, RecordRef, Region
from genjin.kernel.fields.numbers import Number, Percent
from genjin.kernel.fields.texts import Email, LongText, Phone, Text, Url
from genjin.kernel.fields.times import Date, DateTime

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

PREFIX = "custom__"
MOST_DIGITS = 15
FEW = 10_000
"""Up to so many rows a list sorts by a field without an index, and looks into its texts."""


@dataclass(frozen=True, kw_only=True)
class Own(Field):
    """What is common to them: the place of the value, and that empty means absent. `indexed`: lists of any length sort
    by it; `ordered`: its values have an order that means something."""

    indexed: bool = False
    own: ClassVar[bool] = True
    ordered: ClassVar[bool] = False
    kept_as: ClassVar[type] = str

    @property
    def path(self) -> str:
        """The ORM path into `custom`."""
        return PREFIX + self.key

    def loaded(self, raw: Any) -> Any:
        """The value; None for what another kind left there (in events from before the field changed its kind)."""
        return raw if isinstance(raw, self.kept_as) else None

    def emptiness(self) -> Q:
        """No value under the key."""
        return Q(**{f"{self.path}__isnull": True})

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """As the kind compares, with values as JSON keeps them; `not` keeps rows without a value."""
        if operator.takes == "many" and operator.key == "not":
            return ~super().compare(_IN, [self.stored(v) for v in values], actor) | self.emptiness()
        return super().compare(operator, [self.stored(v) for v in values], actor)


_IN = Operator("in", "", "many")
LOOKING = frozenset({"contains", "is", "starts"})
"""Operators that ask what is in a text."""


@dataclass(frozen=True, kw_only=True)
class OwnWords(Own):
    """What is common to texts: found by a piece through an index of pieces. `looked_into`: whether lists may look into
    them; without an index only short lists do."""

    looked_into: bool = True

    def operators(self) -> tuple[Operator, ...]:
        """Where nothing tells what is in them, only whether something is."""
        return super().operators() if self.looked_into else EMPTY_OPERATORS

    def looked_for(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The whole value or the piece that is asked for."""
        if not self.indexed or operator not in LOOKING or not raw:
            return ""
        return str(self.parse_filter(raw[0], actor))


@dataclass(frozen=True, kw_only=True)
class OwnText(OwnWords, Text):
    """One line of text."""


@dataclass(frozen=True, kw_only=True)
class OwnLongText(OwnWords, LongText):
    """Several lines of text."""


@dataclass(frozen=True, kw_only=True)
class OwnPhone(OwnWords, Phone):
    """A phone number."""


@dataclass(frozen=True, kw_only=True)
class OwnEmail(OwnWords, Email):
    """An e-mail address."""


@dataclass(frozen=True, kw_only=True)
class OwnUrl(OwnWords, Url):
    """A web address."""


@dataclass(frozen=True, kw_only=True)
class OwnIdCard(OwnWords, Text):
    """A number of an identity card: masked to its first three and last four (B19)."""

    most: int = 30

    def masked(self, value: Any, actor: Actor) -> str:
        """320***********1234."""
        return self.veiled(value)

    def veiled(self, value: Any) -> str:
        """320***********1234."""
        return masking.mask_id_card(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class OwnBankCard(OwnWords, Text):
    """A number of a bank card: masked to its last four (B19)."""

    most: int = 30

    def masked(self, value: Any, actor: Actor) -> str:
        """**** **** 1234."""
        return self.veiled(value)

    def veiled(self, value: Any) -> str:
        """**** **** 1234."""
        return masking.mask_bank_card(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class OwnNumber(Own, Number):
    """A number with up to fifteen digits in all."""

    ordered: ClassVar[bool] = True

    def parse_given(self, raw: Any, actor: Actor) -> int | Decimal:
        """As a number; one with more digits than can be kept exactly is refused."""
        number = super().parse_given(raw, actor)
        if len(Decimal(number).as_tuple().digits) > MOST_DIGITS:
            raise FieldError(_("「%(field)s」最多 %(most)s 位数字") % {"field": self.label, "most": MOST_DIGITS})
        return number

    def stored(self, value: Any) -> Any:
        """A JSON number."""
        return _number(value)

    def loaded(self, raw: Any) -> Any:
        """int, or Decimal where the field has decimals."""
        return _decimal(raw, self.places)


@dataclass(frozen=True, kw_only=True)
class OwnMoney(OwnNumber):
    """An amount of money in yuan, exact to the cent."""

    places: int = 2
    unit: Label = "元"


@dataclass(frozen=True, kw_only=True)
class OwnPercent(Own, Percent):
    """A percentage."""

    ordered: ClassVar[bool] = True

    def stored(self, value: Any) -> Any:
        """A JSON number."""
        return _number(value)

    def loaded(self, raw: Any) -> Any:
        """int, or Decimal where the field has decimals."""
        return _decimal(raw, self.places)


@dataclass(frozen=True, kw_only=True)
class OwnDate(Own, Date):
    """A calendar date."""

    ordered: ClassVar[bool] = True

    def stored(self, value: Any) -> Any:
        """ISO text."""
        return value.isoformat() if isinstance(value, dt.date) else value

    def loaded(self, raw: Any) -> Any:
        """A date."""
        return _read(dt.date.fromisoformat, raw)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Whole days."""
        return Date.compare(self, operator, values, actor)

    def edge(self, day: dt.date, actor: Actor) -> Any:
        """As stored."""
        return day.isoformat()


@dataclass(frozen=True, kw_only=True)
class OwnDateTime(Own, DateTime):
    """A moment, exact to the second."""

    ordered: ClassVar[bool] = True

    def stored(self, value: Any) -> Any:
        """2026-11-24T02:00:00Z: as long as any other, so that text order is the order of time."""
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, dt.datetime) else value

    def loaded(self, raw: Any) -> Any:
        """An aware datetime."""
        moment = _read(dt.datetime.fromisoformat, raw)
        return moment if moment and moment.tzinfo else None

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Whole days in the actor's zone."""
        return Date.compare(self, operator, values, actor)

    def edge(self, day: dt.date, actor: Actor) -> Any:
        """As stored."""
        return self.stored(super().edge(day, actor))


@dataclass(frozen=True, kw_only=True)
class OwnChoice(Own, Choice):
    """One option of the field's own list."""


@dataclass(frozen=True, kw_only=True)
class OwnMultiChoice(Own, MultiChoice):
    """Several options of the field's own list."""

    def loaded(self, raw: Any) -> Any:
        """A list of keys."""
        return list(raw) if isinstance(raw, list) else []

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Any of the chosen ones; `not`: none of them."""
        condition = Q(**{f"{self.path}__has_any_keys": values})
        return ~condition | self.emptiness() if operator.key == "not" else condition


@dataclass(frozen=True, kw_only=True)
class OwnYesNo(Own, YesNo):
    """Yes or no; only yes is kept."""

    def loaded(self, raw: Any) -> Any:
        """True or False."""
        return bool(raw)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Yes is kept, no is absent."""
        return ~self.emptiness() if values[0] else self.emptiness()


@dataclass(frozen=True, kw_only=True)
class OwnPerson(Own, Person):
    """A member."""

    kept_as: ClassVar[type] = int


@dataclass(frozen=True, kw_only=True)
class OwnDepartment(Own, DepartmentRef):
    """A department."""

    kept_as: ClassVar[type] = int


@dataclass(frozen=True, kw_only=True)
class OwnRecord(Own, RecordRef):
    """Another record."""

    kept_as: ClassVar[type] = int


@dataclass(frozen=True, kw_only=True)
class OwnRegion(Own, Region):
    """省/市/区."""


@dataclass(frozen=True, kw_only=True)
class OwnIndustry(Own, Industry):
    """An industry of GB/T 4754."""


@dataclass(frozen=True, kw_only=True)
class OwnSerial(OwnWords, Text):
    """A number that each new record gets by itself, after a pattern."""

    pattern: str = "{000000}"
    editable: bool = False
    ordered: ClassVar[bool] = True


TYPED: dict[str, type[Own]] = {
    "text": OwnText,
    "longtext": OwnLongText,
    "number": OwnNumber,
    "money": OwnMoney,
    "percent": OwnPercent,
    "date": OwnDate,
    "datetime": OwnDateTime,
    "choice": OwnChoice,
    "multichoice": OwnMultiChoice,
    "yesno": OwnYesNo,
    "person": OwnPerson,
    "department": OwnDepartment,
    "record": OwnRecord,
    "phone": OwnPhone,
    "email": OwnEmail,
    "url": OwnUrl,
    "region": OwnRegion,
    "industry": OwnIndustry,
    "id_card": OwnIdCard,
    "bank_card": OwnBankCard,
    "serial": OwnSerial,
}
"""By kind; files and formulas have modules of their own (`own_kinds` has them all)."""


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _decimal(raw: Any, places: int) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    return int(raw) if places == 0 else round(Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw), places)


def _read(read: Callable[[str], Any], raw: Any) -> Any:
    try:
        return read(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
