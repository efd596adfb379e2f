"""Reads of sealed events by ownership: whoever receives a record or a place in a team is told. And nightly work."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, start_job
from genjin.kernel.models.events import Event, EventLink, EventPayload, Notification
from genjin.kernel.notices import AT_ONCE, declare_notice
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.ownership.actions import expire_places, follow_department

declare_notice(
    "transfer", gettext_lazy("%(who)s把「%(title)s」转给了您"), "user-check", label=gettext_lazy("记录转给我")
)
declare_notice(
    "add_teammate", gettext_lazy("%(who)s邀请您加入「%(title)s」的团队"), "users", label=gettext_lazy("邀请我加入团队")
)


@consumer("ownership_notifications")
def notify(events: Sequence[Event]) -> None:
    """One notification per new owner or teammate and record; never for what somebody did himself."""
    wanted = {e.pk: e for e in events if e.action.endswith((".transfer", ".add_teammate"))}
    if not wanted:
        return
    made = []
    owners = _new_owners([e.pk for e in wanted.values() if e.action.endswith(".transfer")])
    for event_id, row_id, row_type in EventLink.objects.filter(event_id__in=wanted).values_list(
        "event_id", "row_id", "row_type"
    ):
        event = wanted[event_id]
        record_type = RECORD_TYPES.get(row_type)
        if record_type is None or record_type.owner_link():
            continue
        receiver = event.note.get("teammate") or owners.get((event_id, row_id))
        if receiver and receiver != event.member_id:
            kind = event.action.rsplit(".", 1)[1]
            made.append(
                Notification(
                    member_id=receiver, event_id=event_id, kind=kind, row_type=row_type, row_id=row_id, at=event.at
                )
            )
    Notification.objects.bulk_create(made, ignore_conflicts=True, batch_size=AT_ONCE)


def _new_owners(event_ids: list[int]) -> dict[tuple[int, int], int]:
    """{(event, row): new owner} of transfers."""
    rows = EventPayload.objects.filter(event_id__in=event_ids).values_list("event_id", "row_id", "changes")
    return {
        (event_id, row_id): int(changes["owner_id"][1])
        for event_id, row_id, changes in rows
        if (changes.get("owner_id") or [None, None])[1]
    }


@periodic("5 17 * * *", "ownership.expire_teammates", grants=["ownership.expire"])
def expire_teammates(actor: Actor) -> None:
    """Remove expired places every night (B5); they give nothing from the moment of expiry anyway."""
    while expire_places(actor):
        pass


@consumer("ownership_followers")
def follow(events: Sequence[Event]) -> None:
    """Whoever changes his main department takes his records along: one job per member."""
    placed = [event.pk for event in events if event.action == "members.place"]
    rows = EventPayload.objects.filter(event_id__in=placed).values_list("row_id", "changes")
    for member_id in sorted({row_id for row_id, changes in rows if "department_id" in changes}):
        start_job(system(), "ownership.follow_member", member=member_id)


@job("ownership.follow_member", title=gettext_lazy("记录随负责人调动部门"), grants=["ownership.follow"])
def follow_member(actor: Actor, job_id: int, *, member: int) -> None:  # noqa: ARG001 - every job gets it
    """Move the member's records of every type, 500 at a time. Run twice, the second run finds nothing."""
    for record_type in RECORD_TYPES.values():
        while follow_department(actor, member=member, model=record_type.model):
            pass
