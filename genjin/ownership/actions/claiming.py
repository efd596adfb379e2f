"""The verb by which a member takes a record out of a pool for himself (P1), and what takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.ownership.actions.going_back import demand_undoing, put_back, row_to_put_back
from genjin.ownership.actions.pooled import pool_at_hand, row_at_pool
from genjin.ownership.capacity import queue_for
from genjin.ownership.changing import change_owner
from genjin.ownership.claims import demand_capacity, demand_day, demand_live, demand_pool, demand_time, limit_for
from genjin.ownership.models import Daily, Pool, Rule
from genjin.ownership.queries.quotas import claimed_on
from genjin.ownership.rules import BACK_A_DAY, BACK_WITHIN, LATENESS, company_day

COUNT = """
INSERT INTO ownership_daily (pool_id, member_id, day, claims, taken_back, viewed) VALUES (%s, %s, %s, 1, 0, '[]')
    ON CONFLICT (member_id, day, pool_id) DO UPDATE SET claims = ownership_daily.claims + 1
 WHERE ownership_daily.claims < %s
RETURNING claims
"""
WITHOUT_LIMIT = 2**31 - 1


def claim_action(record_type: RecordType) -> Action[Any, Any]:
    """The claim verb of one type."""

    @action(
        f"{record_type.plural}.claim",
        on=record_type.model,
        needs=record_type.grant("claim"),
        to=SEE,
        label=gettext_lazy("领取"),
        icon="hand-grab",
        bulk=True,
        when=lambda row: row.pool_id is not None,
        undo=_back(record_type),
    )
    def claim(actor: Actor, record_id: int) -> Record:
        """Take a record out of its pool (P1): the checks in their order, on the locked row. Raises Refused("taken",
        "pool_off", "not_claimable", "no_member", "full", "daily_limit", "new_data", "cool_down", "not_live")."""
        pool = pool_at_hand(actor, record_type, record_id)
        demand_pool(actor, pool)
        queue_for(actor.member_id or 0)
        demand_capacity(actor, record_type, pool)
        limit = limit_for(actor, pool)
        demand_day(pool, limit, claimed_on(actor, pool, actor.now()))
        row: Any = row_at_pool(actor, record_type, record_id, pool)
        demand_live(row.life)
        own = row.previous_owner_id == actor.member_id
        demand_time(record_type, pool, actor.now(), row=row, his_own=own)
        _count(actor, pool, limit)
        change_owner(actor, row, actor.member_id, rule=Rule.CLAIMED, reason=pool.name)
        return row  # type: ignore[no-any-return]

    return claim


def unclaim_action(record_type: RecordType) -> Action[Any, Any]:
    """What the ten seconds after a claim are for."""

    @action(
        f"{record_type.plural}.unclaim",
        on=record_type.model,
        needs=record_type.grant("claim"),
        label=gettext_lazy("撤销领取"),
        icon="arrow-back-up",
        listed=False,
    )
    def unclaim(actor: Actor, record_id: int) -> Record:
        """Put one's own claim of the last seconds back as it lay in the pool; the claim does not count, three times a
        day. Only as the undo of a claim. Raises Refused("too_late", "no_undo")."""
        demand_undoing()
        row, period = row_to_put_back(actor, record_type, record_id, Rule.CLAIMED)
        if actor.now() - period.since > BACK_WITHIN + LATENESS:
            words = _("领取超过 %d 秒，不能撤销；不需要的话请退回公海")
            raise Refused("too_late", words % BACK_WITHIN.seconds)
        pool = put_back(actor, row, _("撤销领取"))
        _uncount(actor, pool, period.since)
        return row  # type: ignore[no-any-return]

    return unclaim


def _back(record_type: RecordType) -> Maker:
    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        return [Call(f"{record_type.plural}.unclaim", past.row_id)]

    return inverse


def _count(actor: Actor, pool: Pool, limit: int | None) -> None:
    """P1-3: one more claim of this day, in one statement that two at once cannot pass together."""
    day = company_day(actor.now())
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [pool.pk, actor.member_id, day, WITHOUT_LIMIT if limit is None else limit])
        if cursor.fetchone() is None:
            demand_day(pool, limit, limit or 0)


def _uncount(actor: Actor, pool: Pool, moment: Any) -> None:
    rows = Daily.objects.select_for_update().filter(member_id=actor.member_id or 0, day=company_day(moment), pool=pool)
    day = rows.first()
    if day is not None and day.taken_back < BACK_A_DAY and day.claims:
        day.claims, day.taken_back = day.claims - 1, day.taken_back + 1
        day.save(update_fields=["claims", "taken_back"])
