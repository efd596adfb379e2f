"""Who may look at whose day (S0-82). Apart from the pages, because roles are made before any page is known."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles
from genjin.org.queries import organisation

WATCH = "today.watch"
declare_grants(_("今日工作台"), (WATCH, _("查看同事的工作台（按数据范围）")))
add_to_ready_roles(manager=(WATCH,), department_head=(WATCH,), reviewer=(WATCH,), operations=(WATCH,))


def watched(actor: Actor) -> list[int]:
    """The active members whose day this actor may look at, himself left out, in the order of their names. In memory."""
    scope = actor.grants.get(WATCH)
    if scope is None:
        return []
    people = organisation(actor).people.values()
    found = [p for p in people if p.active and p.id != actor.member_id and scope.holds(p.id, p.department_id)]
    return [p.id for p in sorted(found, key=lambda p: p.pinyin)]
