"""Tables of follow-ups: what was talked about with a customer (or a lead), when, how, with what result."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genjin.customers.models import Contact, Customer
from genjin.followups.statistics.models import DayTotal, MonthTotal, Sheet, TotalDelta
from genjin.kernel.models.rows import IN_ORDER, Life, Record, Row
from genjin.plans.models import Plan

__all__ = ["DEAL", "GROUPED", "DayTotal", "FirstContact", "FollowUp", "MonthTotal", "Phrase", "Sheet", "TotalDelta"]

DEAL = "deal"
GROUPED = ["id", "author", "author_name", "owner", "department", "method"]
"""What statistics group and permission asks by."""


class FollowUp(Record):
    """One follow-up (跟进记录, B7, S0-32). It belongs to a customer and carries the customer's owner and department.
    While there is no customer yet it belongs to a lead; with its customer it may be about an opportunity
    (`plans.subjects`).

    `author` wrote it; an imported one whose author is no member keeps the name as text. `result_date` is the date of
    the outcome, `deal_date` the same date where the outcome is a deal (S0-40). `summary` is what it is called.
    `minutes`: how long the talk was; `late_hours`: how many begun hours it was written after the time limit for
    records (补录时限), 0 in time, None outside it (imported). `plan`: the plan that it fulfilled; `next_plan`: the one
    that its next step became. `edited_at`: when its author last corrected it.
    """

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead_id = models.BigIntegerField(null=True)
    opportunity_id = models.BigIntegerField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author_name = models.CharField(max_length=60, default="")
    occurred_at = models.DateTimeField()
    method = models.CharField(max_length=60, default="")
    content = models.TextField(default="")
    summary = models.CharField(max_length=80, default="")
    feedback = models.TextField(default="")
    progress = models.SmallIntegerField(null=True)
    intention = models.CharField(max_length=60, default="")
    outcome = models.CharField(max_length=60, default="")
    result_date = models.DateField(null=True)
    deal_date = models.DateField(null=True)
    next_contact_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=500, default="")
    imported = models.BooleanField(default=False)
    minutes = models.SmallIntegerField(null=True)
    call_result = models.CharField(max_length=60, default="")
    effective = models.BooleanField(default=True)
    solution = ArrayField(models.CharField(max_length=60), default=list)
    response = models.CharField(max_length=60, default="")
    objections = models.TextField(default="")
    place = models.CharField(max_length=200, default="")
    late_hours = models.IntegerField(null=True)
    late_reason = models.CharField(max_length=200, default="")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    next_plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    edited_at = models.DateTimeField(null=True)

    row_type = "followup"
    unrecorded = Record.unrecorded | {"summary", "edited_at"}
    customer_id: int | None
    contact_id: int | None
    author_id: int | None
    plan_id: int | None
    next_plan_id: int | None

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "-occurred_at", "-id"],
                name="followup_customer",
                include=["life", *GROUPED[1:], "effective", "late_hours"],  # teams' customers are summed from it alone
            ),
            models.Index(
                fields=["contact", "-occurred_at", "-id"], name="followup_contact", condition=~models.Q(contact=None)
            ),
            *(
                models.Index(
                    fields=[column, "-occurred_at", "-id"],
                    name=f"followup_{column.removesuffix('_id')}",
                    condition=models.Q(**{f"{column}__isnull": False}),
                )
                for column in ("lead_id", "opportunity_id")
            ),
            models.Index(fields=["plan", "-occurred_at", "-id"], name="followup_plan", condition=~models.Q(plan=None)),
            models.Index(fields=["owner", "id"], name="followup_owner"),
            models.Index(fields=["department", "id"], name="followup_department"),
            models.Index(fields=["author", "occurred_at"], name="followup_author"),
            models.Index(fields=["occurred_at", *IN_ORDER], name="followup_occurred"),
            models.Index(  # whoever counts customers of a period reads these two alone
                fields=["occurred_at", "customer"],
                name="followup_held",
                condition=models.Q(life=0),
                include=GROUPED,
            ),
            models.Index(
                fields=["deal_date", "customer"],
                name="followup_deal",
                condition=models.Q(deal_date__isnull=False),
                include=[*GROUPED, "life"],
            ),
            GinIndex(fields=["search"], name="followup_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="followup_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="followup_life"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(lead_id__isnull=False), name="followup_hangs"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=DEAL, deal_date__isnull=False)
                | (~models.Q(outcome=DEAL) & models.Q(deal_date=None)),
                name="followup_deal_date_only_of_deals",
            ),
            models.CheckConstraint(
                condition=models.Q(progress=None) | models.Q(progress__range=(0, 100)), name="followup_progress"
            ),
        ]


class Phrase(Row):
    """A text to insert while writing (话术): the company's, or one member's own."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    title = models.CharField(max_length=60)
    words = models.TextField()
    order = models.IntegerField(default=0)
    retired = models.BooleanField(default=False)

    row_type = "phrase"
    member_id: int | None

    class Meta:
        indexes = [models.Index(fields=["member", "order", "id"], name="phrase_member")]


class FirstContact(models.Model):
    """One run of the clock 首次联系时限: a customer came to an owner and is to be contacted by `due_at`.

    Ended by the first contact (`contacted_at`), or without one (`ended_at`, `ended_by`: another owner, rest, void).
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    gained_at = models.DateTimeField()
    due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, default="")
    reminded_at = models.DateTimeField(null=True)

    customer_id: int
    owner_id: int

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at"], name="first_contact_open", condition=models.Q(ended_at=None)),
            models.Index(fields=["customer", "-id"], name="first_contact_customer"),
            models.Index(fields=["owner", "gained_at"], name="first_contact_gained"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(ended_at=None), name="first_contact_one_open"
            )
        ]
