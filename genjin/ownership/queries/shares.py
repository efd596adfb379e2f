"""Reads of performance shares (业绩份额, B15): whom a record counts for on a day, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max

from genjin.kernel.actor import Actor
from genjin.kernel.doors import demand_sight
from genjin.kernel.models.rows import Record
from genjin.ownership.models import Period, Rule, Share, Split, SplitState
from genjin.ownership.rules import company_zone
from genjin.ownership.shares import Decided, Portion, Reign, portions_on

MOST_TOLD = 30


@dataclass(frozen=True)
class Shares:
    """Whom a record's performance counts for on a day; `since` and `until`: of the split, None when all is the
    owner's."""

    portions: list[Portion]
    since: date | None = None
    until: date | None = None


def shares_of(actor: Actor, record: Record, day: date) -> Shares:
    """Of a record that the actor sees. Raises NotFound."""
    demand_sight(actor, record)
    return shares_on([record.pk], day)[record.pk]


def shares_on(record_ids: Collection[int], day: date) -> dict[int, Shares]:
    """The same of many, whoever asks: for commission and targets. Three queries however many there are."""
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=company_zone())
    decided = _decided(record_ids)
    reigns = _reigns(record_ids, whole=decided.keys(), before=ends)
    found = {}
    for record_id in record_ids:
        portions, split = portions_on(day, ends, reigns.get(record_id, ()), decided.get(record_id, ()))
        found[record_id] = Shares(portions, split.since if split else None, split.until if split else None)
    return found


def splits_of(actor: Actor, record: Record, most: int = MOST_TOLD) -> list[Split]:
    """What was proposed and decided, newest first, with its shares."""
    demand_sight(actor, record)
    rows = Split.objects.filter(record_id=record.pk).prefetch_related("shares")
    return list(rows.order_by("-id")[:most])


def proposed_of(record_id: int) -> Split | None:
    """The proposal about a record that waits for an answer."""
    return Split.objects.filter(record_id=record_id, state=SplitState.PROPOSED).first()


def _decided(record_ids: Collection[int]) -> dict[int, list[Decided]]:
    found: defaultdict[int, list[Decided]] = defaultdict(list)
    rows = Split.objects.filter(record_id__in=list(record_ids), state=SplitState.STANDING).order_by("id")
    for split in rows.prefetch_related("shares"):
        parts = {share.member_id: share.percent for share in split.shares.all()}
        if split.decided_at is not None:
            found[split.record_id].append(Decided(split.since, split.until, split.decided_at, parts))
    return dict(found)


def _reigns(record_ids: Collection[int], *, whole: Collection[int], before: datetime) -> dict[int, list[Reign]]:
    """The last period of each record before a moment; all of them where a split may have ended by one."""
    rows = Period.objects.filter(record_id__in=list(record_ids), since__lt=before)
    last = rows.values("record_id").annotate(last=Max("id")).values("last")
    found: defaultdict[int, list[Reign]] = defaultdict(list)
    wanted = rows.filter(id__in=last) | rows.filter(record_id__in=list(whole))
    names = ("record_id", "owner_id", "pool_id", "since", "until", "rule")
    for record_id, owner_id, pool_id, since, until, rule in wanted.order_by("id").values_list(*names):
        nobodys = pool_id is not None or owner_id is None
        found[record_id].append(Reign(owner_id, nobodys, since, until, rule == Rule.UNDONE))
    return dict(found)


def shares_now(member_id: int) -> list[int]:
    """Ids of the shares a member has today in splits that hold (for handing them over)."""
    rows = Share.objects.filter(member_id=member_id, split__state=SplitState.STANDING).select_related("split")
    by_record: defaultdict[int, list[Share]] = defaultdict(list)
    for share in rows:
        by_record[share.split.record_id].append(share)
    today = datetime.now(company_zone()).date()
    standing = shares_on(list(by_record), today)
    return [
        max(shares, key=lambda share: (share.split.decided_at, share.pk)).pk
        for record_id, shares in by_record.items()
        if any(part.member_id == member_id and not part.owner for part in standing[record_id].portions)
    ]
