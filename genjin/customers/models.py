"""Tables of customers: the customer, its contacts and addresses, and why it rests (archived or paused)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.kernel.fields.times import month_day
from genjin.kernel.models.rows import IN_ORDER, Life, Record, Row
from genjin.ownership.models import Owned, standing_indexes

NOT_VOIDED = models.Q(life__lt=Life.VOIDED)
WORKED = models.Q(life=Life.LIVE, paused=False)


class Customer(Owned, Record):
    """A customer (客户): the archive card of S0-15 and the tool card of S3-15.

    `follow_by`: the day by which its rhythm wants the next effective contact (B7); None while it rests.
    """

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, default="")
    pinyin = models.CharField(max_length=400, default="", db_collation="C")
    name_key = models.CharField(max_length=200, default="")
    fuzzy_key = models.CharField(max_length=200, default="")
    kind = models.CharField(max_length=60, default="")
    category = models.CharField(max_length=60, default="")
    level = models.CharField(max_length=60, default="")
    lifecycle = models.CharField(max_length=60, default="")
    industry = models.CharField(max_length=8, default="")
    region = models.CharField(max_length=6, default="")
    address = models.CharField(max_length=200, default="")
    size = models.CharField(max_length=60, default="")
    source = models.CharField(max_length=60, default="")
    tags = ArrayField(models.CharField(max_length=60), default=list)
    phone = models.CharField(max_length=40, default="")
    email = models.CharField(max_length=200, default="")
    website = models.CharField(max_length=500, default="")
    credit_code = models.CharField(max_length=18, default="")
    external_code = models.CharField(max_length=60, default="")
    background = models.TextField(default="")
    core_need = models.TextField(default="")
    preferences = models.TextField(default="")
    risks = models.TextField(default="")
    cooperation = models.TextField(default="")
    satisfaction = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    remarks = models.TextField(default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    referred_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    paused = models.BooleanField(default=False)
    last_followed_at = models.DateTimeField(null=True)
    last_effective_at = models.DateTimeField(null=True)
    follow_by = models.DateField(null=True)
    next_contact_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=500, default="")
    deal_date = models.DateField(null=True)
    imported = models.BooleanField(default=False)

    row_type = "customer"
    unrecorded = Record.unrecorded | Owned.deadlines | {"pinyin", "name_key", "fuzzy_key", "follow_by"}
    told_by_work: ClassVar[frozenset[str]] = frozenset({"next_step"})
    parent_id: int | None
    referred_by_id: int | None

    class Meta:
        indexes = [
            *standing_indexes("customer"),
            models.Index(fields=["owner", "id"], name="customer_owner"),
            models.Index(fields=["department", "id"], name="customer_department"),
            models.Index(fields=["life", "id"], name="customer_rest", condition=models.Q(life__gt=0)),
            models.Index(fields=["pinyin", "id"], name="customer_pinyin"),
            models.Index(fields=["next_contact_at", *IN_ORDER], name="customer_next"),
            models.Index(fields=["last_followed_at", *IN_ORDER], name="customer_last"),
            models.Index(fields=["owner", "follow_by"], name="customer_cold", condition=WORKED),
            models.Index(fields=["follow_by", *IN_ORDER], name="customer_follow_by"),
            models.Index(fields=["updated_at", *IN_ORDER], name="customer_updated"),
            models.Index(fields=["parent"], name="customer_parent", condition=~models.Q(parent=None)),
            models.Index(fields=["referred_by"], name="customer_referrer", condition=~models.Q(referred_by=None)),
            models.Index(fields=["name_key"], name="customer_name_key"),
            models.Index(fields=["fuzzy_key"], name="customer_fuzzy_key"),
            models.Index(fields=["phone"], name="customer_phone", condition=~models.Q(phone="")),
            models.Index(Lower("email"), name="customer_email", condition=~models.Q(email="")),
            models.Index(fields=["credit_code"], name="customer_credit_code", condition=~models.Q(credit_code="")),
            GinIndex(fields=["search"], name="customer_search", fastupdate=False),
            GinIndex(fields=["tags"], name="customer_tags"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="customer_code_once"),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=NOT_VOIDED & ~models.Q(credit_code=""),
                name="customer_credit_code_once",
            ),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="customer_life"),
        ]


class Contact(Record):
    """A person at a customer (联系人) with the part he plays in the decision."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, default="", db_collation="C")
    position = models.CharField(max_length=60, default="")
    division = models.CharField(max_length=60, default="")
    decision_role = models.CharField(max_length=60, default="")
    phone = models.CharField(max_length=40, default="")
    telephone = models.CharField(max_length=40, default="")
    wechat = models.CharField(max_length=60, default="")
    email = models.CharField(max_length=200, default="")
    gender = models.CharField(max_length=60, default="")
    birthday = models.DateField(null=True)
    primary = models.BooleanField(default=False)
    do_not_contact = models.BooleanField(default=False)
    remarks = models.TextField(default="")

    row_type = "contact"
    unrecorded = Record.unrecorded | {"pinyin"}
    customer_id: int

    class Meta:
        indexes = [
            models.Index(fields=["customer", "id"], name="contact_customer"),
            models.Index(fields=["owner", "id"], name="contact_owner"),
            models.Index(fields=["department", "id"], name="contact_department"),
            models.Index(fields=["pinyin", "id"], name="contact_pinyin"),
            models.Index(fields=["phone"], name="contact_phone", condition=~models.Q(phone="")),
            models.Index(Lower("email"), name="contact_email", condition=~models.Q(email="")),
            models.Index(month_day("birthday"), name="contact_birthday", condition=models.Q(birthday__isnull=False)),
            GinIndex(fields=["search"], name="contact_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="contact_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="contact_life"),
        ]


class Address(Row):
    """A further address of a customer (delivery, invoice, site)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    label = models.CharField(max_length=30)
    region = models.CharField(max_length=6, default="")
    detail = models.CharField(max_length=200)

    row_type = "address"
    customer_id: int


class RestKind(models.TextChoices):
    """Why a customer is not being worked on."""

    ARCHIVED = "archived", gettext_lazy("已归档")
    PAUSED = "paused", pgettext_lazy("state", "暂停跟进")


class Rest(models.Model):
    """Who archived or paused a customer, when and why (S3-13); ended when it is taken up again."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="rests")
    kind = models.CharField(max_length=10, choices=RestKind.choices)
    reason = models.CharField(max_length=60)
    note = models.CharField(max_length=500, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    customer_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], condition=models.Q(until=None), name="rest_one_open")
        ]


class Grade(models.Model):
    """What the rules of grading last said of a customer (B6), the day of its first deal as far as is known, and until
    when somebody's word counts instead, with the reason.

    `graded_on`: the day on which the rules came to that; `inputs`: of what, {"level", "lifecycle", "first", "last":
    days as texts}; `rules`: those in force, {"version", "new_days", "lost_days"}. Kept until they say otherwise.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.PROTECT, related_name="grade")
    category = models.CharField(max_length=60, default="")
    lifecycle = models.CharField(max_length=60, default="")
    first_deal = models.DateField(null=True)
    by_hand_until = models.DateField(null=True)
    reason = models.CharField(max_length=200, default="")
    graded_on = models.DateField(null=True)
    inputs = models.JSONField(null=True)
    rules = models.JSONField(null=True)

    customer_id: int


class MonthEnd(models.Model):
    """A month (its first day) at whose end was proposed what to archive and to pause; finished when all were asked."""

    month = models.DateField(primary_key=True)
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)


class Proposal(models.Model):
    """What the end of a month proposes for a customer (S3-13): archive or pause, by which rule, idle since when.

    It stands until the customer rests, is taken up again (contacted or planned for), or somebody keeps it as it is.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=RestKind.choices)
    rule = models.CharField(max_length=30)
    since = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(null=True)

    customer_id: int
    kept_by_id: int | None

    class Meta:
        indexes = [models.Index(fields=["month", "since", "id"], name="proposal_month")]
        constraints = [models.UniqueConstraint(fields=["customer", "month"], name="proposal_once")]
