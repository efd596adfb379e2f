"""The declarations of customer and contact: read by lists, forms, details, search, imports and the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.customers.models import Contact, Customer
from genjin.customers.rhythm import follow_by
from genjin.duplicates.registering import Registered, declare_registered
from genjin.duplicates.rules import (
    WARNED,
    Compared,
    Condition,
    DuplicateRuling,
    Effect,
    Entry,
    How,
    Kind,
    declare_compared,
)
from genjin.kernel import normal, recording, search_text
from genjin.kernel.fields import (
    Address,
    Birthday,
    Choice,
    CreditCode,
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
    Tags,
    Text,
    Url,
    YesNo,
)
from genjin.kernel.fields.links import Industry
from genjin.kernel.grants import declare_grants
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.org.grants import add_to_ready_roles
from genjin.ownership.fields import standing_fields
from genjin.ownership.grants import declare_pool_grants


def derive_customer(customer: Any) -> None:
    """Keep what follows from the name, sort key and normalised keys (B3), and the day its rhythm wants (B7)."""
    customer.pinyin = search_text.pinyin_sort_key(customer.name)[:400]
    customer.name_key = normal.company_key(customer.name)[:200]
    customer.fuzzy_key = normal.company_fuzzy_key(customer.name)[:200]
    running = recording.current.get()
    customer.follow_by = follow_by(customer, running.actor.stamp if running else 0)


def derive_contact(contact: Any) -> None:
    """Keep the sort key."""
    contact.pinyin = search_text.pinyin_sort_key(contact.name)[:200]


CUSTOMER = register(
    RecordType(
        key="customer",
        plural="customers",
        label=_("客户"),
        many=pgettext_lazy("several", "客户"),
        model=Customer,
        icon="building",
        code_pattern="KH-{000000}",
        subtitle=("industry", "size", "region", "source"),
        derive=derive_customer,
        searched=Searched(
            names=("name", "short_name"), phones=("phone",), codes=("code", "credit_code", "external_code")
        ),
        links=(
            Link("parent_id", "customer", label=_("上级单位")),
            Link("referred_by_id", "customer", label=_("介绍人")),
        ),
        sections=(
            Section("basic", _("基本信息")),
            Section("class", _("分类")),
            Section("reach", _("联系方式")),
            Section("need", _("背景与需求")),
            Section("relation", _("关系")),
            Section("follow", _("跟进")),
            Section("ownership", _("归属")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("name", "phone", "level", "source", "industry", "region"),
        first_verbs=("edit", "transfer", "tag"),
        fields=(
            Text(key="name", label=_("客户名称"), section="basic", required=True, in_list=True, sortable=False),
            Text(key="short_name", label=_("简称"), section="basic", most=60),
            Text(key="code", label=_("客户编号"), section="system", editable=False),
            Text(
                key="external_code", label=_("外部编号"), section="basic", most=60, help=_("原有表格或其他系统里的编号")
            ),
            Choice(key="kind", label=_("客户类型"), section="class", options="customer_kind"),
            Choice(key="category", label=_("客户分类"), section="class", options="customer_category"),
            Choice(
                key="level", label=_("客户等级"), section="class", options="customer_level", in_list=True, width=128
            ),
            Choice(
                key="lifecycle",
                label=_("生命周期"),
                section="class",
                options="customer_lifecycle",
                in_list=True,
                width=96,
            ),
            Industry(key="industry", label=_("所属行业"), section="basic", in_list=True, width=150),
            Region(key="region", label=_("所在地区"), section="basic", in_list=True, width=150),
            Address(key="address", label=_("详细地址"), section="reach"),
            Choice(key="size", label=_("人员规模"), section="basic", options="customer_size"),
            Choice(
                key="source", label=_("客户来源"), section="class", options="customer_source", in_list=True, width=100
            ),
            Tags(key="tags", label=_("标签"), section="class", options="customer_tag"),
            Phone(key="phone", label=_("电话"), section="reach", in_list=True, width=152),
            Email(key="email", label=_("邮箱"), section="reach"),
            Url(key="website", label=_("网址"), section="reach"),
            CreditCode(key="credit_code", label=_("统一社会信用代码"), section="basic", unique=True),
            LongText(key="background", label=_("客户背景简述"), section="need"),
            LongText(key="core_need", label=_("核心需求"), section="need"),
            LongText(key="preferences", label=_("偏好与个性化服务"), section="need"),
            LongText(key="risks", label=_("特殊需求/风险提示"), section="need"),
            LongText(key="cooperation", label=_("关联项目/合作历史"), section="relation"),
            Number(
                key="satisfaction",
                label=_("满意度"),
                section="relation",
                places=1,
                least=0,
                greatest=5,
                unit="/5",
                adds_up=False,
            ),
            RecordRef(key="parent", column="parent_id", label=_("上级单位（集团）"), section="relation", to="customer"),
            RecordRef(
                key="referred_by", column="referred_by_id", label=_("介绍人（客户）"), section="relation", to="customer"
            ),
            LongText(key="remarks", label=_("其他说明"), section="need"),
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
            DateTime(
                key="next_contact_at",
                label=_("下次联系"),
                due=True,
                section="follow",
                editable=False,
                sortable=True,
                in_list=True,
                width=120,
            ),
            Date(
                key="follow_by",
                label=_("应跟进日"),
                help=_("按客户的跟进节奏，最迟在这一天要有一次有效跟进"),
                due=True,
                section="follow",
                editable=False,
                sortable=True,
                width=112,
            ),
            Text(key="next_step", label=_("下一步计划"), section="follow", editable=False, most=500),
            Date(key="deal_date", label=_("成交日期"), section="follow", editable=False),
            YesNo(key="paused", label=_("暂停跟进"), section="follow", editable=False),
            *standing_fields(),
            DateTime(key="created_at", column="created_at", label=_("创建时间"), section="system", editable=False),
            DateTime(key="updated_at", label=_("更新时间"), section="system", editable=False, sortable=True),
            Person(key="created_by", column="created_by_id", label=_("创建人"), section="system", editable=False),
        ),
        views=(
            View("mine", _("我的客户"), (("owner.in", "me"),)),
            View("all", _("全部客户")),
            View("due", _("待联系"), (("next_contact_at.past", "0"),), sort="next_contact_at"),
            View(
                "cold",
                _("该跟进了"),
                (("follow_by.past", "0"),),
                sort="follow_by",
                columns=("name", "follow_by", "last_followed_at", "level", "next_contact_at", "phone", "owner"),
            ),
            View(
                "falling",
                _("即将掉公海"),
                (("owner.in", "me"), ("falls_at.next", "7")),
                sort="falls_at",
                columns=("name", "falls_at", "last_followed_at", "level", "next_contact_at", "phone"),
            ),
            View("key", pgettext_lazy("several", "重点客户"), (("category.in", "key"),)),
            View("deals", pgettext_lazy("several", "已成交"), (("deal_date.filled", ""),)),
            View("paused", pgettext_lazy("state", "暂停跟进"), (("paused.is", "1"),)),
        ),
    )
)

CONTACT = register(
    RecordType(
        key="contact",
        plural="contacts",
        label=_("联系人"),
        many=pgettext_lazy("several", "联系人"),
        model=Contact,
        icon="user",
        code_pattern="LX-{000000}",
        subtitle=("position", "decision_role"),
        derive=derive_contact,
        searched=Searched(names=("name",), phones=("phone", "telephone"), codes=("code",), others=("wechat",)),
        links=(Link("customer_id", "customer", belongs=True, label=_("所属客户")),),
        sections=(Section("basic", _("基本信息")), Section("reach", _("联系方式")), Section("system", _("系统信息"))),
        quick_fields=("name", "customer", "phone", "position", "decision_role"),
        fields=(
            Text(
                key="name",
                label=_("姓名"),
                section="basic",
                required=True,
                most=60,
                in_list=True,
                sensitivity=Sensitivity.PERSONAL,
            ),
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("所属客户"),
                section="basic",
                to="customer",
                required=True,
                in_list=True,
                width=220,
            ),
            Text(key="position", label=_("职位"), section="basic", most=60, in_list=True, width=120),
            Text(key="division", label=_("部门"), section="basic", most=60),
            Choice(
                key="decision_role",
                label=_("决策角色"),
                section="basic",
                options="contact_decision_role",
                in_list=True,
                width=136,
            ),
            Choice(key="gender", label=_("称谓"), section="basic", options="gender"),
            Phone(key="phone", label=_("手机"), section="reach", in_list=True, width=152),
            Phone(key="telephone", label=_("座机"), section="reach"),
            Text(key="wechat", label=_("微信号"), section="reach", most=60, sensitivity=Sensitivity.PERSONAL),
            Email(key="email", label=_("邮箱"), section="reach"),
            Birthday(
                key="birthday",
                label=_("生日"),
                section="basic",
                sensitivity=Sensitivity.PERSONAL,
                help=_("不知道年份可以只填月日，如 03-15；生日前系统会安排客户关怀"),
            ),
            YesNo(key="primary", label=_("主联系人"), section="basic"),
            YesNo(
                key="do_not_contact",
                label=_("请勿打扰"),
                section="reach",
                help=_("对方要求不再联系时勾选：不显示拨号，不安排生日和节日问候，已安排的自动取消"),
            ),
            LongText(key="remarks", label=_("备注"), section="basic"),
            Text(key="code", label=_("联系人编号"), section="system", editable=False),
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
            DateTime(key="updated_at", label=_("更新时间"), section="system", editable=False),
        ),
        views=(
            View("mine", _("我的联系人"), (("owner.in", "me"),)),
            View(
                "birthdays",
                _("近期生日"),
                (("owner.in", "me"), ("birthday.next", "30")),
                columns=("name", "customer", "birthday", "position", "phone"),
            ),
            View("all", _("全部联系人")),
        ),
    )
)

declare_compared(
    "customer",
    Compared("name", Kind.COMPANY, "name_key", loose="fuzzy_key"),
    Compared("phone", Kind.PHONE, "phone"),
    Compared("credit_code", Kind.CODE, "credit_code"),
    Compared("email", Kind.EMAIL, "email"),
    Compared("region", Kind.TEXT, "region", alone=False),
    Compared("address", Kind.ADDRESS, "address", beside="region"),
    presets=(
        DuplicateRuling(
            record_type="customer",
            preset="company",
            name=_("同一家单位"),
            alternatives=(
                (Condition("credit_code"),),
                (Condition("name", How.FUZZY),),
                (Condition("phone"),),
            ),
        ),
    ),
)
declare_registered(Registered("customer", address="address", region="region", source="source"))
declare_compared(
    "contact",
    Compared("phone", Kind.PHONE, "phone"),
    Compared("email", Kind.EMAIL, "email"),
    Compared("name", Kind.TEXT, "name", alone=False),
    Compared("customer", Kind.LINK, "customer_id"),
    presets=(
        DuplicateRuling(
            record_type="contact",
            preset="person",
            name=_("同一个人"),
            alternatives=((Condition("phone"),), (Condition("customer"), Condition("name"))),
            effects=WARNED | {Entry.IMPORT: Effect.OFF},
        ),
    ),
)

for _type in (CUSTOMER, CONTACT):
    declare_grants(
        _type.many,
        (_type.grant("see"), _("查看")),
        (_type.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
        (_type.grant("create"), _("新建")),
        (_type.grant("edit"), _("编辑")),
        (_type.grant("archive"), _("归档与恢复")),
        (_type.grant("void"), _("作废与还原（回收站）")),
        (_type.grant("transfer"), _("转移负责人")),
        (_type.grant("team"), _("管理相关团队")),
    )

_EVERYDAY = tuple(t.grant(v) for t in (CUSTOMER, CONTACT) for v in ("see", "create", "edit"))
_CAREFUL = tuple(t.grant(v) for t in (CUSTOMER, CONTACT) for v in ("reveal", "archive", "transfer", "team"))
_VOID = tuple(t.grant("void") for t in (CUSTOMER, CONTACT))
add_to_ready_roles(
    salesperson=(*_EVERYDAY, *_CAREFUL, *_VOID),
    create_only=(*_EVERYDAY, CUSTOMER.grant("reveal"), CONTACT.grant("reveal")),
    manager=(*_EVERYDAY, *_CAREFUL, *_VOID),
    department_head=(*_EVERYDAY, *_CAREFUL, *_VOID),
    reviewer=(CUSTOMER.grant("see"), CONTACT.grant("see")),
    operations=(*_EVERYDAY, *_CAREFUL, *_VOID),
)
declare_pool_grants(CUSTOMER)
