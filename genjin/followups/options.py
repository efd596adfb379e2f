"""Option lists of follow-ups, with the values the sources name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.followups.models import DEAL
from genjin.kernel.options import declare_options

PHONE, VISIT = "phone", "visit"
NOT_REACHED = frozenset({"unanswered", "unavailable", "rejected"})

METHOD = declare_options(  # S0-35, B7
    "followup_method",
    _("跟进方式"),
    [
        (PHONE, _("电话")),
        (VISIT, _("现场跟进")),
        ("meeting", _("线上会议")),
        ("email", _("邮件")),
        ("wechat", _("微信")),
        ("sms", _("短信")),
        ("other", _("其他")),
    ],
    synonyms={
        "拜访": "visit",
        "现场": "visit",
        "上门": "visit",
        "上门拜访": "visit",
        "现场拜访": "visit",
        "到访": "visit",
        "打电话": "phone",
        "电话沟通": "phone",
        "视频会议": "meeting",
        "邮箱": "email",
        "企业微信": "wechat",
    },
)
CALL_RESULT = declare_options(  # B7: what became of a call, which says nothing about the deal
    "followup_call_result",
    _("通话结果"),
    [
        ("connected", _("已接通"), "ok"),
        ("unanswered", _("未接")),
        ("unavailable", _("停机")),
        ("rejected", _("拒接"), "bad"),
    ],
    synonyms={"接通": "connected", "无人接听": "unanswered", "未接通": "unanswered", "关机": "unavailable",
              "空号": "unavailable", "挂断": "rejected"},
)  # fmt: skip
SOLUTION = declare_options(  # S3-08
    "followup_solution",
    _("提供的方案"),
    [("product", _("产品介绍")), ("quotation", _("报价")), ("case", _("案例"))],
    synonyms={"产品": "product", "报价单": "quotation", "成功案例": "case"},
)
RESPONSE = declare_options(  # S3-08
    "followup_response",
    _("客户回应"),
    [("accept", _("认可"), "ok"), ("doubt", _("疑虑"), "warn"), ("reject", _("拒绝"), "bad")],
)
INTENTION = declare_options(  # S0-36
    "followup_intention",
    _("客户意向"),
    [
        ("certain", _("确定购买意向"), "ok"),
        ("wavering", _("有意向徘徊犹豫"), "warn"),
        ("learning", _("初步了解"), "info"),
        ("none", _("暂无意向")),
    ],
    synonyms={"确定购买": "certain", "徘徊犹豫": "wavering", "犹豫": "wavering", "无意向": "none"},
)
OUTCOME = declare_options(  # S0-37; empty means still open
    "followup_outcome",
    _("跟进结果"),
    [(DEAL, _("成交"), "ok"), ("no_deal", _("未成交"), "bad")],
    synonyms={"已成交": DEAL, "没成交": "no_deal", "没有成交": "no_deal"},
)
