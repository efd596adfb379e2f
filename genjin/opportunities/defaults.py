"""The pipeline that is in force until a company changes it: the six stages of S3-09, with the percentages of B9 ◇; and
sets of stages to begin another one with.

Names are content, not interface: they are stored as soon as the company changes anything, and may be changed then.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.fields.base import Label
from genjin.opportunities.rules import Category, Pipe, StageKind, Step, category_of

KEY = "default"
ALLOWED_DAYS = (14, 21, 30, 30)
_PROGRESS = (
    ("contact", "初步接触", "First contact", 10),
    ("need", "需求确认", "Need confirmed", 30),
    ("proposal", "方案提交", "Proposal", 50),
    ("negotiation", "商务谈判", "Negotiation", 80),
)


READY: dict[str, tuple[Label, tuple[tuple[str, str, int, int], ...]]] = {
    "short": (  # S2-46
        _("三步：初步沟通、确定意向、商务洽谈"),
        (
            ("初步沟通", "First communication", 20, 14),
            ("确定意向", "Intention confirmed", 50, 21),
            ("商务洽谈", "Business negotiation", 80, 30),
        ),
    ),
    "project": (
        _("项目型：需求明确、方案验证、立项汇报、商务采购"),
        (
            ("新建", "New", 10, 14),
            ("需求明确", "Need clear", 30, 21),
            ("方案验证", "Solution proven", 50, 30),
            ("立项汇报", "Project approval", 70, 30),
            ("商务采购", "Purchasing", 90, 30),
        ),
    ),
    "quotation": (
        _("报价型：验证客户、需求分析、方案报价"),
        (
            ("验证客户", "Customer verified", 20, 14),
            ("需求分析", "Need analysed", 30, 21),
            ("方案报价", "Proposal and quotation", 80, 30),
        ),
    ),
}
"""{key: (what it is called, stages in progress as (name, English, per cent, allowed days))}, B9; the deal follows."""


def ready_steps(key: str) -> list[Step]:
    """The stages of a set, with the deal at the end."""
    named = READY[key][1]
    steps = [
        Step("", "", name, english, place, StageKind.PROGRESS, percent, category_of(percent), days)
        for place, (name, english, percent, days) in enumerate(named)
    ]
    return [*steps, Step("", "", "成交", "Closed", len(named), StageKind.WON, 100, Category.CLOSED)]


def default_pipe() -> Pipe:
    """初步接触 10 → 需求确认 30 → 方案提交 50 → 商务谈判 80 → 成交 100 → 售后维护 100."""
    steps = [
        Step(key, KEY, name, english, place, StageKind.PROGRESS, percent, category_of(percent), ALLOWED_DAYS[place])
        for place, (key, name, english, percent) in enumerate(_PROGRESS)
    ]
    closed = Category.CLOSED
    steps.append(Step("won", KEY, "成交", "Closed", 4, StageKind.WON, 100, closed))
    steps.append(Step("aftersale", KEY, "售后维护", "After-sale", 5, StageKind.AFTER, 100, closed))
    return Pipe(KEY, "默认管线", "Default pipeline", tuple(steps), default=True)
