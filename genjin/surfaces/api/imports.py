"""Imports through the JSON door: a file is sent, its columns are looked at and set, its rows checked and mended,
brought in and taken back. Everybody reaches his own imports only.

POST /imports (multipart/form-data: `upload`, `kind`) → GET /imports/{id} → POST …/rules, …/policy → POST …/check →
GET …/rows → POST …/run → GET …/failed, POST …/undo. Short files are done when the answer comes; of long ones GET
/imports/{id} tells how far they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from tempfile import TemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.file_names import content_disposition
from genjin.kernel.refusal import NotFound
from genjin.kernel.repeating import once
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_key, read_object, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE
from genjin.surfaces.attachments.limit import allow_longer
from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions import (
    cancel_import,
    decide_row,
    decide_rows,
    mend_row,
    pause_import,
    set_policy,
    set_rules,
    skip_row,
    stop_check,
)
from genjin.surfaces.imports.failures import failed_file, failed_name
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, ImportRow, RowState, State
from genjin.surfaces.imports.queries import (
    brought_by,
    counts,
    duplicate_groups,
    import_for,
    imports_of,
    progress,
    row_of,
    rows_of,
    shown_as,
)
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.receiving import look_at, read_again, upload_file
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.storage import MOST_BYTES
from genjin.surfaces.imports.whys import said_of

NEEDS = "imports.run"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 200
STATES = {state.name.lower(): state for state in RowState}


allow_longer(f"{BASE}/imports", MOST_BYTES)


def own(request: ApiRequest, import_id: int) -> Import:
    """One's own import. Raises Forbidden without the grant, NotFound for others'."""
    request.actor.demand(NEEDS)
    return import_for(request.actor, min(import_id, LARGEST_ID))


@endpoint("GET", "POST")
def imports(request: ApiRequest) -> HttpResponse:
    """One's own imports, newest first (`after` goes on); POST sends a file."""
    request.actor.demand(NEEDS)
    if request.method == "POST":
        return _uploaded(request)
    given = parameters(request, ("after", "size"))
    size = read_size(given, 20, MOST)
    found = imports_of(request.actor, size + 1, after=_number(given, "after"))
    after = found[size - 1].pk if len(found) > size else None
    return answer({"items": [_short(row) for row in found[:size]], "after": after})


@endpoint("GET")
def state(request: ApiRequest, import_id: int) -> HttpResponse:
    """An import as it is: layout, rules, what has to be decided, counts, how far it is."""
    parameters(request, ())
    return answer(_shown(request.actor, own(request, import_id)))


@endpoint("POST")
def layout(request: ApiRequest, import_id: int) -> HttpResponse:
    """Read another sheet (`sheet`), or from another header row (`header_row`, as the sheet numbers it)."""
    row, sent = own(request, import_id), _sent(request, {"sheet": str, "header_row": int})
    row = read_again(request.actor, row.pk, sheet=sent.get("sheet", ""), header_row=sent.get("header_row"))
    return answer(_shown(request.actor, row))


@endpoint("POST")
def rules(request: ApiRequest, import_id: int) -> HttpResponse:
    """Set what columns mean: {"rules": [{"index": 0, "target": "customer.name"}, …]}; those not named stay."""
    row, sent = own(request, import_id), _sent(request, {"rules": list})
    set_rules(request.actor, row.pk, rules=_merged(row, sent.get("rules", [])))
    return answer(_shown(request.actor, own(request, import_id)))


@endpoint("POST")
def policy(request: ApiRequest, import_id: int) -> HttpResponse:
    """Set what becomes of duplicates ({"otherwise": "skip", "duplicates": {why: decision}}) and whose the rows are
    that name nobody ({"owner": member id or null}, in turn {"share": [member id]}, nobody's in a pool {"assign":
    "pool", "pool": id}), or of all ({"assign": "sheet", "turns" or "mine"}); what makes a duplicate ({"by_phone":
    bool, "by_likeness": bool}); what stands where the sheet says nothing ({"given": {target: text}}, "-skip" leaves
    rows out that name no customer), whether customers that are not there are made ({"makes": bool}); why what is there
    already is created all the same ({"reason": "…"}, before "create" is chosen)."""
    row = own(request, import_id)
    facts: dict[str, Any] = {"otherwise": str, "duplicates": dict, "owner": (int, type(None)), "share": list}
    facts |= {"pool": (int, type(None)), "given": dict, "makes": bool, "reason": str}
    sent = _sent(request, {**facts, "assign": str, "by_phone": bool, "by_likeness": bool})
    set_policy(request.actor, row.pk, policy=sent)
    return answer(_shown(request.actor, own(request, import_id)))


@endpoint("GET")
def rows(request: ApiRequest, import_id: int) -> HttpResponse:
    """Checked rows in the order of the file: `state`, `after` (a row number), `size`."""
    row = own(request, import_id)
    given = parameters(request, ("state", "after", "size"))
    wanted, size = given.get("state", [""])[0], read_size(given, 50, MOST)
    if wanted and wanted not in STATES:
        raise Problem(400, "bad_parameter", _("state 应是 %s 之一") % "、".join(STATES), "state")
    found = rows_of(row, STATES.get(wanted), after=_number(given, "after") or 0, most=size + 1)
    brought = brought_by(row, [each.number for each in found])
    items = [_row(row, each, brought.get(each.number, [])) for each in found[:size]]
    return answer({"items": items, "after": found[size - 1].number if len(found) > size else None})


@endpoint("POST")
def one_row(request: ApiRequest, import_id: int, number: int) -> HttpResponse:
    """Mend a row ({"fixes": {"3": "text"}}), leave it out ({"skipped": true}), decide about it ({"decision": …}; with
    "create" why: {"reason": "…"})."""
    batch = own(request, import_id)
    sent = _sent(request, {"fixes": dict, "skipped": bool, "decision": str, "reason": str})
    found = row_of(batch, min(number, 2**31 - 1))
    if sent.get("fixes"):
        texts = {str(index): str(text) for index, text in sent["fixes"].items()}
        found = mend_row(request.actor, batch.pk, number=found.number, fixes=texts)
    if "skipped" in sent:
        found = skip_row(request.actor, batch.pk, number=found.number, skipped=sent["skipped"])
    if "decision" in sent:
        decided = {"decision": sent["decision"], "reason": sent.get("reason", "")}
        found = decide_row(request.actor, batch.pk, number=found.number, **decided)
    return answer(_row(batch, found, []))


@endpoint("POST")
def decide(request: ApiRequest, import_id: int) -> HttpResponse:
    """What becomes of all duplicates of a kind: {"why": …, "decision": …}; with "create" why: {"reason": "…"}."""
    row, sent = own(request, import_id), _sent(request, {"why": str, "decision": str, "reason": str})
    said = {key: sent.get(key, "") for key in ("why", "decision", "reason")}
    decide_rows(request.actor, row.pk, **said)
    return answer(_shown(request.actor, own(request, import_id)))


@endpoint("GET")
def failed(request: ApiRequest, import_id: int) -> HttpResponse:
    """The rows that stayed out, each with its reason, as .xlsx."""
    parameters(request, ())
    row = own(request, import_id)
    stream = TemporaryFile()  # noqa: SIM115 - the answer closes it
    failed_file(request.actor, row, stream)
    stream.seek(0)
    response: Any = FileResponse(stream, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition(failed_name(row))
    found: HttpResponse = response
    return found


VERBS: dict[str, Callable[[Actor, int], Any]] = {
    "check": work.check_import,
    "stop": stop_check,
    "run": work.run_import,
    "pause": pause_import,
    "resume": work.go_on,
    "cancel": cancel_import,
    "undo": work.undo,
}


@endpoint("POST")
def verb(request: ApiRequest, import_id: int, name: str) -> HttpResponse:
    """check, stop, run, pause, resume, cancel or undo it; the import as it is then."""
    row = own(request, import_id)
    if name not in VERBS:
        raise NotFound
    _sent(request, {})

    def act() -> int:
        VERBS[name](request.actor, row.pk)
        return row.pk

    _once(request, f"imports.{name}", str(row.pk), act)
    return answer(_shown(request.actor, own(request, import_id)))


def _once(request: ApiRequest, name: str, said: str, act: Callable[[], int]) -> tuple[int, bool]:
    """Carry it out; a request repeated with its Idempotency-Key is told what the first one did."""
    key = read_key(request)
    return once(request.actor, key, name, said, act) if key else (act(), False)


def _uploaded(request: ApiRequest) -> HttpResponse:
    if request.content_type != "multipart/form-data":
        raise Problem(415, "unsupported_media_type", _("请以 multipart/form-data 发送，文件放在 upload 中"))
    upload, kind = request.FILES.get("upload"), request.POST.get("kind", "customers")
    if not isinstance(upload, UploadedFile) or len(request.FILES) > 1 or set(request.POST) - {"kind"}:
        raise Problem(400, "bad_body", _("请只发送一个文件，放在 upload 中；kind 说明表格里是什么"), "upload")
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)

    def keep() -> int:
        return upload_file(request.actor, filename=upload.name or "", content=upload, kind=kind).pk

    said = f"{upload.name} {kind} {digest.hexdigest()}"
    import_id, replayed = _once(request, "imports.upload_file", said, keep)
    found = _shown(request.actor, own(request, import_id)) | {"replayed": replayed}
    return answer(found, 201, {"Location": found["href"]})


def _sent(request: ApiRequest, known: Mapping[str, Any]) -> dict[str, Any]:
    """The body, with known keys of the right types only. Raises Problem 400."""
    parameters(request, ())
    sent = read_object(request)
    for key, value in sent.items():
        fits = key in known and isinstance(value, known[key])
        if not fits or (isinstance(value, bool) and known[key] is not bool):
            raise Problem(400, "bad_body", _("请求内容里的 %s 不认识或类型不对") % str(key)[:40], str(key)[:100])
    return sent


def _merged(row: Import, sent: list[Any]) -> list[Any]:
    """The rules of the import with those that were sent. Raises Refused("bad_rule")."""
    by_place = {rule["index"]: rule for rule in row.rules}
    for given in sent:
        if not isinstance(given, dict) or given.get("index") not in by_place:
            raise Problem(400, "bad_body", _("rules 里每一项都要有表格里有的 index"), "rules")
        before = by_place[given["index"]]
        retargeted = "target" in given and given["target"] != before.get("target", "")
        kept = {key: before[key] for key in ("index", "heading")} if retargeted else before
        how = {"how": "chosen"} if given.get("target") else {}
        by_place[given["index"]] = {**kept, **given, "heading": before["heading"]} | how
    return rules_from_json(by_place.values())


def _number(given: Mapping[str, list[str]], name: str) -> int | None:
    text = given.get(name, [""])[0]
    if not text:
        return None
    if not text.isdecimal() or int(text) > LARGEST_ID:
        raise Problem(400, "bad_parameter", _("%s 应是一个编号") % name, name)
    return int(text)


def _short(row: Import) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "filename": row.filename,
        "sha256": row.digest,
        "size": row.size,
        "state": row.state,
        "total": row.total,
        "made": {key: int(n) for key, n in row.counts.items() if key != "done"},
        "created_at": row.created_at.isoformat(),
        "href": f"{BASE}/imports/{row.pk}",
    }


def _shown(actor: Actor, row: Import) -> dict[str, Any]:
    done = progress(actor, row)
    found = counts(row) if row.state != State.UPLOADED else {}
    return _short(row) | {
        "sheet": row.sheet,
        "layout": row.layout,
        "rules": row.rules,
        "targets": [t.name for t in KINDS[row.kind].targets(actor).values()],
        "policy": row.policy,
        "questions": _questions(actor, row) if row.state == State.UPLOADED else [],
        "rows": {state.name.lower(): found.get(state, 0) for state in RowState},
        "duplicates": [{"why": g.why, "rows": g.rows, "decision": g.decision} for g in duplicate_groups(row, 0)],
        "progress": asdict(done),
        "words": row.words,
    }


def _questions(actor: Actor, row: Import) -> list[dict[str, Any]]:
    """What has to be decided before the check; the rules take the answers."""
    if not row.stored_as:
        return []
    samples = look_at(actor, row).samples
    return [asked.to_json() for asked in questions(actor, KINDS[row.kind], rules_from_json(row.rules), samples)]


def _row(batch: Import, row: ImportRow, brought: list[tuple[str, int, str]]) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": shown_as(batch, row, bool(brought)).name.lower(),
        "title": row.title,
        "cells": row.cells,
        "fixes": row.fixes,
        "problems": [
            {"column": p[0] if p[0] >= 0 else None, "words": p[1], "suggestion": p[2], "blocking": p[3]}
            for p in row.problems
        ],
        "duplicate": _duplicate(row) if row.duplicate_why else None,
        "decision": row.decision,
        "brought": [{"type": kind, "id": record_id, "verb": verb} for kind, record_id, verb in brought],
    }


def _duplicate(row: ImportRow) -> dict[str, Any]:
    """What a row is a possible duplicate of; `of` is null for what the caller may not see."""
    return {"of": row.duplicate_of or None, "row": row.duplicate_row, "why": row.duplicate_why, "words": said_of(row)}
