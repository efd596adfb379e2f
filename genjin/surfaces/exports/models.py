"""The table of exports: one list taken out by one member."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row


class Format(models.TextChoices):
    """What the file is."""

    XLSX = "xlsx", gettext_lazy("Excel 工作簿（.xlsx）")
    CSV = "csv", gettext_lazy("CSV（.csv，UTF-8）")
    VCF = "vcf", gettext_lazy("vCard 名片（.vcf）")


PRINTED = "print"
"""The form of what went to paper: noted like an export, without a file."""


class Export(Row):
    """One export, or one print. Its file is offered to its member alone, from `stored_as` until `expires_at`.

    `query`: filters, search and order as in a list's address; `ids`: the ticked rows, [] for the whole list; `columns`:
    field keys, ["*"] for all that may be read. `counted`: rows when it was asked for, `rows`: rows in the file.
    `stored_as`: its place below settings.FILES, '' until the file is whole.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    record_type = models.CharField(max_length=40)
    query = models.TextField(default="")
    ids = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.XLSX)
    reason = models.CharField(max_length=500, default="")
    counted = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=200, default="")
    stored_as = models.CharField(max_length=80, default="")
    job_id = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)

    row_type = "export"
    unrecorded = Row.unrecorded | {"stored_as", "job_id"}
    member_id: int

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["member", "-id"], name="export_member")]
        constraints = [
            models.CheckConstraint(condition=models.Q(format__in=[*Format.values, PRINTED]), name="export_format")
        ]
