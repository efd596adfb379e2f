"""Performance shares (业绩份额, B15) on pages: the card beside a record, the form with its sum, what was decided, whose
the performance of a day is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, SEE, may, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.wording import listed
from genjin.ownership.models import Split, SplitState
from genjin.ownership.queries.shares import Shares, shares_of, splits_of
from genjin.ownership.settings import BACK_DAYS
from genjin.ownership.shares import WHOLE, Portion, plain
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.details.entries import register_note
from genjin.ui.formats import Formats, number
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, in_dialog, page, respond
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address

ROUTE = "<plural:record_type>/<int:row_id>/shares"
SAID = {"split": gettext_lazy("业绩份额已调整"), "propose_split": gettext_lazy("申请已提交，等主管决定")}
ANSWERS = {
    "accept": gettext_lazy("已同意，份额按申请生效"),
    "decline": gettext_lazy("已答复，份额保持不变"),
    "withdraw": gettext_lazy("申请已撤回"),
}


@dataclass(frozen=True)
class Line:
    """A member's part as it is drawn."""

    name: str
    percent: str
    owner: bool
    member_id: int | None = None


@dataclass(frozen=True)
class Told:
    """A split that was proposed or decided, as the history shows it."""

    lines: list[Line]
    days: str
    state: str
    tone: str
    asked: str
    decided: str
    reason: str
    answer: str
    mine: bool


def shares_card(request: PageRequest, record: Record) -> Drawn | None:
    """Whom its performance counts for today, what waits for an answer; nothing where nobody owns it."""
    actor, fmt = request.actor, formats_for(request.actor)
    if record.owner_id is None:
        return None
    known = splits_of(actor, record)
    waiting = next((split for split in known if split.state == SplitState.PROPOSED), None)
    decided = any(split.state == SplitState.STANDING for split in known)
    found = shares_of(actor, record, fmt.today) if decided else Shares([Portion(record.owner_id, WHOLE, owner=True)])
    context = {
        "lines": _lines(actor, found.portions),
        "days": _days(found.since, found.until, fmt),
        "waiting": _told(actor, waiting, fmt) if waiting else None,
        "url": record_url(type_of(record), record.pk) + "/shares",
        "verb": verb_of(actor, record),
        "decides": _may(actor, record, "split"),
    }
    return Drawn("ownership/shares_card.html", context)


@page(ROUTE, name="shares")
def shares(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """What was decided about a record's performance, newest first; `on=2026-10-01`: whose it is on that day."""
    record, fmt = _record(request, record_type, row_id), formats_for(request.actor)
    told = [_told(request.actor, split, fmt) for split in splits_of(request.actor, record)]
    return respond(
        request, "ownership/shares_page.html#answer", told=told, record_type=record_type, title=_title(record),
        url=record_url(record_type, row_id), asked=_asked(request, record, fmt), verb=verb_of(request.actor, record),
        example=_example(request.actor, record, fmt),
    )  # fmt: skip


@page(f"{ROUTE}/edit", name="shares-edit", methods=["GET", "POST"])
def edited(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The form: a line for each who shares in it; sent by who may only propose, it is a proposal."""
    record = _record(request, record_type, row_id)
    verb = verb_of(request.actor, record)
    if not verb:
        raise Forbidden
    if request.method == "GET":
        return _form(request, record, verb)
    action = ACTIONS[record_type.grant(verb)]
    try:
        outcome = action.run(request.actor, row_id, _raw(request.POST, verb))
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _form(request, record, verb, refusal)
    return _done(request, record_type, row_id, str(SAID[verb]), undo_address(action, outcome.event_id))


@page(f"{ROUTE}/line", name="shares-line")
def line(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """One more line of the form."""
    _record(request, record_type, row_id)
    number = request.GET.get("n", "")[:4]
    drawn = Line("", "", owner=False)
    return fragment(
        request,
        "ownership/shares_line.html",
        line=drawn,
        n=number if number.isdecimal() else "9",
        src=_src(record_type),
    )


@page(f"{ROUTE}/<str:answer>", name="shares-answer", methods=["GET", "POST"])
def answered(request: PageRequest, record_type: RecordType, row_id: int, answer: str) -> HttpResponse:
    """Agree to what was proposed, refuse it with a word, or take one's own proposal back."""
    record, action = _record(request, record_type, row_id), _answering(record_type, answer)
    if not may(request.actor, record, action.needs, OWN):
        raise Forbidden
    if request.method == "GET":
        return _question(request, record, action, answer)
    try:
        outcome = action.run(
            request.actor, row_id, {key: request.POST[key] for key in ("answer", "joins") if key in request.POST}
        )
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _question(request, record, action, answer, refusal)
    return _done(request, record_type, row_id, str(ANSWERS[answer]), undo_address(action, outcome.event_id))


def _answering(record_type: RecordType, answer: str) -> Action[Any, Any]:
    if answer not in ANSWERS:
        raise NotFound
    return ACTIONS[record_type.grant(f"{answer}_split")]


def _question(
    request: PageRequest, record: Record, action: Action[Any, Any], answer: str, refusal: Refused | None = None
) -> HttpResponse:
    return respond(
        request, "ownership/shares_answer.html#dialog", status=422 if refusal else 200, action=action, answer=answer,
        title=_title(record), url=record_url(type_of(record), record.pk), refusal=refusal, given=request.POST,
    )  # fmt: skip


def verb_of(actor: Actor, record: Record) -> str:
    """What he may do about a record's shares: "split", "propose_split" or nothing."""
    if getattr(record, "pool_id", None) is not None or record.owner_id is None:
        return ""
    return next((verb for verb in ("split", "propose_split") if _may(actor, record, verb)), "")


def shared_types() -> list[str]:
    """The keys of the types whose performance can be divided."""
    return [t.key for t in RECORD_TYPES.values() if t.grant("split") in ACTIONS]


def _may(actor: Actor, record: Record, verb: str) -> bool:
    return may(actor, record, type_of(record).grant(verb), OWN)


def _record(request: PageRequest, record_type: RecordType, row_id: int) -> Record:
    if record_type.key not in shared_types():
        raise NotFound
    return row_for(request.actor, record_type.model, row_id, to=SEE)


def _title(record: Record) -> str:
    return str(getattr(record, type_of(record).title))


def _done(request: PageRequest, record_type: RecordType, row_id: int, words: str, undo: str) -> HttpResponse:
    if not in_dialog(request):
        return go(request, record_url(record_type, row_id) + "/shares", words, undo=undo)
    return closed_dialog(words, changed="record:changed", undo=undo)


def _form(request: PageRequest, record: Record, verb: str, refusal: Refused | None = None) -> HttpResponse:
    actor, fmt, record_type = request.actor, formats_for(request.actor), type_of(record)
    sent = request.POST
    if sent:
        lines = [
            Line(_name(actor, who), percent, owner=who == record.owner_id, member_id=who)
            for who, percent in _sent(sent)
        ]
    else:
        lines = _lines(actor, shares_of(actor, record, fmt.today).portions)
        lines += [] if len(lines) > 1 else [Line("", "", owner=False)]
    return respond(
        request, "ownership/shares_form.html#dialog", status=422 if refusal else 200, verb=verb, lines=lines,
        title=_title(record), url=record_url(record_type, record.pk), refusal=refusal, given=sent,
        errors=refusal.errors if refusal else {}, earliest=fmt.today - timedelta(days=int(BACK_DAYS.at(actor.stamp))),
        today=fmt.today, src=_src(record_type), proposes=verb == "propose_split",
    )  # fmt: skip


def _src(record_type: RecordType) -> str:
    return f"/choices/{record_type.plural}/owner"


def _sent(sent: QueryDict) -> list[tuple[int | None, str]]:
    """The lines of the form in its order: `member`, `percent`, as often as there are lines."""
    pairs = zip(sent.getlist("member"), sent.getlist("percent"), strict=False)
    found = [(who.strip()[:18], percent.strip()[:12]) for who, percent in pairs]
    return [
        (int(who) if who.isascii() and who.isdecimal() else None, percent) for who, percent in found if who or percent
    ]


def _raw(sent: QueryDict, verb: str) -> dict[str, Any]:
    lines = [{"member": who or "", "percent": percent} for who, percent in _sent(sent)]
    raw = {key: sent.get(key, "") for key in ("reason", "since", "until")}
    joins = {"joins": sent.get("joins", "")} if verb == "split" else {}
    return {"shares": json.dumps(lines), **raw, **joins}


def _lines(actor: Actor, portions: list[Portion]) -> list[Line]:
    return [Line(_name(actor, p.member_id), plain(p.percent), p.owner, p.member_id) for p in portions]


def _name(actor: Actor, member_id: int | None) -> str:
    return people.directory().member_name(member_id, actor.stamp) if member_id else ""


def _days(since: date | None, until: date | None, fmt: Formats) -> str:
    if since is None:
        return ""
    if until is None:
        return _("%(day)s 起") % {"day": fmt.day(since)}
    return _("%(since)s 至 %(until)s") % {"since": fmt.day(since), "until": fmt.day(until)}


def _told(actor: Actor, split: Split, fmt: Formats) -> Told:
    tones = {SplitState.PROPOSED: "warn", SplitState.STANDING: "ok", SplitState.DECLINED: "bad"}
    state = SplitState(split.state)
    portions = [Portion(s.member_id, s.percent, s.member_id is None) for s in split.shares.all()]
    by = _name(actor, split.decided_by_id)
    decided = _("%(who)s，%(when)s") % {"who": by, "when": fmt.when(split.decided_at)} if split.decided_at else ""
    asked = _("%(who)s，%(when)s") % {
        "who": _name(actor, split.asked_by_id) or _("系统"), "when": fmt.when(split.created_at),
    }  # fmt: skip
    return Told(
        _lines(actor, portions), _days(split.since, split.until, fmt), str(state.label), tones.get(state, ""), asked,
        decided, split.reason, split.answer, mine=split.asked_by_id == actor.member_id,
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Whose the performance of a day is; `wrong`: what is wrong with the day."""

    day: str
    wrong: str = ""
    lines: tuple[Line, ...] = ()
    days: str = ""


def _asked(request: PageRequest, record: Record, fmt: Formats) -> Answer:
    on = request.GET.get("on", "")
    try:
        day = date.fromisoformat(on) if on else fmt.today
        found: Shares = shares_of(request.actor, record, day)
    except (ValueError, OverflowError):
        return Answer(on[:20], _("请选择一个日期"))
    return Answer(
        day.isoformat(), "", tuple(_lines(request.actor, found.portions)), _days(found.since, found.until, fmt)
    )


def _example(actor: Actor, record: Record, fmt: Formats) -> str:
    """What the rule means for this very record: a payment of 10,000 today."""
    portions = shares_of(actor, record, fmt.today).portions
    parts = [
        _("%(who)s %(sum)s 元") % {"who": _name(actor, p.member_id), "sum": number(p.percent * 100)}
        for p in portions
        if p.member_id
    ]
    return _("例如今天成交 10,000 元，计入：%s。") % listed(parts) if parts else ""


def _shares_words(actor: Actor, value: Any) -> str:
    """A split in the ledger: 负责人 50%、许星河 50%."""
    return listed([f"{_name(actor, who) if who else _('负责人')} {percent}%" for who, percent in value])


register_note("shares", gettext_lazy("业绩份额"), _shares_words)
for _key in shared_types():
    register_card(_key, "shares", shares_card, order=42)
