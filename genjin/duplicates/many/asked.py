"""What rules ask at an entry: each alternative once, with the rules that have it. No queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from genjin.duplicates.comparing import compared_of
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import Compared, Condition, DuplicateRuling, Effect, Entry, How, Kind, Told
from genjin.duplicates.searching.candidates import normal_forms
from genjin.duplicates.searching.given import given_of
from genjin.kernel.records import RecordType

Narrow = Callable[["Alternative"], "Alternative | None"]


@dataclass(frozen=True, eq=False)
class Alternative:
    """Conditions that hold together, and the rules that ask for them at `entry`."""

    place: int
    entry: Entry
    conditions: tuple[tuple[Condition, Compared], ...]
    rules: tuple[DuplicateRuling, ...]

    @cached_property
    def key(self) -> str:
        """name:fuzzy+region:exact."""
        return "+".join(f"{condition.field}:{condition.how}" for condition, _compared in self.conditions)

    @property
    def compared(self) -> tuple[Compared, ...]:
        """What is compared."""
        return tuple(compared for _condition, compared in self.conditions)

    @property
    def named(self) -> Compared | None:
        """The name that may be alike without being equal, if one is asked about."""
        loose = (c for condition, c in self.conditions if condition.how is How.FUZZY and c.kind is Kind.COMPANY)
        return next(loose, None)

    @property
    def tells(self) -> bool:
        """Whether those hear of it who may not see the record."""
        return any(rule.told is Told.EXISTS for rule in self.rules)

    def blocks(self, *, seen: bool) -> bool:
        """Whether it forbids; of a record out of sight only by rules that tell of it."""
        counted = self.rules if seen else [rule for rule in self.rules if rule.told is Told.EXISTS]
        return any(rule.at(self.entry) is Effect.BLOCK for rule in counted)

    def only(self, kind: Kind, how: How) -> bool:
        """Whether this is all that is asked."""
        return [(condition.how, c.kind) for condition, c in self.conditions] == [(how, kind)]


def alternatives_at(
    record_type: RecordType, entry: Entry, stamp: int, narrow: Narrow = lambda each: each
) -> tuple[Alternative, ...]:
    """All alternatives of a type's rules at an entry, made narrower or left out (None) where they forbid nothing."""
    known = compared_of(record_type.key, stamp)
    held: dict[tuple[Condition, ...], list[DuplicateRuling]] = {}
    for rule in rules_at(record_type.key, entry, stamp):
        for alternative in rule.alternatives:
            if alternative and all(condition.field in known for condition in alternative):
                held.setdefault(alternative, []).append(rule)
    found: list[Alternative] = []
    for conditions, rules in held.items():
        asked = tuple((condition, known[condition.field]) for condition in conditions)
        each = Alternative(len(found), entry, asked, tuple(rules))
        kept = each if each.blocks(seen=True) else narrow(each)
        found += [kept] if kept else []
    return tuple(found)


def compared_in(alternatives: Sequence[Alternative]) -> tuple[Compared, ...]:
    """Everything that is compared, each once."""
    return tuple({c.field: c for each in alternatives for c in each.compared}.values())


def keys_of(compared: Sequence[Compared], values: Mapping[str, Any]) -> dict[str, Any]:
    """{field: its normal form} of a record's values, as the database compares them; without what says nothing."""
    found: dict[str, Any] = {}
    for each in compared:
        forms = normal_forms(each, given_of(each, values), How.EXACT)
        if forms:
            found[each.field] = forms[0]
    return found
