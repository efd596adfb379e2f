"""What new versions offer to roles that a company shaped itself."""

from __future__ import annotations

from dataclasses import dataclass

from genjin.kernel.actor import Actor
from genjin.kernel.grants import GRANTS, Grant
from genjin.org.grants import READY_ROLES
from genjin.org.models import OfferedGrant
from genjin.org.queries import organisation


@dataclass(frozen=True)
class RoleOffer:
    """A role with the grants offered to it, and the ready-made role it is measured by."""

    role_id: int
    name: str
    like: str
    grants: list[Grant]


def offers_to_roles(actor: Actor) -> list[RoleOffer]:
    """What is still to be decided, by role. One query. Raises Forbidden."""
    actor.demand("org.manage")
    names = {ready.key: ready.name for ready in READY_ROLES}
    roles = organisation(actor).roles
    found: dict[int, RoleOffer] = {}
    for offered in OfferedGrant.objects.order_by("role_id", "id"):
        if offered.role_id in roles and offered.grant in GRANTS:
            like = names.get(offered.ready, "")
            offer = found.setdefault(offered.role_id, RoleOffer(offered.role_id, roles[offered.role_id].name, like, []))
            offer.grants.append(GRANTS[offered.grant])
    return list(found.values())
