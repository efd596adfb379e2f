"""What leads do outside requests: their time limits."""

from __future__ import annotations

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.leads.actions.ringing import AT_ONCE, ring_leads


@periodic("*/5 * * * *", "leads.ring", grants=["leads.clock"])
def ring(actor: Actor) -> None:
    """Every five minutes, some hundreds at a time."""
    while ring_leads(actor) == AT_ONCE:
        pass
