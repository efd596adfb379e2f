"""Telling that nobody looks after a lead (B1): pool administrators of what nobody takes, the owner of what he does not
follow, then his superior too, until it is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.recording import record
from genjin.leads.models import Lead
from genjin.leads.queries import late_leads
from genjin.leads.rules import LeadState
from genjin.org.queries import organisation
from genjin.ownership.standing import covers, pool_named

AT_ONCE = 500
SUPERIOR, LAST = 2, 3
"""From the which ring on the superior is told as well, and with which it ends; the first is 0."""
OURS = gettext_lazy("线索没人跟")
declare_notice(
    "lead_unassigned",
    gettext_lazy("「%(pool)s」里有 %(count)s 条线索一直没有人领取，请指派"),
    "ripple",
    label=OURS,
    facts=lambda _reader, note: {key: str(note.get(key, "")) for key in ("pool", "count")},
    place="/leads/pools/%(place)s",
)
declare_notice("lead_unfollowed", gettext_lazy("线索「%(title)s」分到后还没有跟进"), "clock", label=OURS)
declare_notice(
    "lead_neglected", gettext_lazy("线索「%(title)s」一直没有跟进，已标为久未跟进"), "alert-triangle", label=OURS
)


@action(
    "leads.ring",
    on=None,
    needs="leads.clock",
    label=gettext_lazy("线索时限提醒"),
    silent="unless a lead is flagged",
    listed=False,
)
def ring_leads(actor: Actor) -> int:
    """Tell of up to 500 leads whose time limit ran out; returns how many. Each ring is told once, also when this is
    killed or run by two at once."""
    late = late_leads(actor.now(), AT_ONCE)
    told = [each for lead in late for each in _told(actor, lead)]
    notify_each([*told, *_of_pools(actor, late)])
    for lead in late:
        lead.rung += 1
        if lead.rung > LAST and lead.state != LeadState.UNASSIGNED:
            lead.neglected = True
            record(actor, lead)
        else:  # when it rings next follows from what is written down already
            lead.set_clock()
            Lead.objects.filter(pk=lead.pk).update(rung=lead.rung, clock_at=lead.clock_at)
    return len(late)


def _told(actor: Actor, lead: Lead) -> Iterator[Told]:
    once = f"lead:{lead.pk}:{(lead.owner_since or lead.pooled_at or lead.created_at).timestamp():.0f}:{lead.rung}"
    org = organisation(actor)
    if lead.state == LeadState.UNASSIGNED:
        return
    owner = org.people.get(lead.owner_id or 0)
    receivers = [lead.owner_id, owner.superior_id if owner and lead.rung >= SUPERIOR else None]
    for member in dict.fromkeys(each for each in receivers if each):
        yield Told(member, "lead_neglected" if lead.rung == LAST else "lead_unfollowed", lead, None, once, {})


def _of_pools(actor: Actor, late: Sequence[Lead]) -> Iterator[Told]:
    """One message for all of a pool: its administrators may see a lead there only, so none is named."""
    waiting = [lead for lead in late if lead.state == LeadState.UNASSIGNED]
    for pool_id in sorted({lead.pool_id for lead in waiting if lead.pool_id}):
        pool, those = pool_named(actor.stamp, pool_id), [lead for lead in waiting if lead.pool_id == pool_id]
        since = those[0].pooled_at or those[0].created_at
        once = f"leads:{pool_id}:{those[0].pk}:{since.timestamp():.0f}:{those[0].rung}"
        for member in organisation(actor).people if pool else ():
            if pool and covers(pool.admins, actor, member):
                note = {"place": pool_id, "pool": pool.name, "count": len(those)}
                yield Told(member, "lead_unassigned", None, None, once, note)
