"""Tables of allocation: schemes, whose turn it is, who pauses, offers, runs over many records, back-tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from genjin.allocation.rules.modes import Mode, OfferState, SchemeState
from genjin.kernel.models.rows import Row


def every_day() -> list[int]:
    """All days of the week."""
    return list(range(1, 8))


class Scheme(Row):
    """A scheme (分配方案): for which records (`conditions` as in a list's address), how, to whom.

    seats: [{"member", "weight", "cap", "begins", "ends"}]; steps of a scheme by rule: [{"conditions", "members",
    "mode"}]; traits: the fields by which records are alike, the first the most important; days, begins, ends: when
    its people are on duty. offer_minutes: 0 gives at once. fallback: who gets what nobody takes.
    """

    name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40)
    conditions = models.JSONField(default=dict)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    seats = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    traits = models.JSONField(default=list)
    least = models.PositiveIntegerField(default=30)
    days = models.JSONField(default=every_day)
    begins = models.CharField(max_length=5, default="00:00")
    ends = models.CharField(max_length=5, default="00:00")
    priority = models.PositiveIntegerField(default=100)
    on_entry = models.BooleanField(default=False)
    offer_minutes = models.PositiveIntegerField(default=0)
    fallback = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=SchemeState.choices, default=SchemeState.ON)

    row_type = "allocation_scheme"
    fallback_id: int | None


class Round(models.Model):
    """Where a scheme stands: the line, the credits of weights, how many each took on `day`. Locked by whoever chooses,
    so that no turn is given twice."""

    scheme = models.OneToOneField(Scheme, primary_key=True, on_delete=models.CASCADE, related_name="round")
    line = models.JSONField(default=list)
    passed = models.JSONField(default=list)
    credits = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    day: models.DateField[Any, Any] = models.DateField(null=True)
    taken = models.JSONField(default=dict)
    last = models.BigIntegerField(null=True)

    scheme_id: int


class Past(models.Model):
    """What the past said to a scheme by fit when it was last added up: by which traits, of which people. The sums stand
    in its cells, so that nobody adds up all records to give one."""

    scheme = models.OneToOneField(Scheme, primary_key=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    traits = models.JSONField(default=list)
    members = models.JSONField(default=list)

    scheme_id: int


class PastCell(models.Model):
    """Records that are alike in the leading traits, these values: {member: [how many, how many of them won]}."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="+", db_index=False)
    alike = ArrayField(models.CharField(max_length=60))
    tallies = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "alike"], name="allocation_past_cell_once")]


class Duty(Row):
    """Who takes none for now (暂停接单), in all schemes."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paused = models.BooleanField(default=False)

    row_type = "allocation_duty"
    member_id: int


class Offer(Row):
    """A record offered to a person until a moment (派单). `chain`: the first offer of the same round of asking;
    `held_by`: whose the record was then; `lent`: what his turn cost, to give it back when he passes."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    chain = models.BigIntegerField(default=0)
    held_by = models.BigIntegerField(null=True)
    lent = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    answer = models.CharField(max_length=200, default="")
    offered_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    state = models.CharField(max_length=8, choices=OfferState.choices, default=OfferState.OPEN)

    row_type = "allocation_offer"
    member_id: int
    scheme_id: int
    made_by_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["member", "expires_at"], name="offer_of", condition=models.Q(state=OfferState.OPEN)),
            models.Index(fields=["expires_at"], name="offer_due", condition=models.Q(state=OfferState.OPEN)),
            models.Index(fields=["chain"], name="offer_chain"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record_id"], condition=models.Q(state=OfferState.OPEN), name="offer_one_open"
            )
        ]


class Run(models.Model):
    """An allocation of many records as a job: what was asked for, how far it is (`last`: the id it has passed), what
    came of it. `told`: the first refused records with their reasons, once it is undone those that stay as they are;
    `undone_to`: the event it has passed while being undone."""

    record_type = models.CharField(max_length=40)
    scheme = models.ForeignKey(Scheme, null=True, on_delete=models.PROTECT, related_name="+")
    asked = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)
    last = models.BigIntegerField(default=0)
    top = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=list)
    undoing_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_to = models.BigIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    by_id: int | None
    scheme_id: int | None


class BackTest(models.Model):
    """What a comparison of the ways of choosing on the past came to."""

    record_type = models.CharField(max_length=40)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    job_id = models.BigIntegerField(null=True)
    result = models.JSONField(null=True)
