"""Ruling a clash (裁定) with a written reason, and what follows from it: an owner, shares, or nothing (B3, C5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.clashes.models import Clash
from genjin.clashes.queries import clash_for, evidence_of
from genjin.clashes.rules import STATES, ClashState, Evidence, Ruling, demand_open, proposed
from genjin.clashes.settings import VALID_DAYS
from genjin.duplicates.models import NoDuplicate
from genjin.kernel.actions import ACTIONS, Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import LongText
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.fields import OneOf
from genjin.ownership.actions.sharing_out import settle_split
from genjin.ownership.capacity import await_turn, demand_room, origin
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule, Split
from genjin.ownership.rules import company_day
from genjin.ownership.shares import Portion

RULINGS = tuple((one.value, one.label) for one in Ruling)
HALF = Decimal(50)


def rule_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb of one type: asks for the grant over both records."""

    @action(
        f"{record_type.plural}.rule_clash",
        on=Clash,
        needs=record_type.grant("rule_clash"),
        to=OWN,
        label=gettext_lazy("裁定撞单"),
        icon="hammer",
        listed=False,
    )
    def rule_clash(
        actor: Actor,
        clash_id: int,
        *,
        ruling: Annotated[str, OneOf(key="ruling", label=gettext_lazy("裁定"), pairs=RULINGS)],
        reason: Annotated[
            str,
            LongText(key="reason", label=gettext_lazy("理由"), most=500, help=gettext_lazy("双方都会看到")),
        ],
    ) -> Clash:
        """Decide whose it is. Raises NotFound for a case that he does not see, Forbidden without the grant over both,
        Refused("over", "voided", "own_case", "one_owner", "in_pool", "full", "no_shares")."""
        seen = clash_for(actor, clash_id)
        await_turn(actor, record_type, _gainer(seen.clash, Ruling(ruling)))
        clash = Clash.objects.select_for_update().get(pk=seen.clash.pk)
        if clash.record_type != record_type.key:
            raise NotFound
        demand_open(clash.state)
        earlier, later = (
            row_for(actor, record_type.model, pk, to=OWN, lock=True) for pk in (clash.earlier_id, clash.later_id)
        )
        _demand_there(earlier, later)
        _demand_impartial(actor, clash, earlier, later)
        STATES.move(clash, ClashState.RULED)
        clash.basis = _basis(actor, earlier, later)
        _take_effect(actor, record_type, Ruling(ruling), earlier, later, reason)
        clash.ruling, clash.reason = ruling, reason
        clash.decided_by_id, clash.decided_at = actor.member_id, actor.now()
        record(actor, clash)
        return clash

    return rule_clash


def _gainer(clash: Clash, ruling: Ruling) -> int | None:
    return {Ruling.EARLIER: clash.earlier_owner_id, Ruling.LATER: clash.later_owner_id}.get(ruling)


def _demand_there(*rows: Record) -> None:
    if any(row.life == Life.VOIDED for row in rows):
        raise Refused("voided", _("其中一条记录已作废或被合并，没有可裁定的；请撤回这起撞单"))


def _demand_impartial(actor: Actor, clash: Clash, earlier: Record, later: Record) -> None:
    """Nobody rules his own case, administrators neither."""
    sides = {clash.earlier_owner_id, clash.later_owner_id, earlier.owner_id, later.owner_id}
    if actor.member_id in sides:
        raise Refused("own_case", _("您是当事的一方，请由另一位主管裁定"))


def _basis(actor: Actor, earlier: Record, later: Record) -> dict[str, Any]:
    """What was known when it was ruled, and what the order of B3 favoured."""
    days = int(VALID_DAYS.at(actor.stamp))
    sides = evidence_of([earlier, later])
    favoured = proposed(sides[earlier.pk], sides[later.pk], actor.now(), days)
    return {
        "valid_days": days,
        "earlier": _kept(sides[earlier.pk]),
        "later": _kept(sides[later.pk]),
        "proposed": favoured.ruling.value if favoured.ruling else "",
        "ground": favoured.ground.value,
    }


def _kept(side: Evidence) -> dict[str, Any]:
    moments = {"since": side.since, "registered": side.registered, "followed": side.followed}
    return {"owner": side.owner_id, **{key: value.isoformat() if value else None for key, value in moments.items()}}


def _take_effect(
    actor: Actor, record_type: RecordType, ruling: Ruling, earlier: Record, later: Record, reason: str
) -> None:
    if ruling is Ruling.APART:
        _not_the_same(actor, earlier, later)
        return
    if earlier.owner_id == later.owner_id:
        raise Refused("one_owner", _("两条记录现在是同一位负责人，可以合并，或撤回这起撞单"))
    if ruling is Ruling.SHARED:
        if record_type.grant("split") not in ACTIONS:
            raise Refused("no_shares", _("%s不分业绩份额") % record_type.label, "ruling")
        for row, other in ((earlier, later.owner_id), (later, earlier.owner_id)):
            _halve(actor, row, other, reason)
        return
    wins, loses = (earlier, later) if ruling is Ruling.EARLIER else (later, earlier)
    demand_room(actor, record_type, wins.owner_id, pool=origin(actor, loses), field="ruling")
    change_owner(actor, loses, wins.owner_id, rule=Rule.RULED, reason=reason[:200])


def _halve(actor: Actor, row: Record, other: int | None, reason: str) -> None:
    if row.owner_id is None or other is None:
        raise Refused("no_owner", _("没有负责人的记录不分业绩，请先指派负责人"))
    made = Split(record_type=row.row_type, record_id=row.pk, since=company_day(actor.now()), reason=reason[:200])
    made.origin, made.asked_by_id = "ruled", actor.member_id
    settle_split(actor, row, made, [Portion(None, HALF, owner=True), Portion(other, HALF)])


def _not_the_same(actor: Actor, earlier: Record, later: Record) -> None:
    """No later run over the base unites them."""
    pair = {"one_id": earlier.pk, "other_id": later.pk}
    if not NoDuplicate.objects.filter(**pair).exists():
        record(actor, NoDuplicate(record_type=earlier.row_type, **pair))
