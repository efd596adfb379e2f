"""How an owned record stands: since when it is owned, in which pool it lies, when it may be claimed, when it falls.

Columns of the record's own table, so that lists sort by them. Kept by `change_owner` and the recycling rules only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from genjin.kernel.models.rows import IN_ORDER

MINE: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Owned(models.Model):
    """Columns of a record type whose records may lie in a pool (B4).

    `owner_since`: the base of all deadlines; every change of owner sets it anew (P6). `claimable_at`: before that
    nobody may claim it (P1-4); None when it lies in no pool. `falls_at`: when it falls into its pool unless something
    happens (P5), None for never; `protected_until`: the end of its protection (P6). `home`: the pool it always falls
    into.
    """

    pool = models.ForeignKey("ownership.Pool", **MINE)
    pooled_at = models.DateTimeField(null=True)
    pool_reason = models.CharField(max_length=200, default="")
    previous_owner = models.ForeignKey(settings.AUTH_USER_MODEL, **MINE)
    claimable_at = models.DateTimeField(null=True)
    owner_since = models.DateTimeField(null=True)
    falls_at = models.DateTimeField(null=True)
    protected_until = models.DateTimeField(null=True)
    locked = models.BooleanField(default=False)
    home = models.ForeignKey("ownership.Pool", **MINE)

    deadlines: ClassVar[frozenset[str]] = frozenset(
        {"pooled_at", "claimable_at", "owner_since", "falls_at", "protected_until"}
    )
    """What follows from other facts of the record: no event tells of it."""
    pool_id: int | None
    previous_owner_id: int | None
    home_id: int | None

    class Meta:
        abstract = True


def standing_indexes(name: str) -> list[models.Index]:
    """The indexes of such a type: a pool by when its rows came and may be claimed, what falls of an owner (these cost
    nothing for rows that lie in no pool and never fall), and the orders in which any list may be read."""
    pooled, falling = models.Q(pool__isnull=False), models.Q(falls_at__isnull=False)
    return [
        models.Index(fields=["pool", "id"], name=f"{name}_pool", condition=pooled),
        models.Index(fields=["pool", "claimable_at", "id"], name=f"{name}_claimable", condition=pooled),
        models.Index(fields=["pool", "pooled_at", "id"], name=f"{name}_pooled", condition=pooled),
        models.Index(fields=["claimable_at", *IN_ORDER], name=f"{name}_by_claimable"),
        models.Index(fields=["pooled_at", *IN_ORDER], name=f"{name}_by_pooled"),
        models.Index(fields=["falls_at", *IN_ORDER], name=f"{name}_by_falls"),
        models.Index(fields=["owner", "falls_at"], name=f"{name}_owner_falls", condition=falling),
    ]
