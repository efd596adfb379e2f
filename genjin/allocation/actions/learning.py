"""Adding up the past of a scheme by fit (S2-42): once a night and when the scheme changes, not for each record."""

from __future__ import annotations

from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.allocation.choosing import seats_of, traits_of
from genjin.allocation.grants import PLACE
from genjin.allocation.models import Past, PastCell, Scheme
from genjin.allocation.queries import past_of, uses_fit
from genjin.allocation.rules.fit import Learnt
from genjin.allocation.rules.modes import SchemeState
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, system
from genjin.kernel.copying import copy_in
from genjin.kernel.fields import Number
from genjin.kernel.jobs import start_job
from genjin.kernel.records import RECORD_TYPES

JOB = "allocation.learn"


@action(
    "allocation.learn",
    on=None,
    needs=PLACE,
    label=gettext_lazy("汇总成交历史"),
    icon="chart-bar",
    silent="sums of records that are there",
    listed=False,
)
def learn(actor: Actor, *, scheme: Annotated[int, Number(key="scheme", label=gettext_lazy("分配方案"))]) -> int:
    """Add up the past of a scheme anew; how many cells it has. None for a scheme that is gone or asks no past."""
    held = Scheme.objects.select_for_update(no_key=True).filter(pk=scheme, state=SchemeState.ON).first()
    if held is None or not uses_fit(held):
        return 0
    now, traits, members = timezone.now(), traits_of(actor, held), [seat.member for seat in seats_of(held)]
    learnt = Learnt(past_of(RECORD_TYPES[held.record_type], traits, members, now), len(traits))
    PastCell.objects.filter(scheme=held).delete()
    cells = [
        PastCell(scheme=held, alike=list(alike), tallies={str(m): [one.count, one.won] for m, one in tallies.items()})
        for alike, tallies in learnt.cells().items()
    ]
    copy_in(PastCell, cells)
    Past.objects.update_or_create(
        scheme=held, defaults={"made_at": now, "traits": [one.key for one in traits], "members": members}
    )
    return len(cells)


def learn_later(scheme: Scheme) -> None:
    """Let a job add it up for a scheme that asks for it. Until then the records themselves are asked."""
    if uses_fit(scheme):
        start_job(system(), JOB, scheme=scheme.pk)
