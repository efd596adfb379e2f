"""Tables of the interface: saved views of lists, and what a member chose for a list."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from genjin.kernel.models.rows import Row


class SavedView(Row):
    """A list kept under a name: its filters in URL form and columns; seen by its maker, or by everybody if shared."""

    record_type = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    query = models.CharField(max_length=4000, default="")
    columns = ArrayField(models.CharField(max_length=60), default=list)
    order = models.SmallIntegerField(default=0)

    row_type = "saved_view"
    member_id: int

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "member"], name="view_member"),
            models.Index(fields=["record_type"], name="view_shared", condition=models.Q(shared=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member", "record_type", "name"], name="saved_view_once"),
        ]


class ListChoice(models.Model):
    """What a member chose for one view of a list: columns, and whether the list opens with it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    record_type = models.CharField(max_length=40)
    view = models.CharField(max_length=40)
    columns = ArrayField(models.CharField(max_length=60), default=list)
    opens = models.BooleanField(default=False)

    member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "record_type", "view"], name="list_choice_once"),
            models.UniqueConstraint(
                fields=["member", "record_type"], condition=models.Q(opens=True), name="list_opens_once"
            ),
        ]
