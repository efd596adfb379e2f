"""Campaigns and their members for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from genjin.campaigns.actions.campaigns import create_campaign
from genjin.campaigns.actions.touches import create_touch
from genjin.campaigns.models import Campaign, Touch
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record


def make_campaign(actor: Actor, name: str = "春季智能制造展", **raw: Any) -> Campaign:
    """A campaign of the actor."""
    given = {"name": name, "starts_on": "2026-03-10", "ends_on": "2026-03-12", **raw}
    outcome = create_campaign.run(actor, None, given)
    assert outcome.row_id is not None
    return Campaign.objects.get(pk=outcome.row_id)


def touch(actor: Actor, campaign: Campaign, whom: Record, **raw: Any) -> Touch:
    """A lead, contact or customer as a member."""
    given = {"campaign": str(campaign.pk), whom.row_type: str(whom.pk), **raw}
    outcome = create_touch.run(actor, None, given)
    assert outcome.row_id is not None
    return Touch.objects.get(pk=outcome.row_id)
