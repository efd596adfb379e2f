"""Requests that are sent twice do their work once: what a member's idempotency key has done is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.models.events import Idempotency
from genjin.kernel.refusal import Refused
from genjin.kernel.together import one_write


def once(actor: Actor, key: str, name: str, said: str, act: Callable[[], int]) -> tuple[int, bool]:
    """(the id that `act` gave, whether an earlier request gave it). For work that is more than one action; `said` tells
    one request from another. What `act` refuses is not remembered. Raises Refused("key_reused")."""
    digest = hashlib.sha256(f"{name} {said}".encode()).digest()
    with one_write():
        kept = claim(actor, key, name, digest)
        if kept.outcome is not None:
            return int(kept.outcome["row_id"]), True
        row_id = act()
        kept.outcome = {"row_id": row_id, "event_id": None}
        kept.save(update_fields=["outcome"])
    return row_id, False


def claim(actor: Actor, key: str, name: str, digest: bytes) -> Idempotency:
    """The key's row, locked: new (outcome None), or of the earlier same request. Raises Refused for another request."""
    if actor.member_id is None:
        raise Refused("no_member", _("幂等键只用于成员的请求"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_idempotency (member_id, key, action, digest, at) VALUES (%s, %s, %s, %s, now())"
            " ON CONFLICT (member_id, key) DO NOTHING",
            [actor.member_id, key[:100], name, digest],
        )
    kept = Idempotency.objects.select_for_update().get(member_id=actor.member_id, key=key[:100])
    if bytes(kept.digest) != digest:
        raise Refused("key_reused", _("同一个幂等键用在了不同的请求上"))
    return kept
