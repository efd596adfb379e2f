"""Plans and follow-ups may be about an opportunity (B9): what it is told of them, and when nothing may be planned."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.opportunities.models import Opportunity
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Outcome
from genjin.plans.record import PLAN
from genjin.plans.subjects import Subject, hangs_on, show_on


def note_contact(
    actor: Actor,
    row: Opportunity,
    /,
    *,
    occurred_at: datetime,
    effective: bool = True,
    deal_date: date | None = None,  # noqa: ARG001 - a deal is a matter of winning
) -> None:
    """A (locked) opportunity was talked about (B7)."""
    last = row.last_followed_at
    row.last_followed_at = occurred_at if last is None else max(last, occurred_at)
    if effective:
        reached = row.last_effective_at
        row.last_effective_at = occurred_at if reached is None else max(reached, occurred_at)
    record(actor, row)


def restate_contacts(
    actor: Actor,
    row: Opportunity,
    /,
    *,
    last_followed_at: datetime | None,
    last_effective_at: datetime | None,
    deal_date: date | None,  # noqa: ARG001 - as above
) -> None:
    """The follow-ups about a (locked) opportunity changed."""
    row.last_followed_at, row.last_effective_at = last_followed_at, last_effective_at
    record(actor, row)


def restate_plan(actor: Actor, row: Opportunity, /, *, next_contact_at: datetime | None, next_step: str) -> None:
    """Put what is planned next about a (locked) opportunity on it."""
    if (row.next_contact_at, row.next_step) != (next_contact_at, next_step):
        row.next_contact_at, row.next_step = next_contact_at, next_step
        record(actor, row)


def _talked(row: Opportunity) -> Refused | None:
    if row.life == Life.VOIDED:
        return Refused("voided", _("商机已作废，还原后才能写跟进"), OPPORTUNITY.key)
    return None


def _planned(row: Opportunity) -> Refused | None:
    if row.life != Life.LIVE or row.outcome in (Outcome.LOST, Outcome.INVALID):
        return Refused("resting", _("商机已结束或作废，不能再安排计划"), OPPORTUNITY.key)
    return None


def _rests(actor: Actor, row: Opportunity) -> str:  # noqa: ARG001 - one signature for all subjects
    if row.life != Life.LIVE:
        return _("商机已作废")
    return _("商机已%s") % Outcome(row.outcome).label if row.outcome in (Outcome.LOST, Outcome.INVALID) else ""


hangs_on(
    Subject(
        key=OPPORTUNITY.key,
        note_contact=note_contact,
        restate_contacts=restate_contacts,
        restate_plan=restate_plan,
        talked=_talked,
        planned=_planned,
        rests=_rests,
        rested_by=frozenset(
            f"opportunities.{verb}"
            for verb in ("lose", "invalidate", "close_idle", "void", "restore", "reopen", "put_back")
        ),
        customer_of=lambda row: row.customer_id,
    )
)
show_on(FOLLOWUP, OPPORTUNITY.key, belongs=False, section="talk")
show_on(PLAN, OPPORTUNITY.key, belongs=False, section="plan")
