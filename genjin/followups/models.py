"""Tables of follow-ups: what was talked about with a customer, when, how, with what result."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import Life, Record

DEAL = "deal"


class FollowUp(Record):
    """One follow-up (跟进记录, B7, S0-32). It belongs to a customer and carries the customer's owner and department.

    `author` wrote it; an imported one whose author is no member keeps the name as text. `result_date` is the date of
    the outcome, `deal_date` the same date where the outcome is a deal (S0-40). `summary` is what it is called.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
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

    row_type = "followup"
    unrecorded = Record.unrecorded | {"summary"}
    customer_id: int
    contact_id: int | None
    author_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="followup_customer"),
            models.Index(fields=["owner", "id"], name="followup_owner"),
            models.Index(fields=["department", "id"], name="followup_department"),
            models.Index(fields=["author", "occurred_at"], name="followup_author"),
            models.Index(fields=["occurred_at", "id"], name="followup_occurred"),
            models.Index(
                fields=["deal_date", "customer"], name="followup_deal", condition=models.Q(deal_date__isnull=False)
            ),
            GinIndex(fields=["search"], name="followup_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="followup_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="followup_life"),
            models.CheckConstraint(
                condition=models.Q(outcome=DEAL, deal_date__isnull=False)
                | (~models.Q(outcome=DEAL) & models.Q(deal_date=None)),
                name="followup_deal_date_only_of_deals",
            ),
            models.CheckConstraint(
                condition=models.Q(progress=None) | models.Q(progress__range=(0, 100)), name="followup_progress"
            ),
        ]
