"""The records that the caller had and lost lately, as far as the company lets previous owners know (B5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.ownership.queries.former import Formerly, former_titles, formerly_owned
from genjin.surfaces.api.bodies import parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import type_named


@endpoint("GET")
def former(request: ApiRequest, plural: str) -> HttpResponse:
    """The one lost last first; nothing where the company lets them know nothing."""
    parameters(request, ())
    record_type = type_named(plural, request.actor)
    if record_type.grant("add_teammate") not in ACTIONS:
        raise NotFound
    return answer({"items": items(request.actor, record_type)})


def items(actor: Actor, record_type: RecordType) -> list[dict[str, Any]]:
    """Of one type."""
    found = formerly_owned(actor, record_type)
    titles = former_titles(actor, record_type, [each.record_id for each in found])
    return [_item(each, titles.get(each.record_id, "")) for each in found]


def _item(had: Formerly, title: str) -> dict[str, Any]:
    return {
        "id": had.record_id,
        "title": title,
        "since": had.since.isoformat(),
        "until": had.until.isoformat(),
        "rule": had.rule,
        "owner": had.owner_id,
        "sees_until": had.ends.isoformat(),
    }
