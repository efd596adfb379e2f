"""The filter bar: chips in words, and the builder's line for one field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, Number, Operator
from genjin.kernel.lists import Condition
from genjin.kernel.records import RecordType
from genjin.ui.forms.controls import Control, choices_url
from genjin.ui.lists.state import State

LIVES = {
    "archived": gettext_lazy("已归档"),
    "voided": gettext_lazy("回收站"),
    "any": gettext_lazy("全部（含归档与回收站）"),
}
DAYS = {"last", "next", "past"}


@dataclass(frozen=True)
class Chip:
    """One filter as drawn."""

    label: str
    value: str
    remove_url: str
    edit_url: str = ""
    invalid: str = ""


def chips(actor: Actor, state: State) -> list[Chip]:
    """All filters in force, and those that could not be used with their reason."""
    made = [_chip(actor, state, condition) for condition in state.conditions]
    life = dict(state.pairs).get("life", "")
    if life in LIVES:
        made.append(Chip(_("状态"), str(LIVES[life]), state.without("life").url()))
    wrong = [Chip(w.name, w.value, state.without(w.name).url(), invalid=w.reason) for w in state.wrong]
    return [*made, *wrong]


def _chip(actor: Actor, state: State, condition: Condition) -> Chip:
    name = f"{condition.field.key}.{condition.operator}"
    operator = operator_of(condition.field, condition.operator)
    raw = list(condition.raw)
    words = condition.field.filter_text(condition.operator, raw, actor) if operator.takes != "none" else ""
    if condition.operator in DAYS:
        words = _("%s 天") % words
    elif operator.takes == "range":
        words = " – ".join(raw)
    edit = urlencode([("field", condition.field.key), ("op", condition.operator), *(("v", v) for v in raw)])
    return Chip(
        f"{condition.field.label} {operator.label}",
        words or "✓",
        state.without(name).url(),
        f"{state.address}/filter?{edit}",
    )


def operator_of(field: Field, key: str) -> Operator:
    """The operator with this key, else the field's first."""
    operators = field.operators()
    return next((o for o in operators if o.key == key), operators[0])


def filterable(actor: Actor, record_type: RecordType) -> list[Field]:
    """The fields the builder offers."""
    return [field for field in record_type.visible_fields(actor) if field.filterable]


def value_controls(
    actor: Actor, record_type: RecordType, field: Field, operator: Operator, values: Sequence[str]
) -> list[Control]:
    """The controls for an operator's values; their name is always `v`."""
    if operator.takes == "none":
        return []
    label = _("值")
    if operator.takes == "many":
        src = f"{choices_url(record_type.plural, field)}?filter=1"
        chosen = [(value, field.filter_text(operator.key, [value], actor)) for value in values]
        return [Control("multi_combobox", "v", label, {"chosen": chosen, "src": src, "hidden_label": True})]
    component, given = _single(field, operator)
    count = 2 if operator.takes == "range" else 1
    filled = [*values, "", ""][:count]
    return [
        Control(component, "v", label, {"value": value, "hidden_label": True, "id": f"filter-v{place}"} | given)
        for place, value in enumerate(filled)
    ]


def _single(field: Field, operator: Operator) -> tuple[str, dict[str, Any]]:
    if operator.key in DAYS:
        return "number", {"placeholder": _("天数")}
    if field.kind in {"date", "datetime"}:
        return "date", {}
    if field.kind == "yesno":
        return "select", {"options": [("1", _("是")), ("0", _("否"))]}
    if isinstance(field, Number):
        return "number", {"unit": str(field.unit)} if field.unit else {}
    return "input", {}
