"""Tables of opportunities: the opportunity, pipelines and their stages, who takes part, product lines, competitors, how
long it stayed in each stage, how it ended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genjin.campaigns.models import Campaign
from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import IN_ORDER, Life, Record, Row
from genjin.opportunities.rules import Category, Outcome, StageKind
from genjin.opportunities.totals.models import OpenDelta, OpenSum, OpenTotal, StayDelta, StayTotal

__all__ = [
    "Closing", "Competitor", "Line", "OpenDelta", "OpenSum", "OpenTotal", "Opportunity", "Participant", "Pipeline",
    "Stage", "Stay", "StayDelta", "StayTotal",
]  # fmt: skip

MONEY: dict[str, Any] = {"max_digits": 15, "decimal_places": 2}
OPEN = models.Q(outcome=Outcome.OPEN, life=Life.LIVE)


class Pipeline(Row):
    """A pipeline (销售管线): its stages, for which departments it is the usual one, what it allows (B9). While there is
    no row for it, the declared one with the six stages of S3-09 is in force (`defaults`)."""

    key = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=60, default="")
    departments = models.JSONField(default=list)
    default = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    rolls_back = models.BooleanField(default=True)
    jumps = models.BooleanField(default=True)
    reopens = models.BooleanField(default=False)
    order = models.IntegerField(default=0)

    row_type = "pipeline"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["default"], condition=models.Q(default=True), name="pipeline_default_once")
        ]


class Stage(Row):
    """A stage (阶段) of a pipeline. `tasks`: what is due at its entry and exit, as `rules.Task` reads it. `close_days`:
    what was opened so many days ago and still stands here is closed as lost by the system (P11)."""

    key = models.CharField(max_length=20, unique=True)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=60, default="")
    kind = models.CharField(max_length=10, choices=StageKind.choices, default=StageKind.PROGRESS)
    order = models.IntegerField(default=0)
    probability = models.SmallIntegerField(default=0)
    category = models.CharField(max_length=10, choices=Category.choices, default=Category.PIPELINE)
    allowed_days = models.SmallIntegerField(null=True)
    tasks = models.JSONField(default=list)
    close_days = models.SmallIntegerField(null=True)

    row_type = "stage"
    pipeline_id: int

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(probability__range=(0, 100)), name="stage_probability"),
            models.CheckConstraint(condition=models.Q(kind__in=StageKind.values), name="stage_kind"),
        ]


class Opportunity(Record):
    """An opportunity (商机, B9): what a customer may buy, for how much, when, and how far the sale has come.

    It has an owner of its own. `pipeline`, `stage` and `furthest` are keys of the configuration: the stage moves along
    the table of its pipeline only, `furthest` is the furthest that it reached. `expected_month`: only the month of the
    expected deal is known, `expected_on` is its last day (S3-18). `stalls_on`: the last day that its stage allows.
    `weighted`: amount × probability. `first_campaign`, `last_campaign`: as a lead's.
    What it ended with stands in `Closing`; `closed_on`, `loss_reason` and
    `lost_stage` tell of it in lists.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    pinyin = models.CharField(max_length=400, default="", db_collation="C")
    pipeline = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    furthest = models.CharField(max_length=20)
    previous_stage = models.CharField(max_length=20, default="")
    stage_entered_at = models.DateTimeField()
    stalls_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    amount = models.DecimalField(null=True, **MONEY)
    probability = models.SmallIntegerField(default=0)
    weighted = models.DecimalField(default=Decimal(), **MONEY)
    category = models.CharField(max_length=10, choices=Category.choices, default=Category.PIPELINE)
    kind = models.CharField(max_length=60, default="")
    source = models.CharField(max_length=60, default="")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    last_campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    expected_on = models.DateField(null=True)
    expected_month = models.BooleanField(default=False)
    budget_min = models.DecimalField(null=True, **MONEY)
    budget_max = models.DecimalField(null=True, **MONEY)
    quoted_on = models.DateField(null=True)
    signing = models.CharField(max_length=60, default="")
    payment_days = models.SmallIntegerField(null=True)
    need = models.TextField(default="")
    external_code = models.CharField(max_length=60, default="")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    won_on = models.DateField(null=True)
    loss_reason = models.CharField(max_length=60, default="")
    lost_stage = models.CharField(max_length=20, default="")
    remarks = models.TextField(default="")
    last_followed_at = models.DateTimeField(null=True)
    last_effective_at = models.DateTimeField(null=True)
    next_contact_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=500, default="")

    row_type = "opportunity"
    credited = frozenset({"first_campaign_id", "last_campaign_id"})
    unrecorded = Record.unrecorded | credited | {"pinyin", "weighted", "stalls_on", "furthest", "won_on"}
    customer_id: int
    campaign_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["customer", "id"], name="opportunity_customer"),
            models.Index(fields=["owner", "id"], name="opportunity_owner"),
            models.Index(fields=["department", "id"], name="opportunity_department"),
            models.Index(fields=["life", "id"], name="opportunity_rest", condition=models.Q(life__gt=0)),
            models.Index(fields=["stage", "id"], name="opportunity_stage"),
            models.Index(fields=["furthest", "id"], name="opportunity_furthest"),
            # the board: a column's cards in their order, for everybody, one's own, one's department
            models.Index(
                fields=["stage", "-stage_entered_at", "-id"],
                name="opportunity_board",
                condition=OPEN,
                include=["owner", "department"],
            ),
            models.Index(
                fields=["owner", "stage", "-stage_entered_at", "-id"], name="opportunity_own_board", condition=OPEN
            ),
            models.Index(
                fields=["department", "stage", "-stage_entered_at", "-id"],
                name="opportunity_dept_board",
                condition=OPEN,
            ),
            models.Index(fields=["expected_on", *IN_ORDER], name="opportunity_expected"),
            models.Index(  # what is still open is met and added up by its expected day without what has ended
                fields=["expected_on", *IN_ORDER],
                name="opportunity_open_expected",
                condition=OPEN,
                include=["pipeline", "category", "source", "amount", "weighted"],
            ),
            models.Index(fields=["amount", *IN_ORDER], name="opportunity_amount"),
            models.Index(fields=["stage_entered_at", *IN_ORDER], name="opportunity_entered"),
            models.Index(fields=["stalls_on", *IN_ORDER], name="opportunity_stalls"),
            models.Index(fields=["closed_on", *IN_ORDER], name="opportunity_closed"),
            models.Index(fields=["updated_at", *IN_ORDER], name="opportunity_updated"),
            models.Index(fields=["owner", "stalls_on"], name="opportunity_own_stalls", condition=OPEN),
            models.Index(fields=["department", "stalls_on"], name="opportunity_dept_stalls", condition=OPEN),
            models.Index(  # the funnel of a period is read from it alone
                fields=["pipeline", "opened_on"],
                name="opportunity_funnel",
                condition=models.Q(life=Life.LIVE),
                include=[
                    "id", "furthest", "outcome", "lost_stage", "amount", "weighted", "owner", "department", "source",
                ],
            ),
            models.Index(fields=["campaign", "id"], name="opportunity_campaign", condition=~models.Q(campaign=None)),
            *(
                models.Index(  # the figures of campaigns are read from it alone
                    fields=[f"{which}_campaign", "outcome"],
                    name=f"opportunity_{which}_touch",
                    condition=models.Q(life=Life.LIVE, **{f"{which}_campaign__isnull": False}),
                    include=["id", "amount", "owner", "department"],
                )
                for which in ("first", "last")
            ),
            GinIndex(fields=["search"], name="opportunity_search", fastupdate=False),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["code"], name="opportunity_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="opportunity_life"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="opportunity_outcome"),
            models.CheckConstraint(condition=models.Q(category__in=Category.values), name="opportunity_category"),
            models.CheckConstraint(condition=models.Q(probability__range=(0, 100)), name="opportunity_probability"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.OPEN, closed_on=None)
                | (~models.Q(outcome=Outcome.OPEN) & models.Q(closed_on__isnull=False)),
                name="opportunity_closed_or_open",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.WON, won_on=models.F("closed_on"))
                | (~models.Q(outcome=Outcome.WON) & models.Q(won_on=None)),
                name="opportunity_won_on",
            ),
        ]


class Participant(Row):
    """A contact who takes part, with the role that he plays in this decision."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="participants")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=60, default="")
    note = models.CharField(max_length=200, default="")

    row_type = "opportunity_participant"
    opportunity_id: int
    contact_id: int

    class Meta:
        indexes = [models.Index(fields=["contact", "id"], name="participant_contact")]
        constraints = [models.UniqueConstraint(fields=["opportunity", "contact"], name="participant_once")]


class Line(Row):
    """A product line: a product in free words, price × quantity × discount in per cent."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="lines")
    product = models.CharField(max_length=200)
    price = models.DecimalField(**MONEY)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    discount = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    total = models.DecimalField(**MONEY)

    row_type = "opportunity_line"
    opportunity_id: int


class Competitor(Row):
    """A competitor (竞争对手) for an opportunity, with its strengths and weaknesses (S3-18)."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="competitors")
    name = models.CharField(max_length=100)
    strengths = models.CharField(max_length=300, default="")
    weaknesses = models.CharField(max_length=300, default="")

    row_type = "opportunity_competitor"
    opportunity_id: int


class Stay(models.Model):
    """One stay of an opportunity in a stage; the open one has no end. `again`: it had been in this stage before."""

    id = models.BigAutoField(primary_key=True)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="stays", db_index=False)
    stage = models.CharField(max_length=20)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    opportunity_id: int

    class Meta:
        indexes = [
            models.Index(  # how long it was where is read from it alone
                fields=["opportunity", "id"],
                name="stay_of_opportunity",
                include=["stage", "entered_at", "left_at", "again"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opportunity"], condition=models.Q(left_at=None), name="stay_one_open")
        ]


class Closing(models.Model):
    """How an opportunity ended, with the facts (B9); `until`: when it was opened again."""

    id = models.BigAutoField(primary_key=True)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="closings", db_index=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    stage = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, default="")
    note = models.CharField(max_length=500, default="")
    competitor = models.CharField(max_length=100, default="")
    amount = models.DecimalField(null=True, **MONEY)
    probability = models.SmallIntegerField(default=0)
    category = models.CharField(max_length=10, default="")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until = models.DateTimeField(null=True)

    opportunity_id: int
    owner_id: int | None

    class Meta:
        indexes = [models.Index(fields=["opportunity", "id"], name="closing_opportunity")]
        constraints = [
            models.UniqueConstraint(fields=["opportunity"], condition=models.Q(until=None), name="closing_one_open")
        ]
