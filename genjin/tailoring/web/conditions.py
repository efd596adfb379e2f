"""The editor of conditions: one line per rule, drawn and read here; conditions in words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from genjin.kernel.actor import Actor
from genjin.kernel.conditions import When
from genjin.kernel.fields import Date, Field, FieldError, Number, YesNo
from genjin.kernel.fields.own_files import OwnFiles
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.wording import listed
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.web.frames import TYPE, whole
from genjin.ui.forms.controls import Control, choices_url, words_of
from genjin.ui.pages import PageRequest, fragment, page

CHOSEN = {"choice", "multichoice", "tags", "person", "department", "record", "region", "industry"}
NO_DECIDERS = {"longtext"}
NAME = re.compile(r"[a-z0-9_-]{1,60}")
Words = tuple[tuple[str, str | Promise], ...]
_EMPTY: Words = (("filled", gettext_lazy("已填写")), ("empty", gettext_lazy("未填写")))
_CHOSEN: Words = (("in", gettext_lazy("是")), ("not", gettext_lazy("不是")), *_EMPTY)
_NUMBERS: Words = (("gte", gettext_lazy("不小于")), ("lte", gettext_lazy("不大于")), *_EMPTY)
_DATES: Words = (("gte", gettext_lazy("不早于")), ("lte", gettext_lazy("不晚于")), *_EMPTY)
_TICKED: Words = (("filled", gettext_lazy("是")), ("empty", gettext_lazy("否")))


@dataclass(frozen=True)
class Line:
    """One rule as drawn: `name` of its editor, number there, chosen field and operator, the controls of its value."""

    name: str
    number: str
    fields: Sequence[Field]
    field: Field
    operators: Words
    operator: str
    controls: list[Control]


def operators_of(field: Field) -> Words:
    """What can be asked of a field."""
    if isinstance(field, YesNo):
        return _TICKED
    if isinstance(field, Number):
        return _NUMBERS
    if isinstance(field, OwnFiles):
        return _EMPTY
    return _DATES if isinstance(field, Date) else _CHOSEN


def deciders(record_type: RecordType, besides: str = "") -> list[Field]:
    """The fields that a condition may ask about."""
    return [f for f in record_type.fields if f.key != besides and f.kind not in NO_DECIDERS]


def lines(actor: Actor, record_type: RecordType, name: str, rules: Any, besides: str = "") -> list[Line]:
    """The lines of a stored or sent condition; rules about fields that are gone are left out."""
    when = When.read(rules)
    known = {f.key: f for f in deciders(record_type, besides)}
    return [
        _line(actor, record_type, name, str(number), list(known.values()), known[rule.key], rule.operator, rule.values)
        for number, rule in enumerate(when.rules if when else ())
        if rule.key in known
    ]


def _line(
    actor: Actor, record_type: RecordType, name: str, number: str, fields: Sequence[Field], field: Field,
    operator: str, values: Sequence[Any],
) -> Line:  # fmt: skip
    offered = operators_of(field)
    chosen = operator if operator in dict(offered) else offered[0][0]
    made = [] if chosen in ("filled", "empty") else [_control(actor, record_type, f"{name}-{number}-v", field, values)]
    return Line(name, number, fields, field, offered, chosen, made)


def _control(actor: Actor, record_type: RecordType, name: str, field: Field, values: Sequence[Any]) -> Control:
    given: dict[str, Any] = {"hidden_label": True, "id": f"f-{name}"}
    if field.kind in CHOSEN:
        chosen = [
            (value, words_of(actor, field, [value] if field.kind == "multichoice" else value)) for value in values
        ]
        return Control(
            "multi_combobox", name, _("值"), given | {"chosen": chosen, "src": choices_url(record_type.plural, field)}
        )
    component = "date" if isinstance(field, Date) else "number" if isinstance(field, Number) else "input"
    unit = {"unit": str(field.unit)} if isinstance(field, Number) and field.unit else {}
    return Control(component, name, _("值"), given | unit | {"value": values[0] if values else ""})


def sent_rules(sent: QueryDict, name: str) -> list[list[Any]]:
    """The rules of an editor as they were sent, in their order."""
    rules = []
    for number in sent.getlist(name):
        key, operator = sent.get(f"{name}-{number}-key", ""), sent.get(f"{name}-{number}-op", "")
        values = [value.strip() for value in sent.getlist(f"{name}-{number}-v") if value.strip()]
        if key and operator:
            rules.append([key, operator, [] if operator in ("filled", "empty") else values])
    return rules


def in_words(actor: Actor, record_type: RecordType, rules: Any) -> str:
    """A condition as a sentence: 客户分类 是 重点客户，且 年采购额 不小于 100,000 元."""
    when = When.read(rules)
    known = {f.key: f for f in record_type.fields}
    said = [
        _said(actor, known[rule.key], rule.operator, rule.values)
        for rule in (when.rules if when else ())
        if rule.key in known
    ]
    return pgettext("between conditions", "，且").join(said)


def _said(actor: Actor, field: Field, operator: str, values: Iterable[Any]) -> str:
    verb = dict(operators_of(field)).get(operator, operator)
    told = listed([_value_words(actor, field, value) for value in values])
    return f"{field.label} {verb} {told}".strip()


def _value_words(actor: Actor, field: Field, value: Any) -> str:
    if field.kind == "multichoice":
        return words_of(actor, field, [value])
    try:
        return field.text(field.parse(value, actor), actor) or str(value)
    except (FieldError, ValueError):
        return str(value)


@page(f"{TYPE}/condition", name="field-condition", needs=MANAGE)
def line(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """One line of an editor: a new one, or again after its field or operator was changed."""
    asked = request.GET
    name = asked.get("cond", "shown_when")
    number = asked.get("number") or secrets.token_hex(3)
    if not NAME.fullmatch(name) or not NAME.fullmatch(number):
        raise NotFound
    declared = whole(request.actor, record_type)
    fields = deciders(declared, asked.get("besides", ""))
    key, operator = asked.get(f"{name}-{number}-key", ""), asked.get(f"{name}-{number}-op", "")
    field = next((f for f in fields if f.key == key), None) or _first(fields)
    made = _line(request.actor, declared, name, number, fields, field, operator, ())
    return fragment(request, "tailoring/condition.html", line=made, base=f"/settings/fields/{declared.plural}")


def _first(fields: Sequence[Field]) -> Field:
    """What is asked about most often: the first field with options."""
    return next((f for f in fields if f.kind == "choice"), fields[0])
