"""The steps of preparing a handover: each is a form of its own and works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.preparing import arrange, cancel_handover, change_handover, prepare_handover
from genjin.handover.arrangement import Arrangement, Share
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.pools import POOL
from genjin.handover.queries import handover_for, keys_of, leaver_for
from genjin.handover.receivers import MEMBER, written
from genjin.handover.rules import Stays, Teams
from genjin.handover.web.drawing import who_page
from genjin.handover.web.narrowing import asked_query, name_in, share_words
from genjin.handover.web.showing import changing
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, FieldError, Person
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Refused
from genjin.ui.pages import PageRequest, go, page, render

BOTH = ["GET", "POST"]
FACTS = ("kind", "notice_on", "leaves_on", "reason")
RECEIVER = Person(key="to", label=gettext_lazy("接收人"))


@page("handovers/new", name="handover-new", methods=BOTH, needs=MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """The first step: who, why, when. `?leaver=` fills him in."""
    if request.method == "GET":
        return _first(request, request.GET)
    try:
        raw = _facts(request.POST) | {"leaver": request.POST.get("leaver", "")}
        made = prepare_handover.run(request.actor, None, raw)
    except Forbidden:
        raise
    except Refused as refusal:
        return _first(request, request.POST, refusal)
    return go(request, _at(made.row_id or 0, "receivers"))


@page("handovers/<int:handover_id>/who", name="handover-who", methods=BOTH, needs=MANAGE)
@changing
def who(request: PageRequest, handover_id: int) -> HttpResponse:
    """Kind, days and reason changed."""
    change_handover.run(request.actor, handover_id, _facts(request.POST))
    return go(request, _at(handover_id, "receivers"))


@page("handovers/<int:handover_id>/receivers", name="handover-receivers", methods=BOTH, needs=MANAGE)
@changing
def receivers(request: PageRequest, handover_id: int) -> HttpResponse:
    """Who gets what. `add` (a type's key) takes the condition filled in along, `remove` drops one, both stay on the
    step."""
    row = handover_for(request.actor, handover_id)
    asked = _with_receivers(request.actor, row, request.POST)
    arrange(request.actor, handover_id, arrangement=asked.to_json(), notice=row.notice)
    stays = "add" in request.POST or "remove" in request.POST
    return go(request, _at(handover_id, "receivers" if stays else "options"))


@page("handovers/<int:handover_id>/options", name="handover-options", methods=BOTH, needs=MANAGE)
@changing
def options(request: PageRequest, handover_id: int) -> HttpResponse:
    """Teams, what goes along, the words for customers."""
    row = handover_for(request.actor, handover_id)
    asked = _with_options(request.actor, Arrangement.from_json(row.arrangement), request.POST)
    notice = request.POST.get("notice", "").strip()[:1_000]
    arrange(request.actor, handover_id, arrangement=asked.to_json(), notice=notice)
    return go(request, _at(handover_id, "preview"))


@page("handovers/<int:handover_id>/cancel", name="handover-cancel", methods=BOTH, needs=MANAGE)
@changing
def cancel(request: PageRequest, handover_id: int) -> HttpResponse:
    """Give it up before it has begun."""
    cancel_handover(request.actor, handover_id)
    return go(request, reverse("handovers"), _("交接已取消"))


def _first(request: PageRequest, given: QueryDict, refusal: Refused | None = None) -> HttpResponse:
    """The form of the first step, with what was filled in."""
    asked = given.get("leaver", "")
    leaver = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    context = who_page(request.actor, _allowed(request.actor, leaver))
    answer: dict[str, Any] = {"head": None, "number": 0, "step": "who", "refusal": refusal, "given": given}
    return render(request, "handover/who.html", status=422 if refusal else 200, **answer, **context)


def _at(handover_id: int, step: str) -> str:
    return f"{reverse('handover', args=[handover_id])}?{urlencode({'step': step})}"


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: given.get(key, "") for key in FACTS if given.get(key, "") or key == "reason"}


def _allowed(actor: Actor, member_id: int | None) -> int | None:
    """The member whose name may be filled in."""
    if member_id is None:
        return None
    try:
        return leaver_for(actor, member_id).id
    except Refused:
        return None


def _with_receivers(actor: Actor, row: Handover, given: QueryDict) -> Arrangement:
    kept = Arrangement.from_json(row.arrangement)
    parts: dict[str, tuple[str, ...]] = {}
    for key in keys_of(row):
        named = _named(actor, given, f"to_{key}") or _pool(given, f"pool_{key}")
        if named or given.get(f"none_{key}"):
            parts[key] = () if given.get(f"none_{key}") else named
    shares = [share for place, share in enumerate(kept.shares) if str(place) != given.get("remove", "")]
    if "add" in given:
        shares.append(_share(actor, given))
    return kept.with_(everything=_named(actor, given, "everything"), parts=parts, shares=tuple(shares))


def _share(actor: Actor, given: QueryDict) -> Share:
    record_type = RECORD_TYPES.get(given.get("add", ""))
    if record_type is None:
        raise Refused("part", _("请选择按条件分配的类别"), "add")
    query, label = asked_query(actor, record_type, given.dict())
    name = name_in(record_type, "to")
    to = _named(actor, given, name) or _pool(given, name_in(record_type, "pool"))
    if not to:
        raise Refused("receiver", _("请为这个条件选择接收人"), name)
    return Share(record_type.key, query, to, label or share_words(actor, Share(record_type.key, query, to)))


def _named(actor: Actor, given: QueryDict, name: str) -> tuple[str, ...]:
    """Receivers chosen from the list, or without scripts written as names with 、 between. Raises Refused."""
    texts = [*given.getlist(name), *given.get(f"{name}_names", "").replace(",", "、").replace("，", "、").split("、")]
    found = []
    for text in texts:
        if text.strip():
            try:
                found.append(written(MEMBER, RECEIVER.parse(text.strip(), actor)))
            except FieldError as error:
                raise Refused("receiver", str(error), name) from None
    return tuple(dict.fromkeys(found))


def _pool(given: QueryDict, name: str) -> tuple[str, ...]:
    """The pool chosen instead of members."""
    chosen = given.get(name, "")
    return (written(POOL, int(chosen)),) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else ()


def _with_options(actor: Actor, kept: Arrangement, given: Mapping[str, Any]) -> Arrangement:
    stays, teams = given.get("stays", ""), given.get("teams", "")
    until = Date(key="stays_until", label=_("保留到"))
    try:
        day = until.parse(given.get("stays_until", ""), actor)
    except FieldError as error:
        raise Refused("date", str(error), "stays_until") from None
    return kept.with_(
        stays=Stays(stays) if stays in Stays.values else Stays.NO,
        stays_until=day if stays else None,
        teams=Teams(teams) if teams in Teams.values else Teams.MINE,
        along=bool(given.get("along")),
    )
