"""Tables of scoring: the rules of a type, who objects, the scores themselves, how far a new count of all has come.

A score stands in a narrow table beside its record: whole lists of leads change their scores in a night, and writing the
leads would write all their indexes. A trigger (migration `beside`) gives every record its row, so that a list in the
order of scores has all of them; until it is scored, and where nothing may be scored, the row is empty.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models

from genjin.kernel.models.rows import Row
from genjin.leads.models import Lead
from genjin.opportunities.models import Opportunity
from genjin.scoring.rules import MOST_PART


class Scoring(Row):
    """The scheme of a record type as the company made it (`schemes`); without a row the declared one is in force."""

    record_type = models.CharField(max_length=40, unique=True)
    rules = models.JSONField(default=list)
    hot = models.SmallIntegerField(default=70)
    warm = models.SmallIntegerField(default=40)
    percent = models.SmallIntegerField(default=10)
    period = models.SmallIntegerField(default=30)

    row_type = "scoring"


class Objection(Row):
    """Who takes no part in automated scoring (不参与自动评分, B19 art. 24), why; by whom and when it was written down
    tells `by` and `created_at`."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    row_type = "scoring_objection"
    by_id: int | None

    class Meta:
        indexes = [models.Index(fields=["record_id"], name="objection_record")]
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="objection_once")]


class Sweep(models.Model):
    """A count of all records of a type anew: up to which id it has come."""

    record_type = models.CharField(max_length=40, primary_key=True)
    after = models.BigIntegerField(default=0)
    done = models.IntegerField(default=0)


class Score(models.Model):
    """A score as lists show it; empty where there is none. `due_on`: the day on which it is to be counted anew."""

    total = models.SmallIntegerField(null=True)
    match = models.SmallIntegerField(null=True)
    intention = models.SmallIntegerField(null=True)
    due_on: models.DateField[date | None, date | None] = models.DateField(null=True)

    class Meta:
        abstract = True


def _limits(name: str) -> list[models.BaseConstraint]:
    part = models.Q(match__range=(0, MOST_PART), intention__range=(0, MOST_PART), total__range=(0, 2 * MOST_PART))
    none = models.Q(match=None, intention=None, total=None)
    return [models.CheckConstraint(condition=part | none, name=f"{name}_limits")]


class LeadScore(Score):
    """The score of a lead."""

    row = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="score")

    class Meta:
        indexes = [
            models.Index(fields=["total", "row"], name="lead_score_total"),
            models.Index(fields=["match", "row"], name="lead_score_match"),
            models.Index(fields=["due_on", "row"], name="lead_score_due", condition=models.Q(due_on__isnull=False)),
        ]
        constraints = _limits("lead_score")


class OpportunityScore(Score):
    """The score of an opportunity."""

    row = models.OneToOneField(Opportunity, on_delete=models.CASCADE, primary_key=True, related_name="score")

    class Meta:
        indexes = [
            models.Index(fields=["total", "row"], name="opportunity_score_total"),
            models.Index(fields=["match", "row"], name="opportunity_score_match"),
            models.Index(
                fields=["due_on", "row"], name="opportunity_score_due", condition=models.Q(due_on__isnull=False)
            ),
        ]
        constraints = _limits("opportunity_score")
