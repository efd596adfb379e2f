"""The runs of backups: what was tried, and what became of it. Which backups there are, their folder alone tells."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a backup is made."""

    DAILY = "daily", _("每日自动")
    BUTTON = "button", _("页面")
    COMMAND = "command", _("命令行")
    UPGRADE = "upgrade", _("升级前")


class Run(models.Model):
    """One run. `verified`: a trial restore equalled the backup."""

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", _("等待中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    id = models.BigAutoField(primary_key=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=60, default="")
    size = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    verify_seconds = models.FloatField(default=0)
    verified = models.BooleanField(default=False)
    error = models.TextField(default="")
    job_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="backup_run_began")]
