"""Proposing at the end of a month (S3-13): asked every hour, done once, in the evening of its last day.

Was the product not running then, it is made up for in the first days of the next month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer, MonthEnd, Proposal
from genjin.customers.monthend.actions import AT_ONCE, finish_month, propose_rests
from genjin.customers.monthend.queries import first_of, next_month
from genjin.customers.monthend.rules import PROPOSING
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.notices import Told, declare_notice, notify_each

NAME = "customers.propose_rests"
EVENING = 18
GRACE = 5
NOTICE = "month_end"

declare_notice(
    NOTICE,
    gettext_lazy("月末整理：有 %(count)s 个客户建议归档或暂停，请核对"),
    "archive",
    label=gettext_lazy("月末整理"),
    facts=lambda _reader, note: {"count": str(note.get("count", ""))},
)


@periodic("7 * * * *", "customers.month_end", grants=["customers.propose"])
def at_month_end(actor: Actor) -> None:
    """Begin the month's proposals when it is time for them, or again when they broke off."""
    month = month_to_close(actor.now())
    if month is None or not PROPOSING.at(actor.stamp):
        return
    if MonthEnd.objects.filter(month=month, finished_at__isnull=False).exists():
        return
    if not JobProgress.objects.filter(name=NAME, finished_at=None).exists():
        start_job(actor, NAME, month=month.isoformat())


@job(NAME, title=gettext_lazy("月末整理"), grants=["customers.propose"])
def propose(actor: Actor, job_id: int, *, month: str) -> dict[str, Any]:
    """Propose for all customers, 1,000 at a time, then tell the owners. Run twice, it proposes and tells once."""
    closing = date.fromisoformat(month)
    total = Customer.objects.count()
    done, after = 0, propose_rests(actor, month=closing, after=0)
    while after is not None:
        done += AT_ONCE
        progress(job_id, done, total)
        after = propose_rests(actor, month=closing, after=after)
    finish_month(actor, month=closing)
    notify_each(_told(closing))
    progress(job_id, total, total)
    return {"proposed": Proposal.objects.filter(month=closing).count()}


def month_to_close(now: datetime) -> date | None:
    """The month whose end is now, in the company's time zone: its last day from 18:00 on, and made up for within five
    days."""
    local = now.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE))
    month = first_of(local.date())
    last_day = next_month(month) - timedelta(days=1)
    if local.date() == last_day:
        return month if local.hour >= EVENING else None
    return first_of(month - timedelta(days=1)) if local.day <= GRACE else None


def _told(month: date) -> Iterator[Told]:
    """One message to each owner, with how many of his customers are concerned."""
    rows = Proposal.objects.filter(month=month, customer__owner__isnull=False).order_by()
    for owner, count in rows.values_list("customer__owner").annotate(n=Count("pk")):
        yield Told(owner, NOTICE, once=f"{NOTICE}:{month:%Y-%m}", note={"count": count})
