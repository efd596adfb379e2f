"""先跟谁 on the workbench: a member's hot and warm leads and opportunities, the highest score first (B20)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.seeing import whole
from genjin.leads.record import LEAD
from genjin.scoring.fields import TONES
from genjin.scoring.queries.foremost import foremost_of
from genjin.scoring.rules import Band
from genjin.scoring.schemes import scheme_at
from genjin.scoring.scored import SCORED
from genjin.ui.addresses import list_url, record_url
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Workcard, register_workcard

SHOWN = 6


@dataclass(frozen=True)
class Line:
    """A record as the card lists it."""

    title: str
    url: str
    icon: str
    score: str
    tone: str
    hot: bool
    last: str
    write: str


def foremost_card(request: PageRequest, member_id: int) -> Workcard | None:
    """Whom to turn to first; nothing to show where nobody is hot or warm. One query."""
    actor = request.actor
    found = foremost_of(actor, member_id, SHOWN)
    if not found:
        return None
    fmt = formats_for(actor)
    writes = member_id == actor.member_id and actor.may("followups.create")
    lines = []
    for one in found:
        declared = SCORED[one.key].record_type
        band = scheme_at(one.key, actor.stamp).band(one.total)
        dated = one.last is not None and whole(actor, declared, "last_followed_at")
        lines.append(
            Line(
                title=one.title,
                url=record_url(declared, one.id),
                icon=declared.icon,
                score=f"{band.label} {one.total}",
                tone=TONES[band],
                hot=band is Band.HOT,
                last=_("上次跟进 %s") % fmt.when(one.last) if one.last and dated else "",
                write=f"/followups/new?{declared.key}={one.id}" if writes else "",
            )
        )
    leads = any(one.key == LEAD.key for one in found)
    asked = f"{list_url(LEAD)}?view=all&f=1&owner.in={member_id}&band.in=hot,warm&sort=-score"
    return Workcard("scoring/today_card.html", {"foremost": lines, "all_foremost": asked if leads else ""})


register_workcard("foremost", foremost_card, order=3, side=True)
