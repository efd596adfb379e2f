"""Writes of ownership, one module per verb."""

from genjin.ownership.actions.following import expire_places, follow_department
from genjin.ownership.actions.teams import removal_action, teammate_action
from genjin.ownership.actions.transferring import transfer_action

__all__ = ["expire_places", "follow_department", "removal_action", "teammate_action", "transfer_action"]
