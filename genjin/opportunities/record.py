"""The declaration of the opportunity: read by lists, forms, details, search, imports and the API (B9)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.customers.options import SOURCE
from genjin.customers.rhythm import local_day
from genjin.duplicates.rules import WARNED, Compared, Condition, DuplicateRuling, Effect, Entry, Kind, declare_compared
from genjin.kernel import recording, search_text
from genjin.kernel.fields import (
    Choice,
    Date,
    DateTime,
    DepartmentRef,
    LongText,
    Money,
    Number,
    Percent,
    Person,
    RecordRef,
    Text,
    YesNo,
)
from genjin.kernel.grants import declare_grants
from genjin.kernel.records import Link, RecordType, Searched, Section, View, register
from genjin.kernel.sights import Told, tells_of
from genjin.opportunities.fields import (
    ExpectedDate,
    HorizonOf,
    MonthOnly,
    PipelineChoice,
    ReachedStage,
    StageChoice,
)
from genjin.opportunities.models import Opportunity
from genjin.opportunities.options import KIND, LOSS, SIGNING
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.rules import Category, Outcome, month_end, stalls_on, weighted
from genjin.org.grants import add_to_ready_roles
from genjin.plans.fields import Fixed, options

OUTCOME_TONES = {Outcome.OPEN: "info", Outcome.WON: "ok", Outcome.LOST: "bad", Outcome.INVALID: ""}
CATEGORY_TONES = {Category.BEST: "info", Category.COMMIT: "vio", Category.CLOSED: "ok"}
OUTCOMES = options([(one.value, one.label, OUTCOME_TONES[one]) for one in Outcome])
CATEGORIES = options([(one.value, one.label, CATEGORY_TONES.get(one, "")) for one in Category])


def derive_opportunity(opportunity: Any) -> None:
    """Keep what follows from the rest: sort key, weighted amount, the last day of a month of which no day is known
    (S3-18), the last day that the stage allows."""
    opportunity.pinyin = search_text.pinyin_sort_key(opportunity.name)[:400]
    opportunity.weighted = weighted(opportunity.amount, opportunity.probability)
    if isinstance(opportunity.expected_on, MonthOnly):
        opportunity.expected_month = True
    if opportunity.expected_on is None:
        opportunity.expected_month = False
    elif opportunity.expected_month:
        opportunity.expected_on = month_end(opportunity.expected_on)
    opportunity.won_on = opportunity.closed_on if opportunity.outcome == Outcome.WON else None
    running = recording.current.get()
    step = pipelines_at(running.actor.stamp if running else 0).steps.get(opportunity.stage)
    live = opportunity.outcome == Outcome.OPEN
    opportunity.stalls_on = stalls_on(local_day(opportunity.stage_entered_at), step) if live else None


OPPORTUNITY = register(
    RecordType(
        key="opportunity",
        plural="opportunities",
        label=_("商机"),
        many=pgettext_lazy("several", "商机"),
        model=Opportunity,
        icon="layout-kanban",
        code_pattern="SJ-{000000}",
        subtitle=("stage", "amount", "expected_on"),
        derive=derive_opportunity,
        always_seen=("customer", "pipeline", "stage", "outcome"),
        searched=Searched(names=("name",), codes=("code", "external_code")),
        links=(
            Link("customer_id", "customer", label=_("客户")),
            Link("campaign_id", "campaign", label=_("来自这个活动的商机")),
        ),
        sections=(
            Section("basic", _("基本信息")),
            Section("deal", _("金额与预测")),
            Section("stage", _("阶段")),
            Section("need", _("背景与需求")),
            Section("follow", _("跟进")),
            Section("system", _("系统信息")),
        ),
        quick_fields=("name", "customer", "amount", "expected_on", "pipeline", "kind", "source"),
        first_verbs=("move", "edit", "transfer"),
        due_while=("outcome", frozenset({Outcome.OPEN})),
        fields=(
            Text(key="name", label=_("商机名称"), section="basic", required=True, in_list=True),
            RecordRef(
                key="customer",
                column="customer_id",
                label=_("客户"),
                section="basic",
                to="customer",
                required=True,
                in_list=True,
                width=200,
            ),
            Choice(key="kind", label=_("商机类型"), section="basic", options=KIND.key),
            Choice(key="source", label=_("商机来源"), section="basic", options=SOURCE.key),
            RecordRef(
                key="campaign",
                column="campaign_id",
                label=_("来源活动"),
                section="basic",
                to="campaign",
                width=160,
                help=_("线索转换时带来，也可以自己填"),
            ),
            RecordRef(
                key="first_campaign",
                column="first_campaign_id",
                label=_("首次触达活动"),
                section="basic",
                to="campaign",
                editable=False,
                width=160,
            ),
            RecordRef(
                key="last_campaign",
                column="last_campaign_id",
                label=_("末次触达活动"),
                section="basic",
                to="campaign",
                editable=False,
                width=160,
            ),
            Text(
                key="external_code", label=_("外部编号"), section="basic", most=60, help=_("原有表格或其他系统里的编号")
            ),
            Money(
                key="amount",
                label=_("商机金额"),
                section="deal",
                sortable=True,
                in_list=True,
                width=112,
                help=_("可以写 65万；有产品明细时跟着明细的合计走，直到有人另填"),
            ),
            Percent(key="probability", label=_("赢率"), section="deal", in_list=True, width=72),
            Money(
                key="weighted",
                label=_("加权金额"),
                section="deal",
                editable=False,
                help=_("商机金额 × 赢率"),
            ),
            Fixed(
                key="category",
                label=_("预测类别"),
                section="deal",
                known=CATEGORIES,
                help=_("已成交和不计入由结果决定，不能自己选"),
            ),
            ExpectedDate(
                key="expected_on",
                label=_("预计成交日期"),
                section="deal",
                due=True,
                sortable=True,
                in_list=True,
                width=112,
            ),
            YesNo(
                key="expected_month",
                label=_("只确定到月份"),
                section="deal",
                help=_("勾选后日期算作当月最后一天"),
            ),
            HorizonOf(
                key="horizon",
                column="expected_on",
                label=_("成交周期"),
                section="deal",
                editable=False,
                help=_("按预计成交日期：30 天内短期，31–90 天中期，更久长期"),
            ),
            Money(key="budget_min", label=_("预算下限"), section="deal"),
            Money(key="budget_max", label=_("预算上限"), section="deal"),
            Date(key="quoted_on", label=_("报价发送日期"), section="deal", help=_("报价是哪天发给客户的")),
            Choice(key="signing", label=_("合同签署意向"), section="deal", options=SIGNING.key),
            Number(
                key="payment_days",
                label=_("付款周期"),
                section="deal",
                least=0,
                greatest=3_650,
                unit=_(" 天"),
                adds_up=False,
                help=_("约定从成交到付清的天数"),
            ),
            PipelineChoice(key="pipeline", label=_("销售管线"), section="stage", width=110),
            StageChoice(key="stage", label=_("销售阶段"), section="stage", in_list=True, width=110),
            Fixed(
                key="outcome",
                label=pgettext_lazy("opportunity", "状态"),
                section="stage",
                known=OUTCOMES,
                editable=False,
                in_list=True,
                width=84,
            ),
            DateTime(
                key="stage_entered_at",
                label=_("进入阶段时间"),
                section="stage",
                editable=False,
                sortable=True,
                width=120,
            ),
            Date(
                key="stalls_on",
                label=_("阶段期限"),
                section="stage",
                editable=False,
                sortable=True,
                due=True,
                width=112,
                help=_("在这个阶段最多停留到这一天，之后算停滞"),
            ),
            StageChoice(key="previous_stage", label=_("上一阶段"), section="stage", editable=False),
            ReachedStage(
                key="furthest",
                label=_("到过的阶段"),
                section="stage",
                editable=False,
                help=_("筛选时包含走得更远的"),
            ),
            Date(key="opened_on", label=_("商机日期"), section="stage", help=_("商机从哪一天算起，不填就是今天")),
            Date(key="closed_on", label=_("实际结束日期"), section="stage", editable=False, sortable=True, width=112),
            Choice(key="loss_reason", label=_("输单原因"), section="stage", options=LOSS.key, editable=False),
            StageChoice(key="lost_stage", label=_("输单阶段"), section="stage", editable=False),
            LongText(key="need", label=_("核心需求"), section="need"),
            LongText(key="remarks", label=_("备注"), section="need"),
            DateTime(key="last_followed_at", label=_("最近跟进"), section="follow", editable=False, width=120),
            DateTime(key="next_contact_at", label=_("下次联系"), section="follow", editable=False, due=True, width=120),
            Text(key="next_step", label=_("下一步计划"), section="follow", editable=False, most=500),
            Text(key="code", label=_("商机编号"), section="system", editable=False),
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
            View("mine", _("我的商机"), (("owner.in", "me"), ("outcome.in", "open"))),
            View("open", _("进行中的商机"), (("outcome.in", "open"),)),
            View("soon", _("30 天内成交"), (("outcome.in", "open"), ("horizon.in", "short")), sort="expected_on"),
            View("stalled", _("停滞的商机"), (("outcome.in", "open"), ("stalls.any", "1")), sort="stalls_on"),
            View("won", _("赢单的商机"), (("outcome.in", "won"),), sort="-closed_on"),
            View(
                "lost",
                _("输单的商机"),
                (("outcome.in", "lost"),),
                sort="-closed_on",
                columns=("name", "customer", "amount", "lost_stage", "loss_reason", "closed_on", "owner"),
            ),
            View("all", _("全部商机")),
        ),
    )
)

# what follows from other fields tells of them: it is not there for who may not know these (trust flaw 4)
tells_of("opportunity", "weighted", lambda _stamp: Told(frozenset({"opportunity.amount", "opportunity.probability"})))
tells_of("opportunity", "horizon", lambda _stamp: Told(frozenset({"opportunity.expected_on"})))

declare_compared(
    "opportunity",
    Compared("customer", Kind.LINK, "customer_id", alone=False),
    Compared("name", Kind.TEXT, "name", alone=False),
    presets=(
        DuplicateRuling(
            record_type="opportunity",
            preset="same_deal",
            name=_("同一个客户的同名商机"),
            alternatives=((Condition("customer"), Condition("name")),),
            effects=WARNED | {Entry.IMPORT: Effect.OFF},
        ),
    ),
)

MANAGE = "pipelines.manage"
declare_grants(
    OPPORTUNITY.many,
    (OPPORTUNITY.grant("see"), _("查看")),
    (OPPORTUNITY.grant("reveal"), _("查看完整号码（逐个，记入审计）")),
    (OPPORTUNITY.grant("create"), _("新建")),
    (OPPORTUNITY.grant("edit"), _("编辑、移动阶段、填写产品、联系人与竞争对手")),
    (OPPORTUNITY.grant("close"), _("赢单、输单、无效与重新打开")),
    (OPPORTUNITY.grant("void"), _("作废与还原（回收站）")),
    (OPPORTUNITY.grant("transfer"), _("转移负责人")),
    (OPPORTUNITY.grant("team"), _("管理相关团队")),
)
declare_grants(OPPORTUNITY.many, (MANAGE, _("设置销售管线与阶段")), scoped=False)
declare_grants(
    _("系统"),
    ("opportunities.auto_close", _("按规则关闭长期没有进展的商机")),
    scoped=False,
    internal=True,
)
_EVERYDAY = tuple(OPPORTUNITY.grant(verb) for verb in ("see", "create", "edit", "close", "reveal"))
_CAREFUL = tuple(OPPORTUNITY.grant(verb) for verb in ("transfer", "team", "void"))
add_to_ready_roles(
    salesperson=(*_EVERYDAY, *_CAREFUL),
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, *_CAREFUL),
    department_head=(*_EVERYDAY, *_CAREFUL),
    reviewer=(OPPORTUNITY.grant("see"),),
    operations=(*_EVERYDAY, *_CAREFUL, MANAGE),
)
