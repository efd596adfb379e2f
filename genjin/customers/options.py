"""Option lists of customers and contacts, with the values the sources name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.options import declare_options

KIND = declare_options(
    "customer_kind",
    _("客户类型"),
    [
        ("company", _("企业客户")),
        ("person", _("个人客户")),
        ("public", _("政府与事业单位")),
        ("dealer", _("经销商")),
        ("partner", _("合作伙伴")),
    ],
)
CATEGORY = declare_options(  # S0-14, S1-17
    "customer_category",
    _("客户分类"),
    [("key", _("重点客户"), "bad"), ("ordinary", _("普通客户"), "info"), ("potential", _("潜在客户"), "vio")],
    synonyms={"重点": "key", "重要": "key", "重要客户": "key", "普通": "ordinary", "潜在": "potential"},
)
LEVEL = declare_options(  # S0-34; B6: 一般/优质/超级VIP are C/B/A
    "customer_level",
    _("客户等级"),
    [("A", _("超级VIP客户"), "bad"), ("B", _("优质客户"), "warn"), ("C", _("一般客户"), "info")],
    synonyms={"超级VIP": "A", "VIP": "A", "优质": "B", "一般": "C", "A类": "A", "B类": "B", "C类": "C"},
)
RHYTHM = declare_options(  # B7; how many days each has is a setting
    "customer_rhythm",
    _("跟进节奏"),
    [
        ("key", _("重点"), "bad"),
        ("quality", _("优质"), "warn"),
        ("ordinary", _("普通"), "info"),
        ("potential", _("潜在"), "vio"),
        ("care", _("成交后关怀"), "ok"),
    ],
)
LIFECYCLE = declare_options(  # S3-15, S3-16
    "customer_lifecycle",
    _("生命周期"),
    [
        ("new", _("新客户"), "info"),
        ("potential", _("潜在客户"), "vio"),
        ("old", _("老客户"), "ok"),
        ("lost", _("流失客户"), "bad"),
    ],
)
SIZE = declare_options(
    "customer_size",
    _("人员规模"),
    [
        ("s1", _("20 人以下")),
        ("s2", _("20–99 人")),
        ("s3", _("100–499 人")),
        ("s4", _("500–999 人")),
        ("s5", _("1000 人以上")),
    ],
)
SOURCE = declare_options(  # S0-89, S2-10
    "customer_source",
    _("客户来源"),
    [
        ("internet", _("网络")),
        ("event", _("参加活动")),
        ("friend", _("朋友介绍")),
        ("referral", _("客户转介绍")),
        ("exhibition", _("展会")),
        ("phone", _("电话开发")),
        ("hotline", _("电话咨询")),
        ("ad", _("广告")),
        ("flyer", _("发传单")),
        ("dealer", _("渠道推荐")),
        ("walk_in", _("自然到访")),
        ("research", _("市场调研")),
        ("import", _("表格导入")),
        ("other", _("其他")),
    ],
)
TAGS = declare_options("customer_tag", _("客户标签"), [], creatable=True)
REST_REASON = declare_options(  # S3-13
    "customer_rest_reason",
    _("归档与暂停原因"),
    [
        ("deal_done", _("已成交")),
        ("need_changed", _("需求变更")),
        ("budget", _("预算调整")),
        ("competitor", _("竞争对手介入")),
        ("no_answer", _("长期无进展")),
        ("other", _("其他")),
    ],
)
DECISION_ROLE = declare_options(
    "contact_decision_role",
    _("决策角色"),
    [
        ("decider", _("决策人"), "acc"),
        ("influencer", _("影响者"), "info"),
        ("gatekeeper", _("把关人"), "warn"),
        ("user", _("使用者")),
        ("buyer", _("采购执行")),
        ("supporter", _("支持者"), "ok"),
        ("opponent", _("反对者"), "bad"),
    ],
)
GENDER = declare_options("gender", _("称谓"), [("m", _("先生")), ("f", _("女士"))])
