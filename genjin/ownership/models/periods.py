"""The ledger of ownership: one period after the other for each record, with the rule by which it began."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy


class Rule(models.TextChoices):
    """By which rule somebody came to own a record, or it came into a pool."""

    CREATED = "created", gettext_lazy("新建")
    IMPORTED = "imported", gettext_lazy("导入")
    TRANSFERRED = "transferred", gettext_lazy("转移")
    FOLLOWED = "followed", gettext_lazy("随上级记录变更")
    MOVED = "moved", gettext_lazy("随负责人调动")
    HANDED_OVER = "handed_over", gettext_lazy("交接")
    RETURNED = "returned", gettext_lazy("退回")
    CLAIMED = "claimed", gettext_lazy("领取")
    ASSIGNED = "assigned", gettext_lazy("指派")
    ALLOCATED = "allocated", gettext_lazy("分配")
    RECYCLED = "recycled", gettext_lazy("自动回收")
    RECLAIMED = "reclaimed", gettext_lazy("收回")
    POOLED = "pooled", gettext_lazy("移入公海")
    RULED = "ruled", gettext_lazy("撞单裁定")
    UNDONE = "undone", gettext_lazy("撤销")


class Period(models.Model):
    """One period of one record: with an owner, or without one in a pool (B4); the open one has no end."""

    id = models.BigAutoField(primary_key=True)
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        "org.Department", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pool = models.ForeignKey("ownership.Pool", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    rule = models.CharField(max_length=20, choices=Rule.choices)
    reason = models.CharField(max_length=200, default="")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    owner_id: int | None
    pool_id: int | None

    class Meta:
        indexes = [models.Index(fields=["record_id", "-id"], name="period_record")]
        constraints = [
            models.UniqueConstraint(fields=["record_id"], condition=models.Q(until=None), name="period_one_open")
        ]
