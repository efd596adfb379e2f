"""Tables of handovers: one that is prepared, run and perhaps taken back; each thing that it gives to somebody."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from genjin.handover.rules import Kind, Standing, State
from genjin.kernel.models.rows import Row


class Handover(Row):
    """What a leaver was responsible for goes to others (B16).

    `notice_on`: since when he is known to leave; he is watched from then on and takes nothing out. `leaves_on`: his
    last day. `arrangement`: who gets what, see `arrangement.Arrangement`. `staged`: the parts whose things are listed.
    `counts`: {part: {standing: number}} when it has ended. `notice`: the words for customers, '' for none. `made_by`:
    None where the system puts into pools what nobody took over.
    """

    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    notice_on = models.DateField()
    leaves_on = models.DateField()
    reason = models.CharField(max_length=200, default="")
    arrangement = models.JSONField(default=dict)
    notice = models.CharField(max_length=1000, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    forced = models.BooleanField(default=False)
    staged = models.JSONField(default=list)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    job_id = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    row_type = "handover"
    unrecorded = Row.unrecorded | {"staged", "total", "done", "counts", "job_id", "begun_at", "ended_at"}
    leaver_id: int
    made_by_id: int | None
    begun_by_id: int | None

    class Meta:
        indexes = [models.Index(fields=["leaver", "-id"], name="handover_leaver")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="handover_state"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="handover_kind"),
            models.UniqueConstraint(
                fields=["leaver"],
                condition=models.Q(state__in=(State.DRAFT, State.RUNNING, State.UNDOING)),
                name="handover_open_once",
            ),
        ]


class Item(models.Model):
    """One thing that is to be handed over: `part` says what it is (a record type's key or a part's), `to` who receives
    it ('member:12'; '' for nobody). `version`: as the handover left it. `why`: why it stayed, or was not given back.
    `note`: what is needed to give it back."""

    id = models.BigAutoField(primary_key=True)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items", db_index=False)
    part = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    to = models.CharField(max_length=40, default="")
    state = models.SmallIntegerField(choices=Standing.choices, default=Standing.WAITING)
    why = models.CharField(max_length=200, default="")
    version = models.IntegerField(default=0)
    note = models.JSONField(default=dict)

    handover_id: int

    class Meta:
        indexes = [
            models.Index(fields=["handover", "state", "id"], name="handover_item_state"),
            models.Index(fields=["handover", "part", "to", "id"], name="handover_item_part"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["handover", "part", "row_id"], name="handover_item_once"),
            models.CheckConstraint(condition=models.Q(state__in=Standing.values), name="handover_item_standing"),
        ]
