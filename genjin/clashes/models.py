"""Tables of sales clashes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from genjin.clashes.rules import ClashState, Origin, Ruling
from genjin.kernel.models.rows import Row

MEMBER: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Clash(Row):
    """Two records of one type that may be one customer, with different owners (B3). `earlier`: the record that was
    registered first. `told`: whether the rules of 查重 let the sides know of each other, and `shown` what of the other;
    `whys`: [[field, "exact" or "fuzzy", percent]]. `basis`: what was known when it was ruled."""

    record_type = models.CharField(max_length=40)
    earlier_id = models.BigIntegerField()
    later_id = models.BigIntegerField()
    earlier_owner = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    later_owner = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    state = models.CharField(max_length=10, choices=ClashState.choices, default=ClashState.OPEN)
    told = models.BooleanField(default=True)
    shown = models.JSONField(default=list)
    whys = models.JSONField(default=list)
    percent = models.SmallIntegerField(default=0)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    statement = models.CharField(max_length=500, default="")
    ruling = models.CharField(max_length=10, choices=[("", ""), *Ruling.choices], default="")
    reason = models.CharField(max_length=500, default="")
    basis = models.JSONField(default=dict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    decided_at = models.DateTimeField(null=True)

    row_type = "clash"
    earlier_owner_id: int | None
    later_owner_id: int | None
    opened_by_id: int | None
    decided_by_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["earlier_id", "-id"], name="clash_earlier"),
            models.Index(fields=["later_id", "-id"], name="clash_later"),
            models.Index(fields=["state", "-id"], name="clash_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["earlier_id", "later_id"], condition=models.Q(state="open"), name="clash_one_open"
            ),
            models.CheckConstraint(condition=models.Q(earlier_id__lt=models.F("later_id")), name="clash_in_order"),
        ]
