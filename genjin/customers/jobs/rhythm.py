"""Restating the days of the rhythm (B7): at once after its settings changed, and every night for what slipped through
(an import that began under the old settings; customers from before there was a rhythm)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.customers.actions.rhythm import AT_ONCE, restate_rhythm
from genjin.customers.models import Customer
from genjin.customers.rhythm import RESTATING
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic, progress


@job(RESTATING, title=gettext_lazy("重算应跟进日"), grants=["customers.restate"])
def restate_all(actor: Actor, job_id: int) -> None:
    """Every customer, 1,000 at a time. Run again it finds nothing to change in what it did."""
    total = Customer.objects.count()
    done, after = 0, restate_rhythm(actor, after=0)
    while after is not None:
        done += AT_ONCE
        progress(job_id, done, total)
        after = restate_rhythm(actor, after=after)
    progress(job_id, total, total)


@periodic("40 17 * * *", "customers.restate_nightly", grants=["customers.restate"])
def restate_nightly(actor: Actor) -> None:
    """The same at night."""
    after: int | None = 0
    while after is not None:
        after = restate_rhythm(actor, after=after)
