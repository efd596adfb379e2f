"""Tables of ownership: who owned what and why, shares, places in teams, pools and how an owned record stands."""

from genjin.ownership.models.periods import Period, Rule
from genjin.ownership.models.pools import Capacity, Daily, Pool, PoolKind, Recycling
from genjin.ownership.models.shares import Share, Split, SplitState
from genjin.ownership.models.standing import Owned, standing_indexes
from genjin.ownership.models.teams import Teammate, TeamRole

__all__ = [
    "Capacity",
    "Daily",
    "Owned",
    "Period",
    "Pool",
    "PoolKind",
    "Recycling",
    "Rule",
    "Share",
    "Split",
    "SplitState",
    "TeamRole",
    "Teammate",
    "standing_indexes",
]
