"""Changing the rules by which a type is scored: all at once, so that what they come to is known before."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import record
from genjin.kernel.refusal import Invalid, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.scoring.asking import ScoringRules, checked
from genjin.scoring.changing.restating import begin_sweep
from genjin.scoring.grants import MANAGE
from genjin.scoring.models import Scoring
from genjin.scoring.rules import Scheme
from genjin.scoring.schemes import SWEEP, kept_rules, rule_of, scheme_at
from genjin.scoring.scored import scored_type, scored_types

QUEUE = 7_204_791
Which = Annotated[str, OneOf(key="record_type", label=gettext_lazy("评分对象"), pairs=scored_types, required=True)]
Rules = Annotated[list[dict[str, Any]], ScoringRules(key="rules", label=gettext_lazy("评分规则"))]
Hot = Annotated[
    int, Number(key="hot", label=gettext_lazy("多少分算热"), least=1, greatest=100, unit=gettext_lazy(" 分"))
]
Warm = Annotated[
    int, Number(key="warm", label=gettext_lazy("多少分算温"), least=1, greatest=100, unit=gettext_lazy(" 分"))
]
Percent = Annotated[
    int,
    Number(
        key="percent",
        label=gettext_lazy("每次降"),
        least=0,
        greatest=90,
        unit="%",
        help=gettext_lazy("0 为不降"),
    ),
]
Period = Annotated[
    int,
    Number(key="period", label=gettext_lazy("多少天没有互动降一次"), least=1, greatest=365, unit=gettext_lazy(" 天")),
]
Seen = Annotated[
    int | None,
    Number(
        key="seen",
        label=gettext_lazy("看到的版本"),
        least=0,
        help=gettext_lazy("改规则前看到的版本号，别人先改过就不覆盖；不填就不检查"),
    ),
]


@action("scoring.change", on=Scoring, needs=MANAGE, label=gettext_lazy("修改评分规则"), icon="flame", listed=False)
def change_scoring(
    actor: Actor,
    *,
    record_type: Which,
    rules: Rules,
    hot: Hot = 70,
    warm: Warm = 40,
    percent: Percent = 10,
    period: Period = 30,
    seen: Seen = None,
) -> Scoring:
    """Score a type by these rules from now on; a job counts all anew. Raises Invalid, Refused("bad_rule"),
    Refused("changed") where somebody else changed them since."""
    scored = scored_type(record_type)
    if warm >= hot:
        raise Invalid({"warm": _("「温」的分数要比「热」低")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE])
    row = Scoring.objects.filter(record_type=record_type).first() or Scoring(record_type=record_type)
    if seen is not None and seen != row.version:
        raise Refused("changed", _("刚刚有人改过评分规则，请刷新页面后再改"))
    standing = _standing(record_type, row)
    row.rules = kept_rules(checked(actor, record_type, [rule_of(raw) for raw in rules], standing.rules))
    row.hot, row.warm, row.percent, row.period = hot, warm, percent, period
    record(actor, row)
    begin_sweep(scored)
    bump_stamp()
    start_job(actor, SWEEP, record_type=record_type)
    return row


def _standing(record_type: str, row: Scoring) -> Scheme:
    if row._state.adding:
        return scored_type(record_type).declared
    return scheme_at(record_type, 0)
