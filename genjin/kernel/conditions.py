"""Conditions over the values of one record: when a field is shown, when it must be filled in. Pure functions.

Every rule must hold. As JSON: `[["category", "in", ["key"]], ["amount", "gte", [100000]]]`, also for the browser.
Not here: filters of lists (`kernel.lists`), which are questions to the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

OPERATORS = ("in", "not", "filled", "empty", "gte", "lte")


class Nothing:
    """What counts as no value, asked with `in`. Nought is a value, though it equals False."""

    def __contains__(self, value: object) -> bool:
        return value is None or value is False or value == "" or value == []


NOTHING = Nothing()


@dataclass(frozen=True)
class Rule:
    """One rule: the key of a field, one of OPERATORS, the values it compares with (as JSON keeps them)."""

    key: str
    operator: str
    values: tuple[Any, ...] = ()

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds for these values ({field key: stored value, its JSON form or what a form sent})."""
        value = values.get(self.key)
        if self.operator in ("filled", "empty"):
            return (value in NOTHING) == (self.operator == "empty")
        if self.operator in ("in", "not"):
            mine = {_said(one) for one in (value if isinstance(value, list | tuple) else [value])}
            return bool(mine & {_said(one) for one in self.values}) == (self.operator == "in")
        return self._compared(value)

    def _compared(self, value: Any) -> bool:
        if value in NOTHING or not self.values:
            return False
        mine, other = _ordered(value), _ordered(self.values[0])
        if isinstance(mine, Decimal) and isinstance(other, Decimal):
            return mine >= other if self.operator == "gte" else mine <= other
        if isinstance(mine, str) and isinstance(other, str):
            return mine >= other if self.operator == "gte" else mine <= other
        return False


@dataclass(frozen=True)
class When:
    """Rules that must all hold; without rules it always holds."""

    rules: tuple[Rule, ...] = ()

    def __call__(self, values: Mapping[str, Any]) -> bool:
        """Whether all rules hold for these values."""
        return all(rule.holds(values) for rule in self.rules)

    def to_json(self) -> list[list[Any]]:
        """As it is kept and sent to the browser."""
        return [[rule.key, rule.operator, list(rule.values)] for rule in self.rules]

    @property
    def keys(self) -> set[str]:
        """The fields it asks about."""
        return {rule.key for rule in self.rules}

    @classmethod
    def read(cls, given: Any) -> When | None:
        """From JSON; None for nothing. Raises ValueError for what is no condition."""
        if not given:
            return None
        rules = []
        for row in given:
            if not isinstance(row, list | tuple) or len(row) != 3 or row[1] not in OPERATORS:
                raise ValueError("a rule is [field key, operator, values]")
            rules.append(Rule(str(row[0]), str(row[1]), tuple(row[2] or ())))
        return cls(tuple(rules))


def _said(value: Any) -> str:
    """Values as one compares what a form sent with what is stored: yes is 1."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _ordered(value: Any) -> Decimal | str:
    if isinstance(value, date):
        return value.isoformat()
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return str(value)
