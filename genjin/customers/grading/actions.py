"""The writes of grading: by rule (a job's), by hand until a day, back to the rule."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.grading.grade import Change, changes
from genjin.customers.grading.rules import BY_HAND_DAYS, BY_RULE
from genjin.customers.models import WORKED, Customer, Grade
from genjin.customers.options import CATEGORY, LIFECYCLE
from genjin.customers.queries import customer_for
from genjin.customers.rhythm import local_day
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Choice, Date, Text
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp

AT_ONCE = 500
FIELDS = ("category", "lifecycle", "first_deal", "by_hand_until", "reason", "graded_on", "inputs", "rules")
declare_grants(gettext_lazy("系统"), ("customers.grade", gettext_lazy("按规则分级")), scoped=False, internal=True)


@action(
    "customers.grade_many",
    on=None,
    needs="customers.grade",
    label=gettext_lazy("按规则分级"),
    silent="for customers whose grade stays",
    listed=False,
)
def grade_many(actor: Actor, *, after: int, changed: Counter[int] | None = None) -> int | None:
    """Grade the next 500 customers behind an id (B6). The id to go on after; None when there are no more. Who rests is
    left as he is. `changed`: how many of each owner's became another, counted here."""
    rows = Customer.objects.filter(WORKED, pk__gt=after).order_by("pk")[:AT_ONCE]
    found = list(rows.defer("search", "search_key").select_for_update(of=("self",)))
    grades = Grade.objects.in_bulk([customer.pk for customer in found])
    made = changes(found, grades, local_day(actor.now()), current_stamp())
    for change in made:
        if change.moves:
            _put(actor, change)
            if changed is not None and change.customer.owner_id:
                changed[change.customer.owner_id] += 1
    Grade.objects.bulk_create(
        [change.grade for change in made],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=FIELDS,
    )
    return found[-1].pk if len(found) == AT_ONCE else None


@action(
    "customers.regrade",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("人工分级"),
    icon="flag",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and row.pool_id is None,
)
def regrade_customer(
    actor: Actor,
    customer_id: int,
    *,
    category: Annotated[str, Choice(key="category", label=gettext_lazy("客户分类"), options=CATEGORY.key)],
    lifecycle: Annotated[str, Choice(key="lifecycle", label=gettext_lazy("生命周期"), options=LIFECYCLE.key)],
    reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)],
    until: Annotated[
        date | None,
        Date(key="until", label=gettext_lazy("保留到"), help=gettext_lazy("之后按规则重算；不填为设置里的天数")),
    ] = None,
) -> Customer:
    """Say by hand what a customer is, why and until when (B6). Raises Refused("not_live", "past")."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    today = local_day(actor.now())
    if customer.life != Life.LIVE:
        raise Refused("not_live", _("已归档或作废，不能分级"))
    if until is not None and until < today:
        raise Refused("past", _("保留到的日期应在今天或以后"), "until")
    until = until or today + timedelta(days=BY_HAND_DAYS.at(actor.stamp))
    Grade.objects.update_or_create(customer_id=customer.pk, defaults={"by_hand_until": until, "reason": reason})
    customer.category, customer.lifecycle = category, lifecycle
    record(actor, customer, reason=reason, until=until.isoformat())
    return customer


@action(
    "customers.ungrade",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("恢复按规则分级"),
    icon="refresh",
    listed=False,
)
def ungrade_customer(actor: Actor, customer_id: int) -> Customer:
    """Let the rule count again, at once (B6). Raises Refused("no_rule", "not_by_hand")."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if not BY_RULE.at(actor.stamp):
        raise Refused("no_rule", _("公司没有启用按规则分级"))
    grade = Grade.objects.filter(customer_id=customer.pk).first()
    if grade is None or grade.by_hand_until is None:
        raise Refused("not_by_hand", _("这个客户已经按规则分级"))
    grade.by_hand_until, grade.reason = None, ""
    grade.category, grade.lifecycle = customer.category, customer.lifecycle
    (change,) = changes([customer], {customer.pk: grade}, local_day(actor.now()), actor.stamp)
    change.grade.save()
    _put(actor, change)
    return customer


def _put(actor: Actor, change: Change) -> None:
    change.customer.category, change.customer.lifecycle = change.category, change.lifecycle
    record(actor, change.customer)
