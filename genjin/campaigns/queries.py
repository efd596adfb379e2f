"""Reads of campaigns and their members: the doors, and who is a member."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from genjin.campaigns.models import Campaign, Touch
from genjin.campaigns.record import TOUCH
from genjin.kernel.actor import Actor
from genjin.kernel.doors import To, row_for, visible_one_by_one
from genjin.kernel.models.rows import Life

COLUMNS = {"customer": "customer_id", "contact": "contact_id", "lead": "lead_id"}


def campaign_for(actor: Actor, campaign_id: int, *, to: To, lock: bool = False) -> Campaign:
    """The campaign's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Campaign, campaign_id, to=to, lock=lock)


def touch_for(actor: Actor, touch_id: int, *, to: To, lock: bool = False) -> Touch:
    """The one door of a member of a campaign. Raises NotFound or Forbidden."""
    return row_for(actor, Touch, touch_id, to=to, lock=lock)


def members_among(campaign_id: int, key: str, ids: Collection[int]) -> set[int]:
    """Of these records of a type those that are members of a campaign, whoever may see them: nobody joins twice."""
    column = COLUMNS[key]
    rows = Touch.objects.filter(campaign_id=campaign_id, life=Life.LIVE, **{f"{column}__in": list(ids)})
    if key == "customer":
        rows = rows.filter(contact__isnull=True)  # a lead that became a customer is one already
    return set(rows.values_list(column, flat=True))


@dataclass(frozen=True)
class Members:
    """The members of a campaign that the actor sees: how many in which state, the last ones touched."""

    states: dict[str, int]
    last: list[Touch]

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.states.values())


def members_of(actor: Actor, campaign: Campaign, most: int) -> Members:
    """The members of a campaign. Two queries."""
    rows = Touch.objects.filter(visible_one_by_one(actor, TOUCH), campaign_id=campaign.pk, life=Life.LIVE)
    states = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    last = rows.order_by("-touched_at", "-id").defer("search", "search_key")
    return Members(states, list(last[:most]) if states else [])


def touches_of(actor: Actor, key: str, record_id: int, most: int) -> list[Touch]:
    """The touches of a record that the actor sees, the newest first; one more than `most` says that there are more."""
    rows = Touch.objects.filter(visible_one_by_one(actor, TOUCH), life=Life.LIVE, **{COLUMNS[key]: record_id})
    return list(rows.order_by("-touched_at", "-id").defer("search", "search_key")[: most + 1])
