"""Dates and moments. Moments are stored in UTC and read in the actor's zone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import dates
from genjin.kernel.fields.base import EMPTY_OPERATORS, ORDER_OPERATORS, Field, FieldError, Operator

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

RELATIVE_OPERATORS = (
    Operator("last", gettext_lazy("最近（天）"), "one"),
    Operator("next", gettext_lazy("未来（天）"), "one"),
    Operator("past", gettext_lazy("早于（天前）"), "one"),
)


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A calendar date. `due`: a planned one, shown as overdue once it has passed."""

    due: bool = False
    kind: ClassVar[str] = "date"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """A date from any way people write one."""
        return self._date(raw, actor)

    def _date(self, raw: Any, actor: Actor) -> dt.date:
        if isinstance(raw, dt.datetime):
            return raw.date()
        if isinstance(raw, dt.date):
            return raw
        try:
            return dates.parse_date(raw, today=actor.now().date()).day
        except ValueError as error:
            raise FieldError(_("「%(field)s」：%(why)s") % {"field": self.label, "why": error}) from None

    def text(self, value: Any, actor: Actor) -> str:
        """2026-11-24."""
        return value.isoformat() if value else ""

    def to_json(self, value: Any) -> Any:
        """ISO text."""
        return value.isoformat() if value else None

    def form_value(self, value: Any, actor: Actor) -> Any:
        """What <input type=date> takes."""
        return self.text(value, actor)

    def operators(self) -> tuple[Operator, ...]:
        """From, to, between, relative days, empty."""
        return (*ORDER_OPERATORS, *RELATIVE_OPERATORS, *EMPTY_OPERATORS)

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A filter value is a date, or a number of days for the relative filters."""
        return int(raw) if raw.strip().isdecimal() and len(raw.strip()) <= 4 else self._date(raw, actor)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Whole days in the actor's zone."""
        today = actor.now().date()
        low, high = self._bounds(operator, values, today)
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{self.path}__gte": self.edge(low, actor)})
        if high is not None:
            condition &= Q(**{f"{self.path}__lt": self.edge(high + dt.timedelta(days=1), actor)})
        return condition

    def _bounds(self, operator: Operator, values: list[Any], today: dt.date) -> tuple[dt.date | None, dt.date | None]:
        relative = operator.key in {"last", "next", "past"}
        if relative != isinstance(values[0], int):
            raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})
        if relative:
            days = dt.timedelta(days=values[0])
            if operator.key == "last":
                return today - days, today
            return (today, today + days) if operator.key == "next" else (None, today - days)
        if operator.key == "between":
            return values[0], values[-1]
        return (values[0], None) if operator.key == "from" else (None, values[0])

    def edge(self, day: dt.date, actor: Actor) -> Any:
        """The start of a day as this column compares it."""
        return day


@dataclass(frozen=True, kw_only=True)
class DateTime(Date):
    """A moment; shown and typed in the actor's zone."""

    kind: ClassVar[str] = "datetime"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """An aware datetime from `2026-11-24 10:00`, ISO text with offset, or a date alone (midnight)."""
        if isinstance(raw, dt.datetime):
            return raw if raw.tzinfo else raw.replace(tzinfo=actor.zone)
        text = str(raw).strip()
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = dt.datetime.combine(self._date(raw, actor), dt.time())
        return moment if moment.tzinfo else moment.replace(tzinfo=actor.zone)

    def text(self, value: Any, actor: Actor) -> str:
        """2026-11-24 10:00 in the actor's zone."""
        return value.astimezone(actor.zone).strftime("%Y-%m-%d %H:%M") if value else ""

    def to_json(self, value: Any) -> Any:
        """ISO text with offset."""
        return value.isoformat() if value else None

    def form_value(self, value: Any, actor: Actor) -> Any:
        """What <input type=datetime-local> takes."""
        return value.astimezone(actor.zone).strftime("%Y-%m-%dT%H:%M") if value else ""

    def edge(self, day: dt.date, actor: Actor) -> Any:
        """Midnight in the actor's zone."""
        return dt.datetime.combine(day, dt.time(), tzinfo=actor.zone)


NO_YEAR = 1604
"""The year that stands for "year unknown" in a birthday: a leap year long before anybody's birth."""
_DAY_OF_YEAR = re.compile(r"(?:1604-|--)?(\d{1,2})[-/.月](\d{1,2})[日号]?")
BIRTHDAY_OPERATORS = (
    Operator("next", gettext_lazy("未来（天）"), "one"),
    Operator("month", gettext_lazy("月份是"), "one"),
    *EMPTY_OPERATORS,
)


def month_day(path: str) -> CombinedExpression:
    """Month and day of a date column as one number (315 for 15 March): the expression of the index over birthdays."""
    return ExtractMonth(path) * 100 + ExtractDay(path)


def on_days(path: str, wanted: list[int]) -> Q:
    """Whose date falls on one of these days of the year (as `month_day` numbers them)."""
    return Q(In(month_day(path), wanted))


def month_days(first: dt.date, last: dt.date) -> list[int]:
    """The numbers of `month_day` that are celebrated from one day to another. Who was born on 29 February celebrates
    on 28 February where there is no 29th."""
    found = []
    for number in range(min((last - first).days, 365) + 1):
        day = first + dt.timedelta(days=number)
        found.append(day.month * 100 + day.day)
        if (day.month, day.day) == (2, 28) and (day + dt.timedelta(days=1)).month == 3:
            found.append(229)
    return found


def next_birthday(born: dt.date, today: dt.date) -> dt.date:
    """The next day, today included, on which somebody celebrates."""
    for year in (today.year, today.year + 1):
        try:
            day = born.replace(year=year)
        except ValueError:
            day = dt.date(year, 2, 28)
        if day >= today:
            return day
    raise AssertionError(born)


@dataclass(frozen=True, kw_only=True)
class Birthday(Date):
    """A birthday, the year of which need not be known. Filtered by the day of the year, not by age."""

    kind: ClassVar[str] = "birthday"

    def _date(self, raw: Any, actor: Actor) -> dt.date:
        known = _DAY_OF_YEAR.fullmatch(raw.strip().replace(" ", "")) if isinstance(raw, str) else None
        if known:
            try:
                return dt.date(NO_YEAR, int(known[1]), int(known[2]))
            except ValueError:
                words = _("「%(field)s」没有这一天，请按 1985-03-15 或 03-15 填写")
                raise FieldError(words % {"field": self.label}) from None
        day = super()._date(raw, actor)
        if day > actor.now().date():
            raise FieldError(_("「%(field)s」不能晚于今天") % {"field": self.label})
        return day

    def text(self, value: Any, actor: Actor) -> str:
        """1985-03-15, or 03-15 where the year is not known."""
        if not value:
            return ""
        day = dt.date.fromisoformat(value) if isinstance(value, str) else value
        return f"{day:%m-%d}" if day.year == NO_YEAR else super().text(day, actor)

    def to_json(self, value: Any) -> Any:
        """ISO text, `--03-15` without a year."""
        return f"--{value:%m-%d}" if value and value.year == NO_YEAR else super().to_json(value)

    def operators(self) -> tuple[Operator, ...]:
        """Who celebrates in the next days, in a month; known or not."""
        return BIRTHDAY_OPERATORS

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A number of days, or a month."""
        if not raw.strip().isdecimal() or len(raw.strip()) > 3:
            raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})
        return int(raw)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """By the index over month and day."""
        today = actor.now().date()
        if operator.key == "month":
            if not 1 <= values[0] <= 12:
                raise FieldError(_("「%(field)s」的月份是 1 到 12") % {"field": self.label})
            wanted = list(range(values[0] * 100 + 1, values[0] * 100 + 32))
        else:
            wanted = month_days(today, today + dt.timedelta(days=values[0]))
        return on_days(self.path, wanted)
