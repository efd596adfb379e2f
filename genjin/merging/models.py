"""Tables of merging: what was merged into what, and which rows of other tables were changed for it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from genjin.kernel.models.rows import Row


class Merge(Row):
    """Records of a type merged into a master (B3). `lives`: {id: the life they had}; `fields`: the keys of the master's
    fields that got another value (which values stands in its event); `until`: till when it can be taken back; `within`:
    the merge whose part it was (equal contacts of merged customers). Who did it stands in its events."""

    record_type = models.CharField(max_length=40)
    master = models.BigIntegerField()
    merged = ArrayField(models.BigIntegerField())
    lives = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    reason = models.CharField(max_length=200, default="")
    until = models.DateTimeField()
    undone_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    within = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")

    row_type = "merge"
    unrecorded = Row.unrecorded | {"record_type", "lives", "fields", "until", "within_id"}
    within_id: int | None

    class Meta:
        indexes = [models.Index(fields=["master", "-id"], name="merge_master")]


class Shift(models.Model):
    """Rows in which a merge changed a column, all from the same value to the same other one. Taking it back changes
    those that still hold `after`."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="shifts")
    model = models.CharField(max_length=80)
    column = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ids = ArrayField(models.BigIntegerField())

    merge_id: int
