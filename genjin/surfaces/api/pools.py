"""Pools over the JSON door (B4): those the caller sees with what he may still claim, their records as the pool shows
them, what falls next. Everything is asked as who stands at the pool; the verbs are the types' own actions."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.kernel.actor import Actor
from genjin.kernel.lists import CAP
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.ownership.actions.viewing import note_view
from genjin.ownership.models import Pool
from genjin.ownership.queries import Quota, quotas_of, standing_of
from genjin.ownership.queries.falling import dry_run
from genjin.ownership.standing import administers, at_pool, pooled_types, pools_of
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE, LIST_PARAMETERS, page_of, row_named, shown, type_named


@endpoint("GET")
def pools(request: ApiRequest, plural: str) -> HttpResponse:
    """The pools of a type that the caller sees, each with his quota."""
    parameters(request, ())
    record_type = _pooled(plural, request.actor)
    seen = pools_of(request.actor, record_type)
    quotas = quotas_of(request.actor, record_type, seen)
    return answer({"items": [_pool(request.actor, record_type, each, quotas[each.pk]) for each in seen]})


@endpoint("GET")
def records(request: ApiRequest, plural: str, pool_id: int) -> HttpResponse:
    """One page of a pool's records, with filters, sort, search and cursors as of any list."""
    standing, record_type, _pool = _at(request, plural, pool_id, listing=True)
    return page_of(standing, record_type, parameters(request, LIST_PARAMETERS, dotted=True))


@endpoint("GET")
def record(request: ApiRequest, plural: str, pool_id: int, row_id: int) -> HttpResponse:
    """A record as the pool shows it, and how it stands for the caller. Counted where the pool limits it (422)."""
    parameters(request, ())
    standing, record_type, pool = _at(request, plural, pool_id)
    row = row_named(standing, record_type, row_id)
    note_view(request.actor, pool_id=pool.pk, row_id=row_id)
    viewing.note(request.actor, viewing.Kind.RECORDS, of=row.row_type, once=row_id)
    found = standing_of(request.actor, row)
    stands = {
        "claimable": bool(found and found.claimable),
        "claimable_at": found.claimable_at.isoformat() if found and found.claimable_at else None,
        "why": found.why if found else "",
    }
    return answer({**shown(standing, row), "standing": stands})


@endpoint("GET")
def falling(request: ApiRequest, plural: str, pool_id: int) -> HttpResponse:
    """What falls into the pool by a night (`day`, the next one), and why: for its administrators."""
    given = parameters(request, ("day", "after", "size"))
    _standing, record_type, pool = _at(request, plural, pool_id)
    if not administers(request.actor, pool):
        raise NotFound
    after = given.get("after", [""])[0]
    if after and not re.fullmatch(r"[0-9T:.+\-]{10,40}_[0-9]{1,18}", after):
        raise Problem(400, "bad_cursor", _("翻页位置无效，请从第一页重新开始"), "after")
    night = dry_run(
        request.actor, record_type, pool, day=_day(given), after=after, most=read_size(given, 50, 200)
    )  # fmt: skip
    items = [
        {**asdict(row), "falls_at": row.falls_at.isoformat(), "night": row.night.isoformat()} for row in night.rows
    ]
    counted = {"count": min(night.count, CAP), "capped": night.count > CAP}
    return answer({"night": night.day.isoformat(), **counted, "items": items, "next": night.after})


def _pool(actor: Actor, record_type: RecordType, pool: Pool, quota: Quota) -> dict[str, Any]:
    return {
        "id": pool.pk,
        "name": pool.name,
        "kind": pool.kind,
        "administrator": administers(actor, pool),
        "quota": {
            "claimed_today": quota.claimed_today,
            "daily_limit": quota.daily_limit,
            "held": quota.held,
            "capacity": quota.capacity,
            "of_pool": quota.of_pool,
            "left": quota.left,
            "locked": quota.locked,
            "most_locked": quota.most_locked,
            "refusals": list(quota.refusals),
        },
        "records": f"{BASE}/{record_type.plural}/pools/{pool.pk}",
    }


def _at(request: ApiRequest, plural: str, pool_id: int, *, listing: bool = False) -> tuple[Actor, RecordType, Pool]:
    record_type = _pooled(plural, request.actor)
    if pool_id > LARGEST_ID:
        raise NotFound
    standing, pool = at_pool(request.actor, pool_id, listing=listing)
    if pool.record_type != record_type.key:
        raise NotFound
    return standing, record_type.seen_by(standing), pool


def _pooled(plural: str, actor: Actor) -> RecordType:
    record_type = type_named(plural, actor)
    if record_type.key not in {known.key for known in pooled_types()}:
        raise NotFound
    return record_type


def _day(given: dict[str, list[str]]) -> date | None:
    text = given.get("day", [""])[0]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(400, "bad_day", _("day 应是一个日期，例如 2026-11-24"), "day") from None
