"""Pools (公海), what may be claimed from them, what falls into them, and how much one member may hold (B4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row


class PoolKind(models.TextChoices):
    """Who takes records out of a pool."""

    OPEN = "open", gettext_lazy("成员可见可领取")
    ASSIGNED = "assigned", gettext_lazy("成员不可见，仅管理员指派")


class Pool(Row):
    """A pool of one record type (B4).

    `admins`, `members`: {"people": [id], "departments": [id, with those below], "roles": [id]}; members may be nobody
    in particular: {"everybody": true}. `priority`: of several pools of one owner the smallest number gets the record,
    then the newest pool. `hidden`: {field key: "hidden" | "masked"} until it is claimed (P10).
    `claims`: daily_limit, new_data_hours, cooldown_hours, views_daily; 0 or absent for no limit (P1).
    `entering`: clears_team, brings_opportunities (P9), assignee: who gets what is newly put there (B1 L3).
    `remind_days`: days before a record falls, e.g. [3, 1] (P7).
    """

    record_type = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    enabled = models.BooleanField(default=True)
    kind = models.CharField(max_length=10, choices=PoolKind.choices, default=PoolKind.OPEN)
    priority = models.IntegerField(default=100)
    admins = models.JSONField(default=dict)
    members = models.JSONField(default=dict)
    hidden = models.JSONField(default=dict)
    claims = models.JSONField(default=dict)
    entering = models.JSONField(default=dict)
    remind_days = models.JSONField(default=list)
    notify_admins = models.BooleanField(default=False)
    recycles = models.BooleanField(default=False)
    joined_by = models.CharField(max_length=3, default="any")

    row_type = "pool"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(joined_by__in=("any", "all")), name="pool_joined_by"),
            models.CheckConstraint(condition=models.Q(kind__in=PoolKind.values), name="pool_kind"),
        ]


class Recycling(Row):
    """One condition by which records of a pool's members fall into it (P5).

    `reason`: no_followup (C1), no_opportunity (C2), no_deal (C3), unprotected (C4), contract_ended; `days`; `field` and
    `options`: only records whose option field holds one of these (days per level, source …), "" for all others.
    `spares_dealt`, `spares_open`: not those with a deal, with a deal in the making.
    """

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="recyclings")
    reason = models.CharField(max_length=20)
    days = models.IntegerField()
    field = models.CharField(max_length=60, default="")
    options = models.JSONField(default=list)
    spares_dealt = models.BooleanField(default=True)
    spares_open = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)

    row_type = "recycling"
    pool_id: int


class Capacity(Row):
    """How many records of a type one member may hold, and lock (P3, P4); of several rules the smallest holds.

    `scope`: as the members of a pool. `most_locked`: None for no limit."""

    record_type = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    scope = models.JSONField(default=dict)
    most = models.IntegerField()
    spares_dealt = models.BooleanField(default=True)
    most_locked = models.IntegerField(null=True)
    enabled = models.BooleanField(default=True)

    row_type = "capacity"


class Daily(models.Model):
    """What a member did at a pool on one calendar day (P1-3): claims, and different records viewed. Counted by events,
    so that giving one back returns no claim. `taken_back`: claims undone within seconds, which do not count."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(default=timezone.localdate)
    claims = models.IntegerField(default=0)
    taken_back = models.IntegerField(default=0)
    viewed = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "day", "pool"], name="daily_once")]
