"""What forms do outside requests: submissions become leads, what was left lying is tried again, what is old goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic
from genjin.leadforms.actions.landing import forget, give_up, land
from genjin.leadforms.actions.receiving import LANDING
from genjin.leadforms.grants import RECEIVE
from genjin.leadforms.queries import waiting

AT_ONCE = 200
LEFT_LYING, TOO_LONG = timedelta(minutes=5), timedelta(hours=1)


@job(LANDING, title=gettext_lazy("表单提交入库"), grants=[RECEIVE])
def land_one(actor: Actor, job_id: int, *, submission: int) -> dict[str, Any]:  # noqa: ARG001 - as for all jobs
    """One submission; run again, it does nothing more."""
    row = land(actor, submission=submission)
    return {"state": row.state if row else ""}


@periodic("*/5 * * * *", "leadforms.sweep", grants=[RECEIVE])
def sweep(actor: Actor) -> None:
    """What a job that broke off left lying; after an hour somebody is asked."""
    now = timezone.now()
    for each in waiting(now - TOO_LONG, AT_ONCE):
        give_up(actor, submission=each)
    for each in waiting(now - LEFT_LYING, AT_ONCE):
        land(actor, submission=each)


@periodic("50 18 * * *", "leadforms.forget", grants=[RECEIVE])
def forget_old(actor: Actor) -> None:
    """Nightly."""
    forget(actor)
