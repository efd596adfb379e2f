"""What a person sees of a job: progress, result, error."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy


class JobProgress(models.Model):
    """One job with its progress. The queue itself is procrastinate's."""

    class State(models.TextChoices):
        """Where the job is."""

        WAITING = "waiting", gettext_lazy("等待中")
        RUNNING = "running", gettext_lazy("进行中")
        DONE = "done", gettext_lazy("已完成")
        FAILED = "failed", gettext_lazy("失败")
        CANCELLED = "cancelled", gettext_lazy("已取消")

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(default="")
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    member_id: int | None
