"""The calendar's page: a day, a week or a month of plans, of oneself and of one's people."""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.org.snapshot import Person
from genjin.plans.diary import (
    IN_CELL,
    MOST_PEOPLE,
    MOST_PLANS,
    SPANS,
    Span,
    days_shown,
    hours_of,
    people_shown,
    span_of,
)  # fmt: skip
from genjin.plans.record import PLAN
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond
from genjin.ui.shell import formats_for


@page("calendar", name="calendar", needs=PLAN.grant("see"))
def calendar(request: PageRequest) -> HttpResponse:
    """日程: `?show=day|week|month&day=2026-11-24&who=<member>…`; without `who` one's own plans."""
    return respond(request, "plans/calendar.html#calendar", **_shown(request))


def _shown(request: PageRequest) -> dict[str, Any]:
    actor, fmt = request.actor, formats_for(request.actor)
    span = span_of(request.GET.get("show", "week"), _asked_day(request, fmt.today))
    people = people_shown(actor)
    chosen = _chosen(request, people)
    days, more = days_shown(actor, fmt, span, [p.id for p in chosen])
    return {
        "span": span,
        "spans": [(key, words, _address(span, chosen, show=key)) for key, words in SPANS.items()],
        "title": _title(span),
        "days": days,
        "hours": hours_of(days[0]) if span.kind == "day" else {},
        "before": _address(span, chosen, day=span.before),
        "after": _address(span, chosen, day=span.after),
        "here": _address(span, chosen),
        "to_today": _address(span, chosen, day=fmt.today),
        "day_urls": {day.day: _address(span, chosen, show="day", day=day.day) for day in days},
        "people": [(p, p in chosen, chosen.index(p) % 8 if p in chosen else -1) for p in people],
        "chosen": chosen,
        "in_cell": IN_CELL,
        "cap": MOST_PLANS if more else 0,
        "creates": actor.may(PLAN.grant("create")),
    }


def _asked_day(request: PageRequest, today: date) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) < dt.timedelta(days=36_500) else today


def _chosen(request: PageRequest, people: list[Person]) -> list[Person]:
    """Those asked for among those one may choose; oneself when nobody is."""
    asked = set(request.GET.getlist("who"))
    found = [p for p in people if str(p.id) in asked]
    return found[:MOST_PEOPLE] or [p for p in people if p.id == request.actor.member_id]


def _address(span: Span, chosen: list[Person], *, show: str = "", day: date | None = None) -> str:
    whose = [("who", str(p.id)) for p in chosen]
    return "/calendar?" + urlencode([("show", show or span.kind), ("day", (day or span.day).isoformat()), *whose])


def _title(span: Span) -> str:
    first, last = span.days[0], span.days[-1]
    if span.kind == "day":
        facts = {"year": first.year, "month": first.month, "day": first.day}
        return _("%(year)d 年 %(month)d 月 %(day)d 日") % facts
    if span.kind == "month":
        return _("%(year)d 年 %(month)d 月") % {"year": span.day.year, "month": span.day.month}
    return f"{first.isoformat()} – {last.strftime('%m-%d')}"


register_nav(
    NavItem(
        key="calendar",
        label=gettext_lazy("日程"),
        icon="calendar",
        url_name="calendar",
        section="",
        order=15,
        needs=PLAN.grant("see"),
    )
)
