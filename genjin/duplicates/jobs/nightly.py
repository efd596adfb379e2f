"""The run over the whole base at the times that the company has set, one type after the other."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone

from genjin.backups.queries import installed_at
from genjin.duplicates.actions.sweeping import begin_sweep, under_way
from genjin.duplicates.grants import SWEEP
from genjin.duplicates.models import Sweep
from genjin.duplicates.nights import plan_at
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import COMPARED, Entry
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.kernel.records import RECORD_TYPES


@periodic("*/5 * * * *", "duplicates.sweep_planned", grants=[SWEEP])
def sweep_planned(actor: Actor) -> None:
    """Begin the next run that is due, when none is under way: of the first type that no run was begun over since the
    planned moment. A killed run goes on as its job does; asked again, nothing is begun twice."""
    plan, now = plan_at(actor.stamp), timezone.now()
    if plan is None or any(under_way(run) for run in Sweep.objects.filter(finished_at=None)):
        return
    begun = dict(Sweep.objects.order_by().values_list("record_type").annotate(Max("begun_at")))
    installed = installed_at()  # what was planned before is not made up for
    for key in COMPARED:
        if key not in RECORD_TYPES or not rules_at(key, Entry.TOOL, actor.stamp):
            continue
        if plan.due(now, begun.get(key, installed)):
            begin_sweep(actor, record_type=key)
            return
