"""Duplicates and risks of registrations through the JSON door (B3, S2-59…62): asking about lines of a text, a run over
the whole base with its groups, what waits for a ruling.

Begin a run by the action duplicates.begin_sweep, say that records are none by duplicates.dismiss, rule by risks.judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.duplicates.actions.sweeping import under_way
from genjin.duplicates.asking import MOST_LINES, ask_lines, can_ask
from genjin.duplicates.grants import CHECK, RISKS, SWEEP
from genjin.duplicates.guarding import used_up
from genjin.duplicates.queries import groups_of, job_of, place_of, sweep_of
from genjin.duplicates.registering import FINDING_WORDS, REGISTERED, Ruling
from genjin.duplicates.risks.queries import Listing, SeenRisk, risk_for, risks_of, seen
from genjin.duplicates.risks.wording import reasons_of
from genjin.duplicates.rules import COMPARED, Entry
from genjin.duplicates.wording import kept_words
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural
from genjin.kernel.refusal import NotFound
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_object, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE


@endpoint("POST")
def check(request: ApiRequest, plural: str) -> HttpResponse:
    """{"lines": ["苏州晶砺半导体", "13800138000"]}: what each is like, as the tool tells it. `cut`: records that the
    caller may not see are not told for now, and `why`."""
    parameters(request, ())
    request.actor.demand(CHECK)
    record_type = _compared(request.actor, plural)
    if not can_ask(request.actor, record_type, Entry.TOOL):
        raise NotFound
    lines = read_object(request).get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines) or len(lines) > MOST_LINES:
        raise Problem(400, "bad_body", _("lines 应是最多 %d 行文字的列表") % MOST_LINES, "lines")
    told = ask_lines(request.actor, record_type, "\n".join(" ".join(line.split("\n")) for line in lines))
    items = [
        {
            "line": line.text,
            "read": dict(line.values),
            "hits": [hit.fact() | {"words": hit.words()} for hit in line.hits],
        }
        for line in told.lines
    ]
    return answer({"items": items, "cut": told.cut, "why": used_up(request.actor) if told.cut else ""})


@endpoint("GET")
def sweep(request: ApiRequest, plural: str) -> HttpResponse:
    """The newest run over the base of a type: none, running (with how far it is), done or stopped; how many groups it
    found for who sees all records."""
    parameters(request, ())
    request.actor.demand(SWEEP)
    record_type = _compared(request.actor, plural)
    run = sweep_of(record_type.key)
    if run is None:
        return answer({"state": "none"})
    running = run.finished_at is None and under_way(run)
    job = job_of(run) if running else None
    return answer(
        {
            "state": "done" if run.finished_at else "running" if running else "stopped",
            "begun_at": run.begun_at.isoformat(),
            "finished_at": run.finished_at.isoformat() if run.finished_at else None,
            "groups": run.groups if request.actor.demand(record_type.grant("see")).everything else None,
            "progress": {"done": job.done, "total": job.total} if job else None,
        }
    )


@endpoint("GET")
def groups(request: ApiRequest, plural: str) -> HttpResponse:
    """Groups that the last run found, the surest first, of records that the caller sees: `after` goes on."""
    given = parameters(request, ("after", "size"))
    request.actor.demand(SWEEP)
    record_type = _compared(request.actor, plural)
    after = given.get("after", [""])[0]
    place = place_of(after)
    if after and place is None:
        raise Problem(400, "bad_cursor", _("翻页位置无效，请从第一页重新开始"), "after")
    found, more = groups_of(request.actor, record_type.key, place, read_size(given, 20, 100))
    items = [
        {
            "id": group.pk,
            "percent": group.percent,
            "why": [kept_words(record_type, why) for why in group.whys],
            "changed_since": group.stale,
            "records": [
                {"id": row_id, "title": title, "href": f"{BASE}/{record_type.plural}/{row_id}"}
                for row_id, title in group.titles.items()
            ],
        }
        for group in found
    ]
    return answer({"items": items, "after": more or None})


@endpoint("GET")
def risks(request: ApiRequest) -> HttpResponse:
    """Risks of registrations that the caller sees, newest first: `ruling` (open, harmless, confirmed), `kind` (same,
    again, burst), `type`, `before`, `size`."""
    given = parameters(request, ("ruling", "kind", "type", "before", "size"))
    request.actor.demand(RISKS)
    record_type = _one_of(given, "type", [RECORD_TYPES[key].plural for key in REGISTERED])
    declared = by_plural(record_type) if record_type else None
    before = given.get("before", [""])[0]
    if before and (not before.isascii() or not before.isdecimal() or int(before) > LARGEST_ID):
        raise Problem(400, "bad_parameter", _("%s 应是一个编号") % "before", "before")
    asked = Listing(
        ruling=_one_of(given, "ruling", [each.value for each in Ruling]),
        kind=_one_of(given, "kind", [each.value for each in FINDING_WORDS]),
        record_type=declared.key if declared else "",
        before=int(before) if before else None,
        most=read_size(given, 30, 200),
    )
    found, older = risks_of(request.actor, asked)
    return answer({"items": [_shown(request.actor, each) for each in found], "before": older})


@endpoint("GET")
def risk(request: ApiRequest, risk_id: int) -> HttpResponse:
    """One of them."""
    parameters(request, ())
    request.actor.demand(RISKS)
    row = risk_for(request.actor, min(risk_id, LARGEST_ID))
    return answer(_shown(request.actor, seen(request.actor, [row])[0]))


def _compared(actor: Actor, plural: str) -> RecordType:
    record_type = by_plural(plural)
    if record_type is None or record_type.key not in COMPARED:
        raise NotFound
    actor.demand(record_type.grant("see"))
    return record_type


def _one_of(given: Mapping[str, list[str]], name: str, known: list[str]) -> str:
    text = given.get(name, [""])[0]
    if text and text not in known:
        raise Problem(
            400, "bad_parameter", _("%(name)s 应是 %(known)s 之一") % {"name": name, "known": "、".join(known)}, name
        )
    return text


def _shown(actor: Actor, found: SeenRisk) -> dict[str, Any]:
    row, declared = found.risk, RECORD_TYPES[found.risk.record_type]
    return {
        "id": row.pk,
        "version": row.version,
        "record": {
            "type": declared.plural,
            "id": row.record_id,
            "title": found.title,
            "href": f"{BASE}/{declared.plural}/{row.record_id}",
        },
        "registered_by": row.registrant_id,
        "registered_at": row.registered_at.isoformat(),
        "reasons": [
            {
                "words": each.sentence(),
                "records": [{"type": RECORD_TYPES[k].plural, "id": i, "title": t} for k, i, t in each.others],
            }
            for each in reasons_of(actor, found)
        ],
        "ruling": row.ruling,
        "note": row.note,
        "excluded": row.excluded,
        "ruled_by": row.ruled_by,
        "ruled_at": row.ruled_at.isoformat() if row.ruled_at else None,
        "href": f"{BASE}/risks/{row.pk}",
    }
