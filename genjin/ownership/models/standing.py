"""How an owned record stands: since when it is owned, in which pool it lies, when it may be claimed, when it falls.

Columns of the record's own table, so that lists sort by them. Kept by `change_owner` and the recycling rules only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from genjin.kernel.models.rows import IN_ORDER, Life
from genjin.ownership.models.periods import Rule

MINE: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Owned(models.Model):
    """Columns of a record type whose records may lie in a pool (B4).

    `owner_since`: the base of all deadlines; every change of owner sets it anew (P6). `claimable_at`: before that
    nobody may claim it (P1-4); None when it lies in no pool. `falls_at`: when it falls into its pool unless something
    happens (P5), None for never; `protected_until`: the end of its protection (P6). `home`: the pool it always falls
    into. `taken_from`: out of which pool it came to its owner, or to an owner before him (P3); None while it lies in
    one.
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
    taken_from = models.ForeignKey("ownership.Pool", **MINE)

    deadlines: ClassVar[frozenset[str]] = frozenset(
        {"pooled_at", "claimable_at", "owner_since", "falls_at", "protected_until", "taken_from_id"}
    )
    """What follows from other facts of the record: no event tells of it."""
    follows: ClassVar[tuple[str, ...]] = ()
    """Columns that `came_to` keeps."""
    falls_in: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """{column: values}: only records with one of these fall by themselves."""
    told_by_work: ClassVar[frozenset[str]] = frozenset()
    """Fields that repeat what follow-ups and plans say: at a pool they are shown to nobody, as these are (P10)."""
    pool_id: int | None
    previous_owner_id: int | None
    home_id: int | None
    taken_from_id: int | None

    class Meta:
        abstract = True

    def came_to(self, before: int | None, rule: Rule, reason: str, now: datetime) -> None:
        """It came to another owner, or into a pool (`owner_id`, `pool_id`), from the owner `before`, by a rule. A type
        whose state follows from that says here how, before it is saved; it may refuse."""

    def stands_again(self) -> None:
        """Something was undone: its owner and since when it is his are as they were. What a type derives from both it
        restates here, before it is saved."""

    def stays_out(self) -> str:
        """Why it may not be put into a pool in its state; '' where it may."""
        return ""


def standing_indexes(name: str) -> list[models.Index]:
    """The indexes of such a type: a pool by when its rows came and may be claimed and by who had them, what falls of an
    owner, what he came to and has not contacted yet, who has what came out of a pool (these cost nothing for rows that
    lie in no pool, never fall, are worked on, came out of none), and the orders in which any list may be read."""
    pooled, falling = models.Q(pool__isnull=False), models.Q(falls_at__isnull=False)
    taken = models.Q(taken_from__isnull=False)
    untouched = models.Q(last_followed_at=None) | models.Q(last_followed_at__lt=models.F("owner_since"))
    return [
        models.Index(fields=["pool", "id"], name=f"{name}_pool", condition=pooled),
        models.Index(fields=["pool", "claimable_at", "id"], name=f"{name}_claimable", condition=pooled),
        models.Index(fields=["pool", "pooled_at", "id"], name=f"{name}_pooled", condition=pooled),
        models.Index(fields=["pool", "previous_owner", "pooled_at", "id"], name=f"{name}_had", condition=pooled),
        models.Index(fields=["claimable_at", *IN_ORDER], name=f"{name}_by_claimable"),
        models.Index(fields=["pooled_at", *IN_ORDER], name=f"{name}_by_pooled"),
        models.Index(fields=["falls_at", *IN_ORDER], name=f"{name}_by_falls"),
        models.Index(fields=["owner", "falls_at"], name=f"{name}_owner_falls", condition=falling),
        models.Index(fields=["taken_from", "owner"], name=f"{name}_taken", condition=taken),
        models.Index(
            fields=["owner", "owner_since"],
            name=f"{name}_untouched",
            condition=models.Q(life=Life.LIVE, owner__isnull=False) & untouched,
        ),
    ]
