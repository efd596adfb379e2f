"""Beside a lead or an opportunity: its score with the reasons; who takes no part, there and beside a contact."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from genjin.customers.record import CONTACT
from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import WRITE, may
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import type_of
from genjin.leads.record import LEAD
from genjin.opportunities.record import OPPORTUNITY
from genjin.scoring.fields import TONES
from genjin.scoring.grants import SEE
from genjin.scoring.queries.explaining import explained, objection_to
from genjin.scoring.queries.stored import Objecting
from genjin.scoring.rules import MOST_PART
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for


def score_card(request: PageRequest, record: Record) -> Drawn | None:
    """The score in words; or that there is none, why, who wrote it down and when."""
    if record.life == Life.VOIDED:
        return None
    objection = objection_to(request.actor, record)
    if objection is not None:
        return _objecting(request, record, objection)
    found = explained(request.actor, record)
    if found is None:
        return None
    tone = TONES[found.band]
    stop = _verb(request, record, "stop_scoring")
    return Drawn("scoring/card.html", {"score": found, "tone": tone, "most": MOST_PART, "stop_scoring": stop})


def contact_card(request: PageRequest, record: Record) -> Drawn | None:
    """Whether a contact takes part; nobody's score is shown here, because people have none."""
    if record.life == Life.VOIDED or not request.actor.may(SEE):
        return None
    objection = objection_to(request.actor, record)
    if objection is not None:
        return _objecting(request, record, objection)
    stop = _verb(request, record, "stop_scoring")
    return Drawn("scoring/contact_card.html", {"stop_scoring": stop}) if stop else None


def _objecting(request: PageRequest, record: Record, objection: Objecting) -> Drawn:
    actor = request.actor
    who = people.directory().member_name(objection.by, actor.stamp) if objection.by else ""
    facts: dict[str, Any] = {
        "reason": objection.reason,
        "who": who,
        "when": formats_for(actor).when(objection.at),
        "elsewhere": "" if objection.of == (record.row_type, record.pk) else _elsewhere(objection),
        "resume_scoring": _verb(request, record, "resume_scoring"),
    }
    return Drawn("scoring/objecting.html", facts)


def _elsewhere(objection: Objecting) -> str:
    """Where it was written down: on the lead that this was made of, on a contact who takes part."""
    return _("在转换前的线索上记下的") if objection.of[0] == LEAD.key else _("在参与的联系人上记下的")


def _verb(request: PageRequest, record: Record, verb: str) -> str:
    """The dialog of a verb that the actor may use here; ''."""
    declared = type_of(record)
    action = ACTIONS.get(declared.grant(verb))
    usable = action is not None and may(request.actor, record, action.needs, WRITE)
    return f"{record_url(declared, record.pk)}/actions/{verb}" if usable else ""


register_card(LEAD.key, "scoring", score_card, order=4)
register_card(OPPORTUNITY.key, "scoring", score_card, order=4)
register_card(CONTACT.key, "scoring", contact_card, order=150)
