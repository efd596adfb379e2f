"""The jobs of handovers: long ones, and the morning's reminders of what nobody took over. And the words of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from genjin.handover.actions.ending import RECEIVED, RELEASED, REPORTED
from genjin.handover.actions.releasing import release_left, to_release
from genjin.handover.actions.reminding import LATE, LEFT, SOON, remind_of_handovers
from genjin.handover.actions.running import JOB
from genjin.handover.grants import MANAGE, RELEASE, REMIND
from genjin.handover.queries import handover_for, unfinished_releases
from genjin.handover.rules import Kind
from genjin.handover.work import run
from genjin.kernel import people
from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.notices import declare_notice


def _facts(reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    kind = note.get("kind", "")
    return {
        "leaver": people.directory().member_name(int(note.get("leaver", 0)), reader.stamp),
        "kind": str(Kind(kind).label) if kind in Kind.values else "",
        "count": f"{int(note.get('count', 0)):,}",
        "days": str(note.get("days", "")),
    }


_LABEL = _("离职与转岗交接")
_WORDS = {
    RECEIVED: (_("%(leaver)s%(kind)s，%(count)s 条记录交接给了您，请尽快熟悉并联系客户"), "user-check"),
    REPORTED: (_("%(leaver)s的%(kind)s交接已完成，共移交 %(count)s 条记录"), "check"),
    LEFT: (_("%(leaver)s已离职，名下还有 %(count)s 条记录无人接收，请尽快交接"), "alert-triangle"),
    SOON: (_("%(leaver)s已离职，名下 %(count)s 条记录无人接收，%(days)s 天后放入公海"), "clock"),
    RELEASED: (_("%(leaver)s离职后无人接收的 %(count)s 条记录已放入公海，可以撤销"), "ripple"),
    LATE: (_("%(leaver)s的最后工作日已过，%(kind)s交接还没有开始"), "alert-triangle"),
}
_PLACES = {RECEIVED: "/customers?owner.in=me", LEFT: "/handovers", SOON: "/handovers"}
for _kind, (_words, _icon) in _WORDS.items():
    _place = _PLACES.get(_kind, "/handovers/%(handover)s")
    declare_notice(_kind, _words, _icon, label=_LABEL, facts=_facts, place=_place)
RELEASE_JOB = "handovers.release_left"
NIGHT = 2


@job(JOB, title=_("离职与转岗交接"), as_member=True)
def work(actor: Actor, job_id: int, *, handover_id: int) -> dict[str, Any]:
    """What is left of a handover, over or back; run twice it goes on where it stopped."""
    row = run(actor, handover_for(actor, handover_id), lambda done, total: progress(job_id, done, total))
    return {"handover": row.pk, "counts": row.counts}


@periodic("30 0 * * *", "handovers.remind", grants=(REMIND,))
def remind(actor: Actor) -> None:
    """Every morning: what nobody took over, and handovers whose day is past."""
    remind_of_handovers(actor, today=timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date())


@periodic("20 * * * *", "handovers.hourly")
def hourly(actor: Actor) -> None:
    """At 02:00 of the company's night (B4 P8): what nobody took over goes into pools."""
    del actor
    if timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).hour == NIGHT:
        start_job(system(), RELEASE_JOB)


@job(RELEASE_JOB, title=_("无人接收的放入公海"), grants=(RELEASE, MANAGE))
def release(actor: Actor, job_id: int) -> dict[str, Any]:
    """First what an earlier night did not finish, then one member after the other. Killed anywhere and run again it
    comes to the same."""
    day = timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()
    done = [run(actor, row).pk for row in unfinished_releases()]
    for leaver in to_release(actor, day):
        row = release_left(actor, leaver=leaver, today=day)
        if row is not None:
            done.append(run(actor, row).pk)
        progress(job_id, len(done))
    return {"handovers": done}
