"""Handovers through the JSON door (B16): prepared with who gets what, begun, gone on with, taken back; what became of
each thing.

POST /handovers {leaver, kind, …, arrangement} → GET /handovers/{id} (counts and loads while it is prepared, how far it
is) → POST …/begin → GET …/items, POST …/undo. Short ones are done when the answer comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.handover import work
from genjin.handover.actions import arrange, cancel_handover, change_handover, prepare_handover
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.queries import handover_for, handovers, items, preview, progress, titles
from genjin.handover.rules import Standing, State
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.kernel.repeating import once
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_key, read_object, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE

MOST = 200
FACTS = ("kind", "notice_on", "leaves_on", "reason")
SENT: dict[str, type] = dict.fromkeys(FACTS, str) | {"arrangement": dict, "notice": str}
VERBS: dict[str, Callable[[Actor, int], Any]] = {
    "begin": work.begin_handover,
    "force": lambda actor, row_id: work.begin_handover(actor, row_id, force=True),
    "resume": work.resume,
    "undo": work.undo_handover,
    "cancel": cancel_handover,
}


@endpoint("GET", "POST")
def several(request: ApiRequest) -> HttpResponse:
    """Handovers of people in one's scope, newest first (`before` goes on); POST prepares one."""
    request.actor.demand(MANAGE)
    if request.method == "POST":
        return _prepared(request)
    given = parameters(request, ("before", "size"))
    found, before = handovers(request.actor, before=_number(given, "before"), most=read_size(given, 20, MOST))
    return answer({"items": [_short(row) for row in found], "before": before})


@endpoint("GET", "POST")
def one(request: ApiRequest, handover_id: int) -> HttpResponse:
    """A handover as it is; POST changes one that has not begun: its facts, its arrangement, the words for customers."""
    row = _own(request, handover_id)
    parameters(request, ())
    if request.method == "POST":
        _change(request.actor, row, _sent(request, SENT))
    return answer(_shown(request.actor, _own(request, handover_id)))


@endpoint("GET")
def things(request: ApiRequest, handover_id: int) -> HttpResponse:
    """What became of each thing: `part`, `standing` (waiting, moved, stayed, back, kept), `after`, `size`."""
    row = _own(request, handover_id)
    given = parameters(request, ("part", "standing", "after", "size"))
    standing, size = given.get("standing", [""])[0], read_size(given, 50, MOST)
    named = {each.name.lower(): each for each in Standing}
    if standing and standing not in named:
        raise Problem(400, "bad_parameter", _("standing 应是 %s 之一") % "、".join(named), "standing")
    after = _number(given, "after") or 0
    found = items(row, standing=named.get(standing), part=given.get("part", [""])[0], after=after, most=size + 1)
    shown = titles(request.actor, found[:size])
    told = [
        {
            "part": item.part,
            "id": item.row_id if (item.part, item.row_id) in shown else None,
            "title": shown.get((item.part, item.row_id)),
            "to": item.to or None,
            "standing": Standing(item.state).name.lower(),
            "why": item.why,
        }
        for item in found[:size]
    ]
    return answer({"items": told, "after": found[size - 1].pk if len(found) > size else None})


@endpoint("POST")
def verb(request: ApiRequest, handover_id: int, name: str) -> HttpResponse:
    """begin, force (begin beyond capacity: administrators), resume, undo or cancel it; the handover as it is then."""
    row = _own(request, handover_id)
    if name not in VERBS:
        raise NotFound
    _sent(request, {})

    def act() -> int:
        VERBS[name](request.actor, row.pk)
        return row.pk

    key = read_key(request)
    if key:
        once(request.actor, key, f"handovers.{name}", str(row.pk), act)
    else:
        act()
    return answer(_shown(request.actor, _own(request, handover_id)))


def _prepared(request: ApiRequest) -> HttpResponse:
    parameters(request, ())
    sent = _sent(request, {**SENT, "leaver": (int, str)})
    key = read_key(request)

    def act() -> int:
        raw = {name: sent[name] for name in ("leaver", *FACTS) if name in sent}
        with transaction.atomic():
            made = prepare_handover.run(request.actor, None, raw).row_id or 0
            _change(request.actor, _own(request, made), {n: sent[n] for n in ("arrangement", "notice") if n in sent})
        return made

    made, replayed = once(request.actor, key, "handovers.prepare", str(sent), act) if key else (act(), False)
    shown = _shown(request.actor, _own(request, made))
    return answer(shown | {"replayed": replayed}, 201, {"Location": shown["href"]})


def _change(actor: Actor, row: Handover, sent: Mapping[str, Any]) -> None:
    facts = {name: sent[name] for name in FACTS if name in sent}
    if facts:
        before = {
            "kind": row.kind,
            "notice_on": str(row.notice_on),
            "leaves_on": str(row.leaves_on),
            "reason": row.reason,
        }
        change_handover.run(actor, row.pk, before | facts)
    if "arrangement" in sent or "notice" in sent:
        arrangement = sent.get("arrangement", row.arrangement)
        arrange(actor, row.pk, arrangement=arrangement, notice=str(sent.get("notice", row.notice))[:1_000])


def _own(request: ApiRequest, handover_id: int) -> Handover:
    return handover_for(request.actor, min(handover_id, LARGEST_ID))


def _sent(request: ApiRequest, known: Mapping[str, Any]) -> dict[str, Any]:
    """The body, with known keys of the right types only. Raises Problem 400."""
    sent = read_object(request)
    for key, value in sent.items():
        if key not in known or not isinstance(value, known[key]) or isinstance(value, bool):
            raise Problem(400, "bad_body", _("请求内容里的 %s 不认识或类型不对") % str(key)[:40], str(key)[:100])
    return sent


def _number(given: Mapping[str, list[str]], name: str) -> int | None:
    text = given.get(name, [""])[0]
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) > LARGEST_ID:
        raise Problem(400, "bad_parameter", _("%s 应是一个编号") % name, name)
    return int(text)


def _short(row: Handover) -> dict[str, Any]:
    return {
        "id": row.pk,
        "leaver": row.leaver_id,
        "kind": row.kind,
        "state": row.state,
        "notice_on": row.notice_on.isoformat(),
        "leaves_on": row.leaves_on.isoformat(),
        "reason": row.reason,
        "href": f"{BASE}/handovers/{row.pk}",
    }


def _shown(actor: Actor, row: Handover) -> dict[str, Any]:
    found = progress(row)
    shown = _short(row) | {
        "arrangement": row.arrangement,
        "notice": row.notice,
        "counts": {
            part: {Standing(int(key)).name.lower(): n for key, n in each.items()} for part, each in row.counts.items()
        },
        "progress": {"done": found.done, "total": found.total, "stopped": found.stopped, "error": found.error},
    }
    return shown | (_foreseen(actor, row) if row.state == State.DRAFT else {})


def _foreseen(actor: Actor, row: Handover) -> dict[str, Any]:
    seen = preview(actor, row)
    return {
        "preview": [
            {
                "part": line.key,
                "condition": line.share,
                "count": line.count,
                "to": {to or "": n for to, _name, n in line.receivers},
                "ends": line.ends,
            }
            for line in seen.lines
        ],
        "loads": [
            {"to": load.to, "type": load.label, "has": load.has, "gets": load.gets, "room": load.room}
            for load in seen.loads
        ],
    }
