"""Plans on records' pages: what is planned with a customer; a plan's own buttons, and the help that was asked for."""

from __future__ import annotations

from genjin.kernel import people
from genjin.kernel.doors import WRITE, may
from genjin.kernel.models.rows import Record
from genjin.kernel.seeing import as_seen
from genjin.plans.drawing import drawn, later_choices
from genjin.plans.models import Plan
from genjin.plans.queries import open_plans_of
from genjin.plans.record import PLAN
from genjin.plans.rules import is_open
from genjin.plans.subjects import subject_of
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_button, register_card, register_panel
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for

MOST_SHOWN = 5


def plans_panel(request: PageRequest, of: Record) -> Drawn | None:
    """What is planned with a customer (lead …), overdue first; how to plan the next step where nothing is. One
    query."""
    actor, key = request.actor, of.row_type
    if not actor.may(PLAN.grant("see")):
        return None
    found = open_plans_of(actor, of, MOST_SHOWN + 1)
    plans = subject_of(of).planned(of) is None and actor.may(PLAN.grant("create"))
    plans = plans and may(actor, of, PLAN.grant("create"), WRITE)
    if not found and not plans:
        return None
    writes = plans and may(actor, of, PLAN.grant("edit"), WRITE)
    listed = list_url(PLAN)
    context = {
        "lines": drawn(actor, formats_for(actor), found[:MOST_SHOWN], writes=writes, of=of),
        "later": later_choices(),
        "all_url": f"{listed}?f=1&{key}.in={of.pk}&sort=-starts_at" if len(found) > MOST_SHOWN else "",
        "add_url": f"{listed}/new?stay=1&{key}={of.pk}" if plans else "",
    }
    return Drawn("plans/panel.html", context)


def plan_buttons(request: PageRequest, plan: Plan) -> Drawn | None:
    """Completing, writing the follow-up and postponing, on an open plan's own page."""
    actor = request.actor
    if not is_open(plan.state) or not may(actor, plan, PLAN.grant("edit"), WRITE):
        return None
    (line,) = drawn(actor, formats_for(actor), [plan], writes=True, named=False)
    return Drawn("plans/buttons.html", {"line": line, "later": later_choices()})


def support_panel(request: PageRequest, plan: Plan) -> Drawn | None:
    """Which department was asked to help and what it did; its members write it down here (S3-12)."""
    actor = request.actor
    plan = as_seen(actor, plan)
    if plan.support_department_id is None:
        return None
    directory = people.directory()
    context = {
        "department": directory.department_name(plan.support_department_id, actor.stamp),
        "result": plan.support_result,
        "who": directory.member_name(plan.support_by_id, actor.stamp) if plan.support_by_id else "",
        "moment": plan.support_at,
        "writes": may(actor, plan, PLAN.grant("support"), WRITE),
        "url": record_url(PLAN, plan.pk),
    }
    return Drawn("plans/support.html", context)


register_button("plan", "plan", plan_buttons, order=10)
register_panel("plan", "support", support_panel, order=10)


def show_plans(key: str) -> None:
    """Plans of a type's records on their pages."""
    register_panel(key, "plans", plans_panel, order=10)
    register_card(key, "plan", lambda _request, _record: None)  # the panel shows them


show_plans("customer")
