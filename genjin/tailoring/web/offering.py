"""Offers the index of a field where a long list misses it, to who may have it made."""

from __future__ import annotations

from genjin.kernel.actor import Actor
from genjin.kernel.models.definitions import IndexState
from genjin.kernel.records import RecordType
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import field_named
from genjin.tailoring.web.frames import address
from genjin.ui.lists.wanting import Offer, register_index_offer


def index_offer(actor: Actor, record_type: RecordType, key: str) -> Offer | None:
    """Where the index of a field is asked for; None for who may not, and where there is nothing to ask."""
    found = field_named(actor, record_type, key) if actor.may(MANAGE) else None
    if found is None or found.index == IndexState.READY:
        return None
    return Offer(address(record_type, f"/{found.pk}/index"), building=found.index == IndexState.BUILDING)


register_index_offer(index_offer)
