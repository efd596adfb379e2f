"""What takes back verbs of customers that need more than one call. Not here: verbs whose opposite is one action."""

from __future__ import annotations

from collections.abc import Sequence

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.undo import Call, Past, again

paused_again, archived_again = again("customers.pause"), again("customers.archive")


def restored(actor: Actor, past: Past) -> Sequence[Call]:
    """Out of the recycle bin; what was archived before is archived again, for the same reason."""
    archived = past.before.get("life") == Life.ARCHIVED
    return [Call("customers.restore", past.row_id), *(archived_again(actor, past) if archived else ())]


def unarchived(actor: Actor, past: Past) -> Sequence[Call]:
    """Out of the archive; what was paused before is paused again, for the same reason."""
    paused = past.before.get("paused")
    return [Call("customers.unarchive", past.row_id), *(paused_again(actor, past) if paused else ())]
