"""Reads of the holiday table."""

from __future__ import annotations

from datetime import date

from genjin.kernel.actor import Actor
from genjin.kernel.models.options import Holiday, HolidayYear
from genjin.kernel.stamps import Stamped
from genjin.kernel.workdays import Day, WorkCalendar


def days_of(actor: Actor, year: int) -> list[Holiday]:
    """The special days of a year, in order. Raises Forbidden."""
    actor.demand("settings.manage")
    return list(Holiday.objects.filter(day__year=year).order_by("day"))


def day_fact(actor: Actor, day: date) -> Holiday | None:
    """What the table says of a day. Raises Forbidden."""
    actor.demand("settings.manage")
    return Holiday.objects.filter(day=day).first()


def is_announced(actor: Actor, year: int) -> bool:
    """Whether the year counts as announced. Raises Forbidden."""
    actor.demand("settings.manage")
    return HolidayYear.objects.filter(year=year).exists()


def _load() -> WorkCalendar:
    days = {row.day: Day("workday" if row.works else "holiday", row.name) for row in Holiday.objects.all()}
    return WorkCalendar(days, frozenset(HolidayYear.objects.values_list("year", flat=True)))


CALENDAR: Stamped[WorkCalendar] = Stamped(_load)


def calendar(actor: Actor) -> WorkCalendar:
    """The company's workdays as of now: what other areas reckon with."""
    return CALENDAR.at(actor.stamp)
