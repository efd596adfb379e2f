"""The declaration of the lead: lists, forms, details, search, 查重, pools, allocation, handover and the JSON door read
it, and hold no line about leads.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.duplicates.registering import Registered, declare_registered
from genjin.duplicates.rules import WARNED, Compared, Condition, DuplicateRuling, How, Kind, declare_compared
from genjin.followups.options import INTENTION
from genjin.kernel import normal, search_text
from genjin.kernel.fields import (
    Address,
    Choice,
    Date,
    DateTime,
    DepartmentRef,
    Email,
    LongText,
    Number,
    Person,
    Phone,
    RecordRef,
    Region,
    Sensitivity,
    Text,
    YesNo,
)
from genjin.kernel.fields.links import Industry
from genjin.kernel.grants import declare_grants
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.leads.models import Lead
from genjin.leads.rules import WORKED, LeadState
from genjin.org.grants import add_to_ready_roles
from genjin.ownership.fields import standing_fields
from genjin.ownership.grants import declare_pool_grants
from genjin.plans.fields import Fixed, options

TONES = {
    LeadState.UNASSIGNED: "",
    LeadState.PENDING: "warn",
    LeadState.FOLLOWING: "info",
    LeadState.INVALID: "bad",
    LeadState.CONVERTED: "ok",
}
STATES = options([(state.value, state.label, TONES[state]) for state in LeadState])
WORKED_ON = ("state.in", "pending,following")


def derive_lead(lead: Any) -> None:
    """Keep the sort key, the normalised keys of its company (B3) and when a time limit rings next (B1)."""
    company = lead.company or lead.name
    lead.pinyin = search_text.pinyin_sort_key(lead.name)[:400]
    lead.name_key = normal.company_key(company)[:200]
    lead.fuzzy_key = normal.company_fuzzy_key(company)[:200]
    lead.set_clock()


LEAD = register(
    RecordType(
        key="lead",
        plural="leads",
        label=_("线索"),
        many=pgettext_lazy("several", "线索"),
        model=Lead,
        icon="target",
        code_pattern="XS-{000000}",
        subtitle=("state", "company", "source"),
        derive=derive_lead,
        always_seen=("state",),
        searched=Searched(
            names=("name", "company", "contact_name"),
            phones=("mobile", "phone"),
            codes=("code",),
            others=("wechat",),
        ),
        links=(
            Link("customer_id", "customer", label=_("转换而来的线索")),
            Link("contact_id", "contact", label=_("转换而来的线索")),
            Link("opportunity_id", "opportunity", label=_("转换而来的线索")),
            Link("campaign_id", "campaign", label=_("来自这个活动的线索")),
        ),
        sections=(
            Section("basic", _("基本信息")),
            Section("reach", _("联系方式")),
            Section("class", _("分类")),
            Section("need", _("背景与需求")),
            Section("follow", _("跟进")),
            Section("converted", _("转换结果")),
            Section("ownership", _("归属")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("name", "company", "contact_name", "mobile", "source", "need"),
        first_verbs=("convert", "edit", "transfer"),
        due_while=("state", frozenset({LeadState.UNASSIGNED, *WORKED})),
        fields=(
            Text(
                key="name",
                label=_("线索名称"),
                section="basic",
                required=True,
                in_list=True,
                width=220,
                help=_("公司或人的称呼，如「苏州晶砺 陆先生」"),
            ),
            Text(key="company", label=_("公司名称"), section="basic", in_list=True, width=200),
            Text(
                key="contact_name",
                label=_("联系人姓名"),
                section="reach",
                most=60,
                in_list=True,
                width=96,
                sensitivity=Sensitivity.PERSONAL,
            ),
            Text(key="position", label=_("职位"), section="reach", most=60),
            Phone(key="mobile", label=_("手机"), section="reach", in_list=True, width=152),
            Phone(key="phone", label=_("电话"), section="reach"),
            Email(key="email", label=_("邮箱"), section="reach"),
            Text(key="wechat", label=_("微信号"), section="reach", most=60, sensitivity=Sensitivity.PERSONAL),
            Fixed(
                key="state",
                label=_("线索状态"),
                section="class",
                known=STATES,
                editable=False,
                in_list=True,
                width=90,
            ),
            Choice(
                key="source", label=_("线索来源"), section="class", options="customer_source", in_list=True, width=100
            ),
            RecordRef(
                key="campaign",
                column="campaign_id",
                label=_("来源活动"),
                section="class",
                to="campaign",
                width=160,
                help=_("从哪个市场活动来的"),
            ),
            RecordRef(
                key="first_campaign",
                column="first_campaign_id",
                label=_("首次触达活动"),
                section="class",
                to="campaign",
                editable=False,
                width=160,
            ),
            RecordRef(
                key="last_campaign",
                column="last_campaign_id",
                label=_("末次触达活动"),
                section="class",
                to="campaign",
                editable=False,
                width=160,
            ),
            Choice(key="quality", label=_("线索质量"), section="class", options="lead_quality", in_list=True, width=90),
            Choice(
                key="customer_intention",
                label=_("客户意向"),
                section="class",
                options=INTENTION.key,
                width=130,
                help=_("写跟进时填了客户意向，会带到这里；也可以直接修改"),
            ),
            Choice(key="level", label=_("预计等级"), section="class", options="customer_level"),
            Industry(key="industry", label=_("所属行业"), section="basic", width=150),
            Region(key="region", label=_("所在地区"), section="basic", width=150),
            Address(key="address", label=_("详细地址"), section="reach"),
            LongText(key="need", label=_("需求描述"), section="need"),
            LongText(key="remarks", label=_("备注"), section="need"),
            YesNo(
                key="duplicate",
                label=_("可能重复"),
                section="need",
                editable=False,
                help=_("新建时查重有命中，仍然建了"),
            ),
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
            DateTime(
                key="last_followed_at",
                label=_("最近跟进"),
                section="follow",
                editable=False,
                sortable=True,
                in_list=True,
                width=120,
            ),
            Text(key="last_content", label=_("最近跟进内容"), section="follow", editable=False, most=80),
            DateTime(
                key="next_contact_at",
                label=_("下次联系"),
                due=True,
                section="follow",
                editable=False,
                sortable=True,
                width=120,
            ),
            Text(key="next_step", label=_("下一步计划"), section="follow", editable=False, most=500),
            YesNo(
                key="owner_followed",
                label=_("负责人已跟进"),
                section="follow",
                editable=False,
                help=_("换了负责人就重新算起，线索状态不变"),
            ),
            YesNo(key="neglected", label=_("久未跟进"), section="follow", editable=False),
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("转换的客户"),
                section="converted",
                to="customer",
                editable=False,
                width=200,
            ),
            RecordRef(
                key="contact",
                column="contact_id",
                label=_("转换的联系人"),
                section="converted",
                to="contact",
                editable=False,
            ),
            RecordRef(
                key="opportunity",
                column="opportunity_id",
                label=_("转换的商机"),
                section="converted",
                to="opportunity",
                editable=False,
            ),
            Date(key="converted_on", column="deal_date", label=_("转换日期"), section="converted", editable=False),
            Number(key="returned", label=_("退回次数"), section="ownership", editable=False, least=0, greatest=9_999),
            DateTime(key="released_at", label=_("最近退回时间"), section="ownership", editable=False),
            Text(key="release_reason", label=_("最近退回原因"), section="ownership", editable=False),
            *standing_fields(),
            Text(key="code", label=_("线索编号"), section="system", editable=False),
            DateTime(key="created_at", label=_("创建时间"), section="system", editable=False),
            DateTime(key="updated_at", label=_("更新时间"), section="system", editable=False, sortable=True),
            Person(key="created_by", column="created_by_id", label=_("创建人"), section="system", editable=False),
        ),
        views=(
            View("mine", _("我的线索"), (("owner.in", "me"), WORKED_ON)),
            View("pending", pgettext_lazy("leads", "待处理"), (("state.in", "pending"),)),
            View(
                "following",
                pgettext_lazy("leads", "跟进中"),
                (("state.in", "following"),),
                columns=(
                    "name",
                    "company",
                    "contact_name",
                    "mobile",
                    "customer_intention",
                    "score",
                    "band",
                    "source",
                    "quality",
                    "owner",
                    "last_followed_at",
                ),
            ),
            View("all", _("全部未转换"), (("state.not", "converted"),)),
            View(
                "neglected",
                _("久未跟进"),
                (("neglected.is", "1"),),
                columns=("name", "company", "owner", "state", "owner_since", "mobile"),
            ),
            View(
                "invalid",
                pgettext_lazy("leads", "无效"),
                (("state.in", "invalid"),),
                columns=("name", "company", "mobile", "state", "last_content", "owner"),
            ),
            View(
                "converted",
                pgettext_lazy("leads", "已转换"),
                (("state.in", "converted"),),
                columns=("name", "customer", "converted_on", "source", "owner"),
            ),
        ),
    )
)

declare_compared(
    "lead",
    Compared("company", Kind.COMPANY, "name_key", loose="fuzzy_key"),
    Compared("mobile", Kind.PHONE, "mobile"),
    Compared("phone", Kind.PHONE, "phone"),
    Compared("wechat", Kind.TEXT, "wechat"),
    Compared("region", Kind.TEXT, "region", alone=False),
    Compared("address", Kind.ADDRESS, "address", beside="region"),
    presets=(
        DuplicateRuling(
            record_type="lead",
            preset="lead",
            name=_("同一条线索"),
            alternatives=((Condition("mobile"),), (Condition("phone"),), (Condition("company", How.FUZZY),)),
            effects=WARNED,
        ),
    ),
)

declare_registered(Registered("lead", address="address", region="region", source="source", beside=("customer",)))
declare_grants(
    LEAD.many,
    (LEAD.grant("see"), _("查看")),
    (LEAD.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (LEAD.grant("create"), _("新建")),
    (LEAD.grant("edit"), _("编辑与标为无效")),
    (LEAD.grant("void"), _("作废")),
    (LEAD.grant("transfer"), _("转移负责人")),
    (LEAD.grant("team"), _("管理相关团队")),
    (LEAD.grant("restore"), _("从回收站还原（只给管理员）")),
    (LEAD.grant("delete"), _("彻底删除已作废的（只给管理员）")),
)
declare_grants(_("系统"), (LEAD.grant("clock"), _("线索时限提醒")), scoped=False, internal=True)
_EVERYDAY = tuple(LEAD.grant(verb) for verb in ("see", "reveal", "create", "edit"))
_CAREFUL = tuple(LEAD.grant(verb) for verb in ("void", "transfer", "team"))
add_to_ready_roles(
    salesperson=(*_EVERYDAY, *_CAREFUL),
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, *_CAREFUL),
    department_head=(*_EVERYDAY, *_CAREFUL),
    reviewer=(LEAD.grant("see"),),
    operations=(*_EVERYDAY, *_CAREFUL),
)
declare_pool_grants(LEAD)
