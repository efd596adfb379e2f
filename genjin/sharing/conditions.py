"""The conditions of a rule as the filters of a list: which fields they may ask about, what they mean, their words.

They say the same whoever looks: no 'me', no days from today. So a rule is one condition for all who receive it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.lists import Condition
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import in_force

KINDS = frozenset({"choice", "multichoice", "tags", "region", "industry"})
OPERATOR = "in"


def askable(record_type: RecordType, stamp: int) -> list[Field]:
    """The fields a rule may ask about: options, region, industry."""
    whole = in_force(record_type, stamp)
    return [field for field in whole.fields if field.kind in KINDS and field.filterable]


def read_conditions(actor: Actor, record_type: RecordType, given: Mapping[str, Sequence[str]]) -> list[Condition]:
    """The filters, checked. Raises Refused for a field that cannot be asked about and for a value it does not know."""
    known = {f"{field.key}.{OPERATOR}": field for field in askable(record_type, actor.stamp)}
    found = []
    for name, values in given.items():
        if name not in known:
            raise Refused("bad_filter", _("共享规则不能按「%s」限定") % name[:40], "conditions")
        condition = Condition(known[name], OPERATOR, tuple(values))
        try:
            condition.q(actor)
        except Refused as refusal:
            raise Refused(refusal.code, refusal.message, "conditions") from None
        found.append(condition)
    return found


def words(actor: Actor, conditions: Sequence[Condition]) -> list[str]:
    """Each condition as the filter's chip says it: 所在地区 属于 江苏省."""
    return [
        f"{c.field.label} {c.field.operators()[0].label} {c.field.filter_text(c.operator, list(c.raw), actor)}"
        for c in conditions
    ]
