"""What an upgrade brings to roles: the grants of areas that were not there before. Ready-made roles whose rights nobody
changed get them; of any other role (one that a company shaped is never widened behind its back) somebody decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.grants import GRANTS
from genjin.kernel.models.events import EventLink, EventPayload
from genjin.kernel.notices import declare_notice, notify
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.roles import demand_giving, role_row
from genjin.org.changing import changing_organisation
from genjin.org.fields import GrantScopes
from genjin.org.grants import READY_ROLES, nearest_ready, ready_grants, ready_scope
from genjin.org.models import KnownGrant, Member, OfferedGrant, Role

NOTICE = "new_grants"
RIGHTS = frozenset({"grants", "scope", "departments", "fields"})
READY_KEYS = frozenset(role.key for role in READY_ROLES)

declare_notice(
    NOTICE,
    gettext_lazy("新版本带来了新权限：%(roles)s 个角色由您决定是否给予"),
    "lock",
    label=gettext_lazy("新版本的权限"),
    facts=lambda _reader, note: {"roles": str(note.get("roles", ""))},
    place="/settings/roles/offers",
)


@action(
    "roles.learn",
    on=None,
    needs="org.set_up",
    label=gettext_lazy("预置角色获得新功能的权限"),
    silent="an upgrade without new grants changes nothing; each role that changes is recorded",
    listed=False,
)
def learn_grants(actor: Actor) -> None:
    """Give the ready-made roles what this version declares for them and the installation has not met, and offer it to
    roles whose rights the company changed or made itself; administrators are told. A grant that somebody took away
    from a role stays away; run twice, the second run changes nothing."""
    known = set(KnownGrant.objects.values_list("key", flat=True))
    roles = list(Role.objects.select_for_update().order_by("id"))
    met = known or {grant for role in roles if role.key for grant in role.grants}
    shaped, offered = _shaped(roles), []
    for role in roles:
        ready = role.key if role.key in READY_KEYS else nearest_ready(role.grants, met)
        gained = [grant for grant in ready_grants(ready) if grant not in met and grant not in role.grants]
        if gained and role.key in READY_KEYS and role.pk not in shaped:
            role.grants = role.grants | {grant: ready_scope(grant) for grant in gained}
            record(actor, role)
            bump_stamp()
        else:
            offered += [OfferedGrant(role=role, grant=grant, ready=ready) for grant in gained]
    _offer(offered)
    KnownGrant.objects.bulk_create([KnownGrant(key=key) for key in set(GRANTS) - known], ignore_conflicts=True)


@action("roles.decide_offers", on=Role, needs="org.manage", label=gettext_lazy("决定新权限"), icon="lock", listed=False)
def decide_offers(
    actor: Actor,
    role_id: int,
    *,
    given: Annotated[
        dict[str, str],
        GrantScopes(
            key="given", label=gettext_lazy("给予的权限"), help=gettext_lazy("没有写的就不给，以后仍可在角色里修改")
        ),
    ] = {},  # noqa: B006 - read only
) -> Role:
    """Give a role those of the grants offered to it that are named; the others are settled without. Raises
    Refused("not_offered"), Forbidden for grants beyond the actor's own, NotFound."""
    with changing_organisation(actor):
        role = role_row(role_id)
        offers = set(OfferedGrant.objects.filter(role_id=role_id).values_list("grant", flat=True))
        if not offers or set(given) - offers:
            raise Refused("not_offered", _("这些权限已经决定过了，请刷新页面"))
        demand_giving(actor, given, role.fields)
        role.grants = role.grants | given
        OfferedGrant.objects.filter(role_id=role_id).delete()
        record(actor, role, declined=sorted(offers - set(given)))
    return role


def _offer(offered: Sequence[OfferedGrant]) -> None:
    OfferedGrant.objects.bulk_create(offered, ignore_conflicts=True)
    if offered:
        told = Member.objects.filter(administrator=True, is_active=True).values_list("pk", flat=True)
        note = {"roles": len({each.role_id for each in offered})}
        notify(told, NOTICE, None, once=f"{NOTICE}.{min(each.grant for each in offered)}", note=note)


def _shaped(roles: Collection[Role]) -> set[int]:
    """The roles whose rights somebody changed: what they allow, over whom, which fields. A new name is no change."""
    links = EventLink.objects.filter(row_id__in=[role.pk for role in roles], event__action="roles.edit")
    edits = set(links.values_list("event_id", "row_id"))
    kept = EventPayload.objects.filter(event_id__in=[event for event, _row in edits])
    other = {
        (event, row)
        for event, row, changes in kept.values_list("event_id", "row_id", "changes")
        if not RIGHTS & set(changes)
    }
    return {row for _event, row in edits - other}
