"""Grading every night, and at once after its rules were set differently (B6); owners are told how many changed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.customers.grading.actions import AT_ONCE, grade_many
from genjin.customers.grading.rules import BY_RULE, GRADING
from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic, progress
from genjin.kernel.stamps import current_stamp


@job(GRADING, title=gettext_lazy("客户分级"), grants=["customers.grade"])
def grade_all(actor: Actor, job_id: int) -> None:
    """Every customer, 500 at a time; nothing while the company grades by hand. Run again it finds nothing to change."""
    total = Customer.objects.count() if BY_RULE.at(current_stamp()) else 0
    done, after = 0, 0 if total else None
    while after is not None:
        after = grade_many(actor, after=after)
        done += AT_ONCE
        progress(job_id, min(done, total), total)
    progress(job_id, total, total)


@periodic("20 17 * * *", "customers.grade_nightly", grants=["customers.grade"])
def grade_nightly(actor: Actor) -> None:
    """The same at night."""
    after: int | None = 0 if BY_RULE.at(current_stamp()) else None
    while after is not None:
        after = grade_many(actor, after=after)
