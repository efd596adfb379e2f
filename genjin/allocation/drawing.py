"""A scheme in words, as lists of schemes show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genjin.allocation.choosing import seats_of
from genjin.allocation.conditions import words_of
from genjin.allocation.examples import today_of
from genjin.allocation.models import Round, Scheme
from genjin.allocation.queries import is_active
from genjin.allocation.rules.modes import Mode
from genjin.allocation.wording import name_of
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.wording import labelled, listed
from genjin.org.queries import organisation

NAMED = 5


@dataclass(frozen=True)
class SchemeLine:
    """A scheme as drawn. `broken`: why it gives nobody anything though it is on, '' when it works."""

    id: int
    name: str
    icon: str
    state: str
    mode: str
    what: str
    people: str
    extras: list[str]
    today: int
    broken: str


def line(actor: Actor, scheme: Scheme, turn: Round | None, before: Scheme | None) -> SchemeLine:
    """One scheme in words; `before`: one that is asked earlier and takes all new records."""
    declared = RECORD_TYPES[scheme.record_type]
    conditions = words_of(actor, declared, scheme.conditions)
    return SchemeLine(
        id=scheme.pk,
        name=scheme.name,
        icon=declared.icon,
        state=scheme.state,
        mode=str(Mode(scheme.mode).label),
        what=labelled(str(declared.many), conditions) if conditions else _("全部%s") % declared.many,
        people=_people(actor, scheme),
        extras=_extras(actor, scheme),
        today=sum(today_of(actor, turn).values()),
        broken=_broken(actor, scheme, before),
    )


def _people(actor: Actor, scheme: Scheme) -> str:
    seats = seats_of(scheme)
    names = listed(name_of(actor, seat.member) for seat in seats[:NAMED])
    count = ngettext("%(n)d 人", "%(n)d 人", len(seats)) % {"n": len(seats)}
    return f"{names}…（{count}）" if len(seats) > NAMED else names


def _extras(actor: Actor, scheme: Scheme) -> list[str]:
    said = []
    if scheme.on_entry:
        said.append(_("新建和导入时自动分配"))
    if scheme.offer_minutes:
        hours, minutes = divmod(scheme.offer_minutes, 60)
        said.append(_("派单，%d 分钟内领取") % scheme.offer_minutes if minutes else _("派单，%d 小时内领取") % hours)
    if scheme.fallback_id:
        said.append(_("没有人接时交给%s") % name_of(actor, scheme.fallback_id))
    if scheme.begins != scheme.ends:
        said.append(_("值班 %(begins)s–%(ends)s") % {"begins": scheme.begins, "ends": scheme.ends})
    return said


def _broken(actor: Actor, scheme: Scheme, before: Scheme | None) -> str:
    people = organisation(actor).people
    if not any(seat.member in people and people[seat.member].active for seat in seats_of(scheme)):
        return _("方案里的人都已离职，现在分不出去")
    if scheme.fallback_id and not is_active(actor, scheme.fallback_id):
        return _("没有人接时要交给的人已离职，请改一个")
    if before is not None:
        return _("新记录轮不到它：先查看的「%s」已包括全部记录。请调整优先级，或给那个方案加条件") % before.name
    return ""
