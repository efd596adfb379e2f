"""Who may stand at a pool, and what he sees there (B4 P10). The one door to records in pools.

Whoever is a member of a pool sees its records through `at_pool` only: a copy of the actor that holds a single grant
over this pool's rows, with the fields that the pool hides or masks. Lists, counts, search, filters and details asked as
this actor can therefore give away nothing else, and the ordinary doors give no record of a pool to anybody but who may
see everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.doors import POOL, To, current_grant, formerly, register_bar
from genjin.kernel.fields.base import Access, Sensitivity
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.sights import can_be_limited, can_be_masked, in_force
from genjin.kernel.stamps import Stamped
from genjin.org.queries import organisation
from genjin.ownership.models import Owned, Pool, PoolKind

POOL_VERBS = frozenset({"claim", "assign", "move_pool", "void", "restore", "delete", "merge", "unmerge"})
"""What is done with a record while it lies in a pool; everything else asks that it is claimed or assigned first."""
_filled: ContextVar[Collection[int]] = ContextVar("filled", default=frozenset())
_kept: set[str] = set()


def _load() -> dict[int, Pool]:
    return {pool.pk: pool for pool in Pool.objects.order_by("priority", "-id")}  # rows: kept in memory


_POOLS: Stamped[dict[int, Pool]] = Stamped(_load)


def pooled_types() -> list[RecordType]:
    """The types whose records may lie in pools."""
    return [t for t in RECORD_TYPES.values() if issubclass(t.model, Owned)]


def pools_at(stamp: int, record_type: str = "") -> list[Pool]:
    """All pools (of a type), the first in priority first, then the newest; whoever asks."""
    return [pool for pool in _POOLS.at(stamp).values() if not record_type or pool.record_type == record_type]


def pool_named(stamp: int, pool_id: int) -> Pool | None:
    """The pool of this id."""
    return _POOLS.at(stamp).get(pool_id)


def covers(circle: Mapping[str, Any], actor: Actor, member_id: int, *, gone: bool = False) -> bool:
    """Whether a circle (of a pool or a capacity) holds a member: by himself, a department with those below, a role.
    `gone`: also one who has left."""
    org = organisation(actor)
    person = org.people.get(member_id)
    if person is None or not (person.active or gone):
        return False
    if circle.get("everybody") or member_id in circle.get("people", ()):
        return True
    own = org.own_departments(member_id)
    if any(own & org.subtree(root) for root in circle.get("departments", ())):
        return True
    return not set(circle.get("roles", ())).isdisjoint(org.roles_of.get(member_id, ()))


def administers(actor: Actor, pool: Pool) -> bool:
    """Whether he assigns from, moves between and reclaims into this pool: its administrators, and who sets up pools
    (also the system, where it is given that)."""
    if actor.may("pools.manage"):
        return True
    return actor.member_id is not None and covers(pool.admins, actor, actor.member_id)


def belongs_to(actor: Actor, pool: Pool) -> bool:
    """Whether he is a member of the pool or administers it."""
    if not pool.enabled:
        return False
    return administers(actor, pool) or (actor.member_id is not None and covers(pool.members, actor, actor.member_id))


def sees(actor: Actor, pool: Pool) -> bool:
    """Whether the pool's records are shown to him: members see those of open pools (P10)."""
    if not actor.may(_type_of(pool).grant("see")):
        return False
    return administers(actor, pool) or (pool.kind == PoolKind.OPEN and belongs_to(actor, pool))


def pools_of(actor: Actor, record_type: RecordType) -> list[Pool]:
    """The pools of a type that he sees, in the order of their priority."""
    return [pool for pool in pools_at(actor.stamp, record_type.key) if sees(actor, pool)]


def owner_pools(actor: Actor, record_type: RecordType, member_id: int | None) -> list[Pool]:
    """The open pools into which a member's records fall: those of which he is a member, in their order (P5)."""
    if member_id is None:
        return []
    return [
        pool
        for pool in pools_at(actor.stamp, record_type.key)
        if pool.enabled and covers(pool.members, actor, member_id)
    ]


def home_pool(actor: Actor, record_type: RecordType, row: Any) -> Pool | None:
    """The one pool into which an owned record falls (P5): its explicit home, else the first of its owner's."""
    home = pool_named(actor.stamp, row.home_id) if row.home_id else None
    if home is not None and home.enabled:
        return home
    return next(iter(owner_pools(actor, record_type, row.owner_id)), None)


def pools_open_to(actor: Actor, record_type: RecordType, row: Any) -> list[Pool]:
    """The pools into which the actor may put a record by hand: its home, its owner's, his own."""
    home = home_pool(actor, record_type, row)
    owners = owner_pools(actor, record_type, row.owner_id)
    own = [pool for pool in pools_at(actor.stamp, record_type.key) if belongs_to(actor, pool)]
    return list({pool.pk: pool for pool in ([home] if home else []) + owners + own}.values())


def pools_within(actor: Actor, record_type: str) -> list[Pool]:
    """The open pools of which the actor or somebody he leads is a member, and those he administers."""
    open_ = [pool for pool in pools_at(actor.stamp, record_type) if pool.enabled]
    return [
        pool
        for pool in open_
        if belongs_to(actor, pool) or any(covers(pool.members, actor, member_id) for member_id in actor.people)
    ]


def pools_to_create_in(actor: Actor, record_type: RecordType) -> list[Pool]:
    """The pools into which he may put new records: the open ones of which he is a member or an administrator."""
    return [pool for pool in pools_at(actor.stamp, record_type.key) if belongs_to(actor, pool)]


def pool_to_create_in(actor: Actor, record_type: RecordType, given: str, owner_id: int | None) -> Pool | None:
    """The pool that an input of the creating action names (L1), for its members and administrators; None for none.
    Raises Refused("no_pool", "owner_and_pool"), Forbidden."""
    if not given:
        return None
    pool = pool_named(actor.stamp, number_in(given) or 0)
    if pool is None or pool.record_type != record_type.key or not pool.enabled:
        raise Refused("no_pool", _("请选择一个启用的公海"), "pool")
    if owner_id is not None:
        raise Refused("owner_and_pool", _("放入公海的记录没有负责人，请只选一个"), "owner")
    if not belongs_to(actor, pool):
        raise Forbidden(_("您不是「%s」的成员，不能放入") % pool.name)
    return pool


def keep_at_pools(*grants: str) -> None:
    """Let an area say which of its grants hold at a pool too: such as reach no rows and tell of nothing but the fields
    that the pool shows."""
    _kept.update(grants)


def told_by_work(record_type: RecordType) -> frozenset[str]:
    """Fields that repeat what follow-ups and plans say: a pool shows them as little as these."""
    model: Any = record_type.model
    told: frozenset[str] = model.told_by_work
    return told


def at_pool(actor: Actor, pool_id: int, *, listing: bool = False) -> tuple[Actor, Pool]:
    """The actor standing at a pool, with the pool. What the pool hides or masks it hides from its members;
    administrators see the fields that their roles allow. `listing`: where the pool limits how many are opened a day,
    many at once show nothing by which somebody could be reached. Raises NotFound for a pool that he does not see."""
    pool = pool_named(actor.stamp, pool_id)
    if pool is None or not sees(actor, pool):
        raise NotFound
    record_type = _type_of(pool)
    hidden = () if administers(actor, pool) else pool.hidden.items()
    rights = [(f"{record_type.key}.{key}", Access(access)) for key, access in hidden]
    rights += [(f"{record_type.key}.{key}", Access.HIDDEN) for key in sorted(told_by_work(record_type))]
    if listing and pool.claims.get("views_daily") and not administers(actor, pool):
        rights += [(f"{record_type.key}.{key}", access) for key, access in _personal(record_type, actor.stamp)]
    return actor.at_pool(pool_id, record_type.grant("see"), rights, keeps=_kept), pool


def _personal(record_type: RecordType, stamp: int) -> Iterator[tuple[str, Access]]:
    """What is personal in a type, masked where that leaves something sensible."""
    whole = in_force(record_type, stamp)
    for field in whole.fields:
        if field.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE) and can_be_limited(whole, field.key):
            yield field.key, Access.MASKED if can_be_masked(field) else Access.HIDDEN


@contextmanager
def filling(actor: Actor, row_ids: Collection[int]) -> Iterator[Callable[[Iterable[int]], None]]:
    """Inside, a member may do with these records of a pool what he may do with his own: those that the same piece of
    work of his puts there (an import: its contacts and follow-ups) or takes back again, untouched. What it makes for
    them belongs to nobody either: its ids are named to the function given."""
    mine = {"owner_id": actor.member_id}
    rights = {**(formerly.get() or {}), **dict.fromkeys(row_ids, mine)}
    stood, token = formerly.set(rights), _filled.set(frozenset(row_ids))
    try:
        yield lambda more: rights.update(dict.fromkeys(more, mine))
    finally:
        _filled.reset(token)
        formerly.reset(stood)


def _type_of(pool: Pool) -> RecordType:
    return RECORD_TYPES[pool.record_type]


def refuse_in_pool(_actor: Actor, row: Record, _to: To) -> None:
    """P10: nobody edits a record inside a pool or changes its owner there. Raises Refused("in_pool")."""
    if getattr(row, POOL, None) is None or row.pk in _filled.get():
        return
    verb = (current_grant.get() or "").rpartition(".")[2]
    if verb not in POOL_VERBS:
        raise Refused("in_pool", _("这条记录在公海里，领取或指派之后才能修改"))


register_bar(refuse_in_pool)
