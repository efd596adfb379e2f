"""The declaration of the plan: read by lists, forms, details, imports and the API.

How a plan is to be carried out is chosen from the ways of follow-ups (`followup_method`): the one becomes the other.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.fields import Choice, Date, DateTime, DepartmentRef, Number, Person, RecordRef, Text
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.org.grants import add_to_ready_roles
from genjin.plans.fields import DueTime, Fixed, options
from genjin.plans.models import Plan
from genjin.plans.rules import REMIND_MINUTES, RHYTHMS, PlanKind, PlanState, is_open, remind_time

TONES = {PlanState.PREPARED: "", PlanState.UNDERWAY: "info", PlanState.COMPLETED: "ok", PlanState.CANCELLED: "bad"}
STATES = options([(state.value, state.label, TONES[state]) for state in PlanState])
KINDS = options([(kind.value, kind.label) for kind in PlanKind if kind.value])
STEPS = options([(key, label) for key, (label, _days, _months) in RHYTHMS.items()])
_REMINDED_BY = frozenset({"starts_at", "remind_minutes", "state", "assignee_id", "life"})


def derive_plan(plan: Any) -> None:
    """Only what is open is due; whenever its time or its assignee changes, he is to be reminded (S0-46)."""
    open_now = is_open(plan.state) and plan.life == Life.LIVE
    plan.due_at = plan.starts_at if open_now else None
    if plan._state.adding or _REMINDED_BY & plan.changes().keys():
        before = REMIND_MINUTES if plan.remind_minutes is None else plan.remind_minutes
        zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
        plan.remind_at = remind_time(plan.starts_at, before, zone) if open_now else None


PLAN = register(
    RecordType(
        key="plan",
        plural="plans",
        label=_("跟进计划"),
        many=pgettext_lazy("several", "跟进计划"),
        model=Plan,
        title="content",
        icon="calendar-event",
        code_pattern="JH-{000000}",
        subtitle=("starts_at", "state"),
        derive=derive_plan,
        default_sort="-starts_at",
        always_seen=("starts_at", "due_at", "state", "kind", "assignee"),
        searched=Searched(codes=("code",), others=("content",)),
        links=(
            Link("customer_id", "customer", belongs=True, label=_("客户")),
            Link("contact_id", "contact", label=_("联系人")),
        ),
        sections=(
            Section("plan", _("计划")),
            Section("series", pgettext_lazy("plan", "重复")),
            Section("support", _("跨部门支持")),
            Section("result", _("结果")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("content", "customer", "starts_at", "method", "assignee"),
        fields=(
            Text(key="content", label=_("计划内容"), section="plan", required=True, most=500, in_list=True, width=260),
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("客户"),
                section="plan",
                to="customer",
                in_list=True,
                width=200,
            ),
            RecordRef(key="contact", column="contact_id", label=_("联系人"), section="plan", to="contact"),
            DateTime(key="starts_at", label=_("计划时间"), section="plan", required=True, sortable=True, width=120),
            DueTime(
                key="due_at",
                label=_("待办时间"),
                section="plan",
                editable=False,
                sortable=True,
                in_list=True,
                width=120,
            ),
            Number(key="minutes", label=_("预计时长"), section="plan", least=1, greatest=1440, unit=_(" 分钟")),
            Choice(
                key="method", label=_("跟进方式"), section="plan", options="followup_method", in_list=True, width=96
            ),
            Fixed(key="kind", label=pgettext_lazy("plan", "类型"), section="plan", known=KINDS, editable=False),
            Person(
                key="assignee",
                column="assignee_id",
                label=_("执行人"),
                section="plan",
                in_list=True,
                width=96,
                help=_("不填就是自己"),
            ),
            Number(
                key="remind_minutes",
                label=_("提前提醒"),
                section="plan",
                least=0,
                greatest=43_200,
                unit=_(" 分钟"),
                help=_("不填就提前 15 分钟"),
            ),
            Fixed(
                key="rhythm",
                label=pgettext_lazy("plan", "重复"),
                section="series",
                known=STEPS,
                help=_("完成或取消这一次后，自动排下一次"),
            ),
            Date(key="repeat_until", label=_("重复到"), section="series", help=_("不填就一直重复")),
            DepartmentRef(
                key="support_department",
                column="support_department_id",
                label=_("需要协助的部门"),
                section="support",
                help=_("该部门成员会收到通知，并填写协助结果"),
            ),
            Text(key="support_result", label=_("协助结果"), section="support", editable=False, most=500),
            Person(key="support_by", column="support_by_id", label=_("协助人"), section="support", editable=False),
            DateTime(key="support_at", label=_("协助时间"), section="support", editable=False),
            Fixed(
                key="state",
                label=pgettext_lazy("plan", "状态"),
                section="result",
                known=STATES,
                editable=False,
                in_list=True,
                width=90,
            ),
            Text(key="result", label=pgettext_lazy("plan", "结果"), section="result", editable=False, most=500),
            DateTime(key="closed_at", label=_("结束时间"), section="result", editable=False),
            Number(key="postponed", label=_("改期次数"), section="result", editable=False, least=0, greatest=9_999),
            Text(key="code", label=_("计划编号"), section="system", editable=False),
            Person(key="owner", column="owner_id", label=_("负责人"), section="system", editable=False),
            DepartmentRef(
                key="department", column="department_id", label=_("所属部门"), section="system", editable=False
            ),
            Person(key="created_by", column="created_by_id", label=_("安排人"), section="system", editable=False),
            DateTime(key="created_at", label=_("创建时间"), section="system", editable=False),
        ),
        views=(
            View("mine", _("我的待办"), (("assignee.in", "me"), ("due_at.open", "")), sort="due_at"),
            View(
                "overdue",
                pgettext_lazy("several", "逾期"),
                (("assignee.in", "me"), ("due_at.overdue", "")),
                sort="due_at",
            ),
            View("today", _("今天"), (("assignee.in", "me"), ("due_at.today", "")), sort="due_at"),
            View("week", _("本周"), (("assignee.in", "me"), ("due_at.week", "")), sort="due_at"),
            View(
                "care",
                _("客户关怀"),
                (("assignee.in", "me"), ("kind.in", PlanKind.CARE.value), ("due_at.open", "")),
                sort="due_at",
            ),
            View(
                "given",
                _("我安排给别人的"),
                (("created_by.in", "me"), ("assignee.not", "me"), ("due_at.open", "")),
                sort="due_at",
            ),
            View(
                "support",
                _("需要协助"),
                (("support_department.filled", ""), ("support_at.empty", ""), ("due_at.open", "")),
                sort="due_at",
                columns=("content", "customer", "due_at", "support_department", "assignee"),
            ),
            View(
                "done",
                pgettext_lazy("several", "已完成"),
                (("assignee.in", "me"), ("state.in", PlanState.COMPLETED.value)),
                sort="-starts_at",
                columns=("content", "customer", "starts_at", "closed_at", "result", "postponed"),
            ),
            View("all", _("全部计划")),
        ),
    )
)

declare_grants(
    PLAN.many,
    (PLAN.grant("see"), _("查看")),
    (PLAN.grant("create"), _("新建")),
    (PLAN.grant("edit"), _("编辑、改期、完成、取消与转交")),
    (PLAN.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (PLAN.grant("support"), _("填写协助结果")),
    (PLAN.grant("subscribe"), _("生成日历订阅地址")),
)
declare_grants(
    _("系统"),
    ("plans.settle", _("计划随客户变化")),
    ("plans.remind", _("提醒到期的计划")),
    ("plans.care", _("安排和撤下客户关怀")),
    scoped=False,
    internal=True,
)
_EVERYDAY = tuple(PLAN.grant(verb) for verb in ("reveal", "see", "create", "edit", "support", "subscribe"))
add_to_ready_roles(
    salesperson=_EVERYDAY,
    create_only=_EVERYDAY,
    manager=_EVERYDAY,
    department_head=_EVERYDAY,
    reviewer=(PLAN.grant("see"), PLAN.grant("support"), PLAN.grant("subscribe")),
    operations=_EVERYDAY,
)
