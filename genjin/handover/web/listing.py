"""The list of handovers: who has left and still has records, who is leaving, what was handed over."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.queries import handovers, in_notice, left_behind, progress
from genjin.handover.receivers import name_of
from genjin.handover.rules import AT_WORK, TONES, Kind, State
from genjin.handover.settings import BLOCK_EXPORTS, WATCH_PERCENT
from genjin.handover.watching import today
from genjin.handover.words import outcome_of
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused
from genjin.org.queries import organisation
from genjin.ui.details.entries import Look, register_look, register_note
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond

register_nav(
    NavItem(
        key="handovers",
        label=gettext_lazy("交接"),
        icon="user-check",
        url_name="handovers",
        section="management",
        order=60,
        needs=MANAGE,
    )
)
register_look("handovers.move_next", Look("user-check", "info"))
register_look("handovers.move_back_next", Look("arrow-back-up", "warn", words=gettext_lazy("撤销交接")))


def _receiver(actor: Actor, value: Any) -> str:
    """A member or a pool by its name."""
    try:
        return name_of(actor, str(value)) or "—"
    except Refused:
        return "—"


register_note("handed_to", gettext_lazy("交接给"), _receiver)


@page("handovers", name="handovers", needs=MANAGE)
def listing(request: PageRequest) -> HttpResponse:
    """`?before=` goes on."""
    actor, asked = request.actor, request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    found, older = handovers(actor, before=before)
    context: dict[str, Any] = {"rows": [line(actor, row) for row in found], "older": older, "before": before}
    if before is None:
        context |= {"left": left_behind(actor, actor.demand(MANAGE)), "leaving": _leaving(actor)}
    stamp = actor.stamp
    return respond(
        request,
        "handover/list.html#history",
        banned=BLOCK_EXPORTS.at(stamp),
        percent=WATCH_PERCENT.at(stamp),
        **context,
    )


def line(actor: Actor, row: Handover) -> dict[str, Any]:
    """A handover as lists show it."""
    person = organisation(actor).people[row.leaver_id]
    department = organisation(actor).departments.get(person.department_id or 0)
    state, by = State(row.state), row.begun_by_id or row.made_by_id
    at_work = state in AT_WORK
    return {
        "id": row.pk,
        "name": person.name,
        "department": department.name if department else "",
        "kind": Kind(row.kind).label,
        "leaves_on": row.leaves_on,
        "at": row.ended_at or row.begun_at or row.created_at,
        "by": organisation(actor).people[by].name if by else _("系统"),
        "state": state.label,
        "tone": TONES[state],
        "progress": progress(row) if at_work else None,
        "words": outcome_of(row) if state in (State.DONE, State.UNDONE) else row.reason,
    }


def _leaving(actor: Actor) -> list[dict[str, Any]]:
    scope, org = actor.demand(MANAGE), organisation(actor)
    found = []
    for member, last_day in in_notice(today()):
        person = org.people.get(member)
        if person is not None and member != actor.member_id and scope.holds(person.id, person.department_id):
            found.append({"id": member, "name": person.name, "last_day": last_day})
    return found
