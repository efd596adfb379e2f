"""The rules of pools, of how much a member may hold and of 查重 over the JSON door (B3, B4), for who sets them up: as
the actions pools.*, capacities.* and duplicates.* take them; and whom a change of a pool would touch beforehand."""

from __future__ import annotations

import inspect
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.duplicates.grants import MANAGE as MATCHING
from genjin.duplicates.queries import rules_of
from genjin.duplicates.rules import COMPARED, DuplicateRuling
from genjin.kernel.actions import Action
from genjin.kernel.fields import FieldError
from genjin.kernel.records import RECORD_TYPES, by_plural
from genjin.kernel.refusal import NotFound, Refused
from genjin.ownership.actions.pooling import create_pool, edit_pool
from genjin.ownership.capacity import capacities_at
from genjin.ownership.filling import drafted
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Capacity, Pool, Recycling
from genjin.ownership.queries.falling import Falling, touched_by, written_rules
from genjin.ownership.standing import pool_named, pools_at
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_object
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer


@endpoint("GET")
def pools(request: ApiRequest) -> HttpResponse:
    """All pools with their rules, by type, the first in priority first."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    rules = written_rules()
    return answer({"items": [_pool(each, rules.get(each.pk, [])) for each in pools_at(request.actor.stamp)]})


@endpoint("POST")
def touched(request: ApiRequest) -> HttpResponse:
    """{"pool": 12 or nothing for a new one, …the inputs of pools.edit or pools.create}: whom it would touch if it were
    so, of some thousands of records; `"whole": true` of all. Nothing is stored."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    sent = read_object(request)
    whole, number = sent.pop("whole", False), sent.pop("pool", None)
    pool = pool_named(request.actor.stamp, _id(number)) if number is not None else None
    if number is not None and pool is None:
        raise NotFound
    try:
        action = edit_pool if pool else create_pool
        given = {**_defaults(action), **action.parse(request.actor, sent)}
    except FieldError as wrong:
        raise Refused("bad_value", str(wrong)) from None
    made, rules = drafted(pool, given)
    found = touched_by(request.actor, RECORD_TYPES[made.record_type], made, rules, whole=whole is True)
    return answer(
        {
            "looked": found.looked,
            "part": found.part,
            "tonight": {"now": found.tonight_now, "then": found.tonight_then},
            "week": {"now": found.week_now, "then": found.week_then},
            "sooner": found.sooner,
            "later": found.later,
            "samples": [_sample(each) for each in found.samples],
        }
    )


@endpoint("GET")
def capacities(request: ApiRequest) -> HttpResponse:
    """How many records of a type one member may hold and lock: all limits."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    return answer({"items": [_capacity(each) for each in capacities_at(request.actor.stamp)]})


@endpoint("GET")
def duplicates(request: ApiRequest, plural: str) -> HttpResponse:
    """The rules by which records of a type are compared; those without an id came with it and are changed by
    duplicates.change_preset."""
    parameters(request, ())
    request.actor.demand(MATCHING)
    record_type = by_plural(plural)
    if record_type is None or record_type.key not in COMPARED:
        raise NotFound
    return answer({"items": [_rule(each) for each in rules_of(record_type.key, request.actor.stamp)]})


def _defaults(action: Action[Any, Any]) -> dict[str, Any]:
    """What the action takes for what is not said."""
    parameters = inspect.signature(action.function).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


def _id(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LARGEST_ID:
        raise Problem(400, "bad_parameter", _("%s 应是一个编号") % "pool", "pool")
    return number


def _pool(pool: Pool, rules: list[Recycling]) -> dict[str, Any]:
    names = (
        "record_type", "name", "enabled", "kind", "priority", "admins", "members", "hidden", "claims", "entering",
        "remind_days", "notify_admins", "recycles", "joined_by", "version",
    )  # fmt: skip
    said = ("reason", "days", "field", "options", "spares_dealt", "spares_open", "enabled")
    told = {"id": pool.pk} | {name: getattr(pool, name) for name in names}
    return told | {"recyclings": [{name: getattr(rule, name) for name in said} for rule in rules]}


def _sample(one: Falling) -> dict[str, Any]:
    """What the caller may not see has no title, and no id."""
    return {
        "id": one.id if one.title else None,
        "title": one.title or None,
        "owner": one.owner_id,
        "falls_at": one.falls_at.isoformat(),
        "why": one.why,
    }


def _capacity(rule: Capacity) -> dict[str, Any]:
    names = ("record_type", "name", "scope", "most", "spares_dealt", "most_locked", "enabled", "version")
    return {"id": rule.pk} | {name: getattr(rule, name) for name in names}


def _rule(rule: DuplicateRuling) -> dict[str, Any]:
    return {
        "id": rule.id or None,
        "preset": rule.preset or None,
        "name": str(rule.name),
        "alternatives": [[{"field": c.field, "how": c.how.value} for c in each] for each in rule.alternatives],
        "effects": {entry.value: effect.value for entry, effect in rule.effects.items()},
        "told": rule.told.value,
        "shown": list(rule.shown),
        "on": rule.on,
    }
