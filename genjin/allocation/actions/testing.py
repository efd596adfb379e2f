"""Starting a back-test: what the ways of choosing would have come to. Small ones at once, large ones as a job."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.allocation.choosing import seats_of, traits_of
from genjin.allocation.grants import MANAGE
from genjin.allocation.models import BackTest, Scheme
from genjin.allocation.queries import YOUNG_DAYS, past_rows, scheme_for
from genjin.allocation.rules.backtest import Case, compare
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import note_event
from genjin.kernel.records import RECORD_TYPES

JOB = "allocation.test"
AT_ONCE = 1_000
MOST = 20_000


@action("allocation.test", on=Scheme, needs=MANAGE, label=gettext_lazy("回测分配方式"), icon="chart-bar", listed=False)
def start_test(actor: Actor, scheme_id: int) -> Scheme:
    """Compare the ways of choosing for a scheme's people on the records of two years. Raises NotFound."""
    scheme = scheme_for(actor, scheme_id)
    test = BackTest(record_type=scheme.record_type, scheme=scheme, by_id=actor.member_id)
    cases = cases_of(actor, scheme, AT_ONCE + 1)
    if len(cases) <= AT_ONCE:
        test.result = compared(actor, scheme, cases)
        test.save()
    else:
        test.save()
        test.job_id = start_job(actor, JOB, test=test.pk).pk
        test.save()
    note_event(actor, scheme=scheme.pk)
    return scheme


def cases_of(actor: Actor, scheme: Scheme, most: int) -> list[Case]:
    """The newest records that tell something, as cases."""
    record_type, traits = RECORD_TYPES[scheme.record_type], traits_of(actor, scheme)
    rows = past_rows(record_type, traits, actor.now(), most)
    return [
        Case(created.date(), tuple(str(value or "") for value in values), seller, won_on)
        for _id, created, *values, seller, won_on in rows
    ]


def compared(actor: Actor, scheme: Scheme, cases: list[Case]) -> dict[str, object]:
    """What the cases come to for a scheme's people."""
    weights = {seat.member: seat.weight for seat in seats_of(scheme)}
    traits = len(traits_of(actor, scheme))
    return compare(cases, weights, traits=traits, least=scheme.least, young=YOUNG_DAYS)
