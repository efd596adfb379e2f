"""Where a record goes that is made: to an owner, into a pool, or through a pool at once to whom that gives new ones
(B1 L1 to L3). A step of the actions that make records of types with pools.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.records import RecordType
from genjin.org.queries import organisation
from genjin.ownership.capacity import await_turn, demand_room, room_of
from genjin.ownership.models import Pool, Rule


@dataclass(frozen=True)
class Landing:
    """An owner or a pool, by which rule, and why. `through`: the pool that gave it away at once, of which it counts as
    any that came out of it (P3)."""

    owner: int | None
    pool: Pool | None
    rule: Rule
    reason: str = ""
    through: int | None = None


def landing_of(actor: Actor, record_type: RecordType, pool: Pool | None, owner: int | None) -> Landing:
    """What becomes of a record that is made into a pool, or for an owner (default: the actor). Raises Refused("full")
    for an owner who may hold no more; where it is the pool's default assignee, it stays in the pool."""
    imported = actor.surface is Surface.IMPORT
    rule = Rule.IMPORTED if imported else Rule.CREATED
    if pool is None:
        gains = owner or actor.member_id
        demand_room(actor, record_type, gains, field="owner")
        return Landing(gains, None, rule)
    taker = None if imported else _taker(actor, record_type, pool)
    if taker is not None:
        return Landing(taker, None, Rule.ASSIGNED, _("「%s」的默认分配") % pool.name, pool.pk)
    return Landing(None, pool, rule, _("导入时放入") if imported else _("新建时放入"))


def _taker(actor: Actor, record_type: RecordType, pool: Pool) -> int | None:
    """Whom the pool gives what is newly put there (L3): as long as he is here and may hold one more."""
    member: int | None = pool.entering.get("assignee")
    person = organisation(actor).people.get(member or 0)
    if member is None or person is None or not person.active:
        return None
    await_turn(actor, record_type, member)
    room = room_of(actor, record_type, [member], pool)[member]
    return member if room is None or room > 0 else None
