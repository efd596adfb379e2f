"""Reads of duplicates: the rules in force, groups that a run over the base found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from genjin.duplicates.comparing import compared_of
from genjin.duplicates.models import DuplicateGroup, DuplicateRule, Sweep
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
from genjin.kernel.fields.base import Access
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import Stamped
from genjin.kernel.titles import titles_of


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
    known = compared_of(row.record_type, 0)
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


PER_PAGE, AHEAD, LONGEST_ID = 20, 4, 18


@dataclass(frozen=True)
class SeenGroup:
    """A group as somebody sees it: only the records that he sees, two at least, and reasons about fields that he may
    know of, one at least."""

    pk: int
    record_type: str
    percent: int
    whys: list[str]
    stale: bool
    titles: dict[int, str] = field(default_factory=dict)


def sweep_of(record_type: str) -> Sweep | None:
    """The newest run over a type."""
    return Sweep.objects.filter(record_type=record_type).order_by("-id").first()


def job_of(run: Sweep) -> JobProgress | None:
    """How far a run is."""
    return JobProgress.objects.filter(pk=run.job_id or 0).first()


def place_of(text: str) -> tuple[int, int] | None:
    """Where a page begins, from what `groups_of` gave; None for anything else."""
    percent, _dot, group_id = text.partition(".")
    sound = all(part.isascii() and part.isdecimal() and len(part) < LONGEST_ID for part in (percent, group_id))
    return (int(percent), int(group_id)) if sound else None


def groups_of(
    actor: Actor, record_type: str, after: tuple[int, int] | None, most: int = PER_PAGE
) -> tuple[list[SeenGroup], str]:
    """(a page of groups of which the actor sees two records or more, the surest first; where the next page begins, ""
    for none). A page may be short where he sees few."""
    rows = DuplicateGroup.objects.filter(record_type=record_type, settled=False).order_by("-percent", "id")
    if after:
        percent, group_id = after
        rows = rows.filter(percent__lte=percent).exclude(percent=percent, id__lte=group_id)
    part = list(rows[: most * AHEAD])
    found: list[SeenGroup] = []
    for row, seen in zip(part, _seen(actor, record_type, part), strict=True):
        found += [seen] if seen else []
        if len(found) == most:
            return found, f"{row.percent}.{row.pk}" if row is not part[-1] else ""
    return found, f"{part[-1].percent}.{part[-1].pk}" if len(part) == most * AHEAD else ""


def group_for(actor: Actor, group_id: int) -> SeenGroup:
    """A group of which the actor sees two records or more. Raises NotFound."""
    rows = list(DuplicateGroup.objects.filter(pk=group_id, settled=False))
    seen = _seen(actor, rows[0].record_type, rows)[0] if rows else None
    if seen is None:
        raise NotFound
    return seen


def _seen(actor: Actor, record_type: str, rows: list[DuplicateGroup]) -> list[SeenGroup | None]:
    """Each as the actor sees it; None where that is less than two records, or nothing that he may know of is equal."""
    declared = RECORD_TYPES.get(record_type)
    if declared is None:
        return [None for _row in rows]
    titles = titles_of(actor, record_type, [row_id for row in rows for row_id in row.members])
    there: Any = declared.model._default_manager.order_by().filter(pk__in=list(titles), life__lt=Life.VOIDED)
    live = set(there.values_list("pk", flat=True))
    access = declared.seen_by(actor).accesses
    found: list[SeenGroup | None] = []
    for row in rows:
        whys = [why for why in row.whys if all(access.get(key) is not Access.HIDDEN for key in _fields_in(why))]
        kept = {row_id: titles[row_id] for row_id in row.members if row_id in titles and row_id in live}
        seen = SeenGroup(row.pk, row.record_type, row.percent, whys, row.stale, kept)
        found.append(seen if len(kept) > 1 and whys else None)
    return found


def _fields_in(why: str) -> list[str]:
    return [part.partition(":")[0] for part in why.split("+")]
