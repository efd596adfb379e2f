"""Tables of the statistics: totals of follow-ups per day and month, the deltas not yet folded into them, downloads.

A trigger on the table of follow-ups appends the deltas (migration `followup_totals`): whatever writes, and however, the
totals cannot miss it. What the rows mean stands in docs/adr/0010-totals-of-followups.md.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from genjin.kernel.models.rows import Row

ZONE = "Asia/Shanghai"
"""Whose days the totals are kept in. It need not be the reader's: days that he cuts elsewhere are counted from rows."""
KEY = ("author", "author_name", "owner", "department", "method")
NUMBERS = ("followups", "effective", "counted", "on_time")


class Counts(models.Model):
    """Live follow-ups of a group. Nobody is 0. `counted`: those inside 补录时限, `on_time`: not late among them.

    `owner` and `department` are those of the follow-ups, as permission asks for them; no foreign keys, because a total
    is nothing that could be referred to.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    author = models.BigIntegerField()
    author_name = models.CharField(max_length=60)
    owner = models.BigIntegerField()
    department = models.BigIntegerField()
    method = models.CharField(max_length=60)
    followups = models.IntegerField()
    effective = models.IntegerField()
    counted = models.IntegerField()
    on_time = models.IntegerField()

    class Meta:
        abstract = True


class TotalDelta(Counts):
    """What one statement added to a group (or took away); waits to be folded."""

    class Meta:
        app_label = "followups"


class DayTotal(Counts):
    """The folded total of a group on one day. It is read from the index of its groups alone."""

    class Meta:
        app_label = "followups"
        constraints = [models.UniqueConstraint(fields=["day", *KEY], name="day_total_group", include=NUMBERS)]
        indexes = [models.Index(fields=["id"], name="day_total_none", condition=models.Q(followups=0))]


class MonthTotal(Counts):
    """The same for a whole month; `day` is its first."""

    class Meta:
        app_label = "followups"
        constraints = [models.UniqueConstraint(fields=["day", *KEY], name="month_total_group", include=NUMBERS)]
        indexes = [models.Index(fields=["id"], name="month_total_none", condition=models.Q(followups=0))]


class Sheet(Row):
    """A downloaded table that was too long to be made while somebody waits. It is taken away after a week.

    `asked`: the period and filters as in the address. `stored_as`: its place below settings.FILES, '' until it is made.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    asked = models.JSONField(default=dict)
    lines = models.IntegerField(default=0)
    stored_as = models.CharField(max_length=80, default="")
    job_id = models.BigIntegerField(null=True)

    row_type = "followup_sheet"
    unrecorded = Row.unrecorded | {"stored_as", "job_id"}
    member_id: int

    class Meta:
        app_label = "followups"
        indexes = [models.Index(fields=["member", "-id"], name="followup_sheet_member")]
