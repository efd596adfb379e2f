"""What decides now which records fall (P5): pools, rules and memberships put together, kept for as long as nothing of
them changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from genjin.kernel.actor import Actor, system
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import Stamped, current_stamp
from genjin.org.queries import organisation
from genjin.ownership.models import Pool, Recycling
from genjin.ownership.recycling import Ruling, usable
from genjin.ownership.standing import covers, pools_at


def ruling_of(record_type: RecordType, stamp: int = 0) -> Ruling:
    """What decides for a type as of a stamp; without one as of now, which is asked."""
    return _RULINGS.at(stamp)[record_type.key]


def changed_ruling(ruling: Ruling, pool: Pool, rules: Sequence[Recycling]) -> Ruling:
    """The same as if one pool (perhaps a new one) were like this: for saying beforehand whom a change would touch."""
    stamp = current_stamp()
    pool, rules = _numbered(pool, rules)
    others = [each for each in pools_at(stamp, ruling.record_type.key) if each.pk != pool.pk and each.enabled]
    pools = [*others, *([pool] if pool.enabled else [])]
    pools.sort(key=lambda each: (each.priority, -(each.pk or 2**62)))
    kept = {pk: each for pk, each in ruling.rules.items() if pk != pool.pk}
    known = tuple(rule for rule in rules if usable(ruling.record_type, ruling.fields, rule))
    return _ruling(ruling.record_type, pools, {**kept, pool.pk: known})


def _numbered(pool: Pool, rules: Sequence[Recycling]) -> tuple[Pool, list[Recycling]]:
    """Copies with numbers for what is not stored yet, by which the expression tells pools and rules apart."""
    made = copy(pool)
    made.pk = pool.pk or 0
    told = [copy(rule) for rule in rules]
    for place, rule in enumerate(told, 1):
        rule.pk = rule.pk or -place
    return made, told


def _load() -> dict[str, Ruling]:
    stamp = current_stamp()
    by_pool: defaultdict[int, list[Recycling]] = defaultdict(list)
    for rule in Recycling.objects.order_by("id"):  # rows: kept in memory
        by_pool[rule.pool_id].append(rule)
    found = {}
    for key, record_type in RECORD_TYPES.items():
        pools = [pool for pool in pools_at(stamp, key) if pool.enabled]
        fields = in_force(record_type, stamp).own_fields if pools else {}
        usable_ = {
            pool.pk: tuple(rule for rule in by_pool[pool.pk] if usable(record_type, fields, rule)) for pool in pools
        }
        found[key] = _ruling(record_type, pools, usable_)
    return found


def _ruling(record_type: RecordType, pools: Sequence[Pool], rules: dict[int, tuple[Recycling, ...]]) -> Ruling:
    stamp = current_stamp()
    actor = _reader(stamp)
    taking = [pool for pool in pools if pool.recycles and rules.get(pool.pk)]
    pool_of: dict[int, int] = {}
    for member_id in organisation(actor).people if taking else ():
        first = next((pool for pool in taking if covers(pool.members, actor, member_id)), None)
        if first is not None:
            pool_of[member_id] = first.pk
    fields = in_force(record_type, stamp).own_fields if pools else {}
    return Ruling(record_type, fields, tuple(pools), rules, pool_of)


def _reader(stamp: int) -> Actor:
    """Who reads the organisation for this: nobody in particular, as of a stamp."""
    return replace(system("org.see"), stamp=stamp)


_RULINGS: Stamped[dict[str, Ruling]] = Stamped(_load)
