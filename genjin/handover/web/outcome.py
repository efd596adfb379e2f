"""What the report of a handover is drawn from: what went to whom, what stayed and why, thing by thing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from genjin.handover.models import Handover, Item
from genjin.handover.queries import items, label_of, tallies, titles
from genjin.handover.receivers import name_of
from genjin.handover.rules import Standing, State
from genjin.handover.words import notice_for
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.ui.addresses import record_url
from genjin.ui.pages import PageRequest

MOST = 50
TONES = {Standing.MOVED: "ok", Standing.STAYED: "warn", Standing.BACK: "", Standing.KEPT: "warn", Standing.WAITING: ""}


def outcome(request: PageRequest, row: Handover) -> dict[str, Any]:
    """The whole report; `?part=&standing=&after=` narrow its list."""
    actor, asked = request.actor, request.GET
    found = tallies(row)
    part, standing = asked.get("part", ""), asked.get("standing", "")
    standing = standing if standing in map(str, Standing.values) else ""
    part = part if part in found else ""
    after = asked.get("after", "")
    behind = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    chosen = int(standing) if standing else None
    shown = items(row, standing=chosen, part=part, after=behind, most=MOST + 1)
    following = {"part": part, "standing": standing, "after": shown[MOST - 1].pk} if len(shown) > MOST else None
    return {
        "state": row.state,
        "lines": _lines(actor, found),
        "counts": _counts(found),
        "shown": _shown(actor, row, shown[:MOST]),
        "part": part,
        "standing": standing,
        "parts": [(key, label_of(key)) for key in found],
        "standings": [
            (each.value, str(each.label)) for each in Standing if any(s == each for p in found.values() for _t, s in p)
        ],
        "next": f"?{urlencode(following)}" if following else "",
        "undoable": row.state == State.DONE,
        "notice": row.notice,
    }


def _lines(actor: Actor, found: dict[str, dict[tuple[str, int], int]]) -> list[dict[str, Any]]:
    """What each receiver got of what: [{label, receiver, count, standing, tone}]."""
    return [
        {
            "key": part,
            "label": label_of(part),
            "receiver": name_of(actor, to),
            "count": count,
            "standing": Standing(standing).label,
            "value": standing,
            "tone": TONES[Standing(standing)],
        }
        for part, each in found.items()
        for (to, standing), count in each.items()
    ]


def _counts(found: dict[str, dict[tuple[str, int], int]]) -> list[tuple[Standing, str, int]]:
    total = dict.fromkeys(Standing, 0)
    for each in found.values():
        for (_to, standing), count in each.items():
            total[Standing(standing)] += count
    return [(standing, TONES[standing], count) for standing, count in total.items() if count]


def _shown(actor: Actor, row: Handover, shown: list[Item]) -> list[dict[str, Any]]:
    named = titles(actor, shown)
    day = (row.ended_at or row.updated_at).astimezone(actor.zone).date()
    return [
        {
            "id": item.pk,
            "title": named.get((item.part, item.row_id), ""),
            "href": _href(item) if (item.part, item.row_id) in named else "",
            "label": label_of(item.part),
            "receiver": name_of(actor, item.to),
            "standing": Standing(item.state).label,
            "tone": TONES[Standing(item.state)],
            "why": item.why,
            "notice": notice_for(actor, row, named[item.part, item.row_id], item.to, day)
            if item.part == "customer" and item.state == Standing.MOVED and (item.part, item.row_id) in named
            else "",
        }
        for item in shown
    ]


def _href(item: Item) -> str:
    key = "plan" if item.part == "open_plans" else item.part
    return record_url(RECORD_TYPES[key], item.row_id) if key in RECORD_TYPES else ""
