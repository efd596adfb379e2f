"""A card of the board was put into another column: what the member wants is a move of B1, which mostly asks for facts
(a reason, a follow-up, what the customer is called). Then its dialog is told instead of anything being done.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.leads.actions.pools import claim_lead
from genjin.leads.models import Lead
from genjin.leads.queries import lead_for
from genjin.leads.record import LEAD
from genjin.leads.rules import MOVES, LeadState
from genjin.ownership.standing import administers, pool_named
from genjin.ui.addresses import list_url, record_url
from genjin.ui.pages import PageRequest, page, with_dialog, with_event, with_toast
from genjin.ui.undoing import undo_address


@page("leads/<int:lead_id>/moves", name="lead-moves", methods=["POST"], needs=LEAD.grant("see"))
def moved(request: PageRequest, lead_id: int) -> HttpResponse:
    """The dialog that the move to a column asks for; a claim is done at once. 422 with its words where B1 knows no such
    move."""
    actor, lead = request.actor, lead_for(request.actor, lead_id, to=SEE)
    try:
        wanted = _wanted(actor, lead, request.POST.get("stage", ""))
        if wanted:
            return with_dialog(HttpResponse(status=204), wanted)
        outcome = claim_lead.run(actor, lead_id, {})
    except Refused as refusal:
        if isinstance(refusal, NotFound):
            raise
        return with_toast(HttpResponse(status=refusal.status), refusal.message, tone="bad")
    answer = with_event(HttpResponse(status=204), "rows:changed")
    return with_toast(answer, _("已领取「%s」") % lead.name, undo=undo_address(claim_lead, outcome.event_id))


def _wanted(actor: Actor, lead: Lead, state: str) -> str:
    """The address of the dialog by which a lead comes to a state; '' when it is claimed. Raises Refused."""
    if state not in LeadState.values:
        raise Refused("bad_move", _("没有这一列，请刷新看板"))
    _demand_move(lead, LeadState(state))
    base = record_url(LEAD, lead.pk)
    if state == LeadState.PENDING:
        return _assigning(actor, lead)
    if state == LeadState.FOLLOWING:
        actor.demand("followups.create")
        return f"/followups/new?lead={lead.pk}"
    if state == LeadState.INVALID:
        return _asking(actor, "invalidate", base)
    if state == LeadState.CONVERTED:
        return _asking(actor, "convert", base)
    own = lead.owner_id == actor.member_id or not actor.may(LEAD.grant("reclaim"))
    return _asking(actor, "return" if own or lead.state == LeadState.INVALID else "reclaim", base)


def _demand_move(lead: Lead, state: LeadState) -> None:
    if lead.life != Life.LIVE:
        raise Refused("voided", _("线索已作废，还原后才能修改"))
    if not MOVES.allows(lead.state, state):
        if lead.state == LeadState.FOLLOWING:  # the only worked state that is never left backwards
            raise Refused("bad_move", _("跟进中的线索不能回到「%s」") % state.label)
        MOVES.move(lead, state)  # refuses in its own words


def _assigning(actor: Actor, lead: Lead) -> str:
    """Who leads the pool assigns, its members claim."""
    pool = pool_named(actor.stamp, lead.pool_id or 0)
    if pool is None or not (actor.may(LEAD.grant("assign")) and administers(actor, pool)):
        return ""
    return f"{list_url(LEAD)}/pools/{pool.pk}/bulk/assign?ids={lead.pk}"


def _asking(actor: Actor, verb: str, base: str) -> str:
    action = ACTIONS.get(LEAD.grant(verb))
    if action is None:
        raise Forbidden
    action.check(actor)
    return f"{base}/actions/{verb}"
