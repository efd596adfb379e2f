"""Writing what scores come to: of some records, of those whose day has come, of all of a type. In batches, each a
transaction; only rows that become others are written, by one statement for a batch.

What follows from records moves neither their version nor the time of their last change, and writes no event (as 0016
says of formulas).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from genjin.customers.rhythm import local_day
from genjin.kernel.stamps import current_stamp
from genjin.kernel.updating import update_each
from genjin.scoring.models import Score, Sweep
from genjin.scoring.queries.reckoning import Reckoned, reckon
from genjin.scoring.schemes import USED, scheme_at
from genjin.scoring.scored import Scored

AT_ONCE = 1_000
COLUMNS = ("total", "match", "intention", "due_on")


def restate(scored: Scored, ids: Collection[int], now: datetime) -> int:
    """Count the scores of these records; how many rows became others. Rows that somebody else is counting wait."""
    rows = list(scored.table._default_manager.select_for_update().filter(pk__in=ids).order_by("pk"))
    return _restate(scored, rows, now)


def restate_due(scored: Scored, now: datetime, most: int = AT_ONCE) -> int:
    """Count those whose day has come; how many were looked at. What somebody else is counting is left to him."""
    with transaction.atomic():
        due = scored.table._default_manager.filter(due_on__lte=local_day(now)).order_by("due_on", "pk")
        rows = list(due.select_for_update(skip_locked=True)[:most])
        _restate(scored, rows, now)
    return len(rows)


def begin_sweep(scored: Scored) -> None:
    """All scores of a type are to be counted anew, from the first."""
    Sweep.objects.update_or_create(record_type=scored.key, defaults={"after": 0, "done": 0})


def sweep_next(scored: Scored, now: datetime, most: int = AT_ONCE) -> int | None:
    """The next records of a count of all; how many are done, None when it is over (or another worker is at it)."""
    with transaction.atomic():
        sweep = Sweep.objects.select_for_update(skip_locked=True).filter(record_type=scored.key).first()
        if sweep is None:
            return None
        rows = list(scored.table._default_manager.select_for_update().filter(pk__gt=sweep.after).order_by("pk")[:most])
        if not rows:
            sweep.delete()
            return None
        _restate(scored, rows, now)
        sweep.after, sweep.done = rows[-1].pk, sweep.done + len(rows)
        sweep.save()
    return sweep.done


def _restate(scored: Scored, rows: Collection[Score], now: datetime) -> int:
    stamp = current_stamp()
    found: dict[int, Reckoned] = {}
    if USED.at(stamp):
        found = reckon(scored, scheme_at(scored.key, stamp), [row.pk for row in rows], now)
    changed = []
    for row in rows:
        told = _told(found.get(row.pk), local_day(now))
        if told != (row.total, row.match, row.intention, row.due_on):
            row.total, row.match, row.intention, row.due_on = told
            changed.append(row)
    update_each(changed, COLUMNS)
    return len(changed)


def _told(reckoned: Reckoned | None, today: date) -> tuple[int | None, int | None, int | None, date | None]:
    if reckoned is None:
        return None, None, None, None
    score = reckoned.score
    due = None if score.changes_in is None else today + timedelta(days=score.changes_in)
    return score.total, score.match, score.intention, due
