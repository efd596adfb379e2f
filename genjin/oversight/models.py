"""Tables of oversight: how much each member looked at, and when that was told of."""

from __future__ import annotations

from django.conf import settings
from django.db import models

KEPT_DAYS = 90
WHOLE_DAY = 24


class Viewing(models.Model):
    """How often a member saw something of a kind and record type ('' for none) within an hour of a day (the company's);
    hours of past days are added up under WHOLE_DAY."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    hour = models.SmallIntegerField()
    kind = models.CharField(max_length=10)
    record_type = models.CharField(max_length=40, default="")
    count = models.IntegerField()

    member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "member", "kind", "record_type", "hour"], name="oversight_viewing_once"
            )
        ]


class Alarm(models.Model):
    """That a member's viewing of a kind was unusual on a day: told of once. The figures as they were then."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    hourly = models.IntegerField()
    daily = models.IntegerField()
    line = models.IntegerField()

    member_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "member", "kind"], name="oversight_alarm_once")]
