"""Counting scores, many records at once: a query for the rules about fields, one for each source of signals, one for
who objects. Nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Q, Value, When

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import Field
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.scoring.asking import DAYS, condition_of, known_fields
from genjin.scoring.rules import MOST_DAYS, Rule, Scheme, Score, score
from genjin.scoring.schemes import USED, scheme_at
from genjin.scoring.scored import SCORED, Scored
from genjin.scoring.signals import SIGNALS, sources_of

NOT_HELD = Value(False)
CREATED = "created_at"


@dataclass(frozen=True)
class Reckoned:
    """What a record's score comes to, when it was last dealt with (None: never) and how often each signal was seen."""

    score: Score
    last: datetime | None
    created_at: datetime
    ages: Mapping[str, Sequence[int]]
    quiet: int


def reckon(scored: Scored, scheme: Scheme, ids: Collection[int], now: datetime) -> dict[int, Reckoned]:
    """{id: its score} of those of these records that are scored at all: open ones whose people do not object."""
    if not ids:
        return {}
    asked = _Asked(scored, scheme, replace(system(), stamp=current_stamp()))  # asked once, not by each rule
    rows = asked.rows(ids)
    objecting = scored.objecting(list(rows)) if rows else set()
    left = [row_id for row_id in rows if row_id not in objecting]
    seen = _seen(scored, left, now)
    return {row_id: asked.reckoned(rows[row_id], seen.get(row_id, {}), now) for row_id in left}


def points_now(record_type: str, row_id: int) -> int | None:
    """What one record's score comes to as of now, for who cannot wait for the ledger to be followed; None where it has
    none."""
    actor = replace(system(), stamp=current_stamp())
    if not USED.at(actor.stamp):
        return None
    scored = SCORED[record_type]
    found = reckon(scored, scheme_at(record_type, actor.stamp), [row_id], actor.now()).get(row_id)
    return found.score.total if found else None


class _Asked:
    """The rules of a scheme about fields, as columns of one query."""

    def __init__(self, scored: Scored, scheme: Scheme, actor: Actor) -> None:
        self.scored, self.scheme, self.actor = scored, scheme, actor
        fields = known_fields(scored.key, actor.stamp)
        self.conditions = {f"rule{n}": q for n, rule in enumerate(scheme.rules) if (q := self._q(rule, fields))}
        self.dates = _dates(scheme, fields)
        self.paths = list(dict.fromkeys(field.path for field, _raw in self.dates))

    def _q(self, rule: Rule, fields: dict[str, Field]) -> Q | None:
        condition = None if rule.signal else condition_of(rule, fields)
        try:
            return condition.q(self.actor) if condition else None
        except Refused:
            return None  # an option that is gone: the rule rests

    def rows(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """{id: creation, which rules hold, the dates that rules look at} of the open ones."""
        model = self.scored.record_type.model
        columns = {
            name: Case(When(q, then=Value(True)), default=NOT_HELD, output_field=BooleanField())
            for name, q in self.conditions.items()
        }
        found = model._default_manager.filter(self.scored.open, pk__in=ids).order_by()
        return {row["pk"]: row for row in found.annotate(**columns).values("pk", CREATED, *columns, *self.paths)}

    def reckoned(self, row: Mapping[str, Any], moments: Mapping[str, Sequence[datetime]], now: datetime) -> Reckoned:
        """One record."""
        today = local_day(now)
        ages = {key: sorted(max((today - local_day(at)).days, 0) for at in times) for key, times in moments.items()}
        talked = [at for key, times in moments.items() if SIGNALS[key].interaction for at in times]
        last = max(talked, default=None)
        quiet = max((today - local_day(last or row[CREATED])).days, 0)
        held = [bool(row.get(f"rule{n}")) for n in range(len(self.scheme.rules))]
        found = score(self.scheme, held, ages, quiet, self._boundary(row, today))
        return Reckoned(found, last, row[CREATED], ages, quiet)

    def _boundary(self, row: Mapping[str, Any], today: date) -> int | None:
        """In how many days a date passes a limit of a rule that asks how far off it is."""
        waits = [
            (limit - today).days
            for field, days in self.dates
            if (day := _day(field.loaded(row[field.path]))) is not None
            for limit in _limits(day, days)
            if limit > today
        ]
        return min(waits, default=None)


def _dates(scheme: Scheme, fields: Mapping[str, Field]) -> list[tuple[Field, int]]:
    """(field, days) of the rules that ask how far off a date is."""
    return [
        (fields[rule.of], int(rule.values[0]))
        for rule in scheme.rules
        if rule.operator in DAYS and rule.of in fields and rule.values and rule.values[0].isdecimal()
    ]


def _limits(day: date, days: int) -> Iterable[date]:
    span, one = timedelta(days=days), timedelta(days=1)
    return (day - span, day, day + one, day + span, day + span + one)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return local_day(value)
    return value if isinstance(value, date) else None


def _seen(scored: Scored, ids: Collection[int], now: datetime) -> dict[int, dict[str, list[datetime]]]:
    """{id: {signal: moments}} of the time that counts."""
    found: dict[int, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    since = now - timedelta(days=MOST_DAYS)
    for source in sources_of(scored.key) if ids else ():
        signals = [signal for signal in SIGNALS.values() if signal.source == source.key]
        for moment in source.moments(scored.key, ids, since):
            for signal in signals:
                if signal.counts(moment.seen):
                    found[moment.record_id][signal.key].append(moment.at)
    return found
