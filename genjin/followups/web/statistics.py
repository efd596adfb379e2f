"""The page 客户跟进记录统计表: the statistics of a period."""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.drawing import Drawer, author_of
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics import Statistics, statistics
from genjin.kernel.doors import titles_of
from genjin.kernel.fields import Date, FieldError
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond
from genjin.ui.shell import formats_for


@page("statistics/followups", name="followup-statistics", needs=FOLLOWUP.grant("see"))
def followup_statistics(request: PageRequest) -> HttpResponse:
    """客户跟进记录统计表 (S0-33): from, to, closed households, per salesperson, the lines."""
    start, end, error = _period(request)
    found = statistics(request.actor, start, end)
    context: dict[str, Any] = {
        "start": start,
        "end": end,
        "error": error,
        "found": found,
        "lines": _lines(request, found),
    }
    return respond(request, "followups/statistics.html#figures", **context)


def _period(request: PageRequest) -> tuple[date, date, str]:
    """The period asked for; this month when nothing, or nonsense, was asked."""
    today = request.actor.now().date()
    first = today.replace(day=1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    field = Date(key="period", label=_("查询日期"))
    try:
        start = field.parse(request.GET.get("from"), request.actor) or first
        end = field.parse(request.GET.get("to"), request.actor) or max(last, start)
    except FieldError as error:
        return first, last, str(error)
    return (start, end, "") if start <= end else (end, start, "")


def _lines(request: PageRequest, found: Statistics) -> list[dict[str, Any]]:
    """The lines of the table, in the columns of the sheet."""
    actor = request.actor
    draw = Drawer(actor, formats_for(actor))
    names = titles_of(actor, "customer", [one.customer_id for one in found.lines])
    keys = ("method", "progress", "intention", "outcome", "deal_date")
    return [
        {
            "row": one,
            "customer": names.get(one.customer_id, ""),
            "day": one.occurred_at.astimezone(actor.zone).date(),
            "who": author_of(actor, one),
            "words": {key: draw.words(one, key) for key in keys},
        }
        for one in found.lines
    ]


register_nav(
    NavItem(
        key="followup-statistics",
        label=gettext_lazy("跟进统计"),
        icon="chart-bar",
        url_name="followup-statistics",
        section="customers",
        order=60,
        needs=FOLLOWUP.grant("see"),
    )
)
