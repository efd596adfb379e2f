"""The manager's workbench (S0-82): his people and what lies on their desks; every number opens their list."""

from __future__ import annotations

from dataclasses import dataclass

from genjin.customers.record import CUSTOMER
from genjin.followups.load.queries import MOST, Load, loads
from genjin.followups.waiting import LATE, waiting_url
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.plans.record import PLAN
from genjin.ui.addresses import list_url
from genjin.ui.pages import PageRequest
from genjin.ui.watching import watched
from genjin.ui.workbench import Workcard, register_workcard

SHOWN, MOST_SHOWN = 12, 120


@dataclass(frozen=True)
class Desk:
    """A member's row: name, load, and where each number leads."""

    name: str
    load: Load
    cold: str
    day_url: str
    overdue_url: str
    today_url: str
    cold_url: str
    waiting_url: str
    late_url: str


def team(request: PageRequest, member_id: int) -> Workcard | None:
    """People watched over, the most overdue first. Only on one's own workbench."""
    actor = request.actor
    ids = watched(actor) if member_id == actor.member_id else []
    if not ids or not actor.may(PLAN.grant("see")) or not actor.may(CUSTOMER.grant("see")):
        return None
    everybody = request.GET.get("team") == "all"
    found, more = loads(actor, ids, MOST_SHOWN if everybody else SHOWN)
    desks = [_desk(actor, load) for load in found]
    context = {"desks": desks, "more_people": more, "everybody": everybody, "people_count": len(ids)}
    return Workcard("followups/team_card.html", context)


def _desk(actor: Actor, load: Load) -> Desk:
    member = load.member_id
    plans = f"{list_url(PLAN)}?f=1&assignee.in={member}"
    return Desk(
        name=people.directory().member_name(member, actor.stamp),
        load=load,
        cold=f"{MOST}+" if load.cold > MOST else str(load.cold),
        day_url=f"/today?member={member}",
        overdue_url=f"{plans}&due_at.overdue=&sort=due_at",
        today_url=f"{plans}&due_at.today=&sort=due_at",
        cold_url=f"{list_url(CUSTOMER)}?f=1&owner.in={member}&follow_by.past=0&sort=follow_by",
        waiting_url=waiting_url(member),
        late_url=waiting_url(member, LATE),
    )


register_workcard("team", team, order=40)
