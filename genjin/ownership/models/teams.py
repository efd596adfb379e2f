"""Places in a record's relevant team (B5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row


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
        indexes = [
            models.Index(fields=["member", "record_type", "record_id"], include=["expires_at"], name="teammate_member")
        ]
        constraints = [models.UniqueConstraint(fields=["record_id", "member"], name="teammate_once")]
