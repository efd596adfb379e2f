"""What an upgrade brings to the ready-made roles: the grants of areas that were not there before."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.grants import GRANTS
from genjin.kernel.recording import record
from genjin.kernel.stamps import bump_stamp
from genjin.org.grants import READY_ROLES, ROLE_ADDITIONS
from genjin.org.models import KnownGrant, Role


@action(
    "roles.learn",
    on=None,
    needs="org.set_up",
    label=gettext_lazy("预置角色获得新功能的权限"),
    silent="an upgrade without new grants changes nothing; each role that changes is recorded",
    listed=False,
)
def learn_grants(actor: Actor) -> None:
    """Give the ready-made roles what this version declares for them and the installation has not met. A grant that
    somebody took away from a role stays away; run twice, the second run changes nothing."""
    known = set(KnownGrant.objects.values_list("key", flat=True))
    roles = list(Role.objects.select_for_update().exclude(key=""))
    met = known or {grant for role in roles for grant in role.grants}
    fresh = set(GRANTS) - met
    for role in roles:
        gained = [grant for grant in _ready(role.key) if grant in fresh and grant not in role.grants]
        if gained:
            role.grants = role.grants | dict.fromkeys(gained, "")
            record(actor, role)
            bump_stamp()
    KnownGrant.objects.bulk_create([KnownGrant(key=key) for key in set(GRANTS) - known], ignore_conflicts=True)


def _ready(key: str) -> list[str]:
    ready = next((role for role in READY_ROLES if role.key == key), None)
    return [*ready.grants, *ROLE_ADDITIONS.get(key, ())] if ready else []
