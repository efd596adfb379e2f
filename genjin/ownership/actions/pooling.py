"""Setting up pools and their rules (B4): made, changed, switched on and off, deleted while empty."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Number, Person, Text, YesNo
from genjin.kernel.options import options_of
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import can_be_limited, can_be_masked, in_force
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version
from genjin.org.fields import Departments, Members, OneOf, Roles
from genjin.org.queries import organisation
from genjin.ownership.actions.capacities import Told, demand_over_known
from genjin.ownership.capacity import holding_most, most_of
from genjin.ownership.conditions import CONDITIONS, reads
from genjin.ownership.filling import fill_pool
from genjin.ownership.grants import MANAGE
from genjin.ownership.inputs import DaysBefore, HiddenFields, RecyclingRules
from genjin.ownership.models import Period, Pool, PoolKind, Recycling
from genjin.ownership.standing import pooled_types

MOST, MOST_LOOKED = 100, 1_000


def _types() -> list[tuple[str, Any]]:
    return [(declared.key, declared.many) for declared in pooled_types()]


def _whole(key: str, label: Any, help_: Any = "", **more: Any) -> Number:
    return Number(key=key, label=label, help=help_, places=0, least=0, adds_up=False, **more)


Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60, required=True)]
Type = Annotated[str, OneOf(key="record_type", label=gettext_lazy("放什么"), pairs=_types)]
Kind = Annotated[str, OneOf(key="kind", label=gettext_lazy("类型"), pairs=tuple((k.value, k.label) for k in PoolKind))]
Priority = Annotated[
    int,
    _whole("priority", gettext_lazy("优先级"), gettext_lazy("一个成员属于几个公海时，数字小的先收"), greatest=9_999),
]
Everybody = Annotated[bool, YesNo(key="everybody", label=gettext_lazy("全体成员"))]
People = Annotated[list[int], Members(key="members", label=gettext_lazy("成员"))]
Of = Annotated[list[int], Departments(key="departments", label=gettext_lazy("部门（含下级）"))]
WithRoles = Annotated[list[int], Roles(key="roles", label=gettext_lazy("角色"))]
Admins = Annotated[
    list[int],
    Members(key="admins", label=gettext_lazy("公海管理员"), help=gettext_lazy("可以指派和移动；收回由负责人的上级做")),
]
Daily = Annotated[
    int, _whole("daily_limit", gettext_lazy("每人每天最多领取"), gettext_lazy("0 表示不限"), greatest=10_000)
]
MostHeld = Annotated[
    int,
    _whole(
        "most_held",
        gettext_lazy("每人最多持有几个来自本公海的"),
        gettext_lazy("0 表示不限；和保有上限同时有效，按剩得少的算；已超出的保留，只是不能再增加"),
        greatest=1_000_000,
    ),
]
HeldSpares = Annotated[bool, YesNo(key="held_spares_dealt", label=gettext_lazy("已成交的不占本公海的名额"))]
HeldApart = Annotated[bool, YesNo(key="held_apart", label=gettext_lazy("来自本公海的不占保有上限"))]
NewData = Annotated[
    int, _whole("new_data_hours", gettext_lazy("掉入后几小时才能领取"), gettext_lazy("0 表示立刻"), greatest=8_760)
]
Cooldown = Annotated[
    int,
    _whole(
        "cooldown_hours", gettext_lazy("前负责人几小时内不能领取"), gettext_lazy("168 小时是 7 天"), greatest=87_600
    ),
]
Protects = Annotated[
    int,
    _whole(
        "protect_days", gettext_lazy("保护期天数"), gettext_lazy("从领取或分到算起；0 表示没有保护期"), greatest=3_650
    ),
]
MostProtects = Annotated[
    int,
    _whole(
        "protect_most_days",
        gettext_lazy("保护期最长天数"),
        gettext_lazy("每次跟进把保护期顺延，但从领取或分到算起不超过这么多天；0 表示跟进不顺延"),
        greatest=3_650,
    ),
]
ProtectsOwn = Annotated[bool, YesNo(key="protect_own", label=gettext_lazy("自己新建的也有保护期"))]
Views = Annotated[
    int,
    _whole(
        "views_daily",
        gettext_lazy("每人每天最多打开几个资料"),
        gettext_lazy("0 表示不限；限制后，成员在列表里只看到一部分联系方式"),
        greatest=100_000,
    ),
]
Hidden = Annotated[dict[str, str], HiddenFields(key="hidden", named=True, label=gettext_lazy("领取前不显示的字段"))]
Assignee = Annotated[
    int | None,
    Person(
        key="assignee",
        label=gettext_lazy("新进来的默认分给"),
        help=gettext_lazy("新建和公开表单放进来的直接归他；他离职或满了就留在公海，导入的整批留在公海"),
    ),
]
Clears = Annotated[bool, YesNo(key="clears_team", label=gettext_lazy("掉入时清空相关团队"))]
Remind = Annotated[
    list[int],
    DaysBefore(key="remind_days", label=gettext_lazy("掉入前几天提醒负责人"), help=gettext_lazy("例如 7,3,1")),
]
Tells = Annotated[bool, YesNo(key="notify_admins", label=gettext_lazy("有人领取时通知公海管理员"))]
Recycles = Annotated[bool, YesNo(key="recycles", label=gettext_lazy("自动回收"))]
Joined = Annotated[
    str,
    OneOf(
        key="joined_by",
        label=gettext_lazy("几条规则"),
        pairs=(("any", gettext_lazy("满足任何一条就回收")), ("all", gettext_lazy("全部满足才回收"))),
    ),
]
Rules = Annotated[list[dict[str, Any]], RecyclingRules(key="recyclings", label=gettext_lazy("回收规则"))]


@action("pools.create", on=Pool, needs=MANAGE, label=gettext_lazy("新建公海"), icon="plus", listed=False)
def create_pool(
    actor: Actor,
    *,
    name: Name,
    record_type: Type,
    kind: Kind = PoolKind.OPEN,
    priority: Priority = 100,
    everybody: Everybody = False,
    members: People = [],  # noqa: B006 - read only
    departments: Of = [],  # noqa: B006 - read only
    roles: WithRoles = [],  # noqa: B006 - read only
    admins: Admins = [],  # noqa: B006 - read only
    daily_limit: Daily = 10,
    new_data_hours: NewData = 0,
    cooldown_hours: Cooldown = 168,
    views_daily: Views = 0,
    most_held: MostHeld = 0,
    held_spares_dealt: HeldSpares = True,
    held_apart: HeldApart = False,
    protect_days: Protects = 0,
    protect_most_days: MostProtects = 0,
    protect_own: ProtectsOwn = True,
    hidden: Hidden = {},  # noqa: B006 - read only
    assignee: Assignee = None,
    clears_team: Clears = True,
    remind_days: Remind = [3],  # noqa: B006 - read only
    notify_admins: Tells = False,
    recycles: Recycles = False,
    joined_by: Joined = "any",
    recyclings: Rules = [],  # noqa: B006 - read only
    over_known: Told = False,
) -> Pool:
    """A new pool with its rules, in force at once (B4). Raises Refused("too_many", "same_name", "no_members",
    "no_member", "bad_protection", "bad_rule", "bad_field")."""
    if Pool.objects.count() >= MOST:
        raise Refused("too_many", _("最多 %d 个公海") % MOST)
    pool = Pool(record_type=record_type)
    fill_pool(pool, locals())
    _check(actor, pool, recyclings)
    record(actor, pool)
    _replace_rules(actor, pool, recyclings)
    bump_stamp()
    return pool


@action("pools.edit", on=Pool, needs=MANAGE, label=gettext_lazy("修改公海"), icon="pencil", listed=False)
def edit_pool(
    actor: Actor,
    pool_id: int,
    *,
    name: Name,
    kind: Kind = PoolKind.OPEN,
    priority: Priority = 100,
    everybody: Everybody = False,
    members: People = [],  # noqa: B006 - read only
    departments: Of = [],  # noqa: B006 - read only
    roles: WithRoles = [],  # noqa: B006 - read only
    admins: Admins = [],  # noqa: B006 - read only
    daily_limit: Daily = 10,
    new_data_hours: NewData = 0,
    cooldown_hours: Cooldown = 168,
    views_daily: Views = 0,
    most_held: MostHeld = 0,
    held_spares_dealt: HeldSpares = True,
    held_apart: HeldApart = False,
    protect_days: Protects = 0,
    protect_most_days: MostProtects = 0,
    protect_own: ProtectsOwn = True,
    hidden: Hidden = {},  # noqa: B006 - read only
    assignee: Assignee = None,
    clears_team: Clears = True,
    remind_days: Remind = [3],  # noqa: B006 - read only
    notify_admins: Tells = False,
    recycles: Recycles = False,
    joined_by: Joined = "any",
    recyclings: Rules = [],  # noqa: B006 - read only
    over_known: Told = False,
) -> Pool:
    """Change a pool and its rules; the type of its records stays. In force at once; what it means for records is worked
    out in the background. Who holds more of its records than a new limit allows keeps them, which is said before,
    Refused("over"). Raises as create, Stale, NotFound."""
    pool = _locked(pool_id)
    check_version(pool)
    fill_pool(pool, locals())
    _check(actor, pool, recyclings)
    _demand_told(actor, pool, over_known)
    record(actor, pool)
    _replace_rules(actor, pool, recyclings)
    bump_stamp()
    return pool


@action("pools.switch_off", on=Pool, needs=MANAGE, label=gettext_lazy("停用公海"), icon="hand-stop", listed=False)
def switch_off_pool(actor: Actor, pool_id: int) -> Pool:
    """Nothing falls into it and nothing is claimed from it until it is switched on again; what lies in it stays."""
    return _switched(actor, pool_id, on=False)


@action("pools.switch_on", on=Pool, needs=MANAGE, label=gettext_lazy("启用公海"), icon="check", listed=False)
def switch_on_pool(actor: Actor, pool_id: int) -> Pool:
    """It works again."""
    return _switched(actor, pool_id, on=True)


@action("pools.delete", on=Pool, needs=MANAGE, label=gettext_lazy("删除公海"), icon="trash", danger=True, listed=False)
def delete_pool(actor: Actor, pool_id: int) -> None:
    """Remove a pool in which nothing ever lay. Raises Refused("in_use"): then it can be switched off."""
    pool = _locked(pool_id)
    model = RECORD_TYPES[pool.record_type].model
    lies = model._default_manager.filter(Q(pool_id=pool_id) | Q(home_id=pool_id)).exists()
    if lies or Period.objects.filter(pool_id=pool_id).exists():
        raise Refused("in_use", _("公海里有过%s，归属记录要保留，只能停用") % RECORD_TYPES[pool.record_type].many)
    for rule in pool.recyclings.all():
        record_removal(actor, rule)
    record_removal(actor, pool)
    bump_stamp()


def _switched(actor: Actor, pool_id: int, *, on: bool) -> Pool:
    pool = _locked(pool_id)
    if pool.enabled == on:
        raise Refused("bad_move", _("公海已经启用") if on else _("公海已经停用"))
    pool.enabled = on
    record(actor, pool)
    bump_stamp()
    return pool


def _locked(pool_id: int) -> Pool:
    pool = Pool.objects.select_for_update().filter(pk=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def _demand_told(actor: Actor, pool: Pool, known: bool) -> None:
    """P3: who limits how many of a pool one may hold learns beforehand whom that touches."""
    if not known and pool.enabled and most_of(pool):
        over = {member: held for member, held in holding_most(actor, pool, MOST_LOOKED) if held > most_of(pool)}
        demand_over_known(actor, over, "most_held")


def _check(actor: Actor, pool: Pool, recyclings: list[dict[str, Any]]) -> None:
    declared = RECORD_TYPES.get(pool.record_type)
    if declared is None:
        raise NotFound
    same = Pool.objects.filter(record_type=pool.record_type, name=pool.name).exclude(pk=pool.pk)
    if same.exists():
        raise Refused("same_name", _("已经有叫「%s」的公海") % pool.name, "name")
    if not any(pool.members.values()):
        raise Refused("no_members", _("请选择成员、部门或角色，或者全体成员"), "members")
    whole = in_force(declared, actor.stamp)
    for key, access in pool.hidden.items():
        field = whole.own_fields.get(key)
        if field is None or not can_be_limited(whole, key) or (access == "masked" and not can_be_masked(field)):
            raise Refused("bad_field", _("「%s」不能在公海里隐藏") % (field.label if field else key), "hidden")
    person = organisation(actor).people.get(pool.entering.get("assignee") or 0)
    if pool.entering.get("assignee") and (person is None or not person.active):
        raise Refused("no_member", _("默认分给的人已离职，请换一位"), "assignee")
    if pool.claims["protect_most_days"] and pool.claims["protect_most_days"] < pool.claims["protect_days"]:
        raise Refused("bad_protection", _("保护期最长天数不能小于保护期天数"), "protect_most_days")
    if pool.recycles and not recyclings:
        raise Refused("bad_rule", _("自动回收至少要有一条规则"), "recyclings")
    for number, rule in enumerate(recyclings, 1):
        _check_rule(actor, whole, number, rule)


def _check_rule(actor: Actor, whole: RecordType, number: int, rule: dict[str, Any]) -> None:
    condition = CONDITIONS.get(rule["reason"])
    if condition is None or not reads(whole.model, condition):
        words = _("第 %(n)d 条回收规则：%(what)s没有这个条件")
        raise Refused("bad_rule", words % {"n": number, "what": whole.label}, "recyclings")
    if not rule["field"]:
        rule["options"] = []
        return
    field = whole.own_fields.get(rule["field"])
    if not isinstance(field, Choice):
        raise Refused("bad_rule", _("第 %d 条回收规则：只能按选项字段区分") % number, "recyclings")
    known = options_of(field.options, actor.stamp)
    if not rule["options"] or any(option not in known for option in rule["options"]):
        words = _("第 %(n)d 条回收规则：请选择「%(field)s」的选项") % {"n": number, "field": field.label}
        raise Refused("bad_rule", words, "recyclings")


def _replace_rules(actor: Actor, pool: Pool, recyclings: list[dict[str, Any]]) -> None:
    """The rules as they are now said; those that stay as they are keep their row."""
    standing = {_said(rule): rule for rule in pool.recyclings.all()}
    wanted = {_said(made): made for made in (Recycling(pool=pool, **rule) for rule in recyclings)}
    for said, rule in standing.items():
        if said not in wanted:
            record_removal(actor, rule)
    for said, rule in wanted.items():
        if said not in standing:
            record(actor, rule)


def _said(rule: Recycling) -> tuple[Any, ...]:
    options = tuple(rule.options)
    return (rule.reason, rule.days, rule.field, options, rule.spares_dealt, rule.spares_open, rule.enabled)
