"""Equal records that came together below a merged one (two contacts with the same number) are merged along (B3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType, belonging_to
from genjin.merging.models import Merge
from genjin.merging.queries.equals import MOST_GROUPS, groups_of
from genjin.merging.reach import MERGEABLE

Step = Callable[..., Merge]


def merge_equals(actor: Actor, record_type: RecordType, master: Record, merge: Merge, step: Step) -> None:
    """Merge the equal ones below the master, those of which the actor may merge all; the first MOST_GROUPS groups."""
    for below, rows in _groups(actor, record_type, master):
        step(actor, below, rows, choices={}, reason=merge.reason, within=merge)


def _groups(actor: Actor, record_type: RecordType, master: Record) -> Iterator[tuple[RecordType, list[Any]]]:
    for below, link in belonging_to(record_type.key):
        grant = below.grant("merge")
        if below.key not in MERGEABLE or not actor.may(grant):
            continue
        scope = actor.demand(grant)
        for ids in groups_of(below, link.column, [master.pk])[:MOST_GROUPS]:
            rows = below.model._default_manager.filter(Q(pk__in=ids), life=Life.LIVE).order_by("pk")
            locked = {row.pk: row for row in rows.select_for_update(of=("self",))}
            if len(locked) == len(ids) and all(scope.holds(r.owner_id, r.department_id) for r in locked.values()):
                yield below, [locked[pk] for pk in ids]
