"""The writes of the month's end: proposing (a job's), keeping a customer as it is, taking that back.

Accepting a proposal is archiving or pausing the customer (`customers.archive`, `customers.pause`), with the reason.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import WORKED, Customer, MonthEnd, Proposal
from genjin.customers.monthend.queries import candidate, conditions
from genjin.customers.monthend.rules import AsOf
from genjin.customers.queries import customer_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp

AT_ONCE = 1_000

declare_grants(
    gettext_lazy("系统"), ("customers.propose", gettext_lazy("月末提出归档与暂停建议")), scoped=False, internal=True
)


@action(
    "customers.propose_rests",
    on=None,
    needs="customers.propose",
    label=gettext_lazy("提出归档与暂停建议"),
    silent="a proposal changes nothing; what becomes of it is written down",
    listed=False,
)
def propose_rests(actor: Actor, *, month: date, after: int) -> int | None:
    """Propose what the rules say of the next 1,000 customers behind an id. The id to go on after; None when all were
    asked. What was proposed for this month already stays as it is."""
    MonthEnd.objects.get_or_create(month=month)
    ids = list(Customer.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    rows = Customer.objects.filter(WORKED, pk__in=ids).defer("search", "search_key")
    found: dict[int, Proposal] = {}
    for rule, condition in conditions(AsOf(actor.now(), current_stamp())):
        for customer in rows.filter(condition).exclude(pk__in=list(found)):
            since = candidate(customer, rule).since
            found[customer.pk] = Proposal(
                customer_id=customer.pk, month=month, kind=rule.kind, rule=rule.key, since=since, made_at=actor.now()
            )
    Proposal.objects.bulk_create(found.values(), ignore_conflicts=True)
    return ids[-1] if len(ids) == AT_ONCE else None


@action(
    "customers.finish_month",
    on=None,
    needs="customers.propose",
    label=gettext_lazy("完成月末建议"),
    silent="says that a job is through",
    listed=False,
)
def finish_month(actor: Actor, *, month: date) -> None:
    """All customers were asked."""
    MonthEnd.objects.filter(month=month, finished_at=None).update(finished_at=actor.now())


@action(
    "customers.keep",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("本月保留"),
    icon="check",
    bulk=True,
    listed=False,
    undo="customers.reconsider",
)
def keep_customer(actor: Actor, customer_id: int) -> Customer:
    """Decline what the month's end proposed for a customer; it is not asked again this month (S3-13). Raises
    Refused("no_proposal")."""
    customer, proposal = _proposed(actor, customer_id, kept=False)
    proposal.kept_by_id, proposal.kept_at = actor.member_id, actor.now()
    proposal.save(update_fields=["kept_by", "kept_at"])
    record(actor, customer)
    return customer


@action(
    "customers.reconsider",
    on=Customer,
    needs="customers.archive",
    label=gettext_lazy("重新考虑"),
    icon="arrow-back-up",
    bulk=True,
    listed=False,
    undo="customers.keep",
)
def reconsider_customer(actor: Actor, customer_id: int) -> Customer:
    """Let a proposal that was declined stand again. Raises Refused("no_proposal")."""
    customer, proposal = _proposed(actor, customer_id, kept=True)
    proposal.kept_by_id = proposal.kept_at = None
    proposal.save(update_fields=["kept_by", "kept_at"])
    record(actor, customer)
    return customer


def _proposed(actor: Actor, customer_id: int, *, kept: bool) -> tuple[Customer, Proposal]:
    """The customer, locked, and its latest proposal."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    latest = MonthEnd.objects.order_by("-month").values("month")[:1]
    proposal = Proposal.objects.filter(customer_id=customer.pk, month=Subquery(latest)).first()
    if proposal is None or (proposal.kept_at is not None) is not kept or customer.life == Life.VOIDED:
        raise Refused("no_proposal", _("这个客户没有待处理的月末建议，可能已被处理，请刷新页面"))
    return customer, proposal
