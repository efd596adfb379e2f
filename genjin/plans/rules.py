"""Rules of plans without any table: the moves of their states, when a series goes on, what postponing means."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.moves import Moves
from genjin.kernel.workdays import day_start


class PlanState(TextChoices):
    """The four states of a plan (B7)."""

    PREPARED = "prepared", pgettext_lazy("plan", "未开始")
    UNDERWAY = "underway", pgettext_lazy("plan", "进行中")
    COMPLETED = "completed", pgettext_lazy("plan", "已完成")
    CANCELLED = "cancelled", pgettext_lazy("plan", "已取消")


class PlanKind(TextChoices):
    """What people plan, and what the system plans for them."""

    PLAIN = "", pgettext_lazy("plan", "普通计划")
    CARE = "care", _("客户关怀")


OPEN_STATES = (PlanState.PREPARED, PlanState.UNDERWAY)
REMIND_MINUTES = 15
MORNING = 9
FARTHEST = timedelta(days=3660)

MOVES = Moves(
    name="plan",
    attribute="state",
    states=PlanState,
    table={
        PlanState.PREPARED: frozenset({PlanState.UNDERWAY, PlanState.COMPLETED, PlanState.CANCELLED}),
        PlanState.UNDERWAY: frozenset({PlanState.COMPLETED, PlanState.CANCELLED}),
        PlanState.COMPLETED: frozenset({PlanState.PREPARED}),
        PlanState.CANCELLED: frozenset({PlanState.PREPARED}),
    },
    words={
        PlanState.COMPLETED: _("计划已完成；要再做一次，请先重新打开"),
        PlanState.CANCELLED: _("计划已取消；要继续做，请先重新打开"),
    },
)

# {key: (label, days, months)}: a month keeps the day of the month, or takes its last day (S0-49)
RHYTHMS = {
    "day": (pgettext_lazy("rhythm", "每天"), 1, 0),
    "week": (pgettext_lazy("rhythm", "每周"), 7, 0),
    "fortnight": (pgettext_lazy("rhythm", "每两周"), 14, 0),
    "month": (pgettext_lazy("rhythm", "每月"), 0, 1),
    "quarter": (pgettext_lazy("rhythm", "每季度"), 0, 3),
}

LATER = {
    "hour": _("+1 小时"),
    "tomorrow": _("明天"),
    "three_days": _("3 天后"),
    "monday": _("下周一"),
}


def is_open(state: str) -> bool:
    """Whether there is still something to do."""
    return state in OPEN_STATES


def is_overdue(due_at: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Open and too late: its time has passed, or its day where it has no time of day (midnight in the reader's zone).
    Exactly now is not overdue."""
    return due_at is not None and due_at < now and due_at != day_start(now.astimezone(zone).date(), zone)


def whole_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a plan's time is a day without a time of day."""
    return moment == day_start(moment.astimezone(zone).date(), zone)


def remind_time(starts_at: datetime, before: int, zone: ZoneInfo) -> datetime:
    """When to remind of a plan: `before` minutes earlier; of a whole day from nine o'clock in the company's zone."""
    begins = starts_at + timedelta(hours=MORNING) if whole_day(starts_at, zone) else starts_at
    return begins - timedelta(minutes=before)


def next_of_series(
    rhythm: str, repeat_from: datetime, after: datetime, until: date | None, zone: ZoneInfo
) -> datetime | None:
    """The first step of a series after a moment; None when the series has ended by then. Steps are counted from
    `repeat_from` on the wall clock of the zone, so that postponing one does not shift the rest and the 31st comes back
    after a short month."""
    _label, days, months = RHYTHMS[rhythm]
    first = repeat_from.astimezone(zone)
    passed = (after.astimezone(zone).date() - first.date()).days
    step = max(0, passed // (days or 31 * months) - 1)
    while True:
        step += 1
        if days:
            moment = first + timedelta(days=days * step)
        else:
            moment = datetime.combine(_months_on(first.date(), months * step), first.time(), zone)
        if moment > after:
            return None if until and moment.date() > until else moment


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def later(choice: str, starts_at: datetime, now: datetime) -> datetime:
    """The time that a quick choice of postponing means; `now` is in the zone of whoever chooses. An hour counts from
    the plan's time, from now when that has passed; a day keeps the time of day."""
    if choice == "hour":
        begins = max(starts_at, now.replace(second=0, microsecond=0))
        return begins + timedelta(hours=1)
    clock = starts_at.astimezone(now.tzinfo)
    return datetime.combine(_DAYS[choice](now.date()), clock.time(), now.tzinfo)


_DAYS: dict[str, Callable[[date], date]] = {
    "tomorrow": lambda today: today + timedelta(days=1),
    "three_days": lambda today: today + timedelta(days=3),
    "monday": lambda today: today + timedelta(days=7 - today.weekday()),
}
