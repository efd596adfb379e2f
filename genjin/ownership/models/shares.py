"""Performance shares (业绩份额, B15): by which parts whom a record's performance counts for, from a day on.

Without a split all counts for the owner. What was decided is never rewritten: a later decision holds from its first
day on.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row

MEMBER: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class SplitState(models.TextChoices):
    """A split that somebody proposed counts for nothing until it is decided."""

    PROPOSED = "proposed", gettext_lazy("待主管决定")
    STANDING = "standing", gettext_lazy("已生效")
    DECLINED = "declined", gettext_lazy("未同意")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


class Split(Row):
    """How the performance of a record is divided from a day on, until a day or further notice. `origin`: "set" by hand,
    "ruled" in a sales clash, "handed_over" with a leaver."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=SplitState.choices, default=SplitState.STANDING)
    origin = models.CharField(max_length=12, default="set")
    reason = models.CharField(max_length=200, default="")
    answer = models.CharField(max_length=200, default="")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    decided_at = models.DateTimeField(null=True)

    row_type = "split"
    asked_by_id: int | None
    decided_by_id: int | None

    class Meta:
        indexes = [models.Index(fields=["record_id", "-id"], name="split_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_id"], condition=models.Q(state="proposed"), name="split_one_proposed"
            ),
            models.CheckConstraint(condition=models.Q(state__in=SplitState.values), name="split_state"),
        ]


class Share(models.Model):
    """A member's part of a split in percent; without a member the owner's, whoever that is on a day."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="shares")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, **MEMBER)
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    split_id: int
    member_id: int | None

    class Meta:
        indexes = [models.Index(fields=["member"], name="share_member", condition=models.Q(member__isnull=False))]
        constraints = [
            models.UniqueConstraint(fields=["split", "member"], name="share_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(percent__gt=0, percent__lte=100), name="share_percent"),
        ]
