"""Reads of duplicates: the rules in force, and one rule by its id."""

from __future__ import annotations

from genjin.duplicates.models import DuplicateRule
from genjin.duplicates.rules import (
    COMPARED,
    PRESETS,
    Condition,
    DuplicateRuling,
    Effect,
    Entry,
    How,
    Told,
)
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import Stamped


def rules_of(record_type: str, stamp: int) -> tuple[DuplicateRuling, ...]:
    """All rules of a type, also those that are off; the declared ones first, as the company changed them."""
    return _RULES.at(stamp).get(record_type, ())


def rules_at(record_type: str, entry: Entry, stamp: int) -> list[DuplicateRuling]:
    """The rules that do something at an entry."""
    return [rule for rule in rules_of(record_type, stamp) if rule.at(entry) is not Effect.OFF]


def conditions_at(record_type: str, entry: Entry, stamp: int) -> frozenset[Condition]:
    """Everything that is asked of a record at an entry."""
    rules = rules_at(record_type, entry, stamp)
    return frozenset(each for rule in rules for alternative in rule.alternatives for each in alternative)


def rule_for(actor: Actor, rule_id: int) -> DuplicateRule:
    """A stored rule. Raises NotFound."""
    row = DuplicateRule.objects.filter(pk=rule_id).first()
    if row is None:
        raise NotFound
    return row


def preset_of(record_type: str, preset: str) -> DuplicateRuling:
    """A declared rule as it is in force. Raises NotFound."""
    found = (rule for rule in _RULES.now().get(record_type, ()) if rule.preset == preset and preset)
    rule = next(found, None)
    if rule is None:
        raise NotFound
    return rule


def ruling(row: DuplicateRule) -> DuplicateRuling:
    """A row as a rule. What it asks of fields that are not compared any more is left out."""
    known = COMPARED.get(row.record_type, {})
    alternatives = tuple(
        tuple(Condition(each["field"], How(each["how"])) for each in alternative)
        for alternative in row.alternatives
        if alternative and all(each["field"] in known for each in alternative)
    )
    return DuplicateRuling(
        record_type=row.record_type,
        preset=row.preset,
        id=row.pk or 0,
        name=row.name,
        alternatives=alternatives,
        effects={Entry(entry): Effect(effect) for entry, effect in row.effects.items()},
        told=Told(row.told),
        shown=tuple(row.shown),
        on=row.on,
    )


def _load() -> dict[str, tuple[DuplicateRuling, ...]]:
    kept = [ruling(row) for row in DuplicateRule.objects.order_by("id")]
    changed = {(rule.record_type, rule.preset): rule for rule in kept if rule.preset}
    return {
        key: (
            *(changed.get((key, preset.preset), preset) for preset in PRESETS.get(key, ())),
            *(rule for rule in kept if rule.record_type == key and not rule.preset),
        )
        for key in COMPARED
    }


_RULES: Stamped[dict[str, tuple[DuplicateRuling, ...]]] = Stamped(_load)
