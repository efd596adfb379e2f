"""The conditions of schemes and steps, as filters of a list: which fields, checked, in words, against a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.allocation.portraits import askable
from genjin.allocation.rules.steps import Wanted
from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field
from genjin.kernel.lists import Condition
from genjin.kernel.lists.reading import MOST_CONDITIONS, MOST_VALUES
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import clauses

OPERATOR = "in"


def read_conditions(actor: Actor, record_type: RecordType, given: Any, field: str = "conditions") -> list[Condition]:
    """The filters, checked. Raises Refused for what cannot be asked about (a person's traits among it) and for a value
    the field does not know; `field`: the input that is wrong."""
    known = {f"{one.key}.{OPERATOR}": one for one in askable(record_type, actor.stamp)}
    if not isinstance(given, dict) or len(given) > MOST_CONDITIONS:
        raise Refused("bad_filter", _("条件应是以筛选为键的对象"), field)
    found = []
    for name, values in given.items():
        if name not in known:
            raise Refused(
                "bad_filter", _("分配不能按「%s」限定：只能用选项、地区和行业，不能用个人特征") % name[:40], field
            )
        asked = [values] if isinstance(values, str) else values
        if not isinstance(asked, list) or not asked or len(asked) > MOST_VALUES:
            raise Refused("bad_filter", _("「%s」请至少选一个值") % known[name].label, field)
        condition = Condition(known[name], OPERATOR, tuple(str(value)[:200] for value in asked))
        try:
            condition.q(actor)
        except Refused as refusal:
            raise Refused(refusal.code, refusal.message, field) from None
        found.append(condition)
    return found


def plain_conditions(actor: Actor, record_type: RecordType, given: Any, field: str = "conditions") -> dict[str, Any]:
    """The same as they are kept: with the values as records have them, whatever words they came in."""
    found = read_conditions(actor, record_type, given, field)
    return {f"{c.field.key}.{OPERATOR}": [str(c.field.parse_filter(raw, actor)) for raw in c.raw] for c in found}


def words_of(actor: Actor, record_type: RecordType, given: Mapping[str, Sequence[str]]) -> str:
    """所在地区 属于 江苏省；来源 属于 官网. Fields that are gone are named by their key."""
    known = {field.key: field for field in askable(record_type, actor.stamp)}
    said = []
    for name, values in given.items():
        field = known.get(name.rpartition(".")[0])
        if field is None:
            said.append(_("（已失效的条件：%s）") % name)
            continue
        said.append(f"{field.label} {field.operators()[0].label} {field.filter_text(OPERATOR, list(values), actor)}")
    return clauses(said)


def values_of(record: Record, fields: Sequence[Field]) -> dict[str, Any]:
    """What a record says in these fields, as conditions compare it."""
    return {field.key: field.compared(record, get_value(record, field)) for field in fields}


def asked_of(actor: Actor, record: Record, conditions: Iterable[Wanted]) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, kinds) of what these conditions ask a record: a score may have to be counted for it."""
    wanted = {name.rpartition(".")[0] for each in conditions for name in each}
    fields = [field for field in askable(type_of(record), actor.stamp) if field.key in wanted]
    return values_of(record, fields), {field.key: field.kind for field in fields}
