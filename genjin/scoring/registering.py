"""Leads and opportunities are scored: their fields in lists, who may know them, the grants."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.kernel.fields.worked_out import all_reads
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, extend
from genjin.kernel.sights import Told, in_force, tells_of
from genjin.kernel.stamps import Stamped, current_stamp
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState
from genjin.opportunities.models import OPEN
from genjin.opportunities.record import OPPORTUNITY
from genjin.org.grants import add_to_ready_roles
from genjin.ownership.standing import keep_at_pools
from genjin.scoring.defaults import LEADS, OPPORTUNITIES
from genjin.scoring.fields import BandOf, Half, Points
from genjin.scoring.grants import MANAGE, SEE, WORK
from genjin.scoring.models import LeadScore, OpportunityScore
from genjin.scoring.queries.stored import objecting_leads, objecting_opportunities
from genjin.scoring.rules import Part
from genjin.scoring.schemes import scheme_at
from genjin.scoring.scored import Scored, declare_scored
from genjin.scoring.signals import sources_of

POINTS, BAND, MATCH, INTENTION = "score", "band", "match", "intention"

declare_scored(Scored(LEAD.key, LeadScore, Q(life=Life.LIVE) & ~Q(state=LeadState.CONVERTED), LEADS, objecting_leads))
declare_scored(Scored(OPPORTUNITY.key, OpportunityScore, OPEN, OPPORTUNITIES, objecting_opportunities))


def _told(record_type: str, *more: str, parts: Collection[Part] = tuple(Part)) -> Callable[[int], Told]:
    """What the score of a type, or a part of it, tells of: the fields that its rules read, through formulas too, and
    its signals, of which the match knows nothing."""

    def told() -> Told:
        stamp = current_stamp()
        declared = in_force(RECORD_TYPES[record_type], stamp)
        read = {rule.of for rule in scheme_at(record_type, stamp).rules if rule.part in parts and not rule.signal}
        formulas = all_reads(declared.fields)
        read |= {inner for key in read for inner in formulas.get(key, ())}
        sources = sources_of(record_type) if Part.INTENTION in parts else []
        fields = {f"{record_type}.{key}" for key in (*read, *more)}.union(*(source.reads for source in sources))
        return Told(frozenset(fields), frozenset({SEE}).union(*(source.grants for source in sources)))

    return Stamped(told).at


for _type, _after in ((LEAD, "state"), (OPPORTUNITY, "outcome")):
    extend(
        _type.key,
        fields=(
            Points(
                key=POINTS,
                label=_("评分"),
                section="follow",
                in_list=True,
                width=64,
                help=_("匹配度与意向度各 50 分，按公司的规则算出，久不跟进会降"),
            ),
            BandOf(key=BAND, of=_type.key, label=_("冷热"), section="follow", in_list=True, width=64),
            Half(
                key=MATCH,
                column="score__match",
                label=_("匹配度"),
                section="follow",
                width=76,
                help=_("满分 50，只看资料本身；公海里领取前也能按它排序"),
            ),
            Half(
                key=INTENTION,
                column="score__intention",
                label=_("意向度"),
                section="follow",
                sortable=False,
                width=76,
                help=_("满分 50，看渠道、跟进和计划"),
            ),
        ),
        after=_after,
    )
    tells_of(_type.key, POINTS, _told(_type.key))
    tells_of(_type.key, BAND, _told(_type.key, POINTS))
    tells_of(_type.key, MATCH, _told(_type.key, POINTS, parts=(Part.MATCH,)))
    tells_of(_type.key, INTENTION, _told(_type.key, POINTS, parts=(Part.INTENTION,)))

declare_grants(_("评分"), (SEE, _("查看评分与它的依据")), (MANAGE, _("设置评分规则")), scoped=False)
keep_at_pools(SEE)  # B4 P10: of the score only the match is known there, as far as the pool shows what it is made of
declare_grants(_("系统"), (WORK, _("计算评分")), scoped=False, internal=True)
add_to_ready_roles(
    salesperson=(SEE,),
    create_only=(SEE,),
    manager=(SEE,),
    department_head=(SEE,),
    reviewer=(SEE,),
    operations=(SEE, MANAGE),
)
