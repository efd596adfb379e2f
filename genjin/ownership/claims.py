"""May this member claim this record from this pool now (P1)? The checks in their order, each refusal saying what is
left and when; nothing is written here. The action asks them again on the locked row."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import span_words
from genjin.ownership.capacity import demand_room
from genjin.ownership.models import Owned, Pool, PoolKind
from genjin.ownership.rules import cooled_at
from genjin.ownership.standing import administers, belongs_to


def demand_pool(actor: Actor, pool: Pool) -> None:
    """P1-1: the pool is open, its members claim for themselves, he is one. Raises Refused."""
    if not pool.enabled:
        raise Refused("pool_off", _("「%s」已停用，不能领取") % pool.name)
    if pool.kind == PoolKind.ASSIGNED:
        raise Refused("not_claimable", _("「%s」不开放领取，由公海管理员指派") % pool.name)
    if not belongs_to(actor, pool):
        raise Refused("no_member", _("您不是「%s」的成员，不能领取") % pool.name)


def limit_for(actor: Actor, pool: Pool) -> int | None:
    """How many he may claim a day (P1-3); None without limit, as for the pool's administrators."""
    limit: int = pool.claims.get("daily_limit") or 0
    return limit if limit and not administers(actor, pool) else None


def demand_day(pool: Pool, limit: int | None, claimed: int) -> None:
    """P1-3: some are left for today. Raises Refused("daily_limit")."""
    if limit is not None and claimed >= limit:
        told = {"count": claimed, "pool": pool.name}
        words = _("今天还可领取 0 个：您今天在「%(pool)s」已领取 %(count)d 个，达到每日上限；明天 00:00 后再领取")
        raise Refused("daily_limit", words % told, facts={"left": 0, "limit": limit})


def demand_time(record_type: RecordType, pool: Pool, now: datetime, *, row: Owned, his_own: bool) -> None:
    """P1-4, P1-5: the new-data block and his own cool-down are over. Raises Refused("new_data", "cool_down") with
    facts["until"]."""
    free = row.claimable_at
    if free and now < free:
        words = _("刚进入公海，%s后才能领取") % span_words(free - now)
        raise Refused("new_data", words, facts={"until": free.isoformat()})
    cooled = cooled_at(pool.claims, row.pooled_at) if his_own else None
    if cooled and now < cooled:
        told = {"what": record_type.label, "left": span_words(cooled - now)}
        words = _("您是这个%(what)s的前负责人，%(left)s后才能再领取") % told
        raise Refused("cool_down", words, facts={"until": cooled.isoformat()})


def demand_live(life: int) -> None:
    """What lies in the recycle bin or the archive is claimed by nobody. Raises Refused("not_live")."""
    if life != Life.LIVE:
        raise Refused("not_live", _("已归档或作废，不能领取"))


def demand_capacity(actor: Actor, record_type: RecordType, pool: Pool) -> None:
    """P1-2. Raises Refused("full")."""
    demand_room(actor, record_type, actor.member_id, pool=pool)
