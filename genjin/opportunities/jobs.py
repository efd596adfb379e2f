"""Every night what was opened longer ago than its stage allows is closed as lost (P11); owners are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.kernel.models.events import Event, EventLink, Notification
from genjin.kernel.notices import AT_ONCE, declare_notice
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import consumer
from genjin.kernel.stamps import current_stamp
from genjin.opportunities.actions.moves import close_idle_opportunity
from genjin.opportunities.models import OPEN, Opportunity
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.totals import jobs as totals

MOST = 5_000
NOTICE = "opportunity_closed"

__all__ = ["close_idle", "tell_owners", "totals"]

declare_notice(
    NOTICE,
    gettext_lazy("商机「%(title)s」太久没有进展，已按规则自动输单"),
    "hourglass-low",
    label=gettext_lazy("我的商机被自动输单"),
)


@periodic("10 18 * * *", "opportunities.close_idle", grants=["opportunities.auto_close", "opportunities.see"])
def close_idle(actor: Actor) -> None:
    """Stage by stage. One that meanwhile moved stays as it is; run twice nothing is closed twice."""
    today = local_day(actor.now())
    for step in pipelines_at(current_stamp()).steps.values():
        if step.close_days is None:
            continue
        over = today - timedelta(days=step.close_days)
        rows = Opportunity.objects.filter(OPEN, stage=step.key, opened_on__lt=over).order_by("pk")
        for row_id in list(rows.values_list("pk", flat=True)[:MOST]):
            try:
                close_idle_opportunity(actor, row_id)
            except Refused as refusal:
                if refusal.code != "not_idle":
                    raise


@consumer("opportunities_closed")
def tell_owners(events: Sequence[Event]) -> None:
    """The owners of what the system closed."""
    closed = {event.pk: event for event in events if event.action == close_idle_opportunity.name}
    if not closed:
        return
    links = EventLink.objects.filter(event_id__in=closed, row_type=OPPORTUNITY.key).values_list("event_id", "row_id")
    of_row = {row_id: event_id for event_id, row_id in links}
    owners = Opportunity.objects.filter(pk__in=of_row, owner__isnull=False).values_list("pk", "owner_id")
    made = [
        Notification(
            member_id=owner, event_id=of_row[row_id], kind=NOTICE, row_type=OPPORTUNITY.key, row_id=row_id,
            at=closed[of_row[row_id]].at,
        )
        for row_id, owner in owners
        if owner is not None
    ]  # fmt: skip
    Notification.objects.bulk_create(made, ignore_conflicts=True, batch_size=AT_ONCE)
