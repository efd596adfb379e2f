"""Pools as receivers: what nobody takes over lies in a public sea, with the reason 离职回收 (B16, B4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.receivers import ReceiverKind, register_receiver
from genjin.kernel.actor import Actor, system
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.ownership.actions.changing_owners import change_owners
from genjin.ownership.models import Pool, Rule
from genjin.ownership.standing import covers, pool_named, pooled_types, pools_at, pools_within

POOL = "pool"


def left_in_pools(member_id: int) -> list[tuple[str, int, list[int]]]:
    """[(record type, pool, live records)] of what somebody who has left still owns: into its home, else the first of
    the pools whose circle holds him (B4 P5). What no pool takes is not there. One query per type."""
    reader = replace(system("org.see"), stamp=current_stamp())
    found: dict[tuple[str, int], list[int]] = {}
    for record_type in pooled_types():
        model: Any = record_type.model
        pools = [pool for pool in pools_at(reader.stamp, record_type.key) if pool.enabled]
        homes = {pool.pk for pool in pools}
        first = next((pool.pk for pool in pools if covers(pool.members, reader, member_id, gone=True)), None)
        states = {f"{column}__in": list(values) for column, values in model.falls_in.items()}
        mine = model._default_manager.filter(owner_id=member_id, life=Life.LIVE)  # rows: all that a leaver has
        rows = mine.filter(**states).order_by("pk")
        for row_id, home in rows.values_list("pk", "home_id") if pools else ():
            pool_id = home if home in homes else first
            if pool_id is not None:
                found.setdefault((record_type.key, pool_id), []).append(row_id)
    return [(key, pool_id, ids) for (key, pool_id), ids in found.items()]


def pools_for(actor: Actor, record_type: RecordType) -> list[Pool]:
    """The open pools of a type into which the actor may take records back."""
    if not actor.may(record_type.grant("reclaim")):
        return []
    return pools_within(actor, record_type.key)


def _name(actor: Actor, pool_id: int) -> str:
    pool = pool_named(actor.stamp, pool_id)
    return pool.name if pool else ""


def _check(actor: Actor, pool_id: int, _leaver: int) -> None:
    pool = pool_named(actor.stamp, pool_id)
    if pool is None or pool_id not in {each.pk for each in pools_for(actor, RECORD_TYPES[pool.record_type])}:
        raise Refused("no_pool", _("不能放入这个公海，请换一个或选择成员"), "to")


def _give(actor: Actor, records: Sequence[Record], pool_id: int, reason: str) -> None:
    pool = pool_named(actor.stamp, pool_id)
    if pool is None:
        raise Refused("no_pool", _("公海已不存在，请重新分配"), "to")
    change_owners(actor, records, None, rule=Rule.HANDED_OVER, reason=reason, pool=pool)


register_receiver(
    ReceiverKind(key=POOL, label=gettext_lazy("公海"), name=_name, check=_check, give=_give, live_only=True)
)
