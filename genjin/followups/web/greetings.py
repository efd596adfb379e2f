"""Words to greet with, on the page of a plan of customer care: copied with one click."""

from __future__ import annotations

from genjin.customers.queries import contact_for
from genjin.followups.actions.phrases import USE
from genjin.followups.phrasing.greetings import suggested
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.plans.models import Plan
from genjin.plans.rules import PlanKind, is_open
from genjin.ui.details.cards import Drawn, register_panel
from genjin.ui.pages import PageRequest


def words_for(request: PageRequest, plan: Plan) -> Drawn | None:
    """Suggestions for an open greeting; none for who asked to be left alone (B19)."""
    actor = request.actor
    if plan.kind != PlanKind.CARE or not is_open(plan.state) or not actor.may(USE):
        return None
    names = {"me": actor.name}
    if plan.contact_id is not None:
        try:
            contact = contact_for(actor, plan.contact_id, to=SEE)
        except NotFound:
            return None
        if contact.do_not_contact or contact.life != Life.LIVE:
            return None
        of = titles_of(actor, "customer", [contact.customer_id])
        names |= {"contact": contact.name, "customer": of.get(contact.customer_id, "")}
    return Drawn("followups/greetings.html", {"suggested": suggested(actor, plan, names)})


register_panel("plan", "words", words_for, order=6)
