"""The card 讨论 on every record's page: reading on by key, writing, taking back."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.comments.actions import take_back_comment, write_comment
from genjin.comments.drawing import Composer, drawn, lines, words_of_count
from genjin.comments.queries import GRANT, comment_for, counted, thread
from genjin.comments.rules import named
from genjin.comments.web.mentioning import active_names, still_named
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.digits import number_in
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Invalid, Refused
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_button, register_card
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment, with_toast

CARD = "comments/card.html"


def discussion_card(request: PageRequest, record: Record) -> Drawn | None:
    """The newest comments beside a record, after its first paint. One query, two for long threads."""
    if not request.actor.may(GRANT):
        return None
    talk = drawn(request.actor, record, thread(request.actor, record))
    return Drawn(CARD, {"talk": talk}) if talk.lines or talk.composer else None


def discussion_button(request: PageRequest, record: Record) -> Drawn | None:
    """In the record's header: the discussion stands far below what is known of a customer."""
    if not request.actor.may(GRANT):
        return None
    return Drawn("comments/button.html", {"discussion_url": f"{record_url(record.row_type, record.pk)}/comments"})


@page("<plural:record_type>/<int:row_id>/comments", name="record-comments", methods=["GET", "POST"], needs=GRANT)
def record_comments(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """A record's discussion: the newest, `?before=`, `?after=`, around one (`?at=`); `inline` under a line of another
    page. POST writes."""
    record = row_for(request.actor, record_type.model, row_id, to=SEE)
    if request.method == "POST":
        return _write(request, record)
    keys = {name: number_in(request.GET.get(name, "")) for name in ("before", "after", "at")}
    known = {name: key for name, key in keys.items() if key is not None}
    talk = drawn(request.actor, record, thread(request.actor, record, **known), inline="inline" in request.GET)
    if wants_fragment(request):
        return fragment(request, "comments/lines.html" if {"before", "after"} & known.keys() else CARD, talk=talk)
    return render(request, "comments/page.html", talk=talk)


@page("comments/<int:comment_id>/taking-back", name="comment-taking-back", methods=["POST"], needs=GRANT)
def taking_back(request: PageRequest, comment_id: int) -> HttpResponse:
    """Take a comment back; its line stays."""
    take_back_comment.run(request.actor, comment_id, {})
    comment, record = comment_for(request.actor, comment_id)
    if not wants_fragment(request):
        return go(request, f"{record_url(record.row_type, record.pk)}/comments", _("评论已撤回"))
    (line,) = lines(request.actor, record, [comment])
    total = words_of_count(counted(request.actor, record))
    answer = fragment(request, "comments/taken_back.html", line=line, total=total, talk_id=record.pk)
    return with_toast(answer, _("评论已撤回"))


def _write(request: PageRequest, record: Record) -> HttpResponse:
    raw = _raw(request, record)
    try:
        write_comment.run(request.actor, None, raw, key=_key(request) or None)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _refused(request, record, raw, refusal)
    talk = drawn(request.actor, record, thread(request.actor, record), inline="inline" in request.POST)
    if wants_fragment(request):
        return fragment(request, "comments/written.html", talk=talk)
    return go(request, talk.url, _("评论已发出"))


def _raw(request: PageRequest, record: Record) -> dict[str, Any]:
    """The inputs of the action. Mentioned is who was chosen and still stands in the words, and whoever's whole name
    was typed behind an @."""
    words = request.POST.get("words", "").replace("\r\n", "\n")
    names = active_names(request.actor)
    chosen = still_named(words, names, request.POST.getlist("mentions"))
    ids = list(dict.fromkeys([*chosen, *named(words, names)]))
    known = {CONFIRMED: "on"} if request.POST.get(CONFIRMED) else {}
    return {"record_type": record.row_type, "record_id": str(record.pk), "words": words, "mentions": ids, **known}


def _key(request: PageRequest) -> str:
    return request.POST.get("idempotency_key", "")[:64]


def _refused(request: PageRequest, record: Record, raw: dict[str, Any], refusal: Refused) -> HttpResponse:
    """The form with what was typed and why it was not taken."""
    names = active_names(request.actor)
    mentioned = [(member_id, names[member_id]) for member_id in raw["mentions"]]
    error, key = _why(refusal), _key(request)
    if refusal.code == "key_reused":  # what was sent first had arrived although the answer did not
        error, key = _("上次发送的内容其实已经保存。要再写一条，请核对后再发送"), uuid.uuid4().hex
    known = CONFIRMED in raw
    asks = known or refusal.facts.get("confirm") == CONFIRMED
    sent = Composer(key or uuid.uuid4().hex, raw["words"], error, mentioned, asks, known)
    inline = "inline" in request.POST
    talk = drawn(request.actor, record, thread(request.actor, record), inline=inline, sent=sent)
    if wants_fragment(request):
        return fragment(request, CARD, status=422, talk=talk)
    return render(request, "comments/page.html", status=422, talk=talk)


def _why(refusal: Refused) -> str:
    return next(iter(refusal.errors.values())) if isinstance(refusal, Invalid) else refusal.message


for _type in RECORD_TYPES.values():
    register_card(_type.key, "comments", discussion_card, order=5)
    register_button(_type.key, "comments", discussion_button, order=90)
