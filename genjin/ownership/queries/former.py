"""What previous owners still see (B5): the branch of visibility that the company's setting opens to them, and who they
are. Whoever had a record for a day at least is one, for so many days from the moment he lost it; what lies in a pool is
seen at the pool only (P10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, register_branch
from genjin.kernel.records import RecordType
from genjin.ownership.models import Period
from genjin.ownership.settings import FORMER_DAYS, FORMER_SIGHT, NOTHING, READS

TENURE = timedelta(days=1)
"""So long somebody must have had a record: whoever claims one and gives it back at once was never its owner."""
MOST = 200


@dataclass(frozen=True)
class Formerly:
    """A record that somebody had: his last period, until when he still sees of it, and who has it now."""

    record_id: int
    since: datetime
    until: datetime
    rule: str
    ends: datetime
    owner_id: int | None


def sight_of_former(stamp: int) -> str:
    """What the company lets them see."""
    return str(FORMER_SIGHT.at(stamp))


def former_branch(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:  # noqa: ARG001
    """Ids of records that the actor had, where previous owners may read on. Nothing may be written."""
    if right is not SEE or actor.member_id is None or sight_of_former(actor.stamp) != READS:
        return None
    return former_ids(actor.member_id, actor.stamp)


def former_ids(member_id: int, stamp: int) -> QuerySet[Any, Any]:
    """Ids of the records of which a member is a previous owner now."""
    return _periods(stamp).filter(owner_id=member_id).values("record_id")


def former_owners(record_ids: Collection[int], stamp: int) -> list[Period]:
    """The periods by which members are previous owners of records, whoever asks (for telling who sees them)."""
    if sight_of_former(stamp) == NOTHING:
        return []
    return list(_periods(stamp).filter(record_id__in=list(record_ids), owner_id__isnull=False).order_by("id"))


def formerly_owned(actor: Actor, record_type: RecordType) -> list[Formerly]:
    """The records of a type of which the actor is a previous owner, the one lost last first, as the company lets him
    know."""
    if sight_of_former(actor.stamp) == NOTHING or actor.member_id is None:
        return []
    rows = _periods(actor.stamp).filter(owner_id=actor.member_id, record_type=record_type.key).order_by("-until")
    last: dict[int, Period] = {}
    for period in rows[: 2 * MOST]:
        last.setdefault(period.record_id, period)
    now = Period.objects.filter(record_id__in=list(last), until=None).values_list("record_id", "owner_id")
    owners, days = dict(now), timedelta(days=int(FORMER_DAYS.at(actor.stamp)))
    return [
        Formerly(pk, p.since, p.until, p.rule, p.until + days, owners.get(pk))
        for pk, p in list(last.items())[:MOST]
        if p.until is not None and owners.get(pk) != actor.member_id
    ]


def former_titles(actor: Actor, record_type: RecordType, record_ids: Collection[int]) -> dict[int, str]:
    """What the records are called of which the actor is a previous owner now: he knew them, and the company lets him
    know of them."""
    if sight_of_former(actor.stamp) == NOTHING or actor.member_id is None:
        return {}
    had = former_ids(actor.member_id, actor.stamp)
    rows = record_type.model._default_manager.filter(pk__in=list(record_ids)).filter(pk__in=had).order_by()
    return dict(rows.values_list("pk", record_type.title))


def _periods(stamp: int) -> QuerySet[Period]:
    since = timezone.now() - timedelta(days=int(FORMER_DAYS.at(stamp)))
    pooled = Period.objects.filter(record_id=OuterRef("record_id"), until=None, pool__isnull=False)
    rows = Period.objects.filter(until__gt=since, until__gte=F("since") + TENURE)
    return rows.filter(~Exists(pooled))


register_branch("former", former_branch, typed="record_type")
