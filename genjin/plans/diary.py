"""The calendar of plans: which days are shown, whose plans, and what each day says. Pure reads; drawn by the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.workdays import DayState, day_start
from genjin.org.queries import organisation
from genjin.org.queries.holidays import calendar
from genjin.org.snapshot import Person
from genjin.plans.drawing import PlanLine, drawn
from genjin.plans.queries import plans_between
from genjin.plans.record import PLAN
from genjin.ui.formats import MIDNIGHT, Formats, weekday_name

SPANS = {"day": _("日"), "week": _("周"), "month": _("月")}
MOST_PEOPLE = 12
MOST_OFFERED = 60
MOST_PLANS = 600
IN_CELL = 4
FIRST_HOUR, LAST_HOUR = 8, 20
ALL_DAY = -1


@dataclass(frozen=True)
class Shown:
    """A plan in the calendar: its row, the hour it begins (ALL_DAY without a time of day), `clock` as text, its colour
    (the assignee's)."""

    line: PlanLine
    clock: str
    hour: int
    colour: int
    who: str


@dataclass
class DayShown:
    """A day: its plans in order, whether it lies in the month shown, `mark` 休 or 班 with the name why."""

    day: date
    heading: str
    weekday: str
    today: bool
    inside: bool
    off: bool
    mark: str
    why: str
    plans: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """What is shown: 'day', 'week' or 'month', the days, and the days that arrows lead to."""

    kind: str
    day: date
    days: Sequence[date]
    before: date
    after: date


def span_of(kind: str, day: date) -> Span:
    """The days of a day, its week (from Monday) or its month (whole weeks)."""
    if kind == "day":
        return Span(kind, day, [day], day - timedelta(days=1), day + timedelta(days=1))
    if kind == "month":
        first = day.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        start, end = _monday(first), _monday(last) + timedelta(days=6)
        return Span(kind, day, _days(start, end), first - timedelta(days=1), last + timedelta(days=1))
    start = _monday(day)
    return Span("week", day, _days(start, start + timedelta(days=6)), day - timedelta(days=7), day + timedelta(days=7))


def people_shown(actor: Actor) -> list[Person]:
    """Active members whose plans the actor may see by his scope: himself first, then by name; at most MOST_OFFERED."""
    scope = actor.grants.get(PLAN.grant("see"))
    if scope is None:
        return []
    mine = [p for p in organisation(actor).people.values() if p.active and scope.holds(p.id, p.department_id)]
    return sorted(mine, key=lambda p: (p.id != actor.member_id, p.pinyin, p.id))[:MOST_OFFERED]


def days_shown(actor: Actor, fmt: Formats, span: Span, member_ids: Collection[int]) -> tuple[list[DayShown], bool]:
    """(the days with their plans, whether there were too many to show). Two queries."""
    start = day_start(span.days[0], actor.zone)
    end = day_start(span.days[-1] + timedelta(days=1), actor.zone)
    found = plans_between(actor, start, end, member_ids, MOST_PLANS + 1)
    lines = drawn(actor, fmt, found[:MOST_PLANS])
    colours = {member: place % 8 for place, member in enumerate(member_ids)}
    days = {day: _day(actor, fmt, span, day) for day in span.days}
    names = {p.id: p.name for p in organisation(actor).people.values()} if len(member_ids) > 1 else {}
    for plan, line in zip(found, lines, strict=False):
        local = plan.starts_at.astimezone(actor.zone)
        shown = _shown(line, local, colours.get(plan.assignee_id, 0), names.get(plan.assignee_id, ""))
        days[local.date()].plans.append(shown)
    return list(days.values()), len(found) > MOST_PLANS


def hours_of(day: DayShown) -> Mapping[int, list[Shown]]:
    """{hour: plans} of a day: working hours, and those outside them in which something is planned; ALL_DAY first where
    something has no time of day."""
    hours = {*range(FIRST_HOUR, LAST_HOUR), *(shown.hour for shown in day.plans)}
    return {hour: [shown for shown in day.plans if shown.hour == hour] for hour in sorted(hours)}


def _shown(line: PlanLine, local: datetime, colour: int, who: str) -> Shown:
    clock = f"{local.hour:02d}:{local.minute:02d}"
    return Shown(line, clock, ALL_DAY if clock == MIDNIGHT else local.hour, colour, who)


def _day(actor: Actor, fmt: Formats, span: Span, day: date) -> DayShown:
    known = calendar(actor)
    state, special = known.is_workday(day), day in known.days
    off = state is DayState.HOLIDAY or (state is DayState.NOT_ANNOUNCED and day.weekday() > 4)
    return DayShown(
        day=day,
        heading=fmt.day_heading(day),
        weekday=weekday_name(day),
        today=day == fmt.today,
        inside=span.kind != "month" or day.month == span.day.month,
        off=off,
        mark=str(_("休") if off else _("班")) if special else "",
        why=known.name_of(day) if special else "",
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
