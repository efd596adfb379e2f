"""The job that plans birthdays and holidays, and the reader of events that takes back what is unwanted (B7, B19).

It is asked every hour and finds nothing to do except once a day: what was planned stays planned, so that being killed,
repeated or late changes nothing, and a birthday entered this morning is not missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, start_job
from genjin.kernel.models.events import Event, EventPayload
from genjin.kernel.sealing import consumer
from genjin.kernel.stamps import current_stamp
from genjin.plans.care.actions import drop_care, plan_birthdays, plan_holiday
from genjin.plans.care.queries import birthdays_coming, open_birthdays_of, owners_to_remind
from genjin.plans.care.settings import birthdays_in, holidays_in

AT_ONCE = 100
GRANTS = ("plans.care", "plans.see", "customers.see", "contacts.see")
UNWANTED_BY = frozenset({"do_not_contact", "life", "birthday", "customer_id"})


@periodic("25 * * * *", "plans.care", grants=GRANTS)
def plan_care(actor: Actor) -> None:
    """Plan what the days to come ask for, a hundred in a transaction."""
    stamp = current_stamp()
    actor, today = replace(actor, stamp=stamp), local_day(actor.now())
    window = birthdays_in(today, stamp)
    found = birthdays_coming(window, stamp) if window else []
    for start in range(0, len(found), AT_ONCE):
        plan_birthdays(actor, contacts=found[start : start + AT_ONCE])
    for day, festival in holidays_in(today, stamp):
        owners = owners_to_remind(day, festival, stamp)
        for start in range(0, len(owners), AT_ONCE):
            plan_holiday(actor, owners=owners[start : start + AT_ONCE], occasion=festival.key, day=day)


@consumer("plans_care")
def spare(events: Sequence[Event]) -> None:
    """Contacts that asked not to be contacted, went, or have another birthday: a job takes their plans back."""
    touched = EventPayload.objects.filter(
        event_id__in=[event.pk for event in events], changes__has_any_keys=sorted(UNWANTED_BY)
    )
    planned = open_birthdays_of(set(touched.values_list("row_id", flat=True)))
    for start in range(0, len(planned), AT_ONCE):
        start_job(system(), "plans.drop_care", plans=[list(pair) for pair in planned[start : start + AT_ONCE]])


@job("plans.drop_care", title=gettext_lazy("撤下不该有的客户关怀"), grants=GRANTS)
def drop_care_later(actor: Actor, job_id: int, *, plans: list[list[int]]) -> None:  # noqa: ARG001 - every job gets it
    """Cancel them. Run twice, the second run finds nothing."""
    drop_care(actor, plans=[(plan_id, customer_id) for plan_id, customer_id in plans])
