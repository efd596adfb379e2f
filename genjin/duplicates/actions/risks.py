"""Writes of risks: what was found of new records (by the machine), what a reviewer makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.grants import FLAG, JUDGE
from genjin.duplicates.models import Risk
from genjin.duplicates.registering import RULING_WORDS, Ruling
from genjin.duplicates.risks.finding import Suspect
from genjin.duplicates.risks.queries import risk_for
from genjin.duplicates.risks.tracing import Entered
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import LongText, YesNo
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.recording import note_event, record
from genjin.kernel.refusal import Refused
from genjin.org.changing import check_version


def _rulings() -> list[tuple[str, Label]]:
    return [(ruling.value, label) for ruling, label in RULING_WORDS.items() if ruling is not Ruling.OPEN]


_NOTE = LongText(
    key="note", label=gettext_lazy("核查说明"), required=True, most=500, help=gettext_lazy("写明怎样核实的")
)


@action(
    "risks.flag",
    on=None,
    needs=FLAG,
    label=gettext_lazy("标出有疑点的登记"),
    icon="alert-triangle",
    listed=False,
)
def flag_registrations(actor: Actor, *, found: Mapping[int, Suspect], entered: Mapping[int, Entered]) -> int:
    """Keep what was found, record by record once; a ruling is open again when there is a reason of a new kind. Returns
    how many are new or open again."""
    known = {risk.record_id: risk for risk in Risk.objects.select_for_update().filter(record_id__in=list(found))}
    fresh = 0
    for row_id, suspect in found.items():
        risk = known.get(row_id)
        if risk is not None and set(suspect.kinds) <= set(risk.kinds):
            continue
        at = entered.get(row_id)
        if risk is None:
            if at is None:
                continue
            risk = Risk(record_type=suspect.record_type, record_id=row_id)
            risk.registrant_id, risk.registered_at = at.member_id, at.at
        named = {(reason["kind"], reason["field"]) for reason in suspect.reasons}
        kept = [reason for reason in risk.reasons if (reason["kind"], reason["field"]) not in named]
        risk.reasons = [*suspect.reasons, *kept]
        risk.kinds = sorted({*risk.kinds, *suspect.kinds})
        risk.ruling, risk.told = Ruling.OPEN, False
        record(actor, risk)
        fresh += 1
    note_event(actor, found=fresh)
    return fresh


@action(
    "risks.judge",
    on=Risk,
    needs=JUDGE,
    label=gettext_lazy("核查登记风险"),
    icon="shield-check",
    listed=False,
)
def judge_risk(
    actor: Actor,
    risk_id: int,
    *,
    ruling: Annotated[str, OneOf(key="ruling", label=gettext_lazy("结论"), pairs=_rulings, required=True)],
    note: Annotated[
        str,
        LongText(
            key="note", label=gettext_lazy("核查说明"), required=True, most=500, help=gettext_lazy("写明怎样核实的")
        ),
    ],
    excluded: Annotated[
        bool,
        YesNo(
            key="excluded",
            label=gettext_lazy("不算新客户"),
            help=gettext_lazy("属实时可以勾选：只作记录，供统计新客户时排除"),
        ),
    ] = False,
) -> Risk:
    """Say what it is, with a written reason (S2-61). Raises NotFound for a record that is out of sight, Refused("own")
    for who registered it himself, Stale."""
    risk = risk_for(actor, risk_id, lock=True)
    check_version(risk)
    if risk.registrant_id == actor.member_id and not actor.administrator:
        raise Refused("own", _("这条记录是您自己登记的，请由别的同事核查"))
    risk.ruling, risk.note = ruling, note
    risk.excluded = excluded and ruling == Ruling.CONFIRMED
    risk.ruled_by, risk.ruled_at = actor.member_id, actor.now()
    record(actor, risk)
    return risk
