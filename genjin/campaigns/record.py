"""The declarations of campaigns and of their members: read by lists, forms, details, search, imports and the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.campaigns.fields import StatusField
from genjin.campaigns.models import Campaign, Touch
from genjin.campaigns.options import CHANNEL, KIND, MEMBER_STATE
from genjin.campaigns.rules import period_text
from genjin.customers.rhythm import local_day
from genjin.kernel import search_text
from genjin.kernel.fields import (
    Choice,
    Date,
    DateTime,
    DepartmentRef,
    LongText,
    Money,
    Number,
    Person,
    RecordRef,
    Text,
)
from genjin.kernel.grants import declare_grants
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.org.grants import add_to_ready_roles, widen_in_ready_roles


def derive_campaign(campaign: Any) -> None:
    """Keep the sort key, and the dates as the text from which the status is told."""
    campaign.pinyin = search_text.pinyin_sort_key(campaign.name)[:400]
    campaign.period = period_text(campaign.starts_on, campaign.ends_on)


def derive_touch(touch: Any) -> None:
    """Keep the company's day of a touch."""
    touch.touched_on = local_day(touch.touched_at)


CAMPAIGN = register(
    RecordType(
        key="campaign",
        plural="campaigns",
        label=_("市场活动"),
        many=pgettext_lazy("several", "市场活动"),
        model=Campaign,
        icon="flag",
        code_pattern="HD-{000000}",
        subtitle=("kind", "status", "starts_on"),
        derive=derive_campaign,
        default_sort="-starts_on",
        always_seen=("starts_on", "ends_on", "status"),
        searched=Searched(names=("name",), codes=("code",), others=("place",)),
        sections=(
            Section("basic", _("基本信息")),
            Section("money", _("预算与目标")),
            Section("words", _("活动说明")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("name", "kind", "channel", "starts_on", "ends_on", "budget", "target"),
        fields=(
            Text(key="name", label=_("活动名称"), section="basic", required=True, in_list=True, width=220),
            Choice(key="kind", label=_("活动类型"), section="basic", options=KIND.key, in_list=True, width=110),
            StatusField(
                key="status",
                column="period",
                label=_("活动状态"),
                section="basic",
                editable=False,
                in_list=True,
                width=90,
                help=_("按开始和结束日期得出：开始前未开始，当天起进行中，过了结束日期已结束"),
            ),
            Choice(key="channel", label=_("活动渠道"), section="basic", options=CHANNEL.key, in_list=True, width=100),
            Date(
                key="starts_on",
                label=_("开始日期"),
                section="basic",
                required=True,
                sortable=True,
                in_list=True,
                width=112,
            ),
            Date(
                key="ends_on",
                label=_("结束日期"),
                section="basic",
                sortable=True,
                in_list=True,
                width=112,
                help=_("长期进行的可以不填"),
            ),
            Text(key="place", label=_("活动地点"), section="basic"),
            Money(key="budget", label=_("活动预算"), section="money", sortable=True, in_list=True, width=112),
            Money(
                key="cost",
                label=_("实际费用"),
                section="money",
                sortable=True,
                in_list=True,
                width=112,
                help=_("活动结束后填写，线索成本和投资回报率按它计算"),
            ),
            Number(key="target", label=_("目标线索数"), section="money", least=0, greatest=1_000_000),
            LongText(key="description", label=_("活动说明"), section="words"),
            Text(key="code", label=_("活动编号"), section="system", editable=False),
            Person(
                key="owner",
                column="owner_id",
                label=_("负责人"),
                section="system",
                editable=False,
                in_list=True,
                width=96,
            ),
            DepartmentRef(
                key="department", column="department_id", label=_("所属部门"), section="system", editable=False
            ),
            DateTime(key="created_at", label=_("创建时间"), section="system", editable=False),
            DateTime(key="updated_at", label=_("更新时间"), section="system", editable=False, sortable=True),
            Person(key="created_by", column="created_by_id", label=_("创建人"), section="system", editable=False),
        ),
        views=(
            View("all", _("全部活动")),  # S2-72: all that were created, first
            View("running", pgettext_lazy("campaigns", "进行中"), (("status.in", "running"),)),
            View("planned", pgettext_lazy("campaigns", "未开始"), (("status.in", "planned"),), sort="starts_on"),
            View("ended", pgettext_lazy("campaigns", "已结束"), (("status.in", "ended"),)),
            View("mine", _("我负责的活动"), (("owner.in", "me"),)),
        ),
    )
)
TOUCH = register(
    RecordType(
        key="touch",
        plural="touches",
        label=_("活动成员"),
        many=pgettext_lazy("several", "活动成员"),
        model=Touch,
        title="code",
        icon="users",
        code_pattern="CY-{000000}",
        subtitle=("state", "touched_at"),
        derive=derive_touch,
        default_sort="-touched_at",
        always_seen=("campaign", "customer", "contact", "lead", "touched_at"),
        searched=Searched(codes=("code",)),
        links=(
            Link("campaign_id", "campaign", label=_("活动成员")),
            Link("customer_id", "customer", belongs=True, label=_("客户")),
            Link("contact_id", "contact", label=_("参加过的市场活动")),
        ),
        sections=(Section("who", _("成员")), Section("system", _("系统信息"))),
        quick_fields=("campaign", "lead", "customer", "contact", "state", "touched_at", "note"),
        fields=(
            RecordRef(
                key="campaign",
                column="campaign_id",
                label=_("市场活动"),
                section="who",
                to="campaign",
                required=True,
                in_list=True,
                width=200,
            ),
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("客户"),
                section="who",
                to="customer",
                in_list=True,
                width=200,
            ),
            RecordRef(
                key="contact",
                column="contact_id",
                label=_("联系人"),
                section="who",
                to="contact",
                in_list=True,
                width=110,
                help=_("选了联系人，客户就是他所属的客户"),
            ),
            Choice(
                key="state",
                label=_("成员状态"),
                section="who",
                options=MEMBER_STATE.key,
                in_list=True,
                width=90,
                help=_("不填就是已邀请"),
            ),
            DateTime(
                key="touched_at",
                label=_("触达时间"),
                section="who",
                sortable=True,
                in_list=True,
                width=130,
                help=_("不填就是现在；首次和末次触达按它排序"),
            ),
            Text(key="note", label=_("备注"), section="who", most=200),
            Text(key="code", label=_("成员编号"), section="system", editable=False, in_list=True, width=110),
            Person(
                key="owner",
                column="owner_id",
                label=_("客户负责人"),
                section="system",
                editable=False,
                in_list=True,
                width=96,
            ),
            DepartmentRef(
                key="department", column="department_id", label=_("所属部门"), section="system", editable=False
            ),
            DateTime(key="created_at", label=_("创建时间"), section="system", editable=False),
            DateTime(key="updated_at", label=_("更新时间"), section="system", editable=False),
            Person(key="created_by", column="created_by_id", label=_("创建人"), section="system", editable=False),
        ),
        views=(
            View("all", _("全部成员")),
            View("attended", _("到场的成员"), (("state.in", "attended"),)),
            View("mine", _("我的客户和线索"), (("owner.in", "me"),)),
        ),
    )
)

declare_grants(
    CAMPAIGN.many,
    (CAMPAIGN.grant("see"), _("查看")),
    (CAMPAIGN.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (CAMPAIGN.grant("create"), _("新建")),
    (CAMPAIGN.grant("edit"), _("编辑")),
    (CAMPAIGN.grant("void"), _("作废与还原（回收站）")),
    (CAMPAIGN.grant("transfer"), _("转移负责人")),
    (CAMPAIGN.grant("team"), _("管理相关团队")),
)
declare_grants(
    TOUCH.many,
    (TOUCH.grant("see"), _("查看")),
    (TOUCH.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (TOUCH.grant("create"), _("加入活动")),
    (TOUCH.grant("edit"), _("修改状态与时间")),
    (TOUCH.grant("void"), _("移出活动与还原")),
)
_EVERYDAY = tuple(t.grant(v) for t in (CAMPAIGN, TOUCH) for v in ("see", "reveal", "create", "edit"))
_CAREFUL = (CAMPAIGN.grant("void"), CAMPAIGN.grant("transfer"), CAMPAIGN.grant("team"), TOUCH.grant("void"))
add_to_ready_roles(
    salesperson=(*_EVERYDAY, *_CAREFUL),
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, *_CAREFUL),
    department_head=(*_EVERYDAY, *_CAREFUL),
    reviewer=(CAMPAIGN.grant("see"), TOUCH.grant("see")),
    operations=(*_EVERYDAY, *_CAREFUL),
)
# S2-72: who could not see the company's campaigns could not say from which one his lead came
widen_in_ready_roles(CAMPAIGN.grant("see"))
