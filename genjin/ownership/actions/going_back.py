"""Steps by which verbs of pools are undone: a record goes back into the pool it came from, or to whom it belonged,
standing just as before. Never actions themselves.

An undone step was no change of hands: cool-downs, deadlines and the last owner are as they were; the ledger keeps both
the step and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.models.events import EventLink
from genjin.kernel.recording import record as record_change
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.refusal import NotFound, Refused
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Period, Pool, Rule
from genjin.ownership.rules import end_of
from genjin.ownership.standing import pool_named


def demand_undoing() -> None:
    """Raises Refused("no_undo") unless an event is being undone."""
    if "undoes" not in standing_note.get():
        raise Refused("no_undo", _("只能作为撤销执行"))


def row_to_put_back(actor: Actor, record_type: RecordType, record_id: int, *rules: Rule) -> tuple[Any, Period]:
    """The locked row, whichever way it stands, with its open period, which began by one of these rules and by the actor
    himself. Raises NotFound, Refused("changed_since")."""
    model: Any = record_type.model
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=record_id).first()
    period = Period.objects.filter(record_id=record_id, record_type=record_type.key, until=None).first()
    if row is None or period is None or period.changed_by_id != actor.member_id:
        raise NotFound
    if period.rule not in rules:
        raise Refused("changed_since", _("之后又换了负责人，没有撤销"))
    return row, period


def put_back(actor: Actor, row: Any, reason: str) -> Pool:
    """Back into the pool where it lay before its open period. Raises Refused("no_pool") when that is gone."""
    history = _history(row.pk)
    before = history[-2] if len(history) > 1 else None
    pool = pool_named(actor.stamp, before.pool_id or 0) if before else None
    if before is None or pool is None:
        raise Refused("no_pool", _("原来的公海已不存在，没有撤销"))
    previous_owner_id = row.previous_owner_id
    change_owner(actor, row, None, rule=Rule.UNDONE, reason=reason, pool=pool, clears=False)
    row.previous_owner_id, row.pool_reason = previous_owner_id, before.reason
    row.pooled_at = _began(history[:-1])
    row.claimable_at = row.pooled_at + timedelta(hours=pool.claims.get("new_data_hours") or 0)
    record_change(actor, row)
    return pool


def give_back(actor: Actor, row: Any, reason: str) -> None:
    """Back to whom it belonged before its open period, with the deadlines that he had and the protection (P6)."""
    history = _history(row.pk)
    before = history[-2] if len(history) > 1 else None
    if before is None or before.owner_id is None:
        raise Refused("no_owner", _("原来没有负责人，没有撤销"))
    change_owner(actor, row, before.owner_id, rule=Rule.UNDONE, reason=reason)
    row.owner_since = _began(history[:-1])
    row.previous_owner_id = _lost_by(history[:-1])
    row.taken_from_id = next((period.pool_id for period in reversed(history[:-1]) if period.pool_id), None)
    row.protected_until = _protected_until(row, row.owner_since)
    row.stands_again()
    record_change(actor, row)


def _protected_until(row: Any, since: datetime) -> datetime | None:
    """The end of the protection that who leads had given it since a moment, None without any."""
    protecting = f"{type_of(row).plural}.protect"
    links = EventLink.objects.filter(row_id=row.pk, event__action=protecting, event__at__gte=since)
    until = links.order_by("-event_id").values_list("event__note__until", flat=True).first()
    return end_of(date.fromisoformat(until)) if until else None


def _history(record_id: int) -> list[Period]:
    """The periods of a record as they count: without those that were undone and their undoing."""
    counting: list[Period] = []
    for period in Period.objects.filter(record_id=record_id).order_by("id"):
        if period.rule == Rule.UNDONE and len(counting) > 1:
            counting.pop()
        else:
            counting.append(period)
    return counting


def _began(history: Sequence[Period]) -> datetime:
    """Since when without a break it had the last period's owner, or lay in pools."""
    last = history[-1]
    since = last.since
    for period in reversed(history):
        if period.owner_id != last.owner_id:
            break
        since = period.since
    return since


def _lost_by(history: Sequence[Period]) -> int | None:
    """From whom it had come into the last pool in which it lay."""
    lay = False
    for period in reversed(history):
        if period.owner_id is None:
            lay = True
        elif lay:
            return period.owner_id
    return None
