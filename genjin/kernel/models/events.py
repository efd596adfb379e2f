"""The append-only ledger (Event, EventLink, EventPayload) and what reads it by position."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """What happened: who, when, through which surface, which action, the note. `position` is given when sealed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    surface = models.CharField(max_length=12)
    action = models.CharField(max_length=80)
    note = models.JSONField(default=dict)
    request_id = models.CharField(max_length=20, default="")
    position = models.BigIntegerField(null=True)
    chain = models.BinaryField(null=True)

    member_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["member", "id"], name="event_member"),
            models.Index(fields=["action", "id"], name="event_action"),
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["id"], condition=models.Q(position=None), name="event_unsealed"),
        ]
        constraints = [models.UniqueConstraint(fields=["position"], name="event_position")]


class EventLink(models.Model):
    """One row that an event concerns, with its version after the event. Stored by row: a timeline is one range."""

    pk = models.CompositePrimaryKey("row_id", "event_id")
    row_id = models.BigIntegerField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="links")
    row_type = models.CharField(max_length=40)
    row_version = models.IntegerField()
    digest = models.BinaryField()

    event_id: int


class EventPayload(models.Model):
    """Before and after values of one link. May be erased (PIPL 47) while the chain of hashes stays whole."""

    pk = models.CompositePrimaryKey("row_id", "event_id")
    row_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    changes = models.JSONField()
    salt = models.BinaryField()


class Consumer(models.Model):
    """How far a reader of sealed events has come."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)


class Idempotency(models.Model):
    """What a key of a member already did, so that a repeated request does nothing twice."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    action = models.CharField(max_length=80)
    digest = models.BinaryField()
    outcome = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="idempotency_key")]


class Notification(models.Model):
    """A message to one member, about an event or a moment. Its words are made when it is read, from what may be seen
    then. `once`: the maker's name for what it tells, never told twice; `spread`: the channels have been given it."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    row_type = models.CharField(max_length=40, default="")
    row_id = models.BigIntegerField(null=True)
    note = models.JSONField(default=dict)
    once = models.CharField(max_length=120, default="")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    spread = models.BooleanField(default=False)

    member_id: int
    event_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["member", "-id"], name="notification_member"),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notification_unread"),
            models.Index(fields=["id"], condition=models.Q(spread=False), name="notification_unspread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member", "event", "kind", "row_id"], name="notification_once"),
            models.UniqueConstraint(
                fields=["member", "once"], condition=~models.Q(once=""), name="notification_told_once"
            ),
        ]
