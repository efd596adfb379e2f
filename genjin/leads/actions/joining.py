"""Leads become members of campaigns (B20), until they are customers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from genjin.campaigns.actions.joining import joining_action
from genjin.campaigns.joined import voided
from genjin.kernel.refusal import Refused
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState


def _closed(lead: Any) -> Refused | None:
    if lead.state == LeadState.CONVERTED:
        return Refused("converted", _("线索已转换，请把转换出的客户或联系人加入活动"), LEAD.key)
    return voided(lead)


join_of_lead = joining_action(LEAD, _closed)
