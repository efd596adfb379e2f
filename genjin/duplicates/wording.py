"""A rule in words, and an example of it computed on the company's own records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from genjin.duplicates.comparing import compared_of
from genjin.duplicates.rules import (
    COMPARED,
    EFFECT_WORDS,
    ENTRY_WORDS,
    SHOWN,
    TOLD_WORDS,
    Condition,
    DuplicateRuling,
    Effect,
    How,
    Kind,
    Told,
)
from genjin.duplicates.searching.finding import Found, find
from genjin.duplicates.telling import labelled, why_words
from genjin.kernel.actor import Actor
from genjin.kernel.company_names import read_company
from genjin.kernel.doors import visible_to
from genjin.kernel.editing import get_value
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType
from genjin.kernel.sights import in_force
from genjin.kernel.wording import listed

SAMPLE = 40


def condition_words(record_type: RecordType, condition: Condition) -> str:
    """客户名称相近."""
    label = labelled(record_type, condition.field)
    form = _("%(field)s相同") if condition.how is How.EXACT else _("%(field)s相近")
    return form % {"field": label}


def rule_words(record_type: RecordType, rule: DuplicateRuling) -> str:
    """统一社会信用代码相同，或 客户名称相近，或 电话相同."""
    groups = [
        pgettext("between conditions", " 且 ").join(condition_words(record_type, each) for each in alternative)
        for alternative in rule.alternatives
    ]
    return pgettext("between alternatives", "，或 ").join(groups)


def kept_words(record_type: RecordType, kept: str) -> str:
    """The same of what a run keeps of a pair: name:fuzzy+region:exact."""
    parts = [part.partition(":") for part in kept.split("+")]
    return "、".join(
        condition_words(record_type, Condition(key, How(how))) for key, _colon, how in parts if how in set(How)
    )


def effect_words(rule: DuplicateRuling) -> list[tuple[Effect, str, str]]:
    """[(effect, its words, where it holds)], the strictest first."""
    where = {
        effect: [str(words) for entry, words in ENTRY_WORDS.items() if rule.at(entry) is effect] for effect in Effect
    }
    return [(effect, str(EFFECT_WORDS[effect]), listed(where[effect])) for effect in reversed(Effect) if where[effect]]


def told_words(rule: DuplicateRuling) -> str:
    """What those hear who may not see the record."""
    words = str(TOLD_WORDS[rule.told])
    shown = [str(SHOWN[key]) for key in rule.shown if key in SHOWN]
    if rule.told is Told.EXISTS and shown:
        return _("%(words)s；同时显示%(fields)s") % {"words": words, "fields": listed(shown)}
    return words


@dataclass(frozen=True)
class Example:
    """A record of the company, what somebody might enter, and why the rule would find it; `pair`: both are records."""

    entered: str
    title: str
    words: str
    pair: bool


def example_of(actor: Actor, record_type: RecordType, rule: DuplicateRuling) -> Example | None:
    """Two records of the newest that the rule takes for one; else what it would find when the newest were entered in
    another writing. None where there are no records yet."""
    rows = visible_to(actor, record_type.model).filter(life=Life.LIVE).order_by("-id")[:SAMPLE]
    newest = list(rows)
    for row in newest:
        found = _seen(actor, record_type, _find(actor, record_type, rule, _values(actor, record_type, row), row.pk))
        if found:
            return Example(
                _title(record_type, row), _title(record_type, found.row), _why(record_type, found), pair=True
            )
    for row in newest:
        values = _rewritten(record_type, _values(actor, record_type, row))
        found = next((one for one in _find(actor, record_type, rule, values) if one.row.pk == row.pk), None)
        if found:
            entered = str(values.get(record_type.title) or "") if "name" in [w.field for w in found.whys] else ""
            said = entered or str(values.get(found.whys[0].field) or "")
            return Example(said, _title(record_type, row), _why(record_type, found), pair=False)
    return None


def _seen(actor: Actor, record_type: RecordType, found: list[Found]) -> Found | None:
    ids = [one.row.pk for one in found]
    seen = set(visible_to(actor, record_type.model).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return next((one for one in found if one.row.pk in seen), None)


def _find(
    actor: Actor, record_type: RecordType, rule: DuplicateRuling, values: Mapping[str, Any], besides: int | None = None
) -> list[Found]:
    return find(record_type, [rule], values, besides=besides, stamp=actor.stamp)


def _values(actor: Actor, record_type: RecordType, row: Record) -> dict[str, Any]:
    fields = in_force(record_type, actor.stamp).own_fields
    known = compared_of(record_type.key, actor.stamp)
    keys = dict.fromkeys(key for one in known.values() for key in (one.field, one.beside))
    return {key: get_value(row, fields[key]) for key in keys if key in fields}


def _rewritten(record_type: RecordType, values: dict[str, Any]) -> dict[str, Any]:
    """A company as people call it: without its place and legal form."""
    for key, one in COMPARED[record_type.key].items():
        if one.kind is Kind.COMPANY and values.get(key):
            rest = read_company(values[key]).rest
            values = values | {key: rest if len(rest) > 2 else values[key]}
    return values


def _title(record_type: RecordType, row: Record) -> str:
    return str(getattr(row, record_type.title) or row.code)


def _why(record_type: RecordType, found: Found) -> str:
    return listed([why_words(record_type, why) for why in found.whys])
