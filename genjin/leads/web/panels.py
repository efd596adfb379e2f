"""What a lead's page shows: its follow-ups and plans with the composer, why it is invalid, a button to call; what the
head of its list and the menu offer.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.campaigns.web.panels import show_touches
from genjin.followups.web.panels import followups_page, show_followups
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Life
from genjin.kernel.options import options_of
from genjin.kernel.seeing import seen_value
from genjin.leads.models import Lead
from genjin.leads.options import INVALID_REASON
from genjin.leads.queries import invalidity_of, lead_for
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState
from genjin.plans.web.panels import show_plans
from genjin.ui.details.cards import Drawn, register_button, register_panel
from genjin.ui.details.resting import banner
from genjin.ui.lists.tools import RowTool, register_row_tool
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, fragment, page
from genjin.ui.shell import formats_for

NUMBERS = ("mobile", "phone")


@page("leads/<int:lead_id>/followups", name="lead-followups", methods=["GET", "POST"], needs=LEAD.grant("see"))
def lead_followups(request: PageRequest, lead_id: int) -> HttpResponse:
    """A lead's follow-ups, newest first (`?before=`: a follow-up's id); POST writes one."""
    return followups_page(request, lead_for(request.actor, lead_id, to=SEE))


@page("leads/<int:lead_id>/call", name="lead-call", needs=LEAD.grant("see"))
def lead_call(request: PageRequest, lead_id: int) -> HttpResponse:
    """Whom to dial, for the popover of a row in the list."""
    lead = lead_for(request.actor, lead_id, to=SEE)
    return fragment(request, "customers/numbers.html", numbers=_numbers(request.actor, lead))


def call_lead(request: PageRequest, lead: Lead) -> Drawn | None:
    """Dial the lead."""
    numbers = _numbers(request.actor, lead)
    if not numbers or lead.life != Life.LIVE:
        return None
    who, number = numbers[0]
    return Drawn("customers/call.html", {"number": number, "who": who})


def invalid_panel(request: PageRequest, lead: Lead) -> Drawn | None:
    """Why a lead is invalid, who said so, and that a follow-up takes it up again (L8, L9)."""
    if lead.state != LeadState.INVALID or lead.life != Life.LIVE:
        return None
    found = invalidity_of(request.actor, lead)
    parts = []
    if found is not None:
        known = options_of(INVALID_REASON.key, request.actor.stamp).get(found.reason)
        when = formats_for(request.actor).when(found.at)
        parts = [str(known.label) if known else found.reason, found.note, found.by.name if found.by else "", when]
    return banner(lead, str(LeadState.INVALID.label), [*parts, _("写一条跟进就重新开始")])


def _numbers(actor: Actor, lead: Lead) -> list[tuple[str, str]]:
    """(whose, number) of a lead's numbers that the actor may know in full."""
    who = seen_value(actor, lead, "contact_name") or lead.name
    return [(str(who), number) for key in NUMBERS if (number := seen_value(actor, lead, key))]


def _dialled(request: PageRequest, lead: Lead) -> str:
    numbers = _numbers(request.actor, lead)
    return f"tel:{numbers[0][1].replace(' ', '')}" if numbers else ""


show_plans(LEAD.key)
show_followups(LEAD.key)
show_touches(LEAD.key)
register_button(LEAD.key, "call", call_lead, order=20)
register_panel(LEAD.key, "invalid", invalid_panel, order=1)
register_row_tool(
    LEAD.key,
    RowTool(
        key="call",
        label=gettext_lazy("拨打"),
        icon="phone-call",
        link="{row}/call",
        needs=LEAD.grant("see"),
        at=_dialled,
        into="#row-menu",
        order=20,
    ),
)
register_nav(
    NavItem(
        key=LEAD.plural,
        label=LEAD.many,
        icon=LEAD.icon,
        url_name="list",
        args=(LEAD.plural,),
        section="customers",
        order=40,
        needs=LEAD.grant("see"),
    )
)
register_nav(
    NavItem(
        key="lead-pools",
        label=gettext_lazy("线索公海"),
        icon="ripple",
        url_name="pools",
        args=(LEAD.plural,),
        section="customers",
        order=41,
        needs=(LEAD.grant("claim"), LEAD.grant("assign")),
    )
)
