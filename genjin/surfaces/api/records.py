"""Reading records: the index of the door, a page of a list, one record, its timeline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import row_or_master
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.timeline import Entry, timeline
from genjin.kernel.versions import known_version, known_versions
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.shapes import LIFE, Shaper

LIST_PARAMETERS = ("q", "sort", "life", "after", "before", "size", "fields")
BASE = "/api/v1"


@endpoint("GET")
def index(request: ApiRequest) -> HttpResponse:
    """What this caller can reach: who they are, the collections, the description."""
    parameters(request, ())
    seen = [t for t in RECORD_TYPES.values() if request.actor.may(t.grant("see"))]
    return answer(
        {
            "member": {"id": request.actor.member_id, "name": request.actor.name},
            "collections": {t.plural: f"{BASE}/{t.plural}" for t in seen},
            "openapi": f"{BASE}/openapi.json",
        }
    )


@endpoint("GET")
def records(request: ApiRequest, plural: str) -> HttpResponse:
    """One page of a list: filters, sort, search, life and cursors as in the addresses of the list pages."""
    record_type = type_named(plural, request.actor)
    return page_of(request.actor, record_type, parameters(request, LIST_PARAMETERS, dotted=True))


def page_of(actor: Actor, record_type: RecordType, given: dict[str, list[str]]) -> HttpResponse:
    """The page of a list that such parameters ask for."""
    fields = _fields(actor, record_type, given)
    read_size(given, 50, 200)
    try:
        found = page(actor, read_query(actor, record_type, given), fields)
    except Refused as refusal:
        raise as_bad_request(refusal) from None
    turned = "after" in given or "before" in given
    viewing.note_page(actor, len(found.rows), of=record_type.key, turned=turned)
    shaper = Shaper(actor, fields, [row.values for row in found.rows])
    versions = known_versions(actor, record_type, {row.id: row.version for row in found.rows})
    items = [
        {"id": row.id, "version": versions[row.id], "life": _life(row.life), "title": row.title}
        | {"fields": shaper.values(row.values)}
        for row in found.rows
    ]
    return answer({"items": items, "next": found.next, "previous": found.previous})


@endpoint("GET")
def record(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """One record with all fields the actor may see; 308 to the one that it was merged into. ETag is made of all that is
    shown: 304 when none of it changed."""
    parameters(request, ())
    row = standing(request.actor, type_named(plural, request.actor), row_id)
    if row.pk != row_id:
        address = f"{BASE}/{plural}/{row.pk}"
        return answer({"id": row_id, "alias_of": row.pk, "href": address}, 308, {"Location": address})
    viewing.note(request.actor, viewing.Kind.RECORDS, of=row.row_type, once=row_id)
    told = shown(request.actor, row)
    digest = hashlib.sha256(json.dumps(told, default=str, ensure_ascii=False).encode()).hexdigest()[:16]
    etag = f'"{told["version"]}.{digest}"'
    if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponseNotModified(headers={"ETag": etag})
    return answer(told, headers={"ETag": etag})


@endpoint("GET")
def events(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """What happened to a record, newest first. `before`: the event id to go on from."""
    given = parameters(request, ("before", "size"))
    row = row_named(request.actor, type_named(plural, request.actor), row_id)
    entries, more = timeline(request.actor, row, before=_before(given), most=read_size(given, 20, 100))
    items = [_entry(entry) for entry in entries]
    return answer({"items": items, "next": entries[-1].event_id if more and entries else None})


def type_named(plural: str, actor: Actor) -> RecordType:
    """The record type of an address. Raises NotFound, or Forbidden without the grant to see any."""
    record_type = by_plural(plural)
    if record_type is None:
        raise NotFound
    actor.demand(record_type.grant("see"))
    return record_type.seen_by(actor)


def row_named(actor: Actor, record_type: RecordType, row_id: int) -> Record:
    """The record of an address. Raises NotFound."""
    if row_id > LARGEST_ID:
        raise NotFound
    return row_for(actor, record_type.model, row_id, to=SEE)


def standing(actor: Actor, record_type: RecordType, row_id: int) -> Record:
    """The record of an address, or the one that stands for it since they were merged. Raises NotFound."""
    if row_id > LARGEST_ID:
        raise NotFound
    return row_or_master(actor, record_type.model, row_id)


def _fields(actor: Actor, record_type: RecordType, given: dict[str, list[str]]) -> Sequence[Field]:
    """The fields asked for, of those the actor may know of. Raises Problem 400."""
    known = {field.key: field for field in record_type.visible_fields(actor)}
    text = given.get("fields", [""])[0]
    keys = list(dict.fromkeys(text.split(","))) if text else [f.key for f in record_type.columns if f.key in known]
    unknown = next((key for key in keys if key not in known), None)
    if unknown is not None:
        raise Problem(400, "unknown_field", _("不认识的字段：%s") % unknown[:40], "fields")
    return [known[key] for key in keys]


def shown(actor: Actor, row: Record) -> dict[str, Any]:
    """A record with all fields that the actor may see."""
    record_type = RECORD_TYPES[row.row_type]
    fields = tuple(record_type.visible_fields(actor))
    values = {field.key: get_value(row, field) for field in fields}
    return {
        "id": row.pk,
        "type": record_type.key,
        "version": known_version(actor, row),
        "life": _life(row.life),
        "title": str(getattr(row, record_type.title)),
        "fields": Shaper(actor, fields, [values]).values(values),
    }


def _life(life: int) -> str:
    return next(name for value, name in LIFE.items() if value == life)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "event": entry.event_id,
        "at": entry.at.isoformat(),
        "who": {"id": entry.member_id, "name": entry.who},
        "surface": entry.surface,
        "action": entry.action,
        "label": entry.label,
        "note": entry.note,
        "changes": [
            {"field": c.field.key, "label": str(c.field.label), "before": c.before, "after": c.after}
            for c in entry.changes
        ],
    }


def _before(given: dict[str, list[str]]) -> int | None:
    text = given.get("before", [""])[0]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) > LARGEST_ID:
        raise Problem(400, "bad_cursor", _("翻页位置无效，请从第一页重新开始"), "before")
    return int(text)


def as_bad_request(refusal: Refused) -> Refused:
    """A filter, order or cursor that cannot be used is a wrong request, not a rule that said no."""
    if refusal.status != 422:
        return refusal
    return Problem(400, refusal.code, refusal.message, refusal.field)
