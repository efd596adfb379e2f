"""Plans on other pages: the panel of what is planned with a customer."""

from __future__ import annotations

from genjin.customers.models import Customer
from genjin.kernel.doors import WRITE, may
from genjin.kernel.models.rows import Life
from genjin.plans.drawing import drawn, later_choices
from genjin.plans.queries import open_plans_of
from genjin.plans.record import PLAN
from genjin.ui.addresses import list_url
from genjin.ui.details.cards import Drawn, register_card, register_panel
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for

MOST_SHOWN = 5


def plans_panel(request: PageRequest, customer: Customer) -> Drawn | None:
    """What is planned with a customer, overdue first; how to plan the next step where nothing is. One query."""
    actor = request.actor
    if not actor.may(PLAN.grant("see")):
        return None
    found = open_plans_of(actor, customer, MOST_SHOWN + 1)
    plans = customer.life == Life.LIVE and actor.may(PLAN.grant("create"))
    plans = plans and may(actor, customer, PLAN.grant("create"), WRITE)
    if not found and not plans:
        return None
    writes = plans and may(actor, customer, PLAN.grant("edit"), WRITE)
    listed = list_url(PLAN)
    context = {
        "lines": drawn(actor, formats_for(actor), found[:MOST_SHOWN], writes=writes, customer=customer),
        "later": later_choices(),
        "all_url": f"{listed}?f=1&customer.in={customer.pk}&sort=-starts_at" if len(found) > MOST_SHOWN else "",
        "add_url": f"{listed}/new?stay=1&customer={customer.pk}" if plans else "",
    }
    return Drawn("plans/panel.html", context)


register_panel("customer", "plans", plans_panel, order=10)
register_card("customer", "plan", lambda _request, _customer: None)  # the panel shows them
