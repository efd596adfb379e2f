"""Allocation over the JSON door (B20): the schemes and their back-tests for who manages them, one's own runs over whole
lists, what is offered to oneself now. Written by the actions allocation.* and <type>.allocate, .allocate_all."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.grants import MANAGE, TAKE
from genjin.allocation.models import Run, Scheme
from genjin.allocation.offered import about, title_of
from genjin.allocation.queries import Waiting, last_test, offers_to, run_for, runs_of, scheme_for, schemes_of
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden
from genjin.kernel.titles import titles_of
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import BASE

HERE = f"{BASE}/allocation"


@endpoint("GET")
def schemes(request: ApiRequest) -> HttpResponse:
    """All schemes, those in force first, as the actions take them."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    return answer({"items": [_scheme(each) for each in schemes_of(request.actor)]})


@endpoint("GET")
def back_test(request: ApiRequest, scheme_id: int) -> HttpResponse:
    """The newest comparison of the ways of choosing on the past, begun by allocation.test: none, running or done; each
    way with its share of won records, the bounds of that and whether the sample is `enough` to say anything."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    scheme = scheme_for(request.actor, min(scheme_id, LARGEST_ID))
    test = last_test(scheme)
    state = "none" if test is None else "running" if test.result is None else "done"
    return answer(
        {
            "scheme": scheme.pk,
            "state": state,
            "made_at": test.made_at.isoformat() if test else None,
            "result": test.result if test else None,
        }
    )


@endpoint("GET")
def offers(request: ApiRequest) -> HttpResponse:
    """What waits for the caller, the one that ends first at the top. Answered by allocation.take and .pass."""
    parameters(request, ())
    request.actor.demand(TAKE)
    waiting = offers_to(request.actor, request.actor.member_id or 0)
    return answer({"items": [_offer(request.actor, each) for each in waiting]})


@endpoint("GET")
def runs(request: ApiRequest) -> HttpResponse:
    """The runs that the caller started, newest first (`size`)."""
    given = parameters(request, ("size",))
    _demand_allocating(request.actor)
    return answer({"items": [_run(request.actor, each) for each in runs_of(request.actor, read_size(given, 20, 100))]})


@endpoint("GET")
def run(request: ApiRequest, run_id: int) -> HttpResponse:
    """How far one is and what came of it; taken back by <type>.unallocate_all."""
    parameters(request, ())
    _demand_allocating(request.actor)
    return answer(_run(request.actor, run_for(request.actor, min(run_id, LARGEST_ID))))


def _demand_allocating(actor: Actor) -> None:
    """Raises Forbidden for who gives no list of any type away."""
    if not any(actor.may(verb.needs) for verb in ALLOCATE.values()):
        raise Forbidden


def _scheme(scheme: Scheme) -> dict[str, Any]:
    names = (
        "name", "record_type", "mode", "seats", "conditions", "steps", "traits", "least", "days", "begins", "ends",
        "priority", "on_entry", "offer_minutes", "state", "version",
    )  # fmt: skip
    told = {"id": scheme.pk} | {name: getattr(scheme, name) for name in names}
    return told | {"fallback": scheme.fallback_id, "test": f"{HERE}/schemes/{scheme.pk}/test"}


def _offer(actor: Actor, one: Waiting) -> dict[str, Any]:
    return {
        "id": one.offer.pk,
        "type": RECORD_TYPES[one.offer.record_type].plural,
        "title": title_of(one),
        "about": about(actor, one),
        "reason": one.offer.reason,
        "offered_at": one.offer.offered_at.isoformat(),
        "until": one.offer.expires_at.isoformat(),
    }


def _run(actor: Actor, found: Run) -> dict[str, Any]:
    declared = RECORD_TYPES[found.record_type]
    titles = titles_of(actor, declared.key, [row_id for row_id, _why in found.told])
    refused = [{"id": i if i in titles else None, "title": titles.get(i), "why": why} for i, why in found.told]
    return {
        "id": found.pk,
        "type": declared.plural,
        "scheme": found.scheme_id,
        "began_at": found.began_at.isoformat(),
        "finished_at": found.finished_at.isoformat() if found.finished_at else None,
        "total": found.total,
        "done": found.done,
        "refused": found.refused,
        "why_not": refused,
        "undone_at": found.undone_at.isoformat() if found.undone_at else None,
        "back": found.back,
        "kept": found.kept,
        "href": f"{HERE}/runs/{found.pk}",
    }
