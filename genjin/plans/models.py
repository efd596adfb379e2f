"""The table of plans: what is to be done, when, by whom, in which state (B7)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import pgettext_lazy

from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import Life, Record
from genjin.org.models import Department


class PlanState(models.TextChoices):
    """The four states of a plan (B7)."""

    PREPARED = "prepared", pgettext_lazy("plan", "未开始")
    UNDERWAY = "underway", pgettext_lazy("plan", "进行中")
    COMPLETED = "completed", pgettext_lazy("plan", "已完成")
    CANCELLED = "cancelled", pgettext_lazy("plan", "已取消")


OPEN_STATES = (PlanState.PREPARED, PlanState.UNDERWAY)
OPEN = models.Q(state__in=OPEN_STATES, life=Life.LIVE)


class Plan(Record):
    """A plan (跟进计划): `content` to be done by the `assignee` at `starts_at`, for a customer or on its own.

    With a customer it belongs to it and carries its owner and department; without one its owner is the assignee.
    `recorded_as` is the id of the follow-up that it became (the converted flag). `series` is the id of the first plan
    of a rhythm, `repeat_days` its step: when one is done the next one is made. `support_department` is asked to help
    (S3-12) and answers in `support_result`.
    """

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    content = models.CharField(max_length=500)
    method = models.CharField(max_length=60, default="")
    starts_at = models.DateTimeField()
    minutes = models.SmallIntegerField(null=True)
    remind_minutes = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.PREPARED)
    result = models.CharField(max_length=500, default="")
    closed_at = models.DateTimeField(null=True)
    recorded_as = models.BigIntegerField(null=True)
    postponed = models.SmallIntegerField(default=0)
    series = models.BigIntegerField(null=True)
    repeat_days = models.SmallIntegerField(null=True)
    repeat_until = models.DateField(null=True)
    support_department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    support_result = models.CharField(max_length=500, default="")
    support_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    support_at = models.DateTimeField(null=True)

    row_type = "plan"
    customer_id: int | None
    contact_id: int | None
    assignee_id: int
    support_department_id: int | None
    support_by_id: int | None

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "starts_at", "id"], name="plan_customer", condition=~models.Q(customer=None)
            ),
            models.Index(fields=["assignee", "starts_at", "id"], name="plan_assignee"),
            models.Index(fields=["assignee", "starts_at"], name="plan_open", condition=OPEN),
            models.Index(fields=["owner", "id"], name="plan_owner"),
            models.Index(fields=["department", "id"], name="plan_department"),
            models.Index(fields=["starts_at", "id"], name="plan_starts"),
            models.Index(
                fields=["support_department", "id"],
                name="plan_support",
                condition=~models.Q(support_department=None),
            ),
            GinIndex(fields=["search"], name="plan_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="plan_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="plan_life"),
            models.CheckConstraint(condition=models.Q(state__in=PlanState.values), name="plan_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_STATES, closed_at=None)
                | models.Q(state__in=(PlanState.COMPLETED, PlanState.CANCELLED), closed_at__isnull=False),
                name="plan_closed_when_ended",
            ),
        ]
