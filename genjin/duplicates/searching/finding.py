"""Which records fit the rules: every alternative by the condition that finds fewest, the others asked of what it finds.
Nothing here knows who asks (see `telling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from genjin.duplicates.comparing import compared_of, kept
from genjin.duplicates.rules import Compared, Condition, DuplicateRuling, How
from genjin.duplicates.searching.candidates import MOST, exact, ids_alike
from genjin.duplicates.searching.fitting import SURE, fits, together
from genjin.duplicates.searching.given import given_of
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.ownership.models import Owned

Asked = list[tuple[Condition, Compared]]


@dataclass(frozen=True)
class Why:
    """A condition that fits: which field, how, how sure."""

    field: str
    how: How
    percent: int


@dataclass
class Found:
    """A record that fits rules: the surest alternative's reasons, and all rules that it fits."""

    row: Record
    whys: tuple[Why, ...]
    percent: int
    rules: list[DuplicateRuling]


def find(
    record_type: RecordType,
    rules: Sequence[DuplicateRuling],
    values: Mapping[str, Any],
    *,
    besides: int | None = None,
    stamp: int = 0,
) -> list[Found]:
    """Records that fit one of the rules, the surest first. `values`: {field key: value as it is kept or was typed}."""
    compared = compared_of(record_type.key, stamp)
    asked: list[tuple[DuplicateRuling, Asked]] = []
    wanted: set[int] = set()
    for rule in rules:
        for alternative in rule.alternatives:
            conditions = [(c, compared[c.field]) for c in alternative if c.field in compared]
            if conditions and len(conditions) == len(alternative) and all(_given(c, values) for c in conditions):
                asked.append((rule, conditions))
    known: dict[str, list[int]] = {}
    for _rule, conditions in asked:
        wanted |= set(_candidates(record_type.model, conditions, values, known))
    rows = record_type.model._default_manager.exclude(pk=besides or 0)  # rows: `telling` says who is told
    rows = rows.filter(pk__in=sorted(wanted) or [0])
    needed = {"id", "code", "life", "owner", "department", record_type.title}
    needed |= {"pool"} if issubclass(record_type.model, Owned) else set()
    for one in {c.field: c for _rule, conditions in asked for _condition, c in conditions}.values():
        needed |= {one.column.removesuffix("_id"), _attribute(record_type, one).removesuffix("_id")}
        needed |= {record_type.attributes[one.beside]} if one.beside else set()
    return _fitting(record_type, rows.only(*sorted(needed)), asked, values)


def _given(condition: tuple[Condition, Compared], values: Mapping[str, Any]) -> bool:
    return given_of(condition[1], values) not in (None, "", [])


def _candidates(
    model: type[Record], conditions: Asked, values: Mapping[str, Any], known: dict[str, list[int]]
) -> list[int]:
    """Ids by the condition that finds fewest; the others narrow them down where an index can."""
    narrow = Q()
    for condition, compared in conditions:
        if condition.how is How.EXACT:
            one = exact(compared, given_of(compared, values))
            if one is None:
                return []
            narrow &= one
    if narrow:
        rows = model._default_manager.order_by("life", "-id").filter(narrow)  # rows: `telling` says who is told
        return list(rows.values_list("pk", flat=True)[:MOST])
    first, compared = conditions[0]
    if first.field not in known:
        known[first.field] = ids_alike(model, compared, values[first.field])
    return known[first.field]


def _fitting(
    record_type: RecordType,
    rows: Iterable[Record],
    asked: Sequence[tuple[DuplicateRuling, Asked]],
    values: Mapping[str, Any],
) -> list[Found]:
    found: list[Found] = []
    for row in rows:
        best: Found | None = None
        for rule, conditions in asked:
            whys = []
            for condition, compared in conditions:
                key = kept(row, compared)
                stored = key if compared.own else getattr(row, _attribute(record_type, compared))
                percent = fits(compared, condition.how, given_of(compared, values), stored, key)
                if percent:
                    exactly = How.EXACT if percent >= 100 or condition.how is How.EXACT else _how(compared, percent)
                    whys.append(Why(condition.field, exactly, percent))
            if len(whys) == len(conditions):
                best = _better(best, Found(row, tuple(whys), together([why.percent for why in whys]), [rule]))
        if best:
            found.append(best)
    return sorted(found, key=lambda one: (-one.percent, one.row.life, -one.row.pk))


def _attribute(record_type: RecordType, compared: Compared) -> str:
    return compared.column if compared.own else record_type.attributes[compared.field]


def _how(compared: Compared, percent: int) -> How:
    return How.EXACT if percent == SURE[compared.kind] else How.FUZZY


def _better(best: Found | None, other: Found) -> Found:
    if best is None:
        return other
    rules = [*best.rules, *(rule for rule in other.rules if rule not in best.rules)]
    surer = other if other.percent > best.percent else best
    return Found(best.row, surer.whys, surer.percent, rules)
