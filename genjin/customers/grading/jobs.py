"""Grading every night, and at once after its rules were set differently (B6); owners are told how many changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.customers.grading.actions import AT_ONCE, grade_many
from genjin.customers.grading.rules import BY_RULE, GRADING
from genjin.customers.models import Customer
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic, progress
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.stamps import current_stamp

NOTICE = "graded"
declare_notice(
    NOTICE,
    gettext_lazy("按规则分级：您有 %(count)s 个客户的分类或生命周期变了"),
    "flag",
    label=gettext_lazy("客户分级"),
    facts=lambda _reader, note: {"count": str(note.get("count", ""))},
    place="/customers?owner.in=me&sort=-updated_at",
)


@job(GRADING, title=gettext_lazy("客户分级"), grants=["customers.grade"])
def grade_all(actor: Actor, job_id: int) -> None:
    """Every customer, 500 at a time; nothing while the company grades by hand. Run again it finds nothing to change."""
    total = Customer.objects.count() if BY_RULE.at(current_stamp()) else 0
    for done in _graded(actor, f"job:{job_id}") if total else ():
        progress(job_id, min(done, total), total)
    progress(job_id, total, total)


@periodic("20 17 * * *", "customers.grade_nightly", grants=["customers.grade"])
def grade_nightly(actor: Actor) -> None:
    """The same at night."""
    for _done in _graded(actor, str(local_day(timezone.now()))) if BY_RULE.at(current_stamp()) else ():
        pass


def _graded(actor: Actor, once: str) -> Iterator[int]:
    """How many were looked at so far; at the end each owner is told once how many of his became another."""
    done, after = 0, 0
    changed: Counter[int] = Counter()
    while (behind := grade_many(actor, after=after, changed=changed)) is not None:
        done, after = done + AT_ONCE, behind
        yield done
    notify_each(
        Told(owner, NOTICE, once=f"{NOTICE}:{once}:{owner}", note={"count": count}) for owner, count in changed.items()
    )
