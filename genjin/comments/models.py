"""The table of comments."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from genjin.kernel.models.rows import Row


class Comment(Row):
    """What a member says about a record. It is seen by whoever may see that record; taken back, its words are gone:
    the ledger never holds them."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField()
    mentions = models.JSONField(default=list)
    written_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    row_type = "comment"
    unrecorded: ClassVar[frozenset[str]] = Row.unrecorded | {"words"}
    author_id: int

    class Meta:
        indexes = [models.Index(fields=["record_id", "id"], name="comment_record")]
