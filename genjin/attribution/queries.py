"""Reads of attribution: what is credited to campaigns, in one grouped statement over leads and one over opportunities,
however many campaigns there are, read from the indexes of their touches alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from genjin.attribution.rules import NOTHING, Credit, Way
from genjin.campaigns.models import Campaign
from genjin.campaigns.record import CAMPAIGN
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_one_by_one, visible_to
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.seeing import whole
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Outcome

MOST = 1000


def campaigns_of_year(actor: Actor, year: int) -> list[Campaign]:
    """The campaigns that began in a year, the newest first; at most MOST."""
    rows = visible_to(actor, Campaign).filter(begun_in(year)).order_by("-starts_on", "-id")
    return list(rows.defer("search", "search_key", "description")[:MOST])


def begun_in(year: int, path: str = "") -> Q:
    """Live campaigns that began in a year."""
    return Q(**{f"{path}life": Life.LIVE, f"{path}starts_on__range": (date(year, 1, 1), date(year, 12, 31))})


def years_of(actor: Actor) -> list[int]:
    """The years in which campaigns began, the newest first."""
    rows = visible_to(actor, Campaign).filter(life=Life.LIVE).order_by()
    return sorted({day.year for day in rows.dates("starts_on", "year")}, reverse=True)


def credits(actor: Actor, way: Way, ids: Sequence[int]) -> dict[int, Credit]:
    """{campaign: what is credited to it}, of what the actor sees. Two queries."""
    found: defaultdict[int, Credit] = defaultdict(Credit)
    for campaign_id, state, number in _counted(actor, LEAD, way, ids, "state"):
        credit = found[campaign_id]
        credit.leads += number
        credit.converted += number if state == LeadState.CONVERTED else 0
    for campaign_id, outcome, number, amount in _counted(actor, OPPORTUNITY, way, ids, "outcome", Sum("amount")):
        credit = found[campaign_id]
        if outcome == Outcome.INVALID:
            continue
        credit.opportunities += number
        if outcome == Outcome.WON:
            credit.won, credit.revenue = credit.won + number, credit.revenue + (amount or NOTHING)
    return found


def counts(actor: Actor, declared: RecordType, way: Way) -> bool:
    """Whether the actor may be told how many records of a type a campaign brought: he sees such records, and which
    campaigns touched them."""
    return actor.may(declared.grant("see")) and whole(actor, declared, way.field)


def sees_all(actor: Actor) -> bool:
    """Whether he sees all that a campaign brought: only then its whole cost can be set against it."""
    scopes = [actor.grants.get(declared.grant("see")) for declared in (LEAD, OPPORTUNITY)]
    return all(scope is not None and scope.everything for scope in scopes) and whole(actor, CAMPAIGN, "cost")


def _counted(
    actor: Actor, declared: RecordType, way: Way, ids: Sequence[int], column: str, *sums: Sum
) -> QuerySet[Any, Any] | list[Any]:
    if not ids or not counts(actor, declared, way):
        return []
    rows = declared.model._default_manager.filter(
        visible_one_by_one(actor, declared, listing=True), life=Life.LIVE, **{f"{way.field}_id__in": list(ids)}
    )
    return rows.order_by().values_list(f"{way.field}_id", column).annotate(Count("pk"), *sums)
