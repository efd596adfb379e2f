"""What the morning digest says of plans: overdue ones, then today's (S0-46, S0-57)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.workdays import day_start
from genjin.plans.care.queries import silenced
from genjin.plans.drawing import PlanLine, drawn
from genjin.plans.queries import due_plans
from genjin.plans.record import PLAN
from genjin.reminders.digest import MOST_LINES, DigestSection, register_section
from genjin.ui.addresses import list_url
from genjin.ui.shell import formats_for

COUNTED = 99


def plans_section(actor: Actor) -> DigestSection | None:
    """The member's open plans up to this evening, the earliest named; None when there are none. Not who asked to be
    left alone meanwhile (B19)."""
    if actor.member_id is None or not actor.may(PLAN.grant("see")):
        return None
    tomorrow = day_start(actor.now().date() + timedelta(days=1), actor.zone)
    found = due_plans(actor, actor.member_id, tomorrow, COUNTED)
    quiet = silenced(found)
    due = [plan for plan in found if plan.pk not in quiet]
    lines = [(_words(line), line.url) for line in drawn(actor, formats_for(actor), due[:MOST_LINES])]
    if not lines:
        return None
    return DigestSection(_("逾期和今天的计划"), lines, len(due), f"{list_url(PLAN)}?view=mine")


def _words(line: PlanLine) -> str:
    return " · ".join(part for part in (line.when, line.content, line.customer) if part)


register_section("plans", plans_section, order=10)
