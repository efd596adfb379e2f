"""Performance shares over the JSON door (B15): whom a record's performance counts for on a day, and what was decided.
The verbs are the type's own actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.refusal import NotFound
from genjin.ownership.models import Split
from genjin.ownership.queries.shares import shares_of, splits_of
from genjin.ownership.rules import company_day
from genjin.ownership.shares import Portion, plain
from genjin.surfaces.api.bodies import LARGEST_ID, parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import type_named


@endpoint("GET")
def shares(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """`on`: the day (today). {on, shares: [{member, percent, owner}], since, until, history: […]}."""
    given = parameters(request, ("on",))
    record_type = type_named(plural, request.actor)
    if record_type.grant("split") not in ACTIONS or row_id > LARGEST_ID:
        raise NotFound
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    day = _day(request.actor, given.get("on", [""])[0])
    try:
        found = shares_of(request.actor, row, day)
    except OverflowError:
        raise _bad_day() from None
    told = {
        "on": day.isoformat(),
        "shares": [_portion(each) for each in found.portions],
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat() if found.until else None,
        "history": [_split(each) for each in splits_of(request.actor, row)],
    }
    return answer(told)


def _portion(portion: Portion) -> dict[str, Any]:
    return {"member": portion.member_id, "percent": plain(portion.percent), "owner": portion.owner}


def _split(split: Split) -> dict[str, Any]:
    parts = [Portion(share.member_id, share.percent, share.member_id is None) for share in split.shares.all()]
    return {
        "id": split.pk,
        "state": split.state,
        "since": split.since.isoformat(),
        "until": split.until.isoformat() if split.until else None,
        "shares": [_portion(part) for part in parts],
        "reason": split.reason,
        "answer": split.answer,
        "asked_by": split.asked_by_id,
        "decided_by": split.decided_by_id,
        "decided_at": split.decided_at.isoformat() if split.decided_at else None,
    }


def _day(actor: Actor, text: str) -> date:
    try:
        return date.fromisoformat(text) if text else company_day(actor.now())
    except ValueError:
        raise _bad_day() from None


def _bad_day() -> Problem:
    return Problem(400, "bad_day", _("日期应写成 2026-11-24"), "on")
