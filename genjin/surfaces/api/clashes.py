"""Sales clashes over the JSON door (B3): the cases that the caller may know of, each side as far as he may know it. The
verbs are the types' own actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.clashes.drawing import Side, Told, told, told_of
from genjin.clashes.queries import MINE, MY_RULING, clash_for, clashes_seen, clashing_types
from genjin.clashes.rules import ClashState
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.surfaces.api.bodies import LARGEST_ID, parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer


@endpoint("GET")
def clashes(request: ApiRequest) -> HttpResponse:
    """One page, newest first. `type` (plural), `state` (open, ruled, withdrawn), `whose` (mine, ruling), `before`."""
    given = {key: values[0] for key, values in parameters(request, ("type", "state", "whose", "before")).items()}
    types = clashing_types(request.actor)
    if not types:
        raise Forbidden
    chosen = next((t for t in types if t.plural == given.get("type", types[0].plural)), None)
    before, state, whose = given.get("before", ""), given.get("state", ""), given.get("whose", "")
    wrong = chosen is None or state not in {"", *ClashState.values} or whose not in {"", MINE, MY_RULING}
    if chosen is None or wrong or (before and not (before.isascii() and before.isdecimal() and len(before) < 19)):
        raise Problem(400, "bad_parameter", _("参数的值不认识"))
    until = int(before) if before else None
    found, following = clashes_seen(request.actor, chosen, state=state, whose=whose, before=until)
    items = [_case(request.actor, one) for one in told_of(request.actor, found)]
    return answer({"items": items, "next": following})


@endpoint("GET")
def clash(request: ApiRequest, clash_id: int) -> HttpResponse:
    """One case."""
    parameters(request, ())
    if clash_id > LARGEST_ID or not clashing_types(request.actor):
        raise NotFound
    return answer(_case(request.actor, told(request.actor, clash_for(request.actor, clash_id))))


def _case(actor: Actor, case: Told) -> dict[str, Any]:
    found = case.seen.clash
    return {
        "id": found.pk,
        "type": found.record_type,
        "state": found.state,
        "origin": found.origin,
        "why": case.why,
        "statement": found.statement,
        "earlier": _side(case.sides[0]),
        "later": _side(case.sides[1]),
        "proposed": case.proposal.ruling.value if case.proposal and case.proposal.ruling else None,
        "ruling": found.ruling or None,
        "reason": found.reason,
        "opened_at": found.created_at.isoformat(),
        "decided_at": found.decided_at.isoformat() if found.decided_at else None,
        "may": {"rule": case.rules, "withdraw": case.withdraws},
        "mine": found.opened_by_id == actor.member_id,
    }


def _side(side: Side) -> dict[str, Any]:
    """What the caller may know of it; the moments that count only where he sees the record."""
    counts = side.evidence
    moments = {"registered": counts.registered, "since": counts.since, "followed": counts.followed} if counts else {}
    return {
        "id": side.record_id,
        "title": side.title,
        "owner": side.owner,
        "department": side.department,
        "valid": side.valid if counts else None,
        **{key: moment.isoformat() if moment else None for key, moment in moments.items()},
    }
