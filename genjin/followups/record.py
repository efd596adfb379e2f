"""The declaration of the follow-up: read by lists, forms, details, imports and the API."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.followups.models import DEAL, FollowUp
from genjin.followups.options import (
    CALL_RESULT,
    INTENTION,
    METHOD,
    NOT_REACHED,
    OUTCOME,
    PHONE,
    RESPONSE,
    SOLUTION,
    VISIT,
)
from genjin.kernel.fields import (
    Choice,
    Date,
    DateTime,
    DepartmentRef,
    LongText,
    MultiChoice,
    Number,
    Percent,
    Person,
    RecordRef,
    Text,
    YesNo,
)
from genjin.kernel.grants import declare_grants
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.org.grants import add_to_ready_roles

MOST_IN_SUMMARY = 60


def derive_followup(followup: Any) -> None:
    """What follows from the rest (B7): a deal date only of a deal (S0-40), a call result only of a call, a place only
    of a visit, effective or not, the summary.

    Not effective is a call that did not reach the customer; all else is, imported history too. Nobody sets it by hand:
    who noted a wrong call result corrects that while he may, so the flag never says other than the record.
    """
    followup.deal_date = followup.result_date if followup.outcome == DEAL else None
    if followup.method not in ("", PHONE):
        followup.call_result = ""
    if followup.method not in ("", VISIT):
        followup.place = ""
    followup.effective = followup.call_result not in NOT_REACHED
    followup.summary = summary_of(followup)


def summary_of(followup: Any) -> str:
    """What a follow-up is called: the beginning of its words; without any, how and on which day it was."""
    words = " ".join((followup.content or followup.feedback).split())
    if words:
        return words if len(words) <= MOST_IN_SUMMARY else words[: MOST_IN_SUMMARY - 1].rstrip() + "…"
    declared = {option.key: str(option.label) for option in (*METHOD.defaults, *CALL_RESULT.defaults)}
    how = (declared.get(key, key) for key in (followup.method, followup.call_result))
    day = localtime(followup.occurred_at, ZoneInfo(settings.COMPANY_TIME_ZONE)).date()
    return " ".join(part for part in (*how, day.isoformat()) if part)


FOLLOWUP = register(
    RecordType(
        key="followup",
        plural="followups",
        label=_("跟进记录"),
        many=pgettext_lazy("several", "跟进记录"),
        model=FollowUp,
        title="summary",
        icon="message-2",
        code_pattern="GJ-{000000}",
        subtitle=("method", "outcome"),
        derive=derive_followup,
        default_sort="-occurred_at",
        # what the summary is made of, and what a line is drawn around
        always_seen=(
            "content",
            "feedback",
            "method",
            "call_result",
            "occurred_at",
            "late_reason",
            "author",
            "author_name",
        ),
        searched=Searched(codes=("code",), others=("summary",)),
        links=(
            Link("customer_id", "customer", belongs=True, label=_("客户")),
            Link("contact_id", "contact", label=_("联系人")),
        ),
        sections=(
            Section("talk", _("沟通")),
            Section("result", _("结果")),
            Section("next", _("下一步")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("customer", "content", "method", "call_result", "occurred_at", "next_contact_at", "next_step"),
        fields=(
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("客户"),
                section="talk",
                to="customer",
                in_list=True,
                width=220,
            ),
            RecordRef(key="contact", column="contact_id", label=_("联系人"), section="talk", to="contact"),
            DateTime(
                key="occurred_at",
                label=_("跟进时间"),
                section="talk",
                sortable=True,
                in_list=True,
                width=130,
                help=_("不填就是现在"),
            ),
            Number(key="minutes", label=_("时长（分钟）"), section="talk", least=0, greatest=1440, unit=_(" 分钟")),
            Choice(key="method", label=_("跟进方式"), section="talk", options=METHOD.key, in_list=True, width=100),
            Choice(
                key="call_result",
                label=_("通话结果"),
                section="talk",
                options=CALL_RESULT.key,
                help=_("电话跟进填写；没有接通的不算有效跟进"),
            ),
            Text(key="place", label=_("拜访地点"), section="talk", help=_("现场跟进填写")),
            LongText(key="content", label=_("跟进内容"), section="talk"),
            LongText(key="feedback", label=_("客户反馈"), section="talk"),
            MultiChoice(key="solution", label=_("提供的方案"), section="talk", options=SOLUTION.key),
            Choice(key="response", label=_("客户回应"), section="talk", options=RESPONSE.key),
            LongText(key="objections", label=_("异议点"), section="talk", most=2000),
            Text(key="late_reason", label=_("补录原因"), section="talk", help=_("沟通结束很久才写下的，说明原因")),
            Percent(key="progress", label=_("跟进进度"), section="result", in_list=True, width=90),
            Choice(
                key="intention", label=_("客户意向"), section="result", options=INTENTION.key, in_list=True, width=130
            ),
            Choice(key="outcome", label=_("跟进结果"), section="result", options=OUTCOME.key, in_list=True, width=90),
            Date(key="result_date", label=_("结果日期"), section="result", help=_("成交的，就是成交日期")),
            Date(key="deal_date", label=_("成交日期"), section="result", editable=False, in_list=True, width=110),
            DateTime(key="next_contact_at", label=_("下次联系"), section="next"),
            Text(key="next_step", label=_("下一步计划"), section="next", most=500),
            RecordRef(key="plan", column="plan_id", label=_("完成的计划"), section="next", to="plan", editable=False),
            RecordRef(
                key="next_plan", column="next_plan_id", label=_("约定的计划"), section="next", to="plan", editable=False
            ),
            Person(
                key="author",
                column="author_id",
                label=_("跟进人"),
                section="system",
                editable=False,
                in_list=True,
                width=96,
            ),
            Text(key="author_name", label=_("跟进人（原表）"), section="system", editable=False, most=60),
            Number(
                key="late_hours",
                label=_("补录时限"),
                section="system",
                editable=False,
                in_list=True,
                width=90,
                unit=_(" 小时"),
                zero=_("按时"),
                help=_("超过时限多少小时才写下；导入的历史不计"),
            ),
            YesNo(key="effective", label=_("有效跟进"), section="system", editable=False),
            YesNo(key="imported", label=_("导入的历史"), section="system", editable=False),
            Text(key="code", label=_("跟进编号"), section="system", editable=False),
            Text(key="summary", label=_("跟进摘要"), section="system", editable=False, in_list=True),
            Person(key="owner", column="owner_id", label=_("客户负责人"), section="system", editable=False),
            DepartmentRef(
                key="department", column="department_id", label=_("所属部门"), section="system", editable=False
            ),
            DateTime(key="created_at", label=_("记录时间"), section="system", editable=False),
        ),
        views=(
            View("mine", _("我写的"), (("author.in", "me"),)),
            View("all", _("全部跟进")),
            View("late", _("逾期补录"), (("late_hours.gte", "1"),)),
            View("deals", pgettext_lazy("several", "成交"), (("outcome.in", DEAL),)),
        ),
    )
)

declare_grants(
    FOLLOWUP.many,
    (FOLLOWUP.grant("see"), _("查看")),
    (FOLLOWUP.grant("create"), _("新建")),
    (FOLLOWUP.grant("edit"), _("修改自己写的（时限内）")),
    (FOLLOWUP.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (FOLLOWUP.grant("void"), _("作废与还原任何一条")),
)
_EVERYDAY = tuple(FOLLOWUP.grant(verb) for verb in ("reveal", "see", "create", "edit"))
add_to_ready_roles(
    salesperson=_EVERYDAY,
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, FOLLOWUP.grant("void")),
    department_head=(*_EVERYDAY, FOLLOWUP.grant("void")),
    reviewer=(FOLLOWUP.grant("see"),),
    operations=(*_EVERYDAY, FOLLOWUP.grant("void")),
)
