"""Which numbers of the statistics are kept from an actor, because they are made of fields that he may not know."""

from __future__ import annotations

from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.seeing import whole

HOUSEHOLDS = "households"
MADE_OF = {HOUSEHOLDS: ("outcome", "result_date", "deal_date"), "effective": ("effective",), "on_time": ("late_hours",)}


def kept_from(actor: Actor) -> frozenset[str]:
    """Of 成交户数, 有效率 and 及时率 those that the actor gets none of."""
    if not actor.rights:
        return frozenset()
    return frozenset(number for number, keys in MADE_OF.items() if not all(whole(actor, FOLLOWUP, key) for key in keys))
