"""The schemes in force, from memory by stamp, and whether scoring is used at all. No writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import YesNo
from genjin.kernel.jobs import start_job
from genjin.kernel.stamps import Stamped
from genjin.kernel.switches import declare_switch
from genjin.scoring.queries.stored import stored_schemes
from genjin.scoring.rules import Part, Rule, Scheme
from genjin.scoring.scored import SCORED

SWEEP = "scoring.sweep"
SECTION = declare_section(
    "scoring",
    _("评分"),
    _("线索和商机按公司自己的规则打分，帮人决定先跟谁；分配方案可以按冷热分给不同的人"),
    order=18,
)


def _restate_all(actor: Actor) -> None:
    for key in SCORED:
        start_job(actor, SWEEP, record_type=key)


USED = declare_setting(
    "scoring.used",
    YesNo(
        key="used",
        label=_("使用评分"),
        help=_("关掉后评分全部清除，列表、详情、筛选和接口里都不再出现；规则保留，再打开就重新计算"),
    ),
    section=SECTION,
    default=True,
    after=_restate_all,
)
declare_switch(("scoring.",), USED)


def rule_of(raw: Mapping[str, Any]) -> Rule:
    """A rule as it is kept. Raises ValueError, KeyError or TypeError for what is none."""
    values = raw.get("values") or ()
    if not isinstance(values, list | tuple):
        raise TypeError("values are a list")
    return Rule(
        Part(raw["part"]),
        str(raw["of"]),
        str(raw["operator"]),
        tuple(str(one) for one in values),
        int(raw["points"]),
    )


def kept_rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as JSON keeps them."""
    return [
        {"part": r.part.value, "of": r.of, "operator": r.operator, "values": list(r.values), "points": r.points}
        for r in rules
    ]


def _load() -> dict[str, Scheme]:
    found = {key: scored.declared for key, scored in SCORED.items()}
    for key, row in stored_schemes().items():
        rules = tuple(rule_of(raw) for raw in row.rules)
        found[key] = Scheme(rules, row.hot, row.warm, row.percent, row.period, row.version)
    return found


_SCHEMES: Stamped[dict[str, Scheme]] = Stamped(_load)


def scheme_known(record_type: str) -> Scheme:
    """The scheme of a type that this request was told of (its sight asks before any value is read)."""
    return _SCHEMES.latest()[record_type]


def scheme_at(record_type: str, stamp: int) -> Scheme:
    """The scheme of a type. Raises KeyError for one that is not scored."""
    return _SCHEMES.at(stamp)[record_type]
