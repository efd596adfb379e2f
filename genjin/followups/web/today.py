"""Follow-ups on the workbench: whom to contact for the first time before the clock runs out, and the writing button."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.followups.queries import first_contacts_due
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.report import report
from genjin.followups.waiting import waiting_url
from genjin.ui.addresses import record_url
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard, register_worktool

MOST = 12


@dataclass(frozen=True)
class Waiting:
    """A customer whose first contact is due; `until` as ISO while it has not run out."""

    name: str
    url: str
    gained: str
    until: str
    words: str
    late: bool
    write: str


def first_contacts(request: PageRequest, member_id: int) -> Workcard | None:
    """首次联系时限 (B7): open clocks of a member. One query; nothing to show without any."""
    actor = request.actor
    if not actor.may(FOLLOWUP.grant("see")):
        return None
    found = first_contacts_due(actor, member_id, MOST + 1)
    fmt = formats_for(actor)
    writes = member_id == actor.member_id and actor.may(FOLLOWUP.grant("create"))
    lines = [
        Waiting(
            name=run.name,
            url=record_url("customer", run.customer_id),
            gained=fmt.when(run.gained_at),
            until=run.due_at.isoformat() if run.due_at > fmt.now else "",
            words=fmt.left(run.due_at) if run.due_at > fmt.now else fmt.due(run.due_at).text,
            late=run.due_at <= fmt.now,
            write=f"/followups/new?customer={run.customer_id}" if writes else "",
        )
        for run in found[:MOST]
    ]
    if not lines:
        return None
    late = sum(line.late for line in lines)
    context = {
        "waiting": lines,
        "more_waiting": waiting_url(member_id) if len(found) > MOST else "",
        "late": late,
    }
    leads = (Lead(f"{MOST}+" if len(found) > MOST else str(len(lines)), _("个待首次联系"), "bad" if late else ""),)
    return Workcard("followups/first_contacts_card.html", context, leads)


def this_month(request: PageRequest, member_id: int) -> Workcard | None:
    """A member's month so far: follow-ups, closed households, 有效率 and 及时率 (S3-22), from the totals."""
    actor = request.actor
    if not actor.may(FOLLOWUP.grant("see")):
        return None
    today = actor.now().date()
    asked = Asked(today.replace(day=1), today, authors=(member_id,))
    found = report(actor, asked, complete=False)
    numbers = found.total.numbers
    if not numbers.followups and not numbers.households:
        return None
    return Workcard(
        "followups/month_card.html",
        {"numbers": numbers, "kept": found.kept, "more_url": f"{reverse('followup-statistics')}?{asked.query()}"},
    )


def write_tool(request: PageRequest) -> Workcard | None:
    """Writes a follow-up for whomever one picks."""
    return Workcard("followups/today_write.html") if request.actor.may(FOLLOWUP.grant("create")) else None


register_workcard("first-contacts", first_contacts, order=20)
register_workcard("month", this_month, order=10, side=True)
register_worktool("write", write_tool, order=10)
