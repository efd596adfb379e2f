"""Writes of oversight: counts are added up, an alarm is raised once, old counts are folded and forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.notices import notify
from genjin.kernel.recording import record
from genjin.kernel.viewing import HOUR, Key, Kind
from genjin.org.models import Member
from genjin.org.snapshot import ORGANISATION
from genjin.oversight.grants import COUNT, SEE
from genjin.oversight.models import KEPT_DAYS, WHOLE_DAY, Alarm, Viewing

NOTICE = "unusual_viewing"
_ADD = """
INSERT INTO oversight_viewing (member_id, day, hour, kind, record_type, count)
SELECT u.member, u.day, u.hour, u.kind, u.record_type, u.count
FROM unnest(%s::bigint[], %s::date[], %s::smallint[], %s::text[], %s::text[], %s::int[])
  AS u (member, day, hour, kind, record_type, count)
JOIN org_member ON org_member.id = u.member
ORDER BY u.member, u.day, u.hour, u.kind, u.record_type
ON CONFLICT (day, member_id, kind, record_type, hour) DO UPDATE SET count = oversight_viewing.count + excluded.count
"""
_FOLD = """
WITH gone AS (
  DELETE FROM oversight_viewing WHERE day < %s AND hour < %s RETURNING member_id, day, kind, record_type, count
)
INSERT INTO oversight_viewing (member_id, day, hour, kind, record_type, count)
SELECT member_id, day, %s, kind, record_type, sum(count) FROM gone GROUP BY member_id, day, kind, record_type
ON CONFLICT (day, member_id, kind, record_type, hour) DO UPDATE SET count = oversight_viewing.count + excluded.count
"""


@dataclass(frozen=True)
class Unusual:
    """What one member looked at of one kind on a day, and the line that it reached."""

    member_id: int
    kind: Kind
    day: dt.date
    hourly: int
    daily: int
    line: int


@action(
    "viewing.add",
    on=None,
    needs=COUNT,
    label=gettext_lazy("累计查看数量"),
    silent="how much is looked at is counted, not told event by event",
    listed=False,
)
def add_viewing(actor: Actor, *, counts: Mapping[Key, int]) -> None:
    """Add what a process counted; members who are gone are passed over. One statement."""
    del actor
    rows = [(member, *local_hour(hour), kind, of, count) for (member, kind, of, hour), count in counts.items()]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])


@action(
    "viewing.alarm",
    on=Member,
    needs=COUNT,
    label=gettext_lazy("异常查看提醒"),
    icon="alert-triangle",
    silent="of several processes that see the same only one tells",
    listed=False,
)
def raise_alarm(actor: Actor, *, unusual: Unusual) -> bool:
    """Tell administrators and those who watch that somebody looked at unusually much; False when that was told on this
    day already."""
    figures = {"hourly": unusual.hourly, "daily": unusual.daily, "line": unusual.line}
    _alarm, fresh = Alarm.objects.get_or_create(
        member_id=unusual.member_id, day=unusual.day, kind=unusual.kind, defaults={"at": timezone.now(), **figures}
    )
    if fresh:
        record(actor, Member.objects.get(pk=unusual.member_id), viewing=unusual.kind, **figures)
        once = f"{NOTICE}:{unusual.member_id}:{unusual.day:%Y-%m-%d}:{unusual.kind}"
        told = {"member": unusual.member_id, "kind": unusual.kind, **figures}
        notify(watchers(unusual.member_id), NOTICE, None, once=once, note=told)
    return fresh


@action(
    "viewing.fold",
    on=None,
    needs=COUNT,
    label=gettext_lazy("清理查看统计"),
    silent="counts only change their place",
    listed=False,
)
def fold_viewing(actor: Actor, *, today: dt.date) -> None:
    """Hours of past days become one count; what is older than KEPT_DAYS goes."""
    del actor
    oldest = today - dt.timedelta(days=KEPT_DAYS)
    Viewing.objects.filter(day__lt=oldest).delete()
    Alarm.objects.filter(day__lt=oldest).delete()
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [today - dt.timedelta(days=1), WHOLE_DAY, WHOLE_DAY])


def local_hour(hour: int) -> tuple[dt.date, int]:
    """The company's day and hour of an hour since 1970."""
    local = dt.datetime.fromtimestamp(hour * HOUR, ZoneInfo(settings.COMPANY_TIME_ZONE))
    return local.date(), local.hour


def watchers(member_id: int) -> Sequence[int]:
    """Administrators and those who watch; the member himself only when there is nobody else."""
    org = ORGANISATION.now()
    found = [p.id for p in org.people.values() if p.active and (p.administrator or SEE in org.grants(p.id))]
    return [one for one in found if one != member_id] or found
