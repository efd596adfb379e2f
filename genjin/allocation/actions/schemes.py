"""Writes of schemes: declared, changed, switched on and off, ended. And who takes none for now."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.actions.checking import check_scheme
from genjin.allocation.actions.learning import learn_later
from genjin.allocation.grants import MANAGE, TAKE
from genjin.allocation.models import Duty, Round, Scheme
from genjin.allocation.portraits import offered_types
from genjin.allocation.rules.modes import SCHEME_MOVES, Mode, SchemeState
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Person, Text, YesNo
from genjin.kernel.fields.fixed import OneOf, Structured
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version

MOST = 100

Name = Annotated[str, Text(key="name", label=gettext_lazy("方案名称"), most=60)]
Type = Annotated[str, OneOf(key="record_type", label=gettext_lazy("分配什么"), pairs=offered_types)]
Only = Annotated[
    dict[str, Any],
    Structured(
        key="conditions",
        label=gettext_lazy("只分配符合条件的"),
        named=True,
        help=gettext_lazy('和列表的筛选一样，例如 {"region.in": ["320000"]}；不填就是全部'),
    ),
]
How = Annotated[str, OneOf(key="mode", label=gettext_lazy("怎样分配"), pairs=tuple(Mode.choices))]
People = Annotated[
    list[dict[str, Any]],
    Structured(
        key="seats",
        label=gettext_lazy("分给谁"),
        help=gettext_lazy('例如 [{"member": 12, "weight": 2, "cap": 10, "begins": "09:00", "ends": "18:00"}]'),
    ),
]
Steps = Annotated[
    list[dict[str, Any]],
    Structured(
        key="steps",
        label=gettext_lazy("规则"),
        help=gettext_lazy('例如 [{"conditions": {"source.in": ["官网"]}, "members": [12], "mode": "turns"}]'),
    ),
]
Traits = Annotated[list[str], Structured(key="traits", label=gettext_lazy("按什么算相似"))]
Least = Annotated[
    int, Number(key="least", label=gettext_lazy("相似的历史至少"), unit=gettext_lazy("条"), least=1, greatest=10_000)
]
Days = Annotated[list[int], Structured(key="days", label=gettext_lazy("值班的日子"))]
Begins = Annotated[str, Text(key="begins", label=gettext_lazy("值班开始"), most=5)]
Ends = Annotated[str, Text(key="ends", label=gettext_lazy("值班结束"), most=5)]
Priority = Annotated[int, Number(key="priority", label=gettext_lazy("优先级"), least=1, greatest=9_999)]
OnEntry = Annotated[bool, YesNo(key="on_entry", label=gettext_lazy("新建和导入时自动分配"))]
Minutes = Annotated[
    int,
    Number(key="offer_minutes", label=gettext_lazy("派单等待"), unit=gettext_lazy("分钟"), least=0, greatest=10_080),
]
Fallback = Annotated[int | None, Person(key="fallback", label=gettext_lazy("没有人接时交给"))]


@action("allocation.declare", on=Scheme, needs=MANAGE, label=gettext_lazy("新建分配方案"), icon="plus", listed=False)
def declare_scheme(
    actor: Actor,
    *,
    name: Name,
    record_type: Type,
    mode: How,
    seats: People,
    conditions: Only = {},  # noqa: B006 - read only
    steps: Steps = [],  # noqa: B006 - read only
    traits: Traits = [],  # noqa: B006 - read only
    least: Least = 30,
    days: Days = [1, 2, 3, 4, 5, 6, 7],  # noqa: B006 - read only
    begins: Begins = "00:00",
    ends: Ends = "00:00",
    priority: Priority = 100,
    on_entry: OnEntry = False,
    offer_minutes: Minutes = 0,
    fallback: Fallback = None,
) -> Scheme:
    """A new scheme (B20), in force at once. Raises Refused naming the input that is wrong."""
    if Scheme.objects.exclude(state=SchemeState.ENDED).count() >= MOST:
        raise Refused("too_many", _("最多 %d 个分配方案，请先结束不用的") % MOST)
    scheme = Scheme(record_type=record_type)
    scheme.name, scheme.mode, scheme.seats, scheme.conditions = name, mode, seats, conditions
    scheme.steps, scheme.traits, scheme.least, scheme.days = steps, traits, int(least), days
    scheme.begins, scheme.ends, scheme.priority, scheme.on_entry = begins, ends, int(priority), on_entry
    scheme.offer_minutes, scheme.fallback_id = int(offer_minutes or 0), fallback
    check_scheme(actor, scheme)
    record(actor, scheme)
    bump_stamp()
    Round.objects.create(scheme=scheme)
    learn_later(scheme)
    return scheme


@action("allocation.change", on=Scheme, needs=MANAGE, label=gettext_lazy("修改分配方案"), icon="pencil", listed=False)
def change_scheme(
    actor: Actor,
    scheme_id: int,
    *,
    name: Name,
    mode: How,
    seats: People,
    conditions: Only = {},  # noqa: B006 - read only
    steps: Steps = [],  # noqa: B006 - read only
    traits: Traits = [],  # noqa: B006 - read only
    least: Least = 30,
    days: Days = [1, 2, 3, 4, 5, 6, 7],  # noqa: B006 - read only
    begins: Begins = "00:00",
    ends: Ends = "00:00",
    priority: Priority = 100,
    on_entry: OnEntry = False,
    offer_minutes: Minutes = 0,
    fallback: Fallback = None,
) -> Scheme:
    """Change a scheme; its type stays. Whose turn it is stays too, for those who stay. Raises as declare, Stale,
    Refused("bad_move") when it has ended."""
    scheme = _locked(scheme_id)
    check_version(scheme)
    if scheme.state == SchemeState.ENDED:
        SCHEME_MOVES.move(scheme, SchemeState.ON)
    scheme.name, scheme.mode, scheme.seats, scheme.conditions = name, mode, seats, conditions
    scheme.steps, scheme.traits, scheme.least, scheme.days = steps, traits, int(least), days
    scheme.begins, scheme.ends, scheme.priority, scheme.on_entry = begins, ends, int(priority), on_entry
    scheme.offer_minutes, scheme.fallback_id = int(offer_minutes or 0), fallback
    check_scheme(actor, scheme)
    record(actor, scheme)
    bump_stamp()
    learn_later(scheme)
    return scheme


@action("allocation.switch_on", on=Scheme, needs=MANAGE, label=gettext_lazy("启用分配方案"), icon="check", listed=False)
def switch_on_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """It is asked again. Raises Refused when something it names is gone meanwhile."""
    scheme = _locked(scheme_id)
    SCHEME_MOVES.move(scheme, SchemeState.ON)
    check_scheme(actor, scheme)
    record(actor, scheme)
    bump_stamp()
    learn_later(scheme)
    return scheme


@action(
    "allocation.switch_off",
    on=Scheme,
    needs=MANAGE,
    label=gettext_lazy("停用分配方案"),
    icon="hand-stop",
    listed=False,
)
def switch_off_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """It gives nothing until it is switched on again; offers that wait stay."""
    return _moved(actor, scheme_id, SchemeState.OFF)


@action(
    "allocation.end",
    on=Scheme,
    needs=MANAGE,
    label=gettext_lazy("结束分配方案"),
    icon="x",
    danger=True,
    listed=False,
)
def end_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """It gives nothing ever again; it stays to be read."""
    return _moved(actor, scheme_id, SchemeState.ENDED)


@action(
    "allocation.switch_duty",
    on=None,
    needs=TAKE,
    label=gettext_lazy("暂停或恢复接单"),
    icon="clock",
    listed=False,
)
def switch_duty(
    actor: Actor,
    *,
    paused: Annotated[bool, YesNo(key="paused", label=gettext_lazy("暂停接单"))] = False,
    member: Annotated[int | None, Person(key="member", label=gettext_lazy("成员"))] = None,
) -> Duty:
    """Take no records for now, or take them again; for somebody else only by who manages schemes (值班)."""
    if member not in (None, actor.member_id):
        actor.demand(MANAGE)
    whose = member or actor.member_id
    if whose is None:
        raise NotFound
    duty = Duty.objects.select_for_update().filter(member_id=whose).first() or Duty(member_id=whose)
    duty.paused = paused
    record(actor, duty, member=whose, paused=paused)
    return duty


def _moved(actor: Actor, scheme_id: int, state: SchemeState) -> Scheme:
    scheme = _locked(scheme_id)
    SCHEME_MOVES.move(scheme, state)
    record(actor, scheme)
    bump_stamp()
    return scheme


def _locked(scheme_id: int) -> Scheme:
    scheme = Scheme.objects.select_for_update().filter(pk=scheme_id).first()
    if scheme is None:
        raise NotFound
    return scheme
