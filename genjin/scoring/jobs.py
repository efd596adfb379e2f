"""What scoring does outside requests: following the ledger, counting what time changes, counting all anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from genjin.customers.record import CONTACT
from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, progress
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.sealing import consumer
from genjin.opportunities.models import Participant
from genjin.scoring.changing.restating import AT_ONCE, begin_sweep, restate, restate_due, sweep_next
from genjin.scoring.grants import WORK
from genjin.scoring.models import Score, Sweep
from genjin.scoring.queries.concerned import of_contacts, of_participants
from genjin.scoring.schemes import SWEEP
from genjin.scoring.scored import SCORED
from genjin.scoring.signals import SOURCES, Concerned

MOST_FOLLOWED = 2_000
"""So many records are counted with the events that concern them; of more, the minute's work counts the rest."""


@consumer("scores")
def follow(events: Sequence[Event]) -> None:
    """Count the records that these events concern anew."""
    links = EventLink.objects.filter(event_id__in=[event.pk for event in events])
    by_type: dict[str, set[int]] = defaultdict(set)
    for row_type, row_id in links.values_list("row_type", "row_id").distinct():
        by_type[row_type].add(row_id)
    concerned = _concerned(by_type)
    now = system().now()
    for key, ids in sorted(concerned.items()):
        ordered = sorted(ids)
        restate(SCORED[key], ordered[:MOST_FOLLOWED], now)
        _put_off(SCORED[key].table, ordered[MOST_FOLLOWED:], now.date())


def _concerned(by_type: dict[str, set[int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for key in SCORED:
        if key in by_type:
            found[key] |= by_type[key]
    for row_type, concerns in _routes():
        if row_type in by_type:
            for key, row_id in concerns(by_type[row_type]):
                found[key].add(row_id)
    return found


def _routes() -> Iterable[tuple[str, Concerned]]:
    for source in SOURCES.values():
        yield from source.records.items()
    yield Participant.row_type, of_participants
    yield CONTACT.key, of_contacts


def _put_off(table: type[Score], ids: Sequence[int], day: Any) -> None:
    for start in range(0, len(ids), AT_ONCE):
        table._default_manager.filter(pk__in=ids[start : start + AT_ONCE]).update(due_on=day)


@periodic("* * * * *", "scoring.count", grants=[WORK])
def count_due(actor: Actor) -> None:
    """What is due today: what cools, what is too long ago, what many events concern; and what a count of all that lost
    its worker has left. Each batch is kept, so that an interrupted night goes on where it was."""
    now = actor.now()
    for scored in SCORED.values():
        while restate_due(scored, now) == AT_ONCE:
            pass
        while sweep_next(scored, now) is not None:
            pass


@job(SWEEP, title=gettext_lazy("重算评分"), grants=[WORK])
def sweep(actor: Actor, job_id: int, *, record_type: str) -> dict[str, Any]:
    """Count all records of a type. Run again, or by the minute's work, it goes on where it was."""
    if record_type not in SCORED:
        return {}
    scored = SCORED[record_type]
    total = scored.table._default_manager.count()
    if not Sweep.objects.filter(record_type=record_type).exists():
        begin_sweep(scored)
    done, last = sweep_next(scored, actor.now()), 0
    while done is not None:
        last = done
        progress(job_id, done, total)
        done = sweep_next(scored, actor.now())
    return {"rows": last}
