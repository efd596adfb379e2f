"""The description of the door as OpenAPI 3.1, made from the declarations for the caller who asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.clashes.queries import clashing_types
from genjin.duplicates.asking import MOST_LINES
from genjin.duplicates.grants import CHECK, RISKS, SWEEP
from genjin.duplicates.rules import COMPARED
from genjin.handover.grants import MANAGE as HANDING_OVER
from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.ownership.standing import pooled_types
from genjin.surfaces.api.bodies import parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.exports import EXPORT
from genjin.surfaces.api.fields import FIELDS
from genjin.surfaces.api.handovers import VERBS
from genjin.surfaces.api.import_shapes import import_paths
from genjin.surfaces.api.imports import NEEDS as IMPORTING
from genjin.surfaces.api.leadforms import form_paths
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import BASE
from genjin.surfaces.api.rule_shapes import ledger_paths, rule_paths
from genjin.surfaces.api.running import MOST_ROWS, path_of
from genjin.surfaces.api.schemas import Schema, input_schema, record_schema
from genjin.surfaces.api.scores import score_paths
from genjin.surfaces.api.totals import PARAMETERS as SUMMING
from genjin.surfaces.api.totals import TOTALS
from genjin.surfaces.exports.grants import RUN
from genjin.surfaces.registry import API, offered
from genjin.tailoring.grants import MANAGE as TAILORING

STATUSES = {
    "400": "bad request", "401": "not signed in", "403": "not allowed", "404": "absent or out of sight",
    "405": "wrong method", "409": "somebody else changed it", "413": "too large", "415": "not JSON",
    "422": "refused by a rule", "429": "too many requests",
}  # fmt: skip
ERROR: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "field": {"type": ["string", "null"]},
                "errors": {"type": "object", "additionalProperties": {"type": "string"}},
                "details": {"type": "object"},
                "request_id": {"type": "string"},
            },
        }
    },
}

REVEAL: Schema = {
    "type": "object",
    "required": ["field"],
    "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
}


@endpoint("GET")
def description(request: ApiRequest) -> HttpResponse:
    """What this caller may read and do."""
    parameters(request, ())
    return answer(describe(request.actor))


def describe(actor: Actor) -> dict[str, Any]:
    """The OpenAPI document for one actor: types they may see, actions they may start."""
    types = [t for t in RECORD_TYPES.values() if actor.may(t.grant("see"))]
    paths: dict[str, Any] = {
        f"{BASE}/": {"get": _operation("index", _("可用的内容"))},
        f"{BASE}/openapi.json": {"get": _operation("openapi", _("接口说明"))},
    }
    if types:
        paths[f"{BASE}/files/{{id}}"] = {"parameters": [_id()], "get": _operation("files.get", _("附件"))}
        undo = _operation("events.undo", _("撤销"))
        paths[f"{BASE}/events/{{id}}/undo"] = {"parameters": [_id()], "post": undo}
    if actor.may(RUN):
        paths.update(_exports())
    if actor.may(TAILORING):
        paths.update(_fields())
    if actor.may(HANDING_OVER):
        paths.update(_handovers())
    compared = [t for t in types if t.key in COMPARED]
    paths.update(_duplicates(actor, compared))
    paths.update(rule_paths(actor, compared, _operation, _id()))
    paths.update(score_paths(actor, types, _operation, _id()))
    if clashing_types(actor):
        paths.update(_clashes())
    if actor.may(IMPORTING):
        paths.update(import_paths(_operation, _id))
    paths.update(form_paths(actor, _operation, _query, _id()))
    for record_type in types:
        paths.update(_reads(record_type.seen_by(actor)))
    for action in described_actions(actor):
        paths.update(_writes(actor, action))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Genjin", "version": "1"},
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {"error": ERROR} | {t.key: record_schema(actor, t) for t in types},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def described_actions(actor: Actor) -> Iterator[Action[Any, Any]]:
    """The actions that the door offers this actor."""
    return (a for a in ACTIONS.values() if offered(API, a) and actor.may(a.needs))


def _reads(record_type: RecordType) -> dict[str, Any]:
    plural, label = record_type.plural, str(record_type.label)
    one = {"$ref": f"#/components/schemas/{record_type.key}"}
    items: Schema = {"type": "object", "properties": {"items": {"type": "array", "items": one}}}
    filters = [
        _query(f"{field.key}.{operator.key}", f"{field.label} {operator.label}")
        for field in record_type.fields
        if field.filterable
        for operator in field.operators()
    ]
    query = [_query(name) for name in ("q", "sort", "life", "after", "before", "size", "fields")] + filters
    summing = [_query(name) for name in SUMMING] + filters
    single, past = _operation(f"{plural}.get", label, one), _operation(f"{plural}.timeline", label)
    past["parameters"] = [_query("before"), _query("size")]
    said = _operation(f"{plural}.comments", label) | {"parameters": [_query("before")]}
    attached, attaching = _operation(f"{plural}.files", label), _operation(f"{plural}.attach", label)
    upload: Schema = {"type": "object", "required": ["upload"], "properties": {"upload": {"format": "binary"}}}
    attaching["requestBody"] = {"content": {"multipart/form-data": {"schema": upload}}}
    revealing = _operation(f"{plural}.reveal", label) | {"requestBody": _body(REVEAL)}
    return {
        **(_pools(record_type, items, one, query) if record_type.key in {t.key for t in pooled_types()} else {}),
        **(_former(record_type) if record_type.grant("add_teammate") in ACTIONS else {}),
        **(_shares(record_type) if record_type.grant("split") in ACTIONS else {}),
        **ledger_paths(record_type, _operation, _query, _id()),
        f"{BASE}/{plural}": {"get": _operation(f"{plural}.list", label, items) | {"parameters": query}},
        f"{BASE}/{plural}/totals": {"get": _operation(f"{plural}.totals", label, TOTALS) | {"parameters": summing}},
        f"{BASE}/{plural}/{{id}}": {"parameters": [_id()], "get": single},
        f"{BASE}/{plural}/{{id}}/timeline": {"parameters": [_id()], "get": past},
        f"{BASE}/{plural}/{{id}}/comments": {"parameters": [_id()], "get": said},
        f"{BASE}/{plural}/{{id}}/reveal": {"parameters": [_id()], "post": revealing},
        f"{BASE}/{plural}/{{id}}/files": {"parameters": [_id()], "get": attached, "post": attaching},
    }


def _former(record_type: RecordType) -> dict[str, Any]:
    """What the caller had and lost lately."""
    told = _operation(f"{record_type.plural}.former", _("以前负责的"))
    return {f"{BASE}/{record_type.plural}/former": {"get": told}}


def _clashes() -> dict[str, Any]:
    """Sales clashes."""
    asked = [_query(name) for name in ("type", "state", "whose", "before")]
    return {
        f"{BASE}/clashes": {"get": _operation("clashes.list", _("撞单")) | {"parameters": asked}},
        f"{BASE}/clashes/{{id}}": {"parameters": [_id()], "get": _operation("clashes.get", _("撞单"))},
    }


def _shares(record_type: RecordType) -> dict[str, Any]:
    """Whom the performance of a record counts for on a day."""
    told = _operation(f"{record_type.plural}.shares", _("业绩份额")) | {"parameters": [_query("on")]}
    return {f"{BASE}/{record_type.plural}/{{id}}/shares": {"parameters": [_id()], "get": told}}


def _pools(record_type: RecordType, items: Schema, one: Schema, query: list[Schema]) -> dict[str, Any]:
    """The pools of a type, their records, what falls into them."""
    base, plural, label = f"{BASE}/{record_type.plural}/pools", record_type.plural, _("公海")
    falling = _operation(f"{plural}.pools.falling", label) | {
        "parameters": [_query(name) for name in ("day", "after", "size")]
    }
    pool, row = _id("pool_id"), _id()
    return {
        base: {"get": _operation(f"{plural}.pools", label)},
        f"{base}/{{pool_id}}": {
            "parameters": [pool],
            "get": _operation(f"{plural}.pools.list", label, items) | {"parameters": query},
        },
        f"{base}/{{pool_id}}/falling": {"parameters": [pool], "get": falling},
        f"{base}/{{pool_id}}/{{id}}": {
            "parameters": [pool, row],
            "get": _operation(f"{plural}.pools.get", label, one),
        },
    }


def _fields() -> dict[str, Any]:
    """The company's own fields, for those who manage them."""
    touched = _operation("fields.preview", _("字段")) | {"parameters": [_query("kind")]}
    lists = {
        f"{BASE}/fields/{t.plural}": {"get": _operation(f"fields.{t.key}", _("字段"), FIELDS)}
        for t in RECORD_TYPES.values()
    }
    return lists | {f"{BASE}/fields/{{id}}/preview": {"parameters": [_id()], "get": touched}}


def _handovers() -> dict[str, Any]:
    """Handovers: prepared, changed, looked at, run and undone."""
    base, label = f"{BASE}/handovers", _("交接")
    paths: dict[str, Any] = {
        base: {"get": _operation("handovers.list", label), "post": _operation("handovers.prepare", label)},
        f"{base}/{{id}}": {
            "parameters": [_id()],
            "get": _operation("handovers.get", label),
            "post": _operation("handovers.change", label),
        },
        f"{base}/{{id}}/items": {"parameters": [_id()], "get": _operation("handovers.items", label)},
    }
    for verb in VERBS:
        paths[f"{base}/{{id}}/{verb}"] = {"parameters": [_id()], "post": _operation(f"handovers.{verb}", label)}
    return paths


def _duplicates(actor: Actor, types: list[RecordType]) -> dict[str, Any]:
    """Asking what is there already, runs over the whole base, risks of registrations: each for who may."""
    paths: dict[str, Any] = {}
    for record_type in types:
        base, name = f"{BASE}/duplicates/{record_type.plural}", f"duplicates.{record_type.plural}"
        if actor.may(CHECK):
            lines: Schema = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_LINES}
            sent: Schema = {"type": "object", "required": ["lines"], "properties": {"lines": lines}}
            paths[f"{base}/check"] = {"post": _operation(f"{name}.check", _("查重")) | {"requestBody": _body(sent)}}
        if actor.may(SWEEP):
            paged = {"parameters": [_query("after"), _query("size")]}
            paths[base] = {"get": _operation(f"{name}.sweep", _("全库查重"))}
            paths[f"{base}/groups"] = {"get": _operation(f"{name}.groups", _("全库查重")) | paged}
    if actor.may(RISKS):
        asked = {"parameters": [_query(each) for each in ("ruling", "kind", "type", "before", "size")]}
        paths[f"{BASE}/risks"] = {"get": _operation("risks.list", _("登记风险")) | asked}
        paths[f"{BASE}/risks/{{id}}"] = {"parameters": [_id()], "get": _operation("risks.get", _("登记风险"))}
    return paths


def _exports() -> dict[str, Any]:
    """An export asked for by exports.start: its state, its file."""
    file = _operation("exports.file", _("导出的文件"))
    file["responses"]["200"] = {"description": "OK", "content": {"application/octet-stream": {}}}
    return {
        f"{BASE}/exports/{{id}}": {"parameters": [_id()], "get": _operation("exports.get", _("导出"), EXPORT)},
        f"{BASE}/exports/{{id}}/file": {"parameters": [_id()], "get": file},
    }


def _writes(actor: Actor, action: Action[Any, Any]) -> dict[str, Any]:
    partial = action.takes_values and action.takes_row
    sent = input_schema(actor, action.inputs(actor), partial=partial)
    single = _operation(action.name, str(action.label)) | {"requestBody": _body(sent)}
    single["parameters"] = [_header("Idempotency-Key"), *([_header("If-Match")] if action.takes_row else [])]
    paths: dict[str, Any] = {path_of(action): {"post": single} | ({"parameters": [_id()]} if action.takes_row else {})}
    if action.bulk:
        ids: Schema = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": MOST_ROWS}
        many: Schema = {"type": "object", "required": ["ids"], "properties": {"ids": ids, "input": sent}}
        operation = _operation(f"{action.name}.bulk", str(action.label)) | {"requestBody": _body(many)}
        paths[f"{BASE}/actions/{action.name}/bulk"] = {"post": operation}
    return paths


def _operation(name: str, summary: str, shown: Schema | None = None) -> dict[str, Any]:
    fine = {"description": "OK", "content": {"application/json": {"schema": shown or {"type": "object"}}}}
    wrong = {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}
    refused = {status: {"description": words, "content": wrong} for status, words in STATUSES.items()}
    return {"operationId": name, "summary": summary, "responses": {"200": fine, **refused}}


def _body(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _query(name: str, words: str = "") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}} | ({"description": words} if words else {})


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


def _id(name: str = "id") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
