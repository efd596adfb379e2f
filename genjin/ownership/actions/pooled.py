"""How verbs come by a record that lies in a pool: through the pool alone, never through the ordinary door (P10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.ownership.models import Period, Pool
from genjin.ownership.standing import administers, at_pool, pool_named, pools_of

REMEMBERED = timedelta(days=2)


def pool_at_hand(actor: Actor, record_type: RecordType, record_id: int) -> Pool:
    """The pool in which a record lies, for who sees that pool. Raises Refused("taken") for what he could have seen in
    one of late, NotFound for all else."""
    model: Any = record_type.model
    pool_id = model._default_manager.filter(pk=record_id).values_list("pool_id", flat=True).first()
    if pool_id is None:
        raise _gone(actor, record_type, record_id)
    return at_pool(actor, pool_id)[1]


def row_at_pool(actor: Actor, record_type: RecordType, record_id: int, pool: Pool) -> Record:
    """The locked row, still in this pool. Raises Refused("taken")."""
    standing, _pool = at_pool(actor, pool.pk)
    try:
        return row_for(standing, record_type.model, record_id, to=SEE, lock=True)
    except NotFound:
        raise _gone(actor, record_type, record_id) from None


def administered(actor: Actor, record_type: RecordType, record_id: int) -> Pool:
    """The pool in which a record lies, for its administrators. Raises Forbidden, and as `pool_at_hand`."""
    pool = pool_at_hand(actor, record_type, record_id)
    if not administers(actor, pool):
        raise Forbidden(_("只有「%s」的公海管理员可以这样做") % pool.name)
    return pool


def chosen_pool(actor: Actor, record_type: RecordType, given: str) -> Pool:
    """The open pool that an input names. Raises Refused("no_pool")."""
    pool = pool_named(actor.stamp, number_in(given) or 0)
    if pool is None or pool.record_type != record_type.key or not pool.enabled:
        raise Refused("no_pool", _("请选择一个启用的公海"), "pool")
    return pool


def demand_unlocked(row: Any) -> None:
    """P4: what is locked is put into no pool by hand. Raises Refused("locked")."""
    if row.locked:
        raise Refused("locked", _("已锁定，解锁后才能放入公海"))


def _gone(actor: Actor, record_type: RecordType, record_id: int) -> Refused:
    """P1-1: somebody else was quicker. Said to who sees the pool from which it was taken, for a time."""
    periods = list(Period.objects.filter(record_id=record_id, record_type=record_type.key).order_by("-id")[:2])
    seen = {pool.pk for pool in pools_of(actor, record_type)}
    taken = len(periods) == 2 and periods[0].owner_id is not None and periods[1].pool_id in seen
    if taken and periods[0].owner_id == actor.member_id:
        return Refused("taken", _("您已领取，不必再次领取"))
    if not taken or actor.now() - periods[0].since > REMEMBERED:
        return NotFound()
    return Refused("taken", _("已被其他人领取"))
