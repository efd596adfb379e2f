"""By what rows of a list are grouped: the SQL of a field's groups, what a group is called, the filter it stands for."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Left, NullIf

from genjin.kernel import industries, regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.fields.choices import Choice, MultiChoice, YesNo
from genjin.kernel.fields.links import ALONE, DepartmentRef, Industry, Person, Region
from genjin.kernel.fields.own import Own
from genjin.kernel.fields.times import Birthday, Date, DateTime
from genjin.kernel.fields.veiled import Veiled


@dataclass(frozen=True)
class Named:
    """What a group is called, and the filter that shows its rows (None: there is none)."""

    label: str
    filter: tuple[str, str] | None


class Kept(Func):
    """The value of a field of their own as text."""

    template = "(%(expressions)s)"
    arg_joiner = " ->> "
    output_field = TextField()


class _Each(Func):
    """Each option of an array, null for none."""

    template = "unnest(CASE WHEN cardinality(%(expressions)s) > 0 THEN %(expressions)s ELSE ARRAY[NULL]::varchar[] END)"
    output_field = TextField()


class _EachOwn(Func):
    """Each option of an array of their own, null for none."""

    template = (
        "jsonb_array_elements_text(COALESCE(NULLIF(jsonb_path_query_array(%(expressions)s, '$[*]'), '[]'), '[null]'))"
    )
    output_field = TextField()


class _Month(Func):
    """2026-11 of a moment, in a zone."""

    template = "to_char((%(expressions)s), 'YYYY-MM')"
    arg_joiner = ")::timestamptz AT TIME ZONE ("
    output_field = TextField()


class _MonthOfDay(Func):
    """2026-11 of a date."""

    template = "to_char(%(expressions)s, 'YYYY-MM')"
    output_field = TextField()


def groups_by(field: Field) -> bool:
    """Whether rows can be grouped by a field: not by what is only seen masked, nor by what differs in every row."""
    if isinstance(field, Veiled | Birthday) or not field.filterable:
        return False
    return isinstance(field, Choice | YesNo | Person | DepartmentRef | Region | Date)


def key_of(field: Field, actor: Actor) -> Combinable:
    """The text that all rows of a group share; null or '' for those without a value."""
    kept = Kept(F("custom"), Value(field.key)) if isinstance(field, Own) else None
    if isinstance(field, MultiChoice):
        return _EachOwn(F(field.path)) if kept else _Each(F(field.path))
    if isinstance(field, Industry | Region):
        return Left(kept or F(field.path), 1 if isinstance(field, Industry) else 2)
    if isinstance(field, DateTime):
        moment = NullIf(kept, Value("")) if kept else F(field.path)
        return _Month(moment, Value(actor.time_zone, output_field=CharField()))
    if isinstance(field, Date):
        return Left(kept, 7) if kept else _MonthOfDay(F(field.path))
    return kept or Cast(F(field.path), TextField())


def named(field: Field, key: str | None, actor: Actor) -> Named:
    """A group in words."""
    if isinstance(field, YesNo):
        yes = key in ("true", "t")
        return Named(field.text(yes, actor), (f"{field.key}.is", "1" if yes else "0"))
    if not key:
        return Named("", (f"{field.key}.empty", "1"))
    if isinstance(field, Date):
        year, month = int(key[:4]), int(key[5:7])
        last = calendar.monthrange(year, month)[1]
        days = f"{dt.date(year, month, 1)},{dt.date(year, month, last)}"
        return Named(key, (f"{field.key}.between", days))
    if isinstance(field, Industry):
        known = industries.industry(key)
        return Named(known.name if known else key, (f"{field.key}.in", key))
    if isinstance(field, Region):
        return Named(regions.full_name(f"{key}0000") or key, (f"{field.key}.in", f"{key}0000"))
    value: Any = int(key) if isinstance(field, Person | DepartmentRef) else key
    shown = Choice.text(field, value, actor) if isinstance(field, Choice) else field.text(value, actor)
    operator = ALONE.key if isinstance(field, DepartmentRef) else "in"  # a group has no rows of departments below
    return Named(shown, (f"{field.key}.{operator}", key))


__all__ = ["Kept", "Named", "groups_by", "key_of", "named"]
