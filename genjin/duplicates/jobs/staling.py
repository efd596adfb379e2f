"""Groups of a run over the base grow stale when one of their records changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Min

from genjin.duplicates.models import DuplicateGroup, Sweep
from genjin.duplicates.rules import COMPARED
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.sealing import consumer

AT_ONCE = 500


@consumer("duplicates_staling")
def grow_stale(events: Sequence[Event]) -> None:
    """New records are in no group yet; they are compared when they are made, and in the next run."""
    begun = Sweep.objects.filter(finished_at__isnull=False).aggregate(first=Min("begun_at"))["first"]
    since = [event.pk for event in events if begun and event.at > begun]
    if not since:
        return
    links = EventLink.objects.filter(event_id__in=since, row_type__in=list(COMPARED))
    ids = sorted(set(links.filter(row_version__gt=1).values_list("row_id", flat=True)))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        DuplicateGroup.objects.filter(stale=False, settled=False, members__overlap=part).update(stale=True)
