"""The ledger of ownership over the JSON door (B4, B5, B16): who owned a record, by which rule and why, whose it was on
a day; what was merged into it, until when that can be taken back (B3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.merging.models import Merge
from genjin.merging.queries.merges import maker_of, merges_of, would_stay
from genjin.merging.reach import MERGEABLE
from genjin.ownership.models import Period
from genjin.ownership.queries import owner_on, periods_of
from genjin.ownership.standing import pool_named
from genjin.surfaces.api.bodies import parameters, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE, row_named, type_named

MOST = 200


@endpoint("GET")
def owners(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """Its periods, newest first (`size`); with `on` also the one at the end of that day of the caller's calendar."""
    given = parameters(request, ("on", "size"))
    row = _row(request, plural, row_id, "add_teammate")
    told: dict[str, Any] = {}
    if given.get("on", [""])[0]:
        found = owner_on(request.actor, row, _end_of(request.actor, given["on"][0]))
        told = {"on": given["on"][0], "then": _period(request.actor, found) if found else None}
    periods = periods_of(request.actor, row, read_size(given, 50, MOST))
    return answer(told | {"items": [_period(request.actor, each) for each in periods]})


@endpoint("GET")
def merges(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """What was merged into it and stands, newest first. `would_stay`: fields whose values were changed since and would
    not come back. Taken back by the action <type>.unmerge."""
    parameters(request, ())
    row = _row(request, plural, row_id, "unmerge")
    if row.row_type not in MERGEABLE:
        raise NotFound
    return answer({"items": [_merge(request.actor, plural, row, each) for each in merges_of(request.actor, row)]})


def _row(request: ApiRequest, plural: str, row_id: int, verb: str) -> Record:
    """The record of an address, of a type that has the verb. Raises NotFound."""
    record_type: RecordType = type_named(plural, request.actor)
    if record_type.grant(verb) not in ACTIONS:
        raise NotFound
    return row_named(request.actor, record_type, row_id)


def _end_of(actor: Actor, text: str) -> datetime:
    """The end of a day, today's until now. Raises Problem."""
    try:
        day = date.fromisoformat(text)
        ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=actor.zone) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise Problem(400, "bad_day", _("日期应写成 2026-11-24"), "on") from None
    if day > actor.now().astimezone(actor.zone).date():
        raise Problem(400, "bad_day", _("这一天还没有到"), "on")
    return min(ends, actor.now())


def _period(actor: Actor, period: Period) -> dict[str, Any]:
    pool = pool_named(actor.stamp, period.pool_id or 0)
    return {
        "owner": period.owner_id,
        "department": period.department_id,
        "pool": pool.name if pool else None,
        "since": period.since.isoformat(),
        "until": period.until.isoformat() if period.until else None,
        "rule": period.rule,
        "reason": period.reason,
        "by": period.changed_by_id,
    }


def _merge(actor: Actor, plural: str, master: Record, merge: Merge) -> dict[str, Any]:
    titles = titles_of(actor, master.row_type, merge.merged)
    return {
        "id": merge.pk,
        "at": merge.created_at.isoformat(),
        "by": maker_of(merge),
        "reason": merge.reason,
        "until": merge.until.isoformat(),
        "merged": [{"id": pk, "title": titles.get(pk), "href": f"{BASE}/{plural}/{pk}"} for pk in merge.merged],
        "would_stay": [field.key for field in would_stay(actor, merge, master)],
    }
