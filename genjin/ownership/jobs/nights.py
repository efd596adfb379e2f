"""The night (P8): at 02:00 of the company what is due falls, in steps that stand for themselves; in the morning owners
are told what will fall (P7).

What is due is worked out by the rules as they are in that night, never read from the moments that are kept for lists:
after a change of rules those are set right in the background, and no night waits for that."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.notices import Told, notify_each
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.ownership.actions.recycling import recycle
from genjin.ownership.jobs.clocks import CHUNK, CLOCK, restate
from genjin.ownership.models import Pool
from genjin.ownership.queries.falling import Due, due_in, falls_on, stretches
from genjin.ownership.rules import company_zone
from genjin.ownership.rulings import ruling_of
from genjin.ownership.standing import pooled_types

JOB = "ownership.recycle_night"
GRANTS = (CLOCK, "ownership.recycle")
AHEAD = 20_000
"""So many that are due are sorted by pool and reason at once, so that few of them are written alone."""
STEP = 500
NIGHT, MORNING = 2, 8
NOTED = 100
logger = logging.getLogger(__name__)


@dataclass
class Fallen:
    """What a run came to: how many fell, and which records could not (they are tried again the next night)."""

    count: int = 0
    failed: list[int] = field(default_factory=list)


@periodic("0 * * * *", "ownership.hourly", grants=GRANTS)
def hourly(actor: Actor) -> None:
    """The night's and the morning's work at their hours of the company."""
    del actor
    at_hour(timezone.now())


def at_hour(now: datetime) -> None:
    """What is done in the hour of a moment."""
    local = now.astimezone(company_zone())
    if local.hour == NIGHT and pooled_types():
        start_job(system(), JOB, moment=now.isoformat())
    elif local.hour == MORNING:
        remind(now)


@job(JOB, title=gettext_lazy("到期记录掉入公海"), grants=GRANTS)
def recycle_night(actor: Actor, job_id: int, *, moment: str) -> dict[str, Any]:
    """Let fall what is due, then set right what is kept of all moments. Killed anywhere and run again it comes to the
    same."""
    fallen = Fallen()
    for record_type in pooled_types():
        for _step in fall(actor, record_type, datetime.fromisoformat(moment), fallen):
            progress(job_id, fallen.count)
    for done, total in restate(actor):
        progress(job_id, done, total)
    return {"fallen": fallen.count, "failed": fallen.failed[:NOTED]}


def fall(actor: Actor, record_type: RecordType, moment: datetime, fallen: Fallen) -> Iterator[None]:
    """Let what is due fall, some hundreds at a time, those of one pool and reason together. One that cannot fall is
    passed over and holds up no other."""
    due: list[Due] = []
    for stretch in [] if ruling_of(record_type).idle else stretches(record_type, CHUNK):
        due += due_in(record_type, stretch, moment)
        if len(due) >= AHEAD:
            yield from _fall_by_groups(actor, record_type, due, moment, fallen)
            due = []
    yield from _fall_by_groups(actor, record_type, due, moment, fallen)


def _fall_by_groups(
    actor: Actor, record_type: RecordType, due: Sequence[Due], moment: datetime, fallen: Fallen
) -> Iterator[None]:
    groups: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for each in due:
        groups[each.pool_id, each.words].append(each.id)
    pools = {pool.pk: pool for pool in ruling_of(record_type).pools}
    for (pool_id, words), ids in groups.items():
        for start in range(0, len(ids) if pool_id in pools else 0, STEP):
            step = ids[start : start + STEP]
            _fall_together(actor, record_type, step, pools[pool_id], words, moment, fallen)
            yield


def _fall_together(
    actor: Actor, record_type: RecordType, ids: Sequence[int], pool: Pool, reason: str, moment: datetime, fallen: Fallen
) -> None:
    try:
        fallen.count += recycle(actor, record_type=record_type, ids=ids, pool=pool, reason=reason, moment=moment)
    except (Refused, DatabaseError, ValueError, RuntimeError):
        logger.exception("some of %d records of %s cannot fall together", len(ids), record_type.key)
        if len(ids) == 1:
            fallen.failed.append(ids[0])
            return
        for row_id in ids:
            _fall_together(actor, record_type, [row_id], pool, reason, moment, fallen)


def remind(now: datetime) -> None:
    """Tell owners what falls in so many days (P7): one message per member, pool and day, however often it runs."""
    today = now.astimezone(company_zone()).date()
    for record_type in pooled_types():
        pools = {pool.pk: pool for pool in ruling_of(record_type).recycling}
        for days in sorted({days for pool in pools.values() for days in pool.remind_days}):
            falling = falls_on(record_type, today + timedelta(days=days))
            notify_each(
                Told(
                    member_id=owner_id,
                    kind="falling",
                    once=f"falling:{record_type.key}:{pool_id}:{today}:{days}",
                    note={"record_type": record_type.key, "pool": pools[pool_id].name, "count": count, "days": days},
                )
                for owner_id, pool_id, count in falling
                if pool_id in pools and days in pools[pool_id].remind_days
            )
