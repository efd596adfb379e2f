"""Tables of duplicates: rules, what a run over the whole base found, pairs that are none; risks of registrations."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from genjin.kernel.models.rows import Row

LONGEST_WHY = 200
"""Four conditions with the longest keys of fields."""


class DuplicateRule(Row):
    """A rule (B3). `alternatives`: [[{"field": "name", "how": "fuzzy"}, …], …]; `effects`: {"create": "warn", …};
    `preset` names the declared rule that it stands for, "" for one of the company's own."""

    name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40)
    preset = models.CharField(max_length=40, default="")
    alternatives = models.JSONField(default=list)
    effects = models.JSONField(default=dict)
    told = models.CharField(max_length=10, default="exists")
    shown = models.JSONField(default=list)
    on = models.BooleanField(default=True)

    row_type = "duplicate_rule"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "preset"], condition=~models.Q(preset=""), name="duplicate_preset_once"
            ),
        ]


class Sweep(models.Model):
    """One run over the whole base of a type. `step`: how far it came, so that a killed one goes on."""

    record_type = models.CharField(max_length=40)
    job_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    step = models.CharField(max_length=20, default="")
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    records = models.BigIntegerField(default=0)
    pairs = models.IntegerField(default=0)
    groups = models.IntegerField(default=0)


class SweptPair(models.Model):
    """Two records of a sweep that may be one, by id; the smaller id first."""

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="+", db_index=False)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    percent = models.SmallIntegerField()
    why = models.CharField(max_length=LONGEST_WHY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "one_id", "other_id"], name="swept_pair_once")]


class DuplicateGroup(models.Model):
    """Records that may be one: what a sweep united. `stale`: one of them changed since."""

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="+", db_index=False)
    record_type = models.CharField(max_length=40)
    members = ArrayField(models.BigIntegerField())
    size = models.SmallIntegerField()
    percent = models.SmallIntegerField()
    whys = ArrayField(models.CharField(max_length=LONGEST_WHY))
    stale = models.BooleanField(default=False)
    settled = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "-percent", "id"], name="duplicate_group_order"),
            models.Index(fields=["sweep"], name="duplicate_group_sweep"),
            GinIndex(fields=["members"], name="duplicate_group_members"),
        ]


class NoDuplicate(Row):
    """Two records of which somebody said that they are not one; the smaller id first."""

    record_type = models.CharField(max_length=40)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()

    row_type = "no_duplicate"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one_id", "other_id"], name="no_duplicate_once")]


class TraceKind(models.IntegerChoices):
    """By what registrations are found again that have no indexed column of their own."""

    ADDRESS = 1
    MEMBER = 2
    SOURCE = 3
    RANGE = 4


class Trace(models.Model):
    """A hashed key of a registration (S2-60). Addresses are kept; the others are counted over a short time and go."""

    kind = models.SmallIntegerField(choices=TraceKind)
    key = models.BigIntegerField()
    record_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "at"], name="trace_key")]
        constraints = [models.UniqueConstraint(fields=["record_id", "kind"], name="trace_once")]


class Risk(Row):
    """What speaks against a record that was registered (S2-59…62), and what reviewers make of it. `reasons`: what
    `risks.finding` found, with the evidence; `kinds`: ["same.phone", "burst.member"]; `excluded`: confirmed ones that
    shall not count as new customers (kept for targets, S2-49); `told`: reviewers were told."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    registrant_id = models.BigIntegerField(null=True)
    registered_at = models.DateTimeField()
    reasons = models.JSONField(default=list)
    kinds = ArrayField(models.CharField(max_length=40), default=list)
    ruling = models.CharField(max_length=10, default="open")
    note = models.CharField(max_length=500, default="")
    excluded = models.BooleanField(default=False)
    ruled_by = models.BigIntegerField(null=True)
    ruled_at = models.DateTimeField(null=True)
    told = models.BooleanField(default=False)

    row_type = "risk"
    unrecorded = Row.unrecorded | {"told"}

    class Meta:
        indexes = [
            models.Index(fields=["ruling", "-id"], name="risk_ruling"),
            models.Index(fields=["id"], condition=models.Q(told=False), name="risk_untold"),
        ]
        constraints = [models.UniqueConstraint(fields=["record_id"], name="risk_of_record_once")]
