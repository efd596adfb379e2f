"""Writes of ownership, one module per verb."""

from collections.abc import Sequence
from typing import Any

from genjin.kernel.actions import Action
from genjin.kernel.records import RecordType
from genjin.ownership.actions import capacities, pooling, recycling, share_parts, viewing
from genjin.ownership.actions.assigning import assign_action, unassign_action
from genjin.ownership.actions.claiming import claim_action, unclaim_action
from genjin.ownership.actions.following import expire_places, follow_department
from genjin.ownership.actions.locking import lock_action, protect_action, unlock_action
from genjin.ownership.actions.moving import move_action
from genjin.ownership.actions.returning import reclaim_action, return_action, unreclaim_action, unreturn_action
from genjin.ownership.actions.sharing_out import split_actions
from genjin.ownership.actions.teams import removal_action, teammate_action, teammate_along_action
from genjin.ownership.actions.transferring import transfer_action


def pool_actions(record_type: RecordType) -> Sequence[Action[Any, Any]]:
    """All verbs of pools for one type (B4), in the order in which menus offer them."""
    makers = (
        claim_action, unclaim_action, assign_action, unassign_action, return_action, unreturn_action, lock_action,
        unlock_action, reclaim_action, unreclaim_action, move_action, protect_action,
    )  # fmt: skip
    return [make(record_type) for make in makers]


__all__ = [
    "capacities",
    "expire_places",
    "follow_department",
    "pool_actions",
    "pooling",
    "recycling",
    "removal_action",
    "share_parts",
    "split_actions",
    "teammate_action",
    "teammate_along_action",
    "transfer_action",
    "viewing",
]
