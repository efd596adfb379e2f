"""Setting up how many records a member may hold and lock (P3, P4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Text, YesNo
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.wording import listed
from genjin.org.changing import check_version
from genjin.org.fields import Departments, Members, OneOf, Roles
from genjin.org.queries import organisation
from genjin.ownership.capacity import over_limit
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Capacity
from genjin.ownership.standing import pooled_types

MOST, MOST_NAMED = 100, 3


def _types() -> list[tuple[str, Any]]:
    return [(declared.key, declared.many) for declared in pooled_types()]


Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60)]
Type = Annotated[str, OneOf(key="record_type", label=gettext_lazy("限制什么"), pairs=_types)]
Everybody = Annotated[bool, YesNo(key="everybody", label=gettext_lazy("全体成员"))]
People = Annotated[list[int], Members(key="members", label=gettext_lazy("成员"))]
Of = Annotated[list[int], Departments(key="departments", label=gettext_lazy("部门（含下级）"))]
WithRoles = Annotated[list[int], Roles(key="roles", label=gettext_lazy("角色"))]
Most = Annotated[
    int,
    Number(
        key="most",
        label=gettext_lazy("每人最多持有"),
        least=1,
        greatest=1_000_000,
        help=gettext_lazy("同一个人有几条规则时，按最小的算；已超出的保留，只是不能再增加"),
    ),
]
Spares = Annotated[bool, YesNo(key="spares_dealt", label=gettext_lazy("已成交的不占名额"))]
Locks = Annotated[
    int | None,
    Number(
        key="most_locked",
        label=gettext_lazy("每人最多锁定"),
        least=0,
        greatest=1_000_000,
        help=gettext_lazy("不填就不限制；锁定的记录不会掉入公海"),
    ),
]
Enabled = Annotated[bool, YesNo(key="enabled", label=gettext_lazy("启用"))]
Told = Annotated[bool, YesNo(key="over_known", label=gettext_lazy("知道有人已超出，仍然保存"))]


@action("capacities.create", on=Capacity, needs=MANAGE, label=gettext_lazy("新建保有上限"), icon="plus", listed=False)
def create_capacity(
    actor: Actor,
    *,
    name: Name,
    record_type: Type,
    most: Most = 200,
    everybody: Everybody = False,
    members: People = [],  # noqa: B006 - read only
    departments: Of = [],  # noqa: B006 - read only
    roles: WithRoles = [],  # noqa: B006 - read only
    spares_dealt: Spares = True,
    most_locked: Locks = None,
    enabled: Enabled = True,
    over_known: Told = False,
) -> Capacity:
    """A new limit, in force at once (P3): who is above it keeps all, which is said before, Refused("over"). Raises
    Refused("too_many", "no_members")."""
    if Capacity.objects.count() >= MOST:
        raise Refused("too_many", _("最多 %d 条保有上限") % MOST)
    rule = Capacity(record_type=record_type)
    _fill(rule, locals())
    _demand_told(actor, rule, over_known)
    record(actor, rule)
    bump_stamp()
    return rule


@action("capacities.edit", on=Capacity, needs=MANAGE, label=gettext_lazy("修改保有上限"), icon="pencil", listed=False)
def edit_capacity(
    actor: Actor,
    capacity_id: int,
    *,
    name: Name,
    most: Most = 200,
    everybody: Everybody = False,
    members: People = [],  # noqa: B006 - read only
    departments: Of = [],  # noqa: B006 - read only
    roles: WithRoles = [],  # noqa: B006 - read only
    spares_dealt: Spares = True,
    most_locked: Locks = None,
    enabled: Enabled = True,
    over_known: Told = False,
) -> Capacity:
    """Change a limit or switch it off; its type stays. Raises as create, Stale, NotFound."""
    rule = _locked(capacity_id)
    check_version(rule)
    _fill(rule, locals())
    _demand_told(actor, rule, over_known)
    record(actor, rule)
    bump_stamp()
    return rule


@action(
    "capacities.delete",
    on=Capacity,
    needs=MANAGE,
    label=gettext_lazy("删除保有上限"),
    icon="trash",
    danger=True,
    listed=False,
)
def delete_capacity(actor: Actor, capacity_id: int) -> None:
    """Remove a limit."""
    record_removal(actor, _locked(capacity_id))
    bump_stamp()


def _locked(capacity_id: int) -> Capacity:
    rule = Capacity.objects.select_for_update().filter(pk=capacity_id).first()
    if rule is None:
        raise NotFound
    return rule


def _fill(rule: Capacity, given: dict[str, Any]) -> None:
    for name in ("most", "spares_dealt", "most_locked", "enabled"):
        setattr(rule, name, given[name])
    rule.name = given["name"].strip()
    circle = {"people": "members", "departments": "departments", "roles": "roles"}
    chosen = {key: sorted(given[name]) for key, name in circle.items()}
    rule.scope = {"everybody": True} if given["everybody"] else chosen
    if not any(rule.scope.values()):
        raise Refused("no_members", _("请选择成员、部门或角色，或者全体成员"), "members")


def _demand_told(actor: Actor, rule: Capacity, known: bool) -> None:
    """Who sets a limit learns beforehand whom it touches."""
    demand_over_known(actor, {} if known or not rule.enabled else over_limit(actor, rule), "most")


def demand_over_known(actor: Actor, over: Mapping[int, int], field: str) -> None:
    """Raises Refused("over") where a limit leaves somebody with more than he may hold (a step of actions):
    {member: how many}."""
    if not over:
        return
    people = organisation(actor).people
    first = sorted(over, key=lambda member_id: (-over[member_id], member_id))[:MOST_NAMED]
    named = listed([_("%(name)s %(n)d 个") % {"name": people[pk].name, "n": over[pk]} for pk in first])
    words = _("已有 %(n)d 人超出这个上限（%(who)s）：他们手上的保留，但不能再增加。确认可以，请勾选后保存")
    facts = {"over": [{"member": pk, "held": over[pk]} for pk in sorted(over)], "confirm": "over_known"}
    raise Refused("over", words % {"n": len(over), "who": named}, field, facts=facts)
