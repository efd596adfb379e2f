"""The declaration of the follow-up: read by lists, forms, details, imports and the API."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.followups.models import DEAL, FollowUp
from genjin.followups.options import INTENTION, METHOD, OUTCOME
from genjin.kernel.fields import (
    Choice,
    Date,
    DateTime,
    DepartmentRef,
    LongText,
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
    """A deal date stands only where the outcome is a deal (S0-40); the summary follows from the rest."""
    followup.deal_date = followup.result_date if followup.outcome == DEAL else None
    followup.summary = summary_of(followup)


def summary_of(followup: Any) -> str:
    """What a follow-up is called: the beginning of its words; without any, how and on which day it was."""
    words = " ".join((followup.content or followup.feedback).split())
    if words:
        return words if len(words) <= MOST_IN_SUMMARY else words[: MOST_IN_SUMMARY - 1].rstrip() + "…"
    declared = {option.key: str(option.label) for option in METHOD.defaults}
    method = declared.get(followup.method, followup.method)
    day = localtime(followup.occurred_at, ZoneInfo(settings.COMPANY_TIME_ZONE)).date()
    return " ".join(part for part in (method, day.isoformat()) if part)


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
        quick_fields=("customer", "content", "method", "occurred_at", "next_contact_at", "next_step"),
        fields=(
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("客户"),
                section="talk",
                to="customer",
                required=True,
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
            Choice(key="method", label=_("跟进方式"), section="talk", options=METHOD.key, in_list=True, width=100),
            LongText(key="content", label=_("跟进内容"), section="talk"),
            LongText(key="feedback", label=_("客户反馈"), section="talk"),
            Percent(key="progress", label=_("跟进进度"), section="result", in_list=True, width=90),
            Choice(
                key="intention", label=_("客户意向"), section="result", options=INTENTION.key, in_list=True, width=130
            ),
            Choice(key="outcome", label=_("跟进结果"), section="result", options=OUTCOME.key, in_list=True, width=90),
            Date(key="result_date", label=_("结果日期"), section="result", help=_("成交的，就是成交日期")),
            Date(key="deal_date", label=_("成交日期"), section="result", editable=False, in_list=True, width=110),
            DateTime(key="next_contact_at", label=_("下次联系"), section="next"),
            Text(key="next_step", label=_("下一步计划"), section="next", most=500),
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
            View("deals", pgettext_lazy("several", "成交"), (("outcome.in", DEAL),)),
        ),
    )
)

declare_grants(
    FOLLOWUP.many,
    (FOLLOWUP.grant("see"), _("查看")),
    (FOLLOWUP.grant("create"), _("新建")),
    (FOLLOWUP.grant("edit"), _("修改自己写的（24 小时内）")),
    (FOLLOWUP.grant("void"), _("作废与还原任何一条")),
)
_EVERYDAY = tuple(FOLLOWUP.grant(verb) for verb in ("see", "create", "edit"))
add_to_ready_roles(
    salesperson=_EVERYDAY,
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, FOLLOWUP.grant("void")),
    department_head=(*_EVERYDAY, FOLLOWUP.grant("void")),
    reviewer=(FOLLOWUP.grant("see"),),
    operations=(*_EVERYDAY, FOLLOWUP.grant("void")),
)
