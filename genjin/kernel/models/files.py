"""Files attached to rows. The bytes lie outside the code under a generated name."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from genjin.kernel.models.rows import Row


class File(Row):
    """One uploaded file; whoever may see the row it belongs to may fetch it, asked anew at every download. `field`: the
    file field of the row that holds it, '' for an attachment; row 0: it waits for the form that it was uploaded in."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=40, default="")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=20)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80, unique=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    row_type = "file"

    class Meta:
        indexes = [models.Index(fields=["record_id", "-id"], name="file_record")]
