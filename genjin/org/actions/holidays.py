"""Writes of the holiday table. A year without its announcement is "not announced", never a guess."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, Number, Text, YesNo
from genjin.kernel.models.options import Holiday, HolidayYear
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.workdays import seed_days

Year = Annotated[int, Number(key="year", label=gettext_lazy("年份"), least=2000, greatest=2100)]
DayOf = Annotated[date, Date(key="day", label=gettext_lazy("日期"))]
Works = Annotated[
    bool, YesNo(key="works", label=gettext_lazy("上班"), help=gettext_lazy("周末调休上班时勾选；不勾选表示放假"))
]
Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60)]


@action(
    "holidays.announce",
    on=HolidayYear,
    needs="settings.manage",
    label=gettext_lazy("设为已公布"),
    icon="check",
    listed=False,
)
def announce_year(actor: Actor, *, year: Year) -> HolidayYear:
    """Count a year as announced: with the official days where they are known, else with what is in the table.
    Raises Refused("announced")."""
    if HolidayYear.objects.filter(year=year).exists():
        raise Refused("announced", _("%d 年已经公布") % year, "year")
    row = HolidayYear(year=year)
    record(actor, row)
    there = set(Holiday.objects.filter(day__year=year).values_list("day", flat=True))
    for day, fact in (seed_days(year) or {}).items():
        if day not in there:
            record(actor, Holiday(day=day, works=fact.kind == "workday", name=fact.name))
    bump_stamp()
    return row


@action(
    "holidays.withdraw",
    on=HolidayYear,
    needs="settings.manage",
    label=gettext_lazy("改回尚未公布"),
    icon="arrow-back-up",
    listed=False,
)
def withdraw_year(actor: Actor, *, year: Year) -> None:
    """Count a year as not announced again; its days stay in the table. Raises NotFound."""
    row = HolidayYear.objects.filter(year=year).first()
    if row is None:
        raise NotFound
    record_removal(actor, row)
    bump_stamp()


@action(
    "holidays.set_day", on=Holiday, needs="settings.manage", label=gettext_lazy("设置日期"), icon="pencil", listed=False
)
def set_day(actor: Actor, *, day: DayOf, name: Name, works: Works = False) -> Holiday:
    """A holiday, or a weekend day that is worked; what stood there before is replaced."""
    row = Holiday.objects.select_for_update().filter(day=day).first() or Holiday(day=day)
    row.name, row.works = name, works
    record(actor, row)
    bump_stamp()
    return row


@action(
    "holidays.clear_day",
    on=Holiday,
    needs="settings.manage",
    label=gettext_lazy("删除日期"),
    icon="trash",
    listed=False,
)
def clear_day(actor: Actor, *, day: DayOf) -> None:
    """The day follows the plain week again. Raises NotFound."""
    row = Holiday.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise NotFound
    record_removal(actor, row)
    bump_stamp()
