"""Preparing a handover: who leaves, when and why; who gets what; giving it up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover import receivers
from genjin.handover.arrangement import Arrangement
from genjin.handover.fields import Leaver
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.pools import pools_for
from genjin.handover.queries import conditions, handover_for, keys_of, leaver_for, moving_types, open_of
from genjin.handover.rules import MOVES, Kind, State
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, LongText, Text
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Refused
from genjin.org.fields import OneOf
from genjin.org.queries import organisation

NOTICE = gettext_lazy(
    "尊敬的{客户}：您好！因工作调整，自{日期}起，由{接收人}（{电话}）接替{交接人}为您服务，之前的沟通记录已完整交接，给您带来不便敬请谅解。"
)
MOST_SHARES = 20
MOST_RECEIVERS = 50
KINDS = tuple((kind.value, kind.label) for kind in Kind)
WhichKind = Annotated[str, OneOf(key="kind", label=gettext_lazy("交接类型"), pairs=KINDS)]
Reason = Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)]
NoticeOn = Annotated[date | None, Date(key="notice_on", label=gettext_lazy("通知日"))]
LeavesOn = Annotated[date | None, Date(key="leaves_on", label=gettext_lazy("最后工作日"))]


@action("handovers.prepare", on=Handover, needs=MANAGE, label=gettext_lazy("登记交接"), icon="briefcase", listed=False)
def prepare_handover(
    actor: Actor,
    *,
    leaver: Annotated[int, Leaver(key="leaver", label=gettext_lazy("交接人"))],
    kind: WhichKind = Kind.RESIGNATION,
    notice_on: NoticeOn = None,
    leaves_on: LeavesOn = None,
    reason: Reason = "",
) -> Handover:
    """Register that somebody leaves or moves on (B16): from the day of notice on he is watched and takes nothing out.
    Also for who has left already. Raises NotFound, Refused("open") while there is one for him, Refused("dates")."""
    person = leaver_for(actor, leaver)
    if open_of(leaver) is not None:
        raise Refused("open", _("「%s」已有进行中的交接，请在交接列表里继续") % person.name, "leaver")
    assert actor.member_id is not None
    row = Handover(
        leaver_id=leaver, made_by_id=actor.member_id, arrangement=Arrangement().to_json(), notice=str(NOTICE)
    )
    _set_facts(actor, row, kind, notice_on, leaves_on, reason)
    record(actor, row)
    return row


@action("handovers.change", on=Handover, needs=MANAGE, label=gettext_lazy("修改交接"), icon="pencil", listed=False)
def change_handover(
    actor: Actor,
    handover_id: int,
    *,
    kind: WhichKind = Kind.RESIGNATION,
    notice_on: NoticeOn = None,
    leaves_on: LeavesOn = None,
    reason: Reason = "",
) -> Handover:
    """Change kind, days and reason of one that has not begun. Raises Refused("bad_move"), Refused("dates")."""
    row = at_hand(actor, handover_id)
    _set_facts(actor, row, kind, notice_on, leaves_on, reason)
    record(actor, row)
    return row


@action("handovers.arrange", on=Handover, needs=MANAGE, label=gettext_lazy("分配接收人"), icon="users", listed=False)
def arrange(
    actor: Actor,
    handover_id: int,
    *,
    arrangement: Mapping[str, Any],
    notice: Annotated[str, LongText(key="notice", label=gettext_lazy("客户告知文字"), most=1_000)] = "",
) -> Handover:
    """Say who gets what (`Arrangement.to_json`) and the words for customers. Raises Refused for receivers that may not
    receive and for filters that the actor may not use."""
    row = at_hand(actor, handover_id)
    try:
        asked = Arrangement.from_json(arrangement)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("arrangement", _("分配方案的格式不对，请重新填写"), "arrangement") from None
    check_arrangement(actor, row, asked)
    _demand_sight(actor, row, asked)
    row.arrangement, row.notice = asked.to_json(), notice
    record(actor, row)
    return row


@action("handovers.cancel", on=Handover, needs=MANAGE, label=gettext_lazy("取消交接"), icon="x", listed=False)
def cancel_handover(actor: Actor, handover_id: int) -> Handover:
    """Give it up before it has begun: he stays, and is watched no more. Raises Refused("bad_move")."""
    row = handover_for(actor, handover_id, lock=True)
    MOVES.move(row, State.CANCELLED)
    row.ended_at = actor.now()
    record(actor, row)
    return row


def at_hand(actor: Actor, handover_id: int) -> Handover:
    """A handover that has not begun, locked. Raises Refused("begun"), NotFound."""
    row = handover_for(actor, handover_id, lock=True)
    leaver_for(actor, row.leaver_id)
    if row.state != State.DRAFT:
        raise Refused("begun", _("交接已经开始或结束，不能再修改"))
    return row


def check_arrangement(actor: Actor, row: Handover, asked: Arrangement) -> None:
    """What must hold for who gets what. Raises Refused."""
    if len(asked.shares) > MOST_SHARES or len(asked.receivers) > MOST_RECEIVERS:
        words = _("最多 %(shares)d 个分配条件、%(receivers)d 个接收人")
        raise Refused("too_many", words % {"shares": MOST_SHARES, "receivers": MOST_RECEIVERS}, "to")
    known, types = set(keys_of(row)), {t.key for t in moving_types()}
    for key in [*asked.parts, *(share.part for share in asked.shares)]:
        if key not in known:
            raise Refused("part", _("没有这一类交接内容：%s") % key[:40], "part")
    for to in asked.receivers:
        receivers.check(actor, to, row.leaver_id)
    _check_pools(actor, asked)
    for share in asked.shares:
        if share.part not in types:
            raise Refused("part", _("这一类内容不能按条件分配"), "part")
        if not share.to:
            raise Refused("receiver", _("请为这个条件选择接收人"), "to")
        conditions(actor, share)
    if asked.stays_until and asked.stays_until < actor.now().date():
        raise Refused("past", _("保留到的日期不能早于今天"), "stays_until")


def _demand_sight(actor: Actor, row: Handover, asked: Arrangement) -> None:
    """How many records fit a filter tells what they say: who sets one up has to see them. Raises Forbidden."""
    known = {(share.part, share.query) for share in Arrangement.from_json(row.arrangement).shares}
    person = organisation(actor).people[row.leaver_id]
    for part in sorted({share.part for share in asked.shares if (share.part, share.query) not in known}):
        scope = actor.grants.get(RECORD_TYPES[part].grant("see"))
        if scope is None or not scope.holds(person.id, person.department_id):
            told = {"who": person.name, "what": RECORD_TYPES[part].many}
            raise Forbidden(_("您看不到「%(who)s」的%(what)s，不能按条件分配；请按类别分配，或请他的上级办理") % told)


def _check_pools(actor: Actor, asked: Arrangement) -> None:
    """A pool takes records of its own type, and alone. Raises Refused("no_pool")."""
    given = [("", asked.everything), *asked.parts.items(), *((share.part, share.to) for share in asked.shares)]
    for key, to in given:
        pools = [one for one in to if receivers.member_of(one) is None]
        named = {pool.pk for pool in pools_for(actor, RECORD_TYPES[key])} if key in RECORD_TYPES else set()
        if pools and (len(to) > 1 or receivers.read(pools[0])[1] not in named):
            raise Refused("no_pool", _("公海只接收它自己类别的记录，也不能和成员均分"), "to")


def _set_facts(
    actor: Actor, row: Handover, kind: str, notice_on: date | None, leaves_on: date | None, reason: str
) -> None:
    row.kind, row.reason = Kind(kind or Kind.RESIGNATION), reason
    row.notice_on = notice_on or actor.now().date()
    row.leaves_on = leaves_on or row.notice_on
    if row.leaves_on < row.notice_on:
        raise Refused("dates", _("最后工作日不能早于通知日"), "leaves_on")
