"""Pools as receivers: what nobody takes over lies in a public sea, with the reason 离职回收 (B16, B4)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.receivers import ReceiverKind, register_receiver
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.ownership.actions.changing_owners import change_owners
from genjin.ownership.models import Pool, Rule
from genjin.ownership.standing import pool_named, pools_within

POOL = "pool"


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
