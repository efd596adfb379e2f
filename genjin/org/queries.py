"""Reads of the organisation. Here an actor comes into being."""

from __future__ import annotations

from dataclasses import replace

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.stamps import current_stamp
from genjin.org.snapshot import ORGANISATION, Organisation, make_actor


def actor_for(member_id: int, surface: Surface, *, request_id: str = "") -> Actor | None:
    """The actor of an active member as of now (one small query); None for somebody inactive or unknown."""
    stamp = current_stamp()
    actor = make_actor(ORGANISATION.at(stamp), member_id, stamp)
    if actor is None:
        return None
    return replace(actor, surface=surface, request_id=request_id)


def organisation(actor: Actor) -> Organisation:
    """The organisation as this actor's request sees it."""
    return ORGANISATION.at(actor.stamp)
