"""`change_owner`: the only function by which an owner changes. It is a step of actions, never an action itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.copying import copy_in
from genjin.kernel.models.rows import Life, Record, fresh
from genjin.kernel.recording import record as record_change
from genjin.kernel.recording import record_removal
from genjin.kernel.records import RECORD_TYPES, belonging_to, type_of
from genjin.kernel.together import insert, kin
from genjin.ownership.followers import followers_of, goes_back
from genjin.ownership.models import Owned, Period, Pool, Rule, Teammate
from genjin.ownership.queries.following import who_came_along


def change_owner(
    actor: Actor,
    record: Record,
    owner_id: int | None,
    *,
    rule: Rule,
    reason: str = "",
    record_it: bool = True,
    pool: Pool | None = None,
    clears: bool = True,
) -> None:
    """Give a (locked) record to an owner, or without one into a pool: its department becomes the owner's main one, the
    open period ends, a new one begins, and what belongs to the record follows. Works for new records too: call it
    before `record()`, then `open_period()` is done here once the row has an id. `clears`: whether a pool that empties
    the teams of what comes into it does so now (P9)."""
    now, before = actor.now(), record.owner_id
    stands = isinstance(record, Owned) and stand(record, owner_id, pool, reason, now)
    record.owner_id = owner_id
    record.department_id = people.directory().department_of(owner_id, actor.stamp) if owner_id else None
    if isinstance(record, Owned) and stands:
        record.came_to(before, rule, reason, now)
    creating = record._state.adding
    if record_it or creating:
        record_change(actor, record, rule=rule.value, **({"reason": reason} if reason else {}))
    if not creating:
        Period.objects.filter(record_id=record.pk, until=None).update(until=now)
    period = fresh(
        Period,
        record_type=record.row_type,
        record_id=record.pk,
        owner_id=owner_id,
        department_id=record.department_id,
        pool_id=pool.pk if pool else None,
        since=now,
        rule=rule,
        reason=reason[:200],
        changed_by_id=actor.member_id,
    )
    insert(period)
    if not creating:
        if pool is not None and clears:
            clear_teams(actor, [record.pk], pool)
        _bring_along(actor, record, reason)
        _let_follow(actor, record, before, rule, reason)


def clear_teams(actor: Actor, record_ids: Sequence[int], pool: Pool) -> None:
    """P9: nobody stays in the team of what comes into a pool, where the pool wants it so."""
    if pool.entering.get("clears_team", True):
        for place in Teammate.objects.filter(record_id__in=list(record_ids)).order_by("id"):
            record_removal(actor, place)


def stand(record: Owned, owner_id: int | None, pool: Pool | None, reason: str, now: datetime) -> bool:
    """What the change means for deadlines (B4): every change of owner sets a new base date (P6); in a pool nothing
    falls, and the record remembers from whom it came (P9). Whether anything did change."""
    held = getattr(record, "owner_id", None)
    lay = record.pooled_at if record.pool_id is not None and pool is not None else None
    if pool is None and owner_id == held and record.pool_id is None and record.owner_since:
        return False  # he only moved to another department
    record.taken_from_id = None if pool else record.pool_id or record.taken_from_id
    record.pool_id = pool.pk if pool else None
    record.pooled_at = (lay or now) if pool else None  # what is moved between pools was lost when it came to the first
    record.pool_reason = reason[:200] if pool else ""
    record.claimable_at = (lay or now) + timedelta(hours=pool.claims.get("new_data_hours") or 0) if pool else None
    record.owner_since = now if owner_id else None
    record.falls_at = record.protected_until = None
    if pool:
        record.previous_owner_id = held or record.previous_owner_id
        record.locked = False
    return True


def _bring_along(actor: Actor, record: Record, reason: str) -> None:
    """Records that belong to this one follow its owner."""
    for record_type, link in belonging_to(type_of(record).key):
        rows = kin(record_type.model, link.column, record.pk)
        if rows is None:
            query = record_type.model._default_manager.filter(**{link.column: record.pk}).exclude(life=Life.VOIDED)
            rows = list(query.select_for_update(of=("self",)))
        before = [each.column for each in record_type.links_before(link)]
        for row in rows:
            carried = all(getattr(row, column) is None for column in before)
            if carried and row.owner_id != record.owner_id and row.life != Life.VOIDED:
                change_owner(actor, row, record.owner_id, rule=Rule.FOLLOWED, reason=reason)


def _let_follow(actor: Actor, record: Record, before: int | None, rule: Rule, reason: str) -> None:
    """Records with owners of their own that go along with this one."""
    for follower in followers_of(record.row_type) if before != record.owner_id else ():
        which = follower.which(before)
        if which is None:
            continue
        manager = RECORD_TYPES[follower.key].model._default_manager
        rows = manager.filter(which, **{follower.column: record.pk}).order_by("pk")
        if goes_back(rule):
            rows = who_came_along(rows, follower)
        for row in rows.select_for_update(of=("self",)):
            if row.owner_id != record.owner_id:
                change_owner(actor, row, record.owner_id, rule=along(back=goes_back(rule)), reason=reason)


def along(*, back: bool) -> Rule:
    """By which rule a record comes to an owner with the record above it; `back`: where that was undone."""
    return Rule.UNDONE if back else Rule.FOLLOWED


def begin_periods(
    actor: Actor, rows: Sequence[Record], *, rule: Rule, reason: str = "", pool: Pool | None = None
) -> None:
    """Write down that these (locked) rows came to the owners whom they bear now, or into a pool: their open periods
    end, new ones begin, in two statements for all. For steps that change the owners of many rows at once."""
    if not rows:
        return
    now = actor.now()
    Period.objects.filter(record_id__in=[row.pk for row in rows], until=None).update(until=now)
    begun = [
        fresh(
            Period,
            record_type=row.row_type,
            record_id=row.pk,
            owner_id=row.owner_id,
            department_id=row.department_id,
            pool_id=pool.pk if pool else None,
            since=now,
            rule=rule,
            reason=reason[:200],
            changed_by_id=actor.member_id,
        )
        for row in rows
    ]
    copy_in(Period, begun)
