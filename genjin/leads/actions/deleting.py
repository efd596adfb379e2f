"""Out of the recycle bin: restored (L12), or gone for good (L13). Both are administrators' matters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import demand_unmerged, into
from genjin.kernel.doors import OWN
from genjin.kernel.models.rows import Life
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record, record_deletion, record_removals
from genjin.kernel.records import RecordType, belonging_to
from genjin.kernel.refusal import Refused
from genjin.leads.models import Lead
from genjin.leads.queries import lead_for
from genjin.leads.record import LEAD
from genjin.ownership.capacity import demand_room, origin
from genjin.ownership.models import Teammate


@action(
    "leads.restore",
    on=Lead,
    needs="leads.restore",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED and into(row) is None,
)
def restore_lead(actor: Actor, lead_id: int) -> Lead:
    """Take a lead out of the recycle bin, into the state that it had (L12). Raises Refused("not_voided", "merged",
    "full")."""
    lead = lead_for(actor, lead_id, to=OWN, lock=True)
    _demand_voided(lead)
    demand_unmerged(lead)
    demand_room(actor, LEAD, lead.owner_id, pool=origin(actor, lead))
    LIFE.move(lead, Life.LIVE)
    lead.rung = 0
    record(actor, lead)
    return lead


@action(
    "leads.delete",
    on=Lead,
    needs="leads.delete",
    to=OWN,
    label=gettext_lazy("彻底删除"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("线索和它的跟进、计划将被彻底删除，不能还原；审计日志里保留删除前的内容。"),
    when=lambda row: row.life == Life.VOIDED and into(row) is None,
)
def delete_lead(actor: Actor, lead_id: int) -> Lead:
    """Delete a voided lead with all that belongs to it: two steps, so that nothing is gone by one click (L13). The
    event keeps what was there. Raises Refused("not_voided", "merged")."""
    lead = lead_for(actor, lead_id, to=OWN, lock=True)
    _demand_voided(lead)
    demand_unmerged(lead)
    for other, link in sorted(belonging_to(LEAD.key), key=lambda pair: not _names_others(pair[0])):
        rows: Any = other.model._default_manager.filter(**{link.column: lead.pk})
        for row in rows.select_for_update(of=("self",)):
            record_deletion(actor, row)
    record_removals(actor, list(Teammate.objects.filter(record_id=lead.pk)))
    record_deletion(actor, lead, title=lead.name)
    return lead


def _names_others(declared: RecordType) -> bool:
    """Whether its rows name others that go as well (a follow-up the plan that it made): they go first."""
    going = {other.model for other, _link in belonging_to(LEAD.key)} - {declared.model}
    return any(column.related_model in going for column in declared.model._meta.concrete_fields)


def _demand_voided(lead: Lead) -> None:
    if lead.life != Life.VOIDED:
        raise Refused("not_voided", _("线索没有作废；请先作废，再还原或彻底删除"))
