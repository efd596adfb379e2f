"""停滞的商机 on the workbench (B9): a member's open opportunities that stall, the longest over first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.opportunities.pipelines import name_of, pipelines_at
from genjin.opportunities.queries.cards import MOST_STALLED, stalled_of
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.web.drawing import card_views
from genjin.ui.addresses import list_url
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard

SHOWN = 5
STALLED = "outcome.in=open&stalls.any=1"


def stalled_card(request: PageRequest, member_id: int) -> Workcard | None:
    """What of a member's stands in its stage longer than allowed, or was not followed for so long. Two queries."""
    actor = request.actor
    if not actor.may(OPPORTUNITY.grant("see")):
        return None
    found = stalled_of(actor, member_id, MOST_STALLED + 1)
    if not found:
        return None
    views = card_views(actor, formats_for(actor), found[:SHOWN])
    steps = pipelines_at(actor.stamp).steps
    cards = [
        {
            "url": views[card.id].url,
            "title": card.name,
            "customer": views[card.id].customer,
            "stage": name_of(steps[card.stage], actor),
            "amount": views[card.id].amount,
            "note": views[card.id].note,
            "look": views[card.id].look,
        }
        for card in found[:SHOWN]
    ]
    words = f"{MOST_STALLED}+" if len(found) > MOST_STALLED else str(len(found))
    context = {
        "stalled_cards": cards,
        "stalled_words": words,
        "stalled_list": f"{list_url(OPPORTUNITY)}?view=stalled&f=1&owner.in={member_id}&{STALLED}",
    }
    return Workcard("opportunities/today_card.html", context, (Lead(words, _("个商机停滞"), "warn"),))


register_workcard("stalled", stalled_card, order=40)
