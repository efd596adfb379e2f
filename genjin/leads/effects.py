"""What contacts with a lead and plans for it change on it (B1 L5, L9). Steps of the actions of follow-ups and plans,
never actions themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.together import kin
from genjin.leads.models import Lead
from genjin.leads.rules import MOVES, LeadState

NEWEST = 20
"""Among so many talks the last intention is looked for."""


def note_contact(
    actor: Actor,
    lead: Lead,
    /,
    *,
    occurred_at: datetime,
    effective: bool = True,  # noqa: ARG001 - whoever called in vain has followed as well
    deal_date: date | None = None,  # noqa: ARG001 - a lead is won by being converted
) -> None:
    """A (locked) lead was contacted: it is followed (L5), again when it was invalid (L9); the time limit stops."""
    last, said = lead.last_followed_at, _said(lead)
    lead.last_followed_at = occurred_at if last is None else max(last, occurred_at)
    lead.last_content = said.content
    if said.newest and (last is None or occurred_at >= last):  # S0-79: as it is now
        lead.customer_intention = lead.intention_said = said.newest
    if MOVES.allows(lead.state, LeadState.FOLLOWING):
        MOVES.move(lead, LeadState.FOLLOWING)
    lead.owner_followed, lead.neglected = True, False
    record(actor, lead)


def restate_contacts(
    actor: Actor,
    lead: Lead,
    /,
    *,
    last_followed_at: datetime | None,
    last_effective_at: datetime | None,  # noqa: ARG001 - leads do not keep it
    deal_date: date | None,  # noqa: ARG001 - a lead is won by being converted
) -> None:
    """The follow-ups of a (locked) lead changed: put what they say now. The state stays: there is no way back (B1); so
    does an intention that somebody put there by hand since (S0-79)."""
    said = _said(lead)
    lead.last_followed_at, lead.last_content = last_followed_at, said.content
    if lead.customer_intention == lead.intention_said:
        lead.customer_intention = lead.intention_said = said.intention
    lead.owner_followed = last_followed_at is not None and last_followed_at >= (lead.owner_since or last_followed_at)
    record(actor, lead)


def restate_plan(actor: Actor, lead: Lead, /, *, next_contact_at: datetime | None, next_step: str) -> None:
    """Put what is planned next on a (locked) lead. Nothing is written when that is what stands."""
    if (lead.next_contact_at, lead.next_step) != (next_contact_at, next_step):
        lead.next_contact_at, lead.next_step = next_contact_at, next_step
        record(actor, lead)


@dataclass(frozen=True)
class _Said:
    """What the talks of a lead say: the newest one's words and intention, and the last intention that one named."""

    content: str = ""
    newest: str = ""
    intention: str = ""


def _said(lead: Lead) -> _Said:
    made = kin(FollowUp, "lead_id", lead.pk)
    if made is not None:
        live = sorted((talk for talk in made if talk.life == Life.LIVE), key=lambda talk: (talk.occurred_at, talk.pk))
        talks = [(talk.summary, talk.intention) for talk in reversed(live)]
    else:
        rows = FollowUp.objects.filter(lead_id=lead.pk, life=Life.LIVE).order_by("-occurred_at", "-id")
        talks = list(rows.values_list("summary", "intention")[:NEWEST])
    if not talks:
        return _Said()
    return _Said(*talks[0], intention=next((named for _words, named in talks if named), ""))
