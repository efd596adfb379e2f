"""One's own downloads."""

from __future__ import annotations

from genjin.followups.statistics.models import Sheet
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound


def sheet_for(actor: Actor, sheet_id: int, *, lock: bool = False) -> Sheet:
    """A download of the actor's own. Raises NotFound."""
    rows = Sheet.objects.filter(pk=sheet_id, member_id=actor.member_id or 0)
    sheet = (rows.select_for_update() if lock else rows).first()
    if sheet is None:
        raise NotFound
    return sheet
