"""What a person sees of a job: progress, result, error."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class JobProgress(models.Model):
    """One job with its progress. The queue itself is procrastinate's."""

    class State(models.TextChoices):
        """Where the job is."""

        WAITING = "waiting", "等待中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

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
