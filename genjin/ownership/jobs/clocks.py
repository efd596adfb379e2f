"""Keeping the moments at which records fall (P5): soon after something happened to a record, and for whole types after
a rule, a pool or a membership changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, progress, start_job
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.ownership.actions.recycling import set_clocks
from genjin.ownership.queries.falling import misclocked, stretches
from genjin.ownership.standing import pooled_types

JOB = "ownership.restate_clocks"
CHUNK, AT_ONCE = 50_000, 1_000
"""So many rows are looked through at once; so many are written at once, because whoever saves one of them waits."""
CLOCK = "ownership.clock"
RULES = ("pools.", "members.", "departments.", "roles.", "fields.", "capacities.")
"""Actions by whose kind whole types may fall otherwise than before."""
OWN = frozenset({"ownership.recycle"})


@consumer("ownership_clocks")
def keep_clocks(events: Sequence[Event]) -> None:
    """What happened to records moves the moment at which they fall; what happened to rules moves it for all."""
    if any(event.action.startswith(RULES) for event in events):
        restate_later()
    wanted = [event.pk for event in events if event.action not in OWN]
    keys = {record_type.key for record_type in pooled_types()}
    links = EventLink.objects.filter(event_id__in=wanted, row_type__in=keys)
    by_type: defaultdict[str, set[int]] = defaultdict(set)
    for row_type, row_id in links.values_list("row_type", "row_id"):
        by_type[row_type].add(row_id)
    for key, ids in by_type.items():
        set_clocks(system(CLOCK), record_type=RECORD_TYPES[key], ids=sorted(ids))


def restate_later() -> None:
    """Have all types worked out anew, once however many changes ask for it."""
    waiting = JobProgress.objects.filter(name=JOB, state=JobProgress.State.WAITING, finished_at=None)
    if pooled_types() and not waiting.exists():
        start_job(system(), JOB)


@job(JOB, title=gettext_lazy("重算掉入公海的时间"), grants=[CLOCK])
def restate_clocks(actor: Actor, job_id: int) -> None:
    """Every record of every type that may lie in pools. Run again it changes nothing more."""
    for done, total in restate(actor):
        progress(job_id, done, total)


def restate(actor: Actor) -> Iterator[tuple[int, int]]:
    """Work out all types, some rows after the other; after each stretch how far it is. What is right already is only
    read."""
    parts = [(declared, part) for declared in pooled_types() for part in stretches(declared, CHUNK)]
    for done, (record_type, part) in enumerate(parts, 1):
        wrong = misclocked(record_type, part)
        for start in range(0, len(wrong), AT_ONCE):
            set_clocks(actor, record_type=record_type, ids=wrong[start : start + AT_ONCE])
        yield done, len(parts)
