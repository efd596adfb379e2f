"""Tables of campaigns: the campaign, and each touch: whom it reached, how he answered, when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import IN_ORDER, Life, Record

MONEY: dict[str, Any] = {"max_digits": 15, "decimal_places": 2}


class Campaign(Record):
    """A campaign (市场活动, B20). `period`: both dates as one text, from which its status is told; `cost`: what it
    really cost, empty until that is known; `target`: how many leads are expected of it."""

    name = models.CharField(max_length=200)
    pinyin = models.CharField(max_length=400, default="", db_collation="C")
    kind = models.CharField(max_length=60, default="")
    channel = models.CharField(max_length=60, default="")
    place = models.CharField(max_length=200, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    period = models.CharField(max_length=21, default="", db_collation="C")
    budget = models.DecimalField(null=True, **MONEY)
    cost = models.DecimalField(null=True, **MONEY)
    target = models.IntegerField(null=True)
    description = models.TextField(default="")

    row_type = "campaign"
    unrecorded: ClassVar[frozenset[str]] = Record.unrecorded | {"pinyin", "period"}

    class Meta:
        indexes = [
            models.Index(fields=["owner", "id"], name="campaign_owner"),
            models.Index(fields=["department", "id"], name="campaign_department"),
            models.Index(fields=["starts_on", *IN_ORDER], name="campaign_starts"),
            models.Index(fields=["ends_on", *IN_ORDER], name="campaign_ends"),
            models.Index(fields=["budget", *IN_ORDER], name="campaign_budget"),
            models.Index(fields=["cost", *IN_ORDER], name="campaign_cost"),
            models.Index(fields=["updated_at", *IN_ORDER], name="campaign_updated"),
            GinIndex(fields=["search"], name="campaign_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="campaign_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="campaign_life"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_ends_after_start",
            ),
        ]


class Touch(Record):
    """A member of a campaign (活动成员): a lead, a contact or a customer whom it touched, how he answered, when.

    It belongs to the customer or lead and carries its owner, so who does not see them does not see that they were
    touched. A lead's touches go along to its customer when it is converted. `touched_on`: the company's day of it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=60, default="")
    touched_at = models.DateTimeField(default=timezone.now)
    touched_on = models.DateField()
    note = models.CharField(max_length=200, default="")

    row_type = "touch"
    unrecorded: ClassVar[frozenset[str]] = Record.unrecorded | {"touched_on"}
    campaign_id: int
    customer_id: int | None
    contact_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "id"], name="touch_campaign", include=["state", "life"]),
            models.Index(fields=["customer", "id"], name="touch_customer", condition=~models.Q(customer=None)),
            models.Index(fields=["contact", "id"], name="touch_contact", condition=~models.Q(contact=None)),
            models.Index(fields=["lead_id", "id"], name="touch_lead", condition=models.Q(lead_id__isnull=False)),
            models.Index(fields=["owner", "id"], name="touch_owner"),
            models.Index(fields=["department", "id"], name="touch_department"),
            models.Index(fields=["touched_at", *IN_ORDER], name="touch_at"),
            GinIndex(fields=["search"], name="touch_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="touch_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="touch_life"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(lead_id__isnull=False), name="touch_of_somebody"
            ),
        ]
