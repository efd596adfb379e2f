"""Declaring a clash from a record: what 查重 finds and lets the asker know of, one of them chosen, a word about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.clashes.actions.declaring import rivals_told
from genjin.clashes.finding import Rival
from genjin.clashes.queries import CLASHING
from genjin.clashes.web.showing import may_declare
from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.limits import queue_told, room_left, told_of
from genjin.duplicates.rules import Entry
from genjin.duplicates.telling import why_words
from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.wording import listed
from genjin.ui.addresses import record_url
from genjin.ui.details.menu import MenuEntry, register_menu_entry
from genjin.ui.pages import PageRequest, fragment, go, page, respond


@dataclass(frozen=True)
class Option:
    """A record that it clashes with, as far as the asker may know it."""

    handle: str
    title: str
    owner: str
    why: str
    url: str


@page("<plural:record_type>/<int:row_id>/clash", name="clash-declare", methods=["GET", "POST"])
def declare(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The dialog, and what comes of it."""
    record = _record(request, record_type, row_id)
    if request.method == "GET":
        return _dialog(request, record)
    raw = {key: request.POST.get(key, "")[:2000] for key in ("other", "statement")}
    try:
        made = ACTIONS[record_type.grant("declare_clash")].run(request.actor, row_id, raw)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _dialog(request, record, refusal)
    return go(request, f"/clashes/{made.row_id}", _("已申报，等主管裁定；双方会收到通知"))


def _dialog(request: PageRequest, record: Record, refusal: Refused | None = None) -> HttpResponse:
    """Empty, its records are asked for afterwards; refused, with them."""
    record_type = type_of(record)
    options, cut = options_for(request.actor, record) if refusal else (None, False)
    return respond(
        request, "clashes/declare.html#dialog", status=refusal.status if refusal else 200, options=options, cut=cut,
        refusal=refusal, given=request.POST, url=record_url(record_type, record.pk), record_type=record_type,
        title=str(getattr(record, record_type.title)), errors=refusal.errors if refusal else {},
    )  # fmt: skip


@page("<plural:record_type>/<int:row_id>/clash/like", name="clash-like", methods=["POST"])
def like(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """What it clashes with, as far as the asker may know: counted and written down, hence not by GET."""
    record = _record(request, record_type, row_id)
    options, cut = options_for(request.actor, record)
    return fragment(request, "clashes/declare.html#options", options=options, cut=cut, given={})


def _record(request: PageRequest, record_type: RecordType, row_id: int) -> Record:
    if record_type.key not in CLASHING:
        raise NotFound
    record = row_for(request.actor, record_type.model, row_id, to=SEE)
    if not may_declare(request.actor, record):
        raise Forbidden
    return record


@transaction.atomic
def options_for(actor: Actor, record: Record) -> tuple[list[Option], bool]:
    """(what he is told, within the limits of 查重; whether some is held back because he was told too much). It is
    written down."""
    found = rivals_told(actor, record)
    queue_told(actor)
    hidden = [rival.found.row.pk for _handle, rival, seen in found if not seen]
    fresh = sorted(set(hidden) - told_of(actor)) if hidden else []
    kept = set(fresh[: room_left(actor)]) if fresh else set()
    note_told(actor, record.row_type, Entry.TOOL, sorted(kept))
    held_back = set(fresh) - kept
    told = [
        _option(actor, record, handle, rival, seen)
        for handle, rival, seen in found
        if rival.found.row.pk not in held_back
    ]
    return told, bool(held_back)


def _option(actor: Actor, record: Record, handle: str, rival: Rival, seen: bool) -> Option:
    declared, other, org = type_of(record), rival.found.row, people.directory()
    named, owned = seen or "name" in rival.shown, seen or "owner" in rival.shown
    return Option(
        handle=handle,
        title=str(getattr(other, declared.title)) if named else _("同事的记录"),
        owner=org.member_name(other.owner_id, actor.stamp) if other.owner_id and owned else "",
        why=listed(why_words(declared, why) for why in rival.found.whys),
        url=record_url(declared, other.pk) if seen else "",
    )


for _key in CLASHING:
    register_menu_entry(
        MenuEntry(
            key=f"clash-{_key}",
            label=gettext_lazy("申报撞单"),
            icon="arrows-diff",
            link="/clash",
            needs=RECORD_TYPES[_key].grant("declare_clash"),
            types=(_key,),
            into="#dialog",
            when=may_declare,
            order=58,
        )
    )
