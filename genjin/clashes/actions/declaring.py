"""Declaring a clash (申报撞单): from one's own record, about another that one only knows to exist."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.clashes.finding import Rival, clash_of, rivals_of
from genjin.clashes.models import Clash
from genjin.clashes.rules import ClashState, Origin
from genjin.clashes.settings import DECLARED_DAILY
from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.guarding import tell_within_limits
from genjin.duplicates.limits import queue_told, room_left, told_of
from genjin.duplicates.rules import Entry
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for, visible_to
from genjin.kernel.fields import LongText, Text
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.refusal import Refused


class TooManyDeclared(Refused):
    """A member declared as many as he may today, or was told of enough."""

    status = 429


def declare_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb of one type."""

    @action(
        f"{record_type.plural}.declare_clash",
        on=record_type.model,
        needs=record_type.grant("declare_clash"),
        to=OWN,
        label=gettext_lazy("申报撞单"),
        icon="arrows-diff",
        listed=False,
    )
    def declare_clash(
        actor: Actor,
        record_id: int,
        *,
        statement: Annotated[str, LongText(key="statement", label=gettext_lazy("情况说明"), most=500)],
        other: Annotated[str, Text(key="other", label=gettext_lazy("对方"), most=40)] = "",
    ) -> Clash:
        """Open a case about one of the records that the rules let him know of; `other` is the handle under which it was
        told, needed where there are several. Raises Refused("no_rival", "which", "open"), TooManyDeclared."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        _demand_few(actor)
        rival = _chosen(actor, row, other)
        one, two = sorted((row.pk, rival.found.row.pk))
        if Clash.objects.filter(earlier_id=one, later_id=two, state=ClashState.OPEN).exists():
            raise Refused("open", _("这两条记录的撞单已经在等裁定，不必重复申报"))
        clash = clash_of(row, rival, Origin.DECLARED, actor.member_id, statement)
        record(actor, clash)
        return clash

    return declare_clash


def rivals_told(actor: Actor, row: Record) -> list[tuple[str, Rival, bool]]:
    """(handle, record that clashes, whether the actor sees it) of what he may know by the rules of 查重: what he sees,
    and what a rule tells. Of the others there is no trace."""
    found = rivals_of(row, Entry.TOOL, actor.stamp)
    ids = [rival.found.row.pk for rival in found] or [0]  # asked in any case: both take equally long
    model = type_of(row).model
    seen = set(visible_to(actor, model).filter(pk__in=ids).order_by().values_list("pk", flat=True))
    return [
        (handle(actor, row, rival.found.row), rival, rival.found.row.pk in seen)
        for rival in found
        if rival.told or rival.found.row.pk in seen
    ]


def handle(actor: Actor, row: Record, other: Record) -> str:
    """A name for the other one that says nothing of it and serves this actor at this record only."""
    return salted_hmac("genjin.clashes", f"{actor.member_id}:{row.pk}:{other.pk}").hexdigest()[:24]


def _chosen(actor: Actor, row: Record, other: str) -> Rival:
    told = rivals_told(actor, row)
    queue_told(actor)
    fresh = sorted({rival.found.row.pk for _handle, rival, seen in told if not seen} - told_of(actor)) if told else []
    if len(fresh) > room_left(actor):
        raise TooManyDeclared("too_many_duplicates", _("查重提示的次数已用完，请稍后再试；确有需要请联系主管或管理员"))
    try:
        rival = _fitting(told, other)
    except Refused as refusal:
        refusal.afterwards = partial(tell_within_limits, actor, row.row_type, Entry.TOOL, fresh)
        raise
    note_told(actor, row.row_type, Entry.TOOL, fresh)
    return rival


def _fitting(told: list[tuple[str, Rival, bool]], other: str) -> Rival:
    if not told:
        raise Refused("no_rival", _("没有查到您可以知道的相同记录；先核对名称、电话和信用代码是否填写正确"))
    if not other and len(told) > 1:
        raise Refused("which", _("查到几条相同的记录，请选择是哪一条"), "other")
    fitting = [rival for name, rival, _seen in told if not other or constant_time_compare(name, other)]
    if not fitting:
        raise Refused("which", _("请选择是哪一条；列表可能已经变化，请重新打开"), "other")
    return fitting[0]


def _demand_few(actor: Actor) -> None:
    most = int(DECLARED_DAILY.at(actor.stamp))
    since = actor.now() - timedelta(days=1)
    mine = Q(opened_by_id=actor.member_id, origin=Origin.DECLARED, created_at__gt=since)
    if Clash.objects.filter(mine).count() >= most:
        raise TooManyDeclared("too_many_declared", _("24 小时内最多申报 %d 起撞单，请稍后再试或联系主管") % most)
