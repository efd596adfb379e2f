"""What is to be done, on the workbench: overdue, today, the week; done in place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.workdays import day_start
from genjin.plans.drawing import PlanLine, drawn, later_choices
from genjin.plans.models import Plan
from genjin.plans.queries import done_since, due_plans
from genjin.plans.record import PLAN
from genjin.plans.rules import is_overdue
from genjin.ui.addresses import list_url
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard

SPANS = {"today": gettext_lazy("今天"), "week": gettext_lazy("本周"), "all": gettext_lazy("全部")}
MOST = 60
MOST_DONE = 5


@dataclass(frozen=True)
class Group:
    """Rows under a heading; `tone` of its dot."""

    title: str
    tone: str
    lines: list[PlanLine]


def to_do(request: PageRequest, member_id: int) -> Workcard | None:
    """The open plans of a member up to the span asked for, and what he did today. Two queries and one for names."""
    actor = request.actor
    if not actor.may(PLAN.grant("see")):
        return None
    span = request.GET.get("span", "")
    span = span if span in SPANS else "today"
    today = actor.now().date()
    midnight = day_start(today, actor.zone)
    found = due_plans(actor, member_id, _end(today, span, actor.zone), MOST + 1)
    finished = done_since(actor, member_id, midnight, MOST_DONE)
    more, found = len(found) > MOST, found[:MOST]
    lines = dict(
        zip([p.pk for p in (*found, *finished)], drawn(actor, formats_for(actor), [*found, *finished]), strict=True)
    )
    parts = _parted(found, actor.now(), actor.zone)
    titles = ((_("逾期"), "bad"), (_("今天"), "warn"), (_("接下来"), "acc"))
    groups = [
        Group(title, tone, [lines[p.pk] for p in part]) for (title, tone), part in zip(titles, parts, strict=True)
    ]
    context = {
        "groups": [group for group in groups if group.lines],
        "finished": [lines[p.pk] for p in finished],
        "overdue": len(parts[0]),
        "due_today": len(parts[1]),
        "spans": [(key, words, key == span) for key, words in SPANS.items()],
        "later": later_choices(),
        "more_url": f"{list_url(PLAN)}?f=1&assignee.in={member_id}&state.in=prepared,underway&sort=due_at"
        if more
        else "",
        "add_url": f"{list_url(PLAN)}/new?stay=1" if actor.may(PLAN.grant("create")) else "",
        "own": member_id == actor.member_id,
    }
    leads = (
        Lead(str(len(parts[0])), _("个逾期"), "bad" if parts[0] else ""),
        Lead(str(len(parts[1])), _("个今天到期"), "warn" if parts[1] else ""),
    )
    return Workcard("plans/today_card.html", context, leads)


def _end(today: dt.date, span: str, zone: dt.tzinfo) -> dt.datetime:
    days = {"today": 1, "week": 7 - today.weekday()}.get(span, 3660)
    return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(), tzinfo=zone)


def _parted(found: list[Plan], now: dt.datetime, zone: ZoneInfo) -> tuple[list[Plan], ...]:
    """(overdue, due today, later)."""
    tomorrow = day_start(now.date() + dt.timedelta(days=1), zone)
    late = [p for p in found if is_overdue(p.due_at, now, zone)]
    today = [p for p in found if p.starts_at < tomorrow and not is_overdue(p.due_at, now, zone)]
    return late, today, [p for p in found if p.starts_at >= tomorrow]


register_workcard("plans", to_do, order=10)
