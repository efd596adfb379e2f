"""Running actions: creating ones, those of a row, and the bulk form."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action, Outcome
from genjin.kernel.actor import Actor
from genjin.kernel.deadlocks import unlocked
from genjin.kernel.doors import SEE, row_for, visible_to
from genjin.kernel.records import by_plural
from genjin.kernel.refusal import Forbidden, NotFound, Stale, afterwards
from genjin.kernel.undo import undo_event
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_key, read_object, read_version
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer, described
from genjin.surfaces.api.records import BASE
from genjin.surfaces.api.shapes import raw_inputs
from genjin.surfaces.registry import API, NOT_ON, offered

MOST_ROWS = 500
AnyAction = Action[Any, Any]


@endpoint("POST")
def start(request: ApiRequest, name: str) -> HttpResponse:
    """Run an action that concerns no row yet (mostly: create one)."""
    action = _action(name)
    if action.takes_row:
        raise NotFound
    if read_version(request) is not None:
        raise Problem(400, "no_version", _("新建没有版本，不能使用 If-Match"), "If-Match")
    return _answer(request.actor, action, _run(request, action, None), created=action.record_type is not None)


@endpoint("POST")
def on_row(request: ApiRequest, name: str, row_id: int) -> HttpResponse:
    """Run an action of a row that is no record (a department, a role, a view)."""
    action = _action(name)
    if not action.takes_row or path_of(action) != f"{BASE}/actions/{name}/{{id}}":
        raise NotFound
    return _answer(request.actor, action, _run(request, action, row_id))


@endpoint("POST")
def on_record(request: ApiRequest, plural: str, row_id: int, verb: str) -> HttpResponse:
    """Run an action of a record."""
    if by_plural(plural) is None:
        raise NotFound
    action = _action(f"{plural}.{verb}")
    if path_of(action) != f"{BASE}/{plural}/{{id}}/actions/{verb}":
        raise NotFound
    return _answer(request.actor, action, _run(request, action, row_id))


@endpoint("POST")
def bulk(request: ApiRequest, name: str) -> HttpResponse:
    """Run an action on many rows: {ids, input}. A row the caller may not see or change refuses all of them."""
    action = _action(name)
    parameters(request, ())
    for header in ("Idempotency-Key", "If-Match"):
        if header in request.headers:
            raise Problem(400, "header_not_for_bulk", _("批量执行不支持 %s") % header, header)
    body = read_object(request)
    ids = _ids(body.pop("ids", None))
    sent = body.pop("input", {})
    if body or not isinstance(sent, dict):
        raise Problem(400, "bad_body", _('批量执行的内容应为 {"ids": […], "input": {…}}'))
    action.check(request.actor)
    outcome = action.run_many(request.actor, ids, raw_inputs(action.inputs(request.actor), sent))
    refused = [{"id": row_id, "error": described(refusal)} for row_id, refusal in outcome.refused]
    return answer({"done": outcome.done, "refused": refused, "event": outcome.event_id})


@endpoint("POST")
def undo(request: ApiRequest, event_id: int) -> HttpResponse:
    """Undo one's own event of the last minutes; {done, refused, events}."""
    parameters(request, ())
    if event_id > LARGEST_ID:
        raise NotFound
    if read_object(request):
        raise Problem(400, "bad_body", _("撤销没有输入，请不要附带内容"))
    outcome = undo_event(request.actor, event_id)
    refused = [{"id": row_id, "error": described(refusal)} for row_id, refusal in outcome.kept]
    return answer({"done": outcome.done, "refused": refused, "events": outcome.events})


def path_of(action: AnyAction) -> str:
    """The one address of an action, with {id} for its row."""
    plural = action.record_type.plural if action.record_type else ""
    area, _dot, verb = action.name.partition(".")
    if action.takes_row and plural and area == plural:
        return f"{BASE}/{plural}/{{id}}/actions/{verb}"
    return f"{BASE}/actions/{action.name}/{{id}}" if action.takes_row else f"{BASE}/actions/{action.name}"


def _action(name: str) -> AnyAction:
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound
    if not offered(API, action):
        raise Forbidden(_("这个操作不能通过接口执行：%s") % NOT_ON[API][name], "not_on_api")
    return action


@unlocked
def _run(request: ApiRequest, action: AnyAction, row_id: int | None) -> Outcome:
    parameters(request, ())
    if row_id is not None and row_id > LARGEST_ID:
        raise NotFound
    action.check(request.actor)
    version, key = read_version(request), read_key(request)
    raw = raw_inputs(action.inputs(request.actor), read_object(request))
    with afterwards(), transaction.atomic():
        if version is not None and not action.takes_values:
            _match(request.actor, action, row_id, version)
        return action.run(request.actor, row_id, raw, version=version, key=key)


def _match(actor: Actor, action: AnyAction, row_id: int | None, version: int) -> None:
    """A verb without fields has no differences to show: it runs on just the version that the caller read."""
    record_type = action.record_type
    if record_type is None or row_id is None:
        raise Problem(400, "no_version", _("这个操作不支持 If-Match"), "If-Match")
    row = row_for(actor, record_type.model, row_id, to=SEE, lock=True)
    if row.version != version:
        raise Stale({}, row.version)


def _answer(actor: Actor, action: AnyAction, outcome: Outcome, *, created: bool = False) -> HttpResponse:
    """201 with the address of what was made, else 200; the version is that of now, null for what is out of sight."""
    found: dict[str, Any] = {"id": outcome.row_id, "event": outcome.event_id, "replayed": outcome.replayed}
    record_type = action.record_type
    if record_type is not None and outcome.row_id is not None:
        rows = visible_to(actor, record_type.model).filter(pk=outcome.row_id)
        found["version"] = rows.values_list("version", flat=True).first()
        found["href"] = f"{BASE}/{record_type.plural}/{outcome.row_id}"
    headers = {"Location": found["href"]} if created and "href" in found else {}
    return answer(found, 201 if headers else 200, headers)


def _ids(given: Any) -> list[int]:
    if not isinstance(given, list) or not given:
        raise Problem(400, "bad_ids", _("请给出 ids：要执行的记录编号"), "ids")
    if len(given) > MOST_ROWS:
        raise Problem(400, "too_many_ids", _("一次最多 %d 条") % MOST_ROWS, "ids")
    ids = [i for i in given if isinstance(i, int) and not isinstance(i, bool) and 0 < i <= LARGEST_ID]
    if len(ids) != len(given) or len(set(ids)) != len(ids):
        raise Problem(400, "bad_ids", _("ids 应是不重复的记录编号"), "ids")
    return ids
