"""Who takes no part in automated scoring (B19 art. 24): written down with its reason on a lead or a contact, and lifted
again. From that moment nothing is counted or shown of him, nor of the opportunities in which he takes part.
"""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Contact
from genjin.customers.record import CONTACT
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE, row_for
from genjin.kernel.fields import Text
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.opportunities.models import Opportunity, Participant
from genjin.scoring.changing.restating import restate
from genjin.scoring.models import Objection
from genjin.scoring.queries.stored import objections_of
from genjin.scoring.scored import SCORED

Reason = Annotated[
    str,
    Text(
        key="reason",
        label=gettext_lazy("原因"),
        most=200,
        required=True,
        help=gettext_lazy("对方怎么提出的，如「10 月 8 日来电要求」"),
    ),
]


def _objecting(record_type: RecordType, model: type[Record]) -> tuple[Action[..., Record], Action[..., Record]]:
    """The two verbs of a type."""

    @action(
        record_type.grant("stop_scoring"),
        on=model,
        needs=record_type.grant("edit"),
        label=gettext_lazy("不参与自动评分"),
        icon="eye-off",
        when=lambda row: row.life != Life.VOIDED,
        listed=False,
    )
    def stop_scoring(actor: Actor, row_id: int, *, reason: Reason) -> Record:
        row = row_for(actor, model, row_id, to=WRITE, lock=True)
        if objections_of(row.row_type, [row.pk]):
            raise Refused("objecting", _("已经记为不参与自动评分"))
        record(actor, Objection(record_type=row.row_type, record_id=row.pk, reason=reason, by_id=actor.member_id))
        record(actor, row, reason=reason)
        _follow(actor, row)
        return row

    @action(
        record_type.grant("resume_scoring"),
        on=model,
        needs=record_type.grant("edit"),
        label=gettext_lazy("恢复自动评分"),
        icon="eye",
        confirm=gettext_lazy("只有对方同意时才恢复；恢复后马上重新计算。"),
        when=lambda row: row.life != Life.VOIDED,
        listed=False,
    )
    def resume_scoring(actor: Actor, row_id: int) -> Record:
        row = row_for(actor, model, row_id, to=WRITE, lock=True)
        found = objections_of(row.row_type, [row.pk])
        if not found:
            raise Refused("not_objecting", _("没有记为不参与自动评分"))
        for objection in found:
            record_removal(actor, objection)
        record(actor, row)
        _follow(actor, row)
        return row

    stop_scoring.__doc__ = "Let nothing be counted of a record from now on. Raises Refused('objecting')."
    resume_scoring.__doc__ = "Count it again, with its objection to a lead taken back. Raises Refused('not_objecting')."
    return stop_scoring, resume_scoring


def _follow(actor: Actor, row: Record) -> None:
    """Count at once what is concerned: nothing may be shown a moment longer."""
    if isinstance(row, Lead):
        restate(SCORED[LEAD.key], [row.pk], actor.now())
    contact_id = row.contact_id if isinstance(row, Lead) else row.pk
    contacts = [contact_id] if contact_id is not None else []
    concerned = set(Participant.objects.filter(contact_id__in=contacts).values_list("opportunity_id", flat=True))
    if isinstance(row, Lead) and row.opportunity_id:
        concerned.add(row.opportunity_id)
    if concerned:
        restate(SCORED[Opportunity.row_type], concerned, actor.now())


stop_scoring_lead, resume_scoring_lead = _objecting(LEAD, Lead)
stop_scoring_contact, resume_scoring_contact = _objecting(CONTACT, Contact)
