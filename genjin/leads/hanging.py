"""What hangs on leads: plans and follow-ups (what is refused for one that is voided or converted, when its plans
rest), and their places among the members of campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.campaigns.record import TOUCH
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.fields import RecordRef
from genjin.kernel.models.rows import Life
from genjin.kernel.records import Link, extend
from genjin.kernel.refusal import Refused
from genjin.leads import effects
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState
from genjin.plans.record import PLAN
from genjin.plans.subjects import Subject, hangs_on, show_on


def _closed(lead: Any) -> Refused | None:
    """Nothing is talked over or planned with what is in the recycle bin, or is a customer by now."""
    if lead.life != Life.LIVE:
        return Refused("voided", _("线索已作废，还原后才能跟进"), LEAD.key)
    if lead.state == LeadState.CONVERTED:
        return Refused("converted", _("线索已转换，请到转换出的客户下跟进"), LEAD.key)
    return None


def _rests(actor: Actor, lead: Any) -> str:  # noqa: ARG001 - as for all subjects
    return _("线索已作废") if lead.life != Life.LIVE else ""


hangs_on(
    Subject(
        key=LEAD.key,
        note_contact=effects.note_contact,
        restate_contacts=effects.restate_contacts,
        restate_plan=effects.restate_plan,
        talked=_closed,
        planned=_closed,
        rests=_rests,
        rested_by=frozenset(LEAD.grant(verb) for verb in ("void", "unvoid", "restore")),
    )
)
show_on(PLAN, LEAD.key, belongs=True, section="plan")
show_on(FOLLOWUP, LEAD.key, belongs=True, section="talk")


def _alone(values: Mapping[str, Any]) -> bool:
    """A member is a lead, or a customer with or without a contact."""
    return bool(values.get(LEAD.key)) or not (values.get("customer") or values.get("contact"))


extend(
    TOUCH.key,
    fields=(
        RecordRef(
            key=LEAD.key,
            column="lead_id",
            label=LEAD.label,
            section="who",
            to=LEAD.key,
            in_list=True,
            width=180,
            help=gettext_lazy("成员是线索时选这里，客户和联系人不填"),
            shown_when=_alone,
        ),
    ),
    links=(Link("lead_id", LEAD.key, belongs=True, label=LEAD.label),),
)
