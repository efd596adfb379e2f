"""Tables of ownership: periods of ownership and places in a record's team."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row


class Rule(models.TextChoices):
    """By which rule somebody came to own a record."""

    CREATED = "created", gettext_lazy("新建")
    IMPORTED = "imported", gettext_lazy("导入")
    TRANSFERRED = "transferred", gettext_lazy("转移")
    FOLLOWED = "followed", gettext_lazy("随上级记录变更")
    MOVED = "moved", gettext_lazy("随负责人调动")
    HANDED_OVER = "handed_over", gettext_lazy("交接")
    RETURNED = "returned", gettext_lazy("退回")


class Period(models.Model):
    """One period of ownership of one record; the open one has no end."""

    id = models.BigAutoField(primary_key=True)
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    rule = models.CharField(max_length=20, choices=Rule.choices)
    reason = models.CharField(max_length=200, default="")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["record_id", "-id"], name="period_record")]
        constraints = [
            models.UniqueConstraint(fields=["record_id"], condition=models.Q(until=None), name="period_one_open")
        ]


class TeamRole(models.TextChoices):
    """Roles in a relevant team (B5); the owner is the record's own column."""

    JOINT = "joint", gettext_lazy("联合跟进人")
    AFTER_SALES = "after_sales", gettext_lazy("售后服务人员")
    ORDINARY = "ordinary", gettext_lazy("普通成员")


class Teammate(Row):
    """A member of a record's relevant team (相关团队), read-only or read-write, perhaps until a day."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=12, choices=TeamRole.choices, default=TeamRole.ORDINARY)
    writes = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)

    row_type = "teammate"
    member_id: int

    class Meta:
        indexes = [models.Index(fields=["member", "record_id"], name="teammate_member")]
        constraints = [models.UniqueConstraint(fields=["record_id", "member"], name="teammate_once")]
