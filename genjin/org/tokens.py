"""Personal tokens: how they are made, kept (hashed) and turned into the actor of a request.

Creating and revoking a token are actions of the area; here is only what the door needs.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from genjin.kernel.actor import Actor, Surface
from genjin.org.models import AccessToken
from genjin.org.queries import actor_for

PREFIX = "genjin_"
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Bearer:
    """Who comes with a token, and what the token itself allows."""

    actor: Actor
    token_id: int
    read_only: bool


def new_token() -> tuple[str, str, str]:
    """(token to show once, hash to keep, hint by which its owner knows it again)."""
    raw = PREFIX + secrets.token_urlsafe(32)
    return raw, hash_token(raw), f"…{raw[-4:]}"


def hash_token(raw: str) -> str:
    """What is kept of a token: it is random, so that a plain hash cannot be guessed back."""
    return hashlib.sha256(raw.encode()).hexdigest()


def bearer_of(raw: str, *, surface: Surface, request_id: str = "") -> Bearer | None:
    """The bearer of a token as of now; None when it is unknown, revoked, past its end, or its member inactive."""
    row = AccessToken.objects.filter(token_hash=hash_token(raw), revoked_at=None).first()
    now = timezone.now()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    actor = actor_for(row.member_id, surface, request_id=request_id)
    if actor is None:
        return None
    if row.used_at is None or row.used_at < now - USED_EVERY:
        AccessToken.objects.filter(pk=row.pk).update(used_at=now)
    return Bearer(replace(actor, token=row.name), row.pk, row.read_only)
