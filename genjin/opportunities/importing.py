"""What tables may bring of opportunities (B9): one column for stage and result, a product as the first line, and what
the creation of a row would refuse, told before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Values
from genjin.kernel.importing import Combined, Given, Importable, Lack, declare_importable
from genjin.kernel.options import Option
from genjin.kernel.refusal import Refused
from genjin.opportunities.actions.opportunities import create_opportunity, void_opportunity
from genjin.opportunities.changing.arriving import Ended, arrive
from genjin.opportunities.fields import StageChoice
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Outcome, StageKind

MARK = "="
"""Begins the options that are results, not stages: `=lost`, `=lost:proposal`, `=invalid`."""
ENDED = {"on": "closed_on", "reason": "reason", "amount": "amount"}
OWN = frozenset({"outcome", "closed_on", "reason", "product", "price", "quantity"})


@dataclass(frozen=True, kw_only=True)
class Standing(StageChoice):
    """Where an opportunity stands, in one column: a stage (that of the deal: won), or how it ended, also in which
    stage."""

    def known(self, actor: Actor) -> Iterable[Option]:
        """The stages, then the results."""
        stages = list(super().known(actor))
        yield from stages
        for outcome in (Outcome.LOST, Outcome.INVALID):
            yield Option(f"{MARK}{outcome.value}", outcome.label, "", len(stages))
        steps = pipelines_at(actor.stamp).steps
        for option in stages:
            if steps[option.key].kind is StageKind.PROGRESS:
                words = _("输单（在「%s」）") % option.label
                key = f"{MARK}{Outcome.LOST.value}:{option.key}"
                yield Option(key, words, "", len(stages), retired=option.retired)

    def names(self, actor: Actor, option: Option) -> set[str]:
        """Results bear their own names only."""
        if option.key.startswith(MARK):
            return {option.key, str(option.label).casefold()}
        return super().names(actor, option)

    def text(self, value: Any, actor: Actor) -> str:
        """The name of the stage or result."""
        if value and str(value).startswith(MARK):
            found = self.choices(actor).get(str(value))
            return str(found.label) if found else str(value)
        return super().text(value, actor)


def stands(value: Any) -> Mapping[str, Any]:
    """{input: value} of what stands in that column."""
    if not str(value).startswith(MARK):
        return {"stage": value}
    outcome, _colon, stage = str(value).removeprefix(MARK).partition(":")
    return {"outcome": outcome, **({"stage": stage} if stage else {})}


def settle(actor: Actor, given: Given) -> Iterator[Lack]:
    """A name where no column gives one; a day on which what is open will be closed is the expected one; what was lost
    only has a reason. Tells what `create_opportunity` would refuse."""
    values = given.values
    outcome = values.get("outcome") or Outcome.OPEN.value
    if not values.get("name"):
        pieces = [str(given.above.get("name") or ""), str(values.get("product") or _("商机"))]
        values["name"] = " ".join(filter(None, pieces))[:200]
    if outcome != Outcome.LOST:
        values.pop("reason", None)
    if outcome == Outcome.OPEN and _stays_open(actor, values) and "closed_on" in values:
        values.setdefault("expected_on", values.pop("closed_on"))
        values.pop("closed_on", None)
    ended = Ended(outcome, values.get("closed_on"), values.get("reason", ""))
    own = {key: value for key, value in values.items() if key not in OWN}
    try:
        arrive(actor, Values(own), given.owner or actor.member_id, ended)
    except Refused as refusal:
        told = refusal.errors or {refusal.field or "": refusal.message}
        yield from ((ENDED.get(key, key), words) for key, words in told.items())


def _stays_open(actor: Actor, values: Mapping[str, Any]) -> bool:
    step = pipelines_at(actor.stamp).steps.get(values.get("stage", ""))
    return step is None or step.kind is StageKind.PROGRESS


declare_importable(
    Importable(
        record_type=OPPORTUNITY,
        create=create_opportunity,
        void=void_opportunity,
        belongs_to="customer",
        headings={
            "name": "商机名称|商机|机会名称|项目名称|项目|商机标题|Opportunity|Opportunity Name|Deal|Deal Name|Name",
            "external_code": "商机编号|编号|机会编号|项目编号|原编号|Opportunity ID|Deal ID|ID",
            "standing": (
                "销售阶段|阶段|商机阶段|状态|商机状态|结果|Stage|Deal Stage|Sales Stage|Opportunity Stage|Status"
            ),
            "amount": (
                "商机金额|金额|预计金额|合同金额|成交金额|预计成交金额|Amount|Deal Value|Close Value|Value|Deal Amount"
            ),
            "probability": "赢率|成交概率|概率|Probability",
            "expected_on": "预计成交日期|预计成交时间|预计签约日期|预计结单日期|Expected Close Date|Expected Date",
            "closed_on": "实际结束日期|成交日期|结束日期|关闭日期|签约日期|Close Date|Closed On|Actual Close Date",
            "opened_on": "商机日期|开始日期|创建日期|建立日期|Engage Date|Open Date|Start Date|Created Date",
            "reason": "输单原因|丢单原因|失败原因|Loss Reason|Lost Reason|Close Reason",
            "product": "产品|产品名称|意向产品|商品|Product|Product Name",
            "price": "单价|价格|产品单价|Price|Unit Price|Sales Price",
            "quantity": "数量|产品数量|Quantity|Qty",
            "kind": "商机类型|类型|Type|Opportunity Type",
            "source": "商机来源|来源|Lead Source|Source",
            "campaign": "来源活动|市场活动|活动|Campaign|Campaign Name|Campaign Source",
            "need": "核心需求|需求|需求描述|客户需求",
            "remarks": "备注|说明|描述|Notes|Description|Remarks",
            "pipeline": "销售管线|管线|Pipeline",
        },
        columns=(
            "name", "external_code", "standing", "amount", "expected_on", "opened_on", "closed_on", "reason", "product",
            "price", "quantity", "kind", "source", "campaign", "need", "remarks",
        ),
        left_out=frozenset({"stage", "outcome", "contact", "expected_month", "category"}),
        combined=(
            Combined(
                Standing(key="standing", label=gettext_lazy("销售阶段（或结果）")),
                stands,
                frozenset({"stage", "outcome"}),
            ),
        ),
        made_up=frozenset({"name"}),
        for_all=("reason", "source", "campaign", "kind"),
        same_by="external_code",
        remarks="remarks",
        help=gettext_lazy("挂到客户名下，含赢单和输单的历史"),
        settle=settle,
    )
)  # fmt: skip
