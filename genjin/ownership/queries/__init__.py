"""Reads of ownership, one module per subject: owners and teams, what may be claimed, what falls."""

from genjin.ownership.queries.former import former_branch
from genjin.ownership.queries.owners import owner_on, periods_of, places_count, places_of, team_branch, team_of
from genjin.ownership.queries.quotas import Claimed, Quota, Standing, just_claimed, quota_of, quotas_of, standing_of

__all__ = [
    "Claimed",
    "Quota",
    "Standing",
    "former_branch",
    "just_claimed",
    "owner_on",
    "periods_of",
    "places_count",
    "places_of",
    "quota_of",
    "quotas_of",
    "standing_of",
    "team_branch",
    "team_of",
]
