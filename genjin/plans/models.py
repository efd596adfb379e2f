"""Tables of plans: what is to be done, when, by whom, in which state (B7); addresses for other calendars."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import IN_ORDER, Life, Record, Row
from genjin.org.models import Department
from genjin.plans.rules import OPEN_STATES, PlanKind, PlanState

DUE = models.Q(due_at__isnull=False)


class Plan(Record):
    """A plan (跟进计划): `content` to be done by the `assignee` at `starts_at`, for a customer or on its own.

    With a customer it belongs to it and carries its owner and department; without one its owner is the assignee. What
    else it may hang on (`plans.subjects`): a lead, to which it belongs as well, or an opportunity of its customer.
    `due_at` is its time while it is open, None afterwards; `remind_at` when to remind its assignee, None once he was
    reminded. `recorded_as` is the id of the follow-up that it became (the converted flag). `series` is the id of the
    first plan of a series, `rhythm` its step and `repeat_from` the moment from which steps are counted: when one is
    done the next one is made. `support_department` is asked to help (S3-12) and answers in `support_result`.
    `dropped`: it was cancelled because its customer rests, and comes back with him. `kind` is '' for what people plan;
    a greeting (care, 客户关怀) is made by the system for an `occasion` on the day `occurs_on`: a birthday of `contact`,
    or a holiday on which the customers of the member `care_of` are greeted.
    """

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead_id = models.BigIntegerField(null=True)
    opportunity_id = models.BigIntegerField(null=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    content = models.CharField(max_length=500)
    method = models.CharField(max_length=60, default="")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    minutes = models.SmallIntegerField(null=True)
    remind_minutes = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.PREPARED)
    result = models.CharField(max_length=500, default="")
    closed_at = models.DateTimeField(null=True)
    recorded_as = models.BigIntegerField(null=True)
    postponed = models.SmallIntegerField(default=0)
    series = models.BigIntegerField(null=True)
    rhythm = models.CharField(max_length=10, default="")
    repeat_from = models.DateTimeField(null=True)
    repeat_until = models.DateField(null=True)
    support_department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    support_result = models.CharField(max_length=500, default="")
    support_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    support_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    dropped = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=PlanKind.choices, default=PlanKind.PLAIN, blank=True)
    occasion = models.CharField(max_length=20, default="")
    occurs_on = models.DateField(null=True)
    care_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    row_type = "plan"
    unrecorded = Record.unrecorded | {"due_at", "remind_at", "repeat_from"}
    customer_id: int | None
    contact_id: int | None
    assignee_id: int
    support_department_id: int | None
    support_by_id: int | None
    care_of_id: int | None

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "starts_at", "id"], name="plan_customer", condition=~models.Q(customer=None)
            ),
            models.Index(fields=["contact"], name="plan_contact", condition=~models.Q(contact=None)),
            *(
                models.Index(
                    fields=[column, "starts_at", "id"],
                    name=f"plan_{column.removesuffix('_id')}",
                    condition=models.Q(**{f"{column}__isnull": False}),
                )
                for column in ("lead_id", "opportunity_id")
            ),
            models.Index(fields=["assignee", "starts_at", "id"], name="plan_assignee"),
            # whose it is and of which customer stand in the index: what lies on many desks is counted from it alone
            models.Index(
                fields=["assignee", "due_at", *IN_ORDER], include=["customer"], name="plan_open", condition=DUE
            ),
            models.Index(fields=["due_at", *IN_ORDER], name="plan_due"),
            models.Index(fields=["created_by", "due_at", "id"], name="plan_given", condition=DUE),
            models.Index(fields=["remind_at"], name="plan_remind", condition=models.Q(remind_at__isnull=False)),
            models.Index(fields=["series"], name="plan_series", condition=~models.Q(series=None)),
            models.Index(fields=["owner", "id"], name="plan_owner"),
            models.Index(fields=["department", "id"], name="plan_department"),
            models.Index(fields=["starts_at", *IN_ORDER], name="plan_starts"),
            models.Index(
                fields=["support_department", "id"],
                name="plan_support",
                condition=~models.Q(support_department=None),
            ),
            GinIndex(fields=["search"], name="plan_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="plan_code_once"),
            models.UniqueConstraint(
                fields=["contact", "occurs_on"],
                condition=models.Q(kind=PlanKind.CARE, contact__isnull=False),
                name="plan_birthday_once",
            ),
            models.UniqueConstraint(
                fields=["care_of", "occurs_on", "occasion"],
                condition=models.Q(care_of__isnull=False),
                name="plan_holiday_once",
            ),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="plan_life"),
            models.CheckConstraint(condition=models.Q(state__in=PlanState.values), name="plan_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_STATES, closed_at=None)
                | models.Q(state__in=(PlanState.COMPLETED, PlanState.CANCELLED), closed_at__isnull=False),
                name="plan_closed_when_ended",
            ),
        ]


class Greeting(models.Model):
    """A customer that was greeted for a holiday: which of its contacts, when and by whom."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="greetings", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    customer_id: int
    contact_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["customer"], name="greeting_customer"),
            models.Index(fields=["contact"], name="greeting_contact", condition=~models.Q(contact=None)),
        ]
        constraints = [models.UniqueConstraint(fields=["plan", "customer"], name="greeting_once")]


class CalendarFeed(Row):
    """A member's address under which other calendars read his plans. Only the hash of its secret is kept; a member has
    at most one that is not revoked."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    row_type = "calendar_feed"
    unrecorded = Row.unrecorded | {"used_at"}
    member_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=models.Q(revoked_at=None), name="feed_one_live")
        ]
