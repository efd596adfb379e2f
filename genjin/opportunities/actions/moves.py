"""The verbs by which opportunities move (B9): to a stage, won, lost, invalid, opened again; what takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.rhythm import local_day
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Choice, Date, LongText, Money, Percent, Text
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Past
from genjin.opportunities.changing import moving
from genjin.opportunities.changing.deals import at_hand, retell_customer, tell_customer
from genjin.opportunities.changing.moving import Ending
from genjin.opportunities.fields import LossReason, StageChoice
from genjin.opportunities.models import Opportunity
from genjin.opportunities.options import INVALID, LOSS, OTHER, SYSTEM, WIN
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.rules import Outcome, StageKind
from genjin.ownership.actions.going_back import demand_undoing

Stage = Annotated[str, StageChoice(key="stage", label=gettext_lazy("移到"))]
On = Annotated[date | None, Date(key="on", label=gettext_lazy("实际结束日期"), help=gettext_lazy("不填就是今天"))]
Note = Annotated[str, LongText(key="note", label=gettext_lazy("说明"), most=500)]


def is_open(row: Opportunity) -> bool:
    """Whether it is still worked on."""
    return row.life == Life.LIVE and row.outcome == Outcome.OPEN


def _taken_back(_actor: Actor, past: Past) -> Sequence[Call]:
    """It stands where it stood; what was ended is open again."""
    before = past.before
    if before.get("outcome") not in (None, Outcome.OPEN):
        return []  # opened again: ended anew it must be with its facts
    raw = {"stage": before.get("stage", ""), "probability": str(before.get("probability", ""))}
    return [Call("opportunities.put_back", past.row_id, raw)]


@action(
    "opportunities.move",
    on=Opportunity,
    needs="opportunities.edit",
    label=gettext_lazy("移动阶段"),
    icon="arrow-right",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and row.outcome in (Outcome.OPEN, Outcome.WON),
    undo=_taken_back,
)
def move_opportunity(actor: Actor, opportunity_id: int, *, stage: Stage) -> Opportunity:
    """Move an opportunity to a stage of its pipeline (B9). To the deal means to win it. Raises Refused as
    `moving.advance`, naming what is missing."""
    row = _live(actor, opportunity_id)
    wins = pipelines_at(actor.stamp).steps[stage].kind is StageKind.WON and row.outcome == Outcome.OPEN
    if wins and not actor.may("opportunities.close"):
        raise Refused("may_not_close", _("您没有权限赢单，请联系管理员开通"), "stage")
    moving.advance(actor, row, stage)
    if wins:
        tell_customer(actor, row)
    return row


@action(
    "opportunities.win",
    on=Opportunity,
    needs="opportunities.close",
    label=gettext_lazy("赢单"),
    icon="trophy",
    bulk=True,
    when=is_open,
    undo=_taken_back,
)
def win_opportunity(
    actor: Actor,
    opportunity_id: int,
    *,
    amount: Annotated[
        Decimal | None,
        Money(key="amount", label=gettext_lazy("成交金额"), help=gettext_lazy("不填就是商机金额")),
    ] = None,
    on: On = None,
    reason: Annotated[str, Choice(key="reason", label=gettext_lazy("赢单原因"), options=WIN.key)] = "",
    note: Note = "",
) -> Opportunity:
    """Win it: probability 100, the stage of the deal, a won customer (B9, B4). Raises Refused("bad_move", "no_amount",
    "future", "tasks_due", "no_jump")."""
    row = _live(actor, opportunity_id)
    if amount is not None:
        row.amount = amount
    moving.end(actor, row, Ending(Outcome.WON, on or local_day(actor.now()), reason, note))
    tell_customer(actor, row)
    return row


@action(
    "opportunities.lose",
    on=Opportunity,
    needs="opportunities.close",
    label=gettext_lazy("输单"),
    icon="circle-x",
    bulk=True,
    when=is_open,
    undo=_taken_back,
)
def lose_opportunity(
    actor: Actor,
    opportunity_id: int,
    *,
    reason: Annotated[str, LossReason(key="reason", label=gettext_lazy("输单原因"), options=LOSS.key)],
    note: Note = "",
    competitor: Annotated[
        str, Text(key="competitor", label=gettext_lazy("输给了谁"), most=100, help=gettext_lazy("竞争对手的名称"))
    ] = "",
    on: On = None,
) -> Opportunity:
    """Lose it at its stage, with the reason (B9). Raises Refused("bad_move", "note_needed", "reason_needed")."""
    row = _live(actor, opportunity_id)
    _explained(reason, note)
    if reason == SYSTEM and actor.member_id is not None:
        raise Refused("reason_needed", _("请选择真实的输单原因"), "reason")
    moving.end(actor, row, Ending(Outcome.LOST, on or local_day(actor.now()), reason, note, competitor))
    tell_customer(actor, row)
    return row


@action(
    "opportunities.invalidate",
    on=Opportunity,
    needs="opportunities.close",
    label=gettext_lazy("标为无效"),
    icon="ban",
    bulk=True,
    when=is_open,
    undo=_taken_back,
)
def invalidate_opportunity(
    actor: Actor,
    opportunity_id: int,
    *,
    reason: Annotated[str, Choice(key="reason", label=gettext_lazy("无效原因"), options=INVALID.key)],
    note: Note = "",
) -> Opportunity:
    """It was none: made by mistake or twice; it does not count in win rates (B9)."""
    row = _live(actor, opportunity_id)
    _explained(reason, note)
    moving.end(actor, row, Ending(Outcome.INVALID, local_day(actor.now()), reason, note))
    tell_customer(actor, row)
    return row


@action(
    "opportunities.reopen",
    on=Opportunity,
    needs="opportunities.close",
    label=gettext_lazy("重新打开"),
    icon="arrow-back-up",
    when=lambda row: row.life == Life.LIVE and row.outcome != Outcome.OPEN,
)
def reopen_opportunity(actor: Actor, opportunity_id: int) -> Opportunity:
    """Open an ended opportunity again at the stage where it ended, where its pipeline allows that (B9). Raises
    Refused("no_reopening", "bad_move")."""
    row = _live(actor, opportunity_id)
    moving.reopen(actor, row)
    retell_customer(actor, row)
    return row


@action(
    "opportunities.put_back",
    on=Opportunity,
    needs="opportunities.edit",
    label=gettext_lazy("撤销移动"),
    icon="arrow-back-up",
    listed=False,
)
def put_opportunity_back(
    actor: Actor,
    opportunity_id: int,
    *,
    stage: Stage = "",
    probability: Annotated[int | None, Percent(key="probability", label=gettext_lazy("赢率"))] = None,
) -> Opportunity:
    """It stands where it stood. Only as an undo, while nobody touched it; what was ended is opened again by who may
    end. Raises Refused("no_undo"), Forbidden."""
    row = _live(actor, opportunity_id)
    demand_undoing()
    before = pipelines_at(actor.stamp).steps.get(stage)
    if before is not None and before.kind is not StageKind.PROGRESS:
        moving.back_after_sale(actor, row, before)
        return row
    ended = row.outcome != Outcome.OPEN
    if ended:
        actor.demand("opportunities.close")
        moving.reopen(actor, row, undone=True)
    moving.put_back(actor, row, stage or row.stage, row.probability if probability is None else probability)
    if ended:
        retell_customer(actor, row)
    return row


@action(
    "opportunities.close_idle",
    on=Opportunity,
    needs="opportunities.auto_close",
    label=gettext_lazy("自动输单"),
    icon="hourglass-low",
    listed=False,
)
def close_idle_opportunity(actor: Actor, opportunity_id: int) -> Opportunity:
    """P11: what was opened longer ago than its stage allows is closed as lost, reason "system". Raises
    Refused("not_idle") when that no longer holds."""
    row = _live(actor, opportunity_id)
    step = pipelines_at(actor.stamp).steps[row.stage]
    age = (local_day(actor.now()) - row.opened_on).days
    if row.outcome != Outcome.OPEN or step.close_days is None or age <= step.close_days:
        raise Refused("not_idle", _("商机不再符合自动关闭的规则"))
    note = _("建立超过 %(days)d 天仍在「%(stage)s」") % {"days": step.close_days, "stage": step.label}
    moving.end(actor, row, Ending(Outcome.LOST, local_day(actor.now()), SYSTEM, note))
    tell_customer(actor, row)
    return row


def _live(actor: Actor, opportunity_id: int) -> Opportunity:
    row = at_hand(actor, opportunity_id, to=WRITE)
    if row.life != Life.LIVE:
        raise Refused("voided", _("商机已作废，还原后才能操作"))
    return row


def _explained(reason: str, note: str) -> None:
    if reason == OTHER and not note:
        raise Refused("note_needed", _("原因选「其他」时，请填写说明"), "note")
