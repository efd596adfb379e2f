"""What rules may ask about a record, checked and in words: its own fields as in the filters of its list, and signals.

Nothing of a person (S2-41, B19 art. 24: fair): names, numbers, sex or age of whoever is behind a lead earn no points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genjin.allocation.rules.traits import is_personal
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError, Number, Operator
from genjin.kernel.fields.fixed import Structured
from genjin.kernel.fields.own import Own
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.lists import Condition
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import in_force
from genjin.scoring.rules import MOST_DAYS, MOST_POINTS, MOST_RULES, RECENT, SIGNAL, Part, Rule
from genjin.scoring.schemes import kept_rules, rule_of
from genjin.scoring.signals import SIGNALS, signals_of

KINDS = frozenset(
    {"text", "longtext", "number", "percent", "date", "datetime", "choice", "multichoice", "tags", "yesno", "region",
     "industry"}
)  # fmt: skip
LEFT_OUT = frozenset({"name", "code", "state", "outcome", "created_at", "updated_at", "duplicate", "neglected"})
"""What says nothing of fit or wish, or changes without an event."""
MOST_TIMES = 20
MOST_VALUES = 50
DAYS = frozenset({"last", "next", "past"})


def askable(record_type: RecordType) -> dict[str, Field]:
    """The fields that rules may ask about, of a type as it is in force or as somebody sees it."""
    return {field.key: field for field in record_type.fields if _fits(field)}


def _fits(field: Field) -> bool:
    if isinstance(field, Veiled) or field.beside or field.key in LEFT_OUT or not field.filterable:
        return False
    return field.kind in KINDS and not is_personal(field) and not _masked(field)


def _masked(field: Field) -> bool:
    return type(field).masked is not Field.masked and not isinstance(field, Own)


def known_fields(record_type: str, stamp: int) -> dict[str, Field]:
    """Those of a type as it is in force."""
    return askable(in_force(RECORD_TYPES[record_type], stamp))


def seen_fields(actor: Actor, record_type: str) -> dict[str, Field]:
    """Those that the actor may know of: whoever makes rules must not learn by them what is hidden from him."""
    return askable(RECORD_TYPES[record_type].seen_by(actor))


def condition_of(rule: Rule, fields: dict[str, Field]) -> Condition | None:
    """The filter that a rule means; None for one whose field is gone."""
    field = fields.get(rule.of)
    if field is None or rule.operator not in {operator.key for operator in field.operators()}:
        return None
    return Condition(field, rule.operator, rule.values)


@dataclass(frozen=True, kw_only=True)
class ScoringRules(Structured):
    """Rules: [{"part": "match"|"intention", "of": field key or "@signal", "operator": as in the list's filters
    ("recent" for signals), "values": […] (of signals: at least, days), "points": -50 … 50}]."""

    most: int = 60_000

    def parse(self, raw: Any, actor: Actor) -> list[dict[str, Any]]:
        """Raises FieldError for what is no list of rules. The action, which knows the type, checks their fields."""
        given = super().parse(raw, actor)
        if len(given) > MOST_RULES:
            raise FieldError(_("一套评分最多 %d 条规则") % MOST_RULES)
        return kept_rules(_read(number, each) for number, each in enumerate(given, 1))


def _read(number: int, raw: Any) -> Rule:
    try:
        rule = rule_of(raw)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FieldError(_("第 %d 条规则无法识别，请检查分数和条件") % number) from None
    if not rule.points or abs(rule.points) > MOST_POINTS:
        raise FieldError(_("第 %(n)d 条规则：分数应为 1 到 %(most)d，减分写负数") % {"n": number, "most": MOST_POINTS})
    return rule


def checked(actor: Actor, record_type: str, rules: list[Rule], standing: tuple[Rule, ...] = ()) -> list[Rule]:
    """The rules with their values as records have them. Those that stand already may be about fields that the actor
    does not see. Raises Refused("bad_rule") with the number of the rule."""
    seen = seen_fields(actor, record_type)
    made = []
    for number, rule in enumerate(rules, 1):
        try:
            made.append(rule if rule in standing else _checked(actor, record_type, rule, seen))
        except (Refused, FieldError, ValueError) as wrong:
            words = _("第 %(n)d 条规则：%(why)s") % {"n": number, "why": wrong}
            raise Refused("bad_rule", words, "rules") from None
    return made


def _checked(actor: Actor, record_type: str, rule: Rule, seen: dict[str, Field]) -> Rule:
    if rule.of.startswith(SIGNAL):
        return _checked_signal(record_type, rule)
    condition = condition_of(rule, seen)
    if condition is None:
        raise FieldError(_("请选择要看的字段和条件"))
    if len(rule.values) > MOST_VALUES:
        raise FieldError(_("一个条件最多选 %d 个值") % MOST_VALUES)
    condition.q(actor)
    takes = operator_of(condition.field, rule.operator).takes
    plain = takes == "many" and not rule.operator.startswith("me")
    values = tuple(str(condition.field.parse_filter(raw, actor)) for raw in rule.values) if plain else rule.values
    return Rule(rule.part, rule.of, rule.operator, values if takes != "none" else (), rule.points)


def _checked_signal(record_type: str, rule: Rule) -> Rule:
    if rule.signal not in signals_of(record_type):
        raise FieldError(_("没有这种行为，请重新选择"))
    if rule.part is not Part.INTENTION:
        raise FieldError(_("行为只算意向度"))
    numbers = [value.strip() for value in rule.values]
    if rule.operator != RECENT or len(numbers) != 2 or not all(n.isascii() and n.isdecimal() for n in numbers):
        raise FieldError(_("请填次数和天数"))
    least, days = int(numbers[0][:6] or 0), int(numbers[1][:6] or 0)
    if not (1 <= least <= MOST_TIMES and 1 <= days <= MOST_DAYS):
        words = _("次数应为 1 到 %(times)d，天数应为 1 到 %(days)d")
        raise FieldError(words % {"times": MOST_TIMES, "days": MOST_DAYS})
    return Rule(rule.part, rule.of, RECENT, (str(least), str(days)), rule.points)


def operator_of(field: Field, key: str) -> Operator:
    """The operator with this key, else the field's first."""
    operators = field.operators()
    return next((operator for operator in operators if operator.key == key), operators[0])


def words_of(actor: Actor, rule: Rule, fields: dict[str, Field], times: int | None = None) -> str:
    """A rule in words: 所属行业为半导体; 最近 30 天现场跟进至少 1 次. `times`: how often one record has it."""
    if rule.signal:
        return _signal_words(rule, times)
    condition = condition_of(rule, fields)
    if condition is None:
        return _("（已失效的规则：字段不在了）")
    field, operator = condition.field, operator_of(condition.field, rule.operator)
    values = {"field": field.label, "value": _said(actor, condition)}
    if rule.operator == "filled":
        return _("填写了%(field)s") % values
    if rule.operator == "empty":
        return _("没有填写%(field)s") % values
    if rule.operator in ("in", "is", "eq"):
        return _("%(field)s为%(value)s") % values
    if rule.operator in DAYS:
        return _far_off(rule.operator) % values
    return _("%(field)s%(how)s%(value)s") % {**values, "how": operator.label}


def _far_off(operator: str) -> str:
    return {
        "last": _("%(field)s在最近 %(value)s 天内"),
        "next": _("%(field)s在未来 %(value)s 天内"),
        "past": _("%(field)s已过 %(value)s 天"),
    }[operator]


def _said(actor: Actor, condition: Condition) -> str:
    raw = list(condition.raw)
    if isinstance(condition.field, Number):
        raw = [condition.field.text(condition.field.parse_filter(one, actor), actor) for one in raw]
        return " – ".join(raw)
    return (
        " – ".join(raw)
        if condition.operator == "between"
        else condition.field.filter_text(condition.operator, raw, actor)
    )


def _signal_words(rule: Rule, times: int | None) -> str:
    known = SIGNALS.get(rule.signal)
    if known is None:
        return _("（已失效的规则：这种行为不在了）")
    facts = {"what": known.label, "days": rule.days, "times": rule.least if times is None else times}
    return (
        _("最近 %(days)d 天%(what)s至少 %(times)d 次") % facts
        if times is None
        else _("最近 %(days)d 天%(what)s %(times)d 次") % facts
    )
