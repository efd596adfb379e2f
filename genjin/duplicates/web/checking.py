"""The tool (查重工具): a name, number or code, or up to 200 lines of them, against the whole base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.duplicates.asking import MOST_LINES, Answer, ask_lines, can_ask
from genjin.duplicates.grants import CHECK
from genjin.duplicates.guarding import used_up
from genjin.duplicates.rules import COMPARED, Entry
from genjin.duplicates.web.drawing import DrawnHit, drawn
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond

register_nav(
    NavItem(
        key="duplicates",
        label=gettext_lazy("查重"),
        icon="zoom-question",
        url_name="duplicates-check",
        section="customers",
        order=90,
        needs=CHECK,
    )
)


@dataclass(frozen=True)
class DrawnLine:
    """A line that was asked about, with what is like it."""

    text: str
    hits: list[DrawnHit]
    read: bool


@page("duplicates/check", name="duplicates-check", methods=["GET", "POST"], needs=CHECK)
def check(request: PageRequest) -> HttpResponse:
    """`?text=&type=` fills the form in. Asking is sent by POST: what one is told is written down and counted, and names
    and numbers stand in no address (B3)."""
    sent = request.POST if request.method == "POST" else request.GET
    types = askable_types(request.actor)
    if not types:
        raise Forbidden
    chosen = next((t for t in types if t.key == sent.get("type")), types[0])
    text = sent.get("text", "")
    asked = request.method == "POST" and text.strip()
    answer = ask_lines(request.actor, chosen, text) if asked else None
    pairs = [(t.key, str(t.many)) for t in types]
    shown: dict[str, Any] = {"types": types, "pairs": pairs, "chosen": chosen, "text": text}
    return respond(request, "duplicates/check.html#answer", **shown, **_told(request, answer))


def askable_types(actor: Actor) -> list[RecordType]:
    """The types that the actor sees some of and that the tool compares."""
    declared = [RECORD_TYPES[key].seen_by(actor) for key in COMPARED if key in RECORD_TYPES]
    return [t for t in declared if actor.may(t.grant("see")) and can_ask(actor, t, Entry.TOOL)]


def _told(request: PageRequest, answer: Answer | None) -> dict[str, Any]:
    lines = [
        DrawnLine(line.text, [drawn(hit) for hit in line.hits], bool(line.values))
        for line in (answer.lines if answer else ())
    ]
    return {
        "lines": lines,
        "asked": answer is not None,
        "cut": used_up(request.actor) if answer and answer.cut else "",
        "found": sum(bool(line.hits) for line in lines),
        "most": MOST_LINES,
        "many": bool(answer) and len(lines) == MOST_LINES,
    }
