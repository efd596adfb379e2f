"""Creating, editing, marking invalid and voiding leads (B1); their owner and team."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.guarding import demand_no_duplicate, demand_still_single
from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import OWN, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Choice, LongText, Person, Text, Values, YesNo
from genjin.kernel.models.rows import Life, fresh
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.together import insert
from genjin.kernel.undo import as_before
from genjin.leads.models import Invalidity, Lead
from genjin.leads.options import INVALID_REASON
from genjin.leads.queries import lead_for
from genjin.leads.record import LEAD
from genjin.leads.rules import MOVES, WORKED, LeadState
from genjin.merging.actions import merge_actions
from genjin.ownership.actions import removal_action, teammate_action, transfer_action
from genjin.ownership.actions.going_back import demand_undoing
from genjin.ownership.changing import change_owner
from genjin.ownership.fields import pool_choice
from genjin.ownership.landing import landing_of
from genjin.ownership.standing import pool_to_create_in
from genjin.revealing.actions import reveal_action

INTO_POOL = pool_choice(
    LEAD, gettext_lazy("放入公海"), gettext_lazy("选了公海，线索就没有负责人，等成员领取或管理员指派")
)
Reason = Annotated[str, LongText(key="reason", label=gettext_lazy("原因"), most=200)]


@action("leads.create", on=Lead, needs="leads.create", label=gettext_lazy("新建线索"), icon="plus")
def create_lead(
    actor: Actor,
    *,
    values: Values,
    owner: Annotated[int | None, Person(key="owner", label=gettext_lazy("负责人"))] = None,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要新建"))] = False,
    pool: Annotated[str, INTO_POOL] = "",
) -> Lead:
    """Create a lead for its owner, default the actor (L2), or into a pool (L1), from which it may go at once to whom
    that gives new ones (L3). Raises as `demand_no_duplicate`."""
    into = pool_to_create_in(actor, LEAD, pool, owner)
    if owner not in (None, actor.member_id):
        _check_owner(actor, owner)
    landed = landing_of(actor, LEAD, into, owner)
    demand_no_duplicate(actor, LEAD, values, known=duplicate_known)
    imported = actor.surface is Surface.IMPORT
    lead = fresh(Lead, imported=imported, duplicate=duplicate_known, taken_from_id=landed.through)
    apply_values(actor, lead, values)
    change_owner(actor, lead, landed.owner, rule=landed.rule, reason=landed.reason, pool=landed.pool)
    return lead


@action(
    "leads.edit",
    on=Lead,
    needs="leads.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED and row.state != LeadState.CONVERTED,
    undo=as_before("leads.edit"),
    bulk=True,
)
def edit_lead(
    actor: Actor,
    lead_id: int,
    *,
    values: Values,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要保存"))] = False,
) -> Lead:
    """Change the given fields. Raises Stale, Refused("voided"), Refused("converted"): what became of a converted lead
    is changed on its customer; and as `demand_still_single` (B3)."""
    lead = _open(lead_for(actor, lead_id, to=WRITE, lock=True))
    demand_still_single(actor, LEAD, lead, values, known=duplicate_known)
    apply_values(actor, lead, values)
    record(actor, lead)
    return lead


@action(
    "leads.invalidate",
    on=Lead,
    needs="leads.edit",
    label=gettext_lazy("标为无效"),
    icon="circle-x",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and row.state in WORKED,
)
def invalidate_lead(
    actor: Actor,
    lead_id: int,
    *,
    reason: Annotated[
        str, Choice(key="reason", label=gettext_lazy("无效原因"), options=INVALID_REASON.key, required=True)
    ],
    note: Annotated[str, Text(key="note", label=gettext_lazy("说明"), most=500)] = "",
) -> Lead:
    """Put a lead aside that cannot be reached or has no wish (L8, S2-14); its owner keeps it, a follow-up takes it up
    again (L9). Raises Refused("bad_move"), Refused("voided"), Refused("converted")."""
    lead = _open(lead_for(actor, lead_id, to=WRITE, lock=True))
    MOVES.move(lead, LeadState.INVALID)
    lead.neglected = False
    insert(Invalidity(lead_id=lead.pk, reason=reason, note=note, by_id=actor.member_id, at=actor.now()))
    record(actor, lead, reason=reason, **({"note": note} if note else {}))
    return lead


@action(
    "leads.void",
    on=Lead,
    needs="leads.void",
    to=OWN,
    label=gettext_lazy("作废"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("作废后线索进入回收站，只有管理员可以还原。"),
    when=lambda row: row.life != Life.VOIDED and row.state != LeadState.CONVERTED,
    undo="leads.unvoid",
)
def void_lead(actor: Actor, lead_id: int, *, reason: Reason) -> Lead:
    """Put junk into the recycle bin (L11, S2-16); it keeps the state that it had. Raises Refused("bad_move"),
    Refused("converted")."""
    lead = lead_for(actor, lead_id, to=OWN, lock=True)
    _demand_unconverted(lead)
    LIFE.move(lead, Life.VOIDED)
    record(actor, lead, reason=reason)
    return lead


@action(
    "leads.unvoid",
    on=Lead,
    needs="leads.void",
    to=OWN,
    label=gettext_lazy("撤销作废"),
    icon="arrow-back-up",
    listed=False,
)
def unvoid_lead(actor: Actor, lead_id: int) -> Lead:
    """Take back one's own voiding. Only as an undo: later an administrator restores it (L12). Raises
    Refused("no_undo")."""
    demand_undoing()
    lead = lead_for(actor, lead_id, to=OWN, lock=True)
    LIFE.move(lead, Life.LIVE)
    record(actor, lead)
    return lead


def _open(lead: Lead) -> Lead:
    if lead.life == Life.VOIDED:
        raise Refused("voided", _("线索已作废，还原后才能修改"))
    _demand_unconverted(lead)
    return lead


def _demand_unconverted(lead: Lead) -> None:
    if lead.state == LeadState.CONVERTED:
        raise Refused("converted", str(MOVES.words[LeadState.CONVERTED]))


def _check_owner(actor: Actor, owner: int | None) -> None:
    """Only whoever may transfer to the owner's scope may create for somebody else."""
    department = people.directory().department_of(owner, actor.stamp) if owner else None
    if not actor.demand(LEAD.grant("transfer")).holds(owner, department):
        raise Forbidden(_("您不能为这位同事新建线索"))


transfer_lead, reveal_of_lead = transfer_action(LEAD), reveal_action(LEAD)
add_lead_teammate, remove_lead_teammate = teammate_action(LEAD), removal_action(LEAD)
merge_leads, unmerge_leads = merge_actions(LEAD, keeps=("state", "owner_followed"))
