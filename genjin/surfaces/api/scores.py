"""Scores over the JSON door (B20): one record's with its parts and reasons, and the rules of a type. What is scored is
a field of the record as well (`score`, `band`); the rules are changed by the action `scoring.change`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType, by_plural
from genjin.kernel.refusal import NotFound
from genjin.scoring.asking import known_fields, seen_fields
from genjin.scoring.grants import MANAGE, SEE
from genjin.scoring.queries.explaining import Explained, Line, explained, objection_to
from genjin.scoring.queries.stored import Objecting
from genjin.scoring.schemes import kept_rules, scheme_at
from genjin.scoring.scored import SCORED
from genjin.surfaces.api.bodies import parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import BASE, row_named, type_named

Shape = dict[str, Any]


@endpoint("GET")
def score(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """{score: {total, band, parts: [{part, points, reasons}], cooling} | null, objection: {reason, by, at} | null}."""
    parameters(request, ())
    record_type = type_named(plural, request.actor)
    if record_type.key not in SCORED:
        raise NotFound
    record = row_named(request.actor, record_type, row_id)
    objection = objection_to(request.actor, record)
    found = None if objection else explained(request.actor, record)
    return answer(
        {"score": _score(found) if found else None, "objection": _objection(objection) if objection else None}
    )


def _score(found: Explained) -> dict[str, Any]:
    return {
        "total": found.total,
        "band": found.band.value,
        "parts": [
            {"part": one.part.value, "points": one.points, "reasons": [_line(line) for line in one.lines]}
            for one in found.parts
        ],
        "cooling": _line(found.cooling) if found.cooling else None,
    }


def _line(line: Line) -> dict[str, Any]:
    return {"words": line.words, "points": line.points}


def _objection(objection: Objecting) -> dict[str, Any]:
    return {"reason": objection.reason, "by": objection.by, "at": objection.at.isoformat()}


@endpoint("GET")
def scheme(request: ApiRequest, plural: str) -> HttpResponse:
    """{version, rules, hot, warm, percent, period}: what `scoring.change` takes. Rules about fields that the caller may
    not know of are left out and counted (`hidden`)."""
    parameters(request, ())
    actor, declared = request.actor, by_plural(plural)
    actor.demand(MANAGE)
    if declared is None or declared.key not in SCORED:
        raise NotFound
    found = scheme_at(declared.key, actor.stamp)
    unseen = known_fields(declared.key, actor.stamp).keys() - seen_fields(actor, declared.key).keys()
    told = [rule for rule in found.rules if rule.signal or rule.of not in unseen]
    return answer(
        {
            "record_type": declared.key,
            "version": found.version,
            "rules": kept_rules(told),
            "hidden": len(found.rules) - len(told),
            "hot": found.hot,
            "warm": found.warm,
            "percent": found.percent,
            "period": found.period,
        }
    )


def score_paths(actor: Actor, types: list[RecordType], operation: Callable[[str, str], Shape], number: Shape) -> Shape:
    """What the description says of scores, for who may know of them."""
    scored = [one for one in types if one.key in SCORED] if actor.may(SEE) else []
    paths: Shape = {
        f"{BASE}/{one.plural}/{{id}}/score": {
            "parameters": [number],
            "get": operation(f"{one.plural}.score", _("评分")),
        }
        for one in scored
    }
    if actor.may(MANAGE):
        paths |= {
            f"{BASE}/scoring/{one.plural}": {"get": operation(f"scoring.{one.plural}", _("评分规则"))} for one in scored
        }
    return paths
