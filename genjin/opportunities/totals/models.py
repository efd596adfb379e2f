"""Tables of the totals of open opportunities, and the deltas not yet folded into them.

A trigger on the table of opportunities appends the deltas (migration `totals_trigger`): whatever writes, and however,
the totals cannot miss it. What is open, live and where it stands is the row's; no rule lives in the trigger.
"""

from __future__ import annotations

from django.db import models

KEY = ("stage", "owner", "department", "month")
NUMBERS = ("opportunities", "amount", "weighted")


class Counts(models.Model):
    """Open live opportunities of a group. Nobody is 0. No foreign keys: a total is nothing to be referred to."""

    id = models.BigAutoField(primary_key=True)
    stage = models.CharField(max_length=20)
    owner = models.BigIntegerField()
    department = models.BigIntegerField()
    opportunities = models.IntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    weighted = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        abstract = True


class Monthly(Counts):
    """Those of a month: its first day; None where no deal is expected."""

    month = models.DateField(null=True)

    class Meta:
        abstract = True


class OpenDelta(Monthly):
    """What one statement added to a group (or took away); waits to be folded."""

    class Meta:
        app_label = "opportunities"


class OpenSum(Counts):
    """The folded total of a group over all months, of which there are ten times fewer: the board's usual look."""

    class Meta:
        app_label = "opportunities"
        constraints = [
            models.UniqueConstraint(fields=["stage", "owner", "department"], name="open_sum_group", include=NUMBERS)
        ]
        indexes = [models.Index(fields=["id"], name="open_sum_none", condition=models.Q(opportunities=0))]


class OpenTotal(Monthly):
    """The folded total of a group, read from the index of its groups alone."""

    class Meta:
        app_label = "opportunities"
        constraints = [
            models.UniqueConstraint(fields=[*KEY], name="open_total_group", include=NUMBERS, nulls_distinct=False)
        ]
        indexes = [models.Index(fields=["id"], name="open_total_none", condition=models.Q(opportunities=0))]
