"""Tables of the totals of open opportunities and of stays in stages, and the deltas not yet folded into them.

Triggers on the tables of opportunities and stays append the deltas (migrations `totals_trigger`, `totals_of_stays`):
whatever writes, and however, the totals cannot miss it. What is open, live and where it stands is the row's; no rule
lives in a trigger.
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


STAYS_KEY = ("pipeline", "month", "owner", "department", "stage")
STAYS_NUMBERS = ("entered", "inside", "seconds")


class StayCounts(models.Model):
    """Stays in a stage of live opportunities that are not invalid, by the month of their date (商机日期, its first
    day), owner and department (nobody is 0). `entered`: opportunities that came into it; `inside`: stays that last;
    `seconds`: Σ end − Σ beginning in seconds since 1970. A stay that lasts has no end yet: `inside` × now is added."""

    id = models.BigAutoField(primary_key=True)
    pipeline = models.CharField(max_length=20)
    month = models.DateField()
    owner = models.BigIntegerField()
    department = models.BigIntegerField()
    stage = models.CharField(max_length=20)
    entered = models.IntegerField()
    inside = models.IntegerField()
    seconds = models.BigIntegerField()

    class Meta:
        abstract = True


class StayDelta(StayCounts):
    """What one statement added to a group (or took away); waits to be folded."""

    class Meta:
        app_label = "opportunities"


class StayTotal(StayCounts):
    """The folded total of a group, read from the index of its groups alone."""

    class Meta:
        app_label = "opportunities"
        constraints = [models.UniqueConstraint(fields=[*STAYS_KEY], name="stay_total_group", include=STAYS_NUMBERS)]
        indexes = [models.Index(fields=["id"], name="stay_total_none", condition=models.Q(entered=0, inside=0))]
