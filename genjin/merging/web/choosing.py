"""/<plural>/merge: up to ten records side by side; a value is picked per field, what comes of it is shown, then they
are merged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genjin.kernel.actions import ACTIONS
from genjin.kernel.aliases import into
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.versions import known_versions
from genjin.kernel.wording import in_sentence
from genjin.merging.actions.merging import MOST
from genjin.merging.queries.merges import latest_merge
from genjin.merging.queries.picking import equals_of, moves_of, rows_to_merge
from genjin.merging.reach import MERGEABLE
from genjin.merging.web.drawing import Comparison, choices_of
from genjin.ui.addresses import list_url, record_url
from genjin.ui.lists.bulk import chosen_rows
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, page, render
from genjin.ui.shell import formats_for

TEMPLATE = "merging/merge.html"


@page("<plural:record_type>/merge", name="merge", methods=["GET", "POST"])
def merge(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """`?ids=1,2,3` or `ids=1&ids=2`; from the bar of ticked rows the way to that address."""
    _demand(request, record_type)
    if request.method == "POST":
        return _merged(request, record_type)
    if request.headers.get("HX-Request") == "true":
        return _way(request, record_type)
    try:
        context = _context(request, record_type, request.GET)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return render(request, TEMPLATE, **_empty(record_type, refusal.message))
    return render(request, TEMPLATE, **context)


@page("<plural:record_type>/merge/preview", name="merge-preview", methods=["POST"])
def preview(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The page as it stands with what is picked."""
    _demand(request, record_type)
    return fragment(request, f"{TEMPLATE}#compared", **_context(request, record_type, request.POST))


def _demand(request: PageRequest, record_type: RecordType) -> None:
    if record_type.key not in MERGEABLE:
        raise NotFound
    request.actor.demand(record_type.grant("merge"))


def _way(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """From ticked rows to the page."""
    try:
        rows = chosen_rows(request.actor, record_type, request.GET)
        _demand_count(rows)
    except Refused as refusal:
        return closed_dialog(refusal.message, tone="warn")
    return go(request, address(record_type, rows))


def address(record_type: RecordType, ids: Sequence[int]) -> str:
    """Where these are compared."""
    return f"{list_url(record_type)}/merge?ids={','.join(map(str, ids))}"


def _merged(request: PageRequest, record_type: RecordType) -> HttpResponse:
    sent = request.POST
    rows = _rows(request, record_type, sent)
    master, *others = rows
    if sent.get("drawn") != str(master.pk):
        return _again(request, record_type, Refused("other_master", _("主记录换了，请核对各个字段后再合并")))
    raw = {
        "others": [row.pk for row in others],
        "choices": _told(request, record_type, rows),
        "versions": _versions(sent),
        "reason": sent.get("reason", ""),
        "equals": sent.get("equals", ""),
    } | ({CONFIRMED: "on"} if CONFIRMED in sent else {})
    try:
        ACTIONS[record_type.grant("merge")].run(request.actor, master.pk, raw)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return _again(request, record_type, refusal)
    done = latest_merge(master.pk)
    words = ngettext(
        "已把 %(num)d 条%(what)s合并到「%(title)s」", "已把 %(num)d 条%(what)s合并到「%(title)s」", len(others)
    )
    told = words % {
        "num": len(others),
        "what": in_sentence(record_type.many),
        "title": getattr(master, record_type.title),
    }
    undo = f"{list_url(record_type)}/merges/{done.pk}/undo" if done else ""
    return go(request, record_url(record_type, master.pk), told, undo=undo)


def _again(request: PageRequest, record_type: RecordType, refusal: Refused) -> HttpResponse:
    """The page once more, with what was picked, and why it was not done."""
    try:
        context = _context(request, record_type, request.POST, refusal)
    except Refused as another:
        if another.status != 422:
            raise
        return render(request, TEMPLATE, status=refusal.status, **_empty(record_type, another.message))
    if request.headers.get("HX-Request") == "true":
        return fragment(request, f"{TEMPLATE}#compared", status=refusal.status, **context)
    return render(request, TEMPLATE, status=refusal.status, **context)


def _context(
    request: PageRequest, record_type: RecordType, sent: QueryDict, refusal: Refused | None = None
) -> dict[str, Any]:
    actor, rows = request.actor, _rows(request, record_type, sent)
    compared = Comparison(actor, formats_for(actor), record_type, rows, choices_of(sent, rows), _ids(sent))
    stale = refusal is not None and refusal.status == 409
    return {
        "record_type": record_type,
        "base": list_url(record_type),
        "master": rows[0],
        "order": _ids(sent),
        "compared": compared,
        "candidates": compared.candidates(refusal.facts.get("changed", ()) if refusal else ()),
        "versions": json.dumps(known_versions(actor, record_type, {row.pk: row.version for row in rows}))
        if stale or not _versions(sent)
        else sent["versions"],
        "moves": moves_of(actor, record_type, rows[1:]),
        "equals": equals_of(actor, record_type, rows),
        "merges_equals": bool(sent.get("equals")) if request.method == "POST" else True,
        "reason": sent.get("reason", _("重复录入")),
        "refused": refusal.message if refusal else "",
        "unexplained": refusal.errors.get("reason", "") if refusal else "",
        "asks": bool(refusal and refusal.facts.get("confirm") == CONFIRMED) or CONFIRMED in sent,
        "confirmed": CONFIRMED,
        "days": 30,
    }


def _empty(record_type: RecordType, why: str) -> dict[str, Any]:
    return {"record_type": record_type, "base": list_url(record_type), "compared": None, "why": why}


def _rows(request: PageRequest, record_type: RecordType, sent: QueryDict) -> list[Any]:
    """The records, the master first. Raises Refused for too few, too many, or what cannot be merged."""
    ids = _ids(sent)
    _demand_count(ids)
    rows = rows_to_merge(request.actor, record_type, ids)
    for row in rows:
        if row.life == Life.VOIDED:
            told = {"title": getattr(row, record_type.title)}
            words = _("「%(title)s」已经合并到别的记录了") if into(row) else _("「%(title)s」已作废，还原后才能合并")
            raise Refused("voided", words % told)
    live = [row for row in rows if row.life == Life.LIVE]
    if not live:
        raise Refused("not_live", _("选中的记录都已归档，请先取消归档其中一条"))
    wanted = sent.get("master", "")
    master = next((row for row in live if str(row.pk) == wanted), None) or _fullest(live)
    return [master, *(row for row in rows if row is not master)]


def _fullest(rows: Sequence[Any]) -> Any:
    """Which one is proposed as the master: the one last followed up, else the oldest."""
    return max(rows, key=lambda row: (str(getattr(row, "last_followed_at", "") or ""), -row.pk))


def _ids(sent: QueryDict) -> list[int]:
    given = ",".join(sent.getlist("ids")).split(",")
    found = [int(text) for text in given if text.isdecimal() and len(text) < 18]
    return list(dict.fromkeys(found))


def _demand_count(ids: Sequence[int]) -> None:
    if not 2 <= len(ids) <= MOST:
        raise Refused("how_many", _("请选 2 到 %d 条记录来合并") % MOST)


def _told(request: PageRequest, record_type: RecordType, rows: Sequence[Any]) -> dict[str, Any]:
    """What was picked, of the fields that are his to decide."""
    picked = choices_of(request.POST, rows, usual_too=True)
    compared = Comparison(
        request.actor, formats_for(request.actor), record_type, rows, picked, [row.pk for row in rows]
    )
    return {line.key: picked[line.key] for line in compared.lines if line.open and line.key in picked}


def _versions(sent: QueryDict) -> dict[str, Any]:
    try:
        found = json.loads(sent.get("versions") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
