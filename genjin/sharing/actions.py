"""Writes of sharing rules: declared, changed, switched on and off, ended. In force at the very next request (B5)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, Text, YesNo
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version
from genjin.org.fields import Departments, Members, OneOf, Roles
from genjin.sharing.conditions import read_conditions
from genjin.sharing.fields import Conditions
from genjin.sharing.grants import MANAGE
from genjin.sharing.guarding import demand_own_sight
from genjin.sharing.known import known_of
from genjin.sharing.models import SharingRule
from genjin.sharing.queries import company_day
from genjin.sharing.rules import MOVES, SharingState, is_over

MOST = 200


def offered_types() -> list[tuple[str, Any]]:
    """The types whose records may be shared: all that have an owner."""
    return [(key, declared.many) for key, declared in RECORD_TYPES.items() if declared.listed]


Name = Annotated[str, Text(key="name", label=gettext_lazy("规则名称"), most=60)]
Type = Annotated[str, OneOf(key="record_type", label=gettext_lazy("共享什么"), pairs=offered_types)]
From = Annotated[list[int], Departments(key="departments", label=gettext_lazy("哪些部门的"))]
Below = Annotated[bool, YesNo(key="below", label=gettext_lazy("包括它们的下级部门"))]
Only = Annotated[
    dict[str, list[str]],
    Conditions(
        key="conditions",
        label=gettext_lazy("只共享符合条件的"),
        help=gettext_lazy('和列表的筛选一样，例如 {"region.in": ["320000"]}；不填就全部共享'),
    ),
]
ToDepartments = Annotated[
    list[int],
    Departments(key="to_departments", label=gettext_lazy("给哪些部门"), help=gettext_lazy("包括它们的下级部门")),
]
ToMembers = Annotated[list[int], Members(key="to_members", label=gettext_lazy("给哪些成员"))]
ToRoles = Annotated[list[int], Roles(key="to_roles", label=gettext_lazy("给哪些角色"))]
Writes = Annotated[bool, YesNo(key="writes", label=gettext_lazy("允许编辑（读写）"))]
Until = Annotated[
    date | None,
    Date(key="until", label=gettext_lazy("共享到"), help=gettext_lazy("最后一天仍然有效；不填就一直有效")),
]


@action("sharing.declare", on=SharingRule, needs=MANAGE, label=gettext_lazy("新建共享规则"), icon="plus", listed=False)
def declare_sharing(
    actor: Actor,
    *,
    name: Name,
    record_type: Type,
    departments: From,
    below: Below = True,
    conditions: Only = {},  # noqa: B006 - read only
    to_departments: ToDepartments = [],  # noqa: B006 - read only
    to_members: ToMembers = [],  # noqa: B006 - read only
    to_roles: ToRoles = [],  # noqa: B006 - read only
    writes: Writes = False,
    until: Until = None,
) -> SharingRule:
    """A new rule, switched on. Raises Refused("no_departments", "no_receivers", "past", "too_many", "bad_filter"),
    Forbidden for what the actor may not see or edit himself."""
    if SharingRule.objects.exclude(state=SharingState.ENDED).count() >= MOST:
        raise Refused("too_many", _("最多 %d 条共享规则，请先结束不用的") % MOST)
    rule = SharingRule(record_type=record_type)
    _fill(rule, name, departments, below, conditions, to_departments, to_members, to_roles, writes, until)
    return _kept(actor, rule)


@action("sharing.change", on=SharingRule, needs=MANAGE, label=gettext_lazy("修改共享规则"), icon="pencil", listed=False)
def change_sharing(
    actor: Actor,
    rule_id: int,
    *,
    name: Name,
    departments: From,
    below: Below = True,
    conditions: Only = {},  # noqa: B006 - read only
    to_departments: ToDepartments = [],  # noqa: B006 - read only
    to_members: ToMembers = [],  # noqa: B006 - read only
    to_roles: ToRoles = [],  # noqa: B006 - read only
    writes: Writes = False,
    until: Until = None,
) -> SharingRule:
    """Change what a rule gives and to whom; its type stays. Raises as declare, Stale, Refused("bad_move") when it has
    ended."""
    rule = _locked(rule_id)
    check_version(rule)
    if rule.state == SharingState.ENDED:
        MOVES.move(rule, SharingState.ON)
    _fill(rule, name, departments, below, conditions, to_departments, to_members, to_roles, writes, until)
    return _kept(actor, rule)


@action(
    "sharing.switch_on",
    on=SharingRule,
    needs=MANAGE,
    label=gettext_lazy("启用共享规则"),
    icon="check",
    listed=False,
)
def switch_on_sharing(actor: Actor, rule_id: int) -> SharingRule:
    """It gives again. Raises Refused("past") when its last day is over, Forbidden as declare."""
    rule = _locked(rule_id)
    MOVES.move(rule, SharingState.ON)
    return _kept(actor, rule)


@action(
    "sharing.switch_off",
    on=SharingRule,
    needs=MANAGE,
    label=gettext_lazy("停用共享规则"),
    icon="hand-stop",
    listed=False,
)
def switch_off_sharing(actor: Actor, rule_id: int) -> SharingRule:
    """It gives nothing until it is switched on again."""
    return _moved(actor, rule_id, SharingState.OFF)


@action(
    "sharing.end", on=SharingRule, needs=MANAGE, label=gettext_lazy("结束共享规则"), icon="x", danger=True, listed=False
)
def end_sharing(actor: Actor, rule_id: int) -> SharingRule:
    """It gives nothing ever again; it stays to be read."""
    return _moved(actor, rule_id, SharingState.ENDED)


FILLED = (
    "name", "departments", "below", "conditions", "to_departments", "to_members", "to_roles", "writes", "until",
)  # fmt: skip


def _fill(rule: SharingRule, *given: object) -> None:
    """What a form says of a rule, in the order of FILLED."""
    for attribute, value in zip(FILLED, given, strict=True):
        setattr(rule, attribute, value)


def _kept(actor: Actor, rule: SharingRule) -> SharingRule:
    """Checked and in force."""
    _check(actor, rule)
    record(actor, rule)
    bump_stamp()
    return rule


def _moved(actor: Actor, rule_id: int, state: SharingState) -> SharingRule:
    rule = _locked(rule_id)
    MOVES.move(rule, state)
    record(actor, rule)
    bump_stamp()
    return rule


def _locked(rule_id: int) -> SharingRule:
    rule = SharingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def _check(actor: Actor, rule: SharingRule) -> None:
    declared = RECORD_TYPES.get(rule.record_type)
    if declared is None:
        raise NotFound
    if not rule.departments:
        raise Refused("no_departments", _("请选择共享哪些部门的数据"), "departments")
    if not (rule.to_departments or rule.to_members or rule.to_roles):
        raise Refused("no_receivers", _("请选择共享给谁：部门、成员或角色至少一个"), "to_departments")
    if is_over(rule.until, company_day()):
        raise Refused("past", _("共享的最后一天已经过去，请改晚一些或留空"), "until")
    read_conditions(actor, declared, rule.conditions)
    rule.departments, rule.to_departments = sorted(rule.departments), sorted(rule.to_departments)
    rule.to_members, rule.to_roles = sorted(rule.to_members), sorted(rule.to_roles)
    demand_own_sight(actor, known_of(actor, rule))
