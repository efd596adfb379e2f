"""What becomes of leads that are merged (B3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from genjin.followups.queries import last_facts
from genjin.kernel.aliases import merged_into
from genjin.kernel.refusal import Refused
from genjin.leads.effects import restate_contacts
from genjin.leads.models import Lead
from genjin.leads.rules import LeadState
from genjin.merging.actions.moving import Moving
from genjin.merging.reach import settles, stays
from genjin.plans.planning import restate_next

stays("leads.Invalidity.lead_id", because="why that lead was invalid; the master has a state of its own")
stays("leads.Lead.opportunity_id", because="opportunities are merged into no other")


def settle_lead(actor: Any, lead: Lead, moving: Moving | None) -> None:
    """Last contact and next step are what all its follow-ups and plans say. Raises Refused("converted") when one that
    is a customer by now would go into another (L11)."""
    others = Lead.objects.filter(pk__in=merged_into(lead), state=LeadState.CONVERTED)  # rows: the merge locked them
    if moving is not None and others.exists():
        raise Refused("converted", _("已转换的线索不能并入别的线索；请把它选作主记录"))
    facts = last_facts(lead)
    restate_contacts(
        actor,
        lead,
        last_followed_at=facts.occurred_at,
        last_effective_at=facts.effective_at,
        deal_date=facts.deal_date,
    )
    restate_next(actor, lead)


settles("lead", settle_lead)
