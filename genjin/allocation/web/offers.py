"""待领取 on the workbench: what is offered to me, with the time that is left; and whether I take any for now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.allocation.actions.offering import pass_offer, take_offer
from genjin.allocation.actions.schemes import switch_duty
from genjin.allocation.choosing import hours_of, seats_of
from genjin.allocation.examples import today_of
from genjin.allocation.grants import TAKE
from genjin.allocation.offered import about, title_of
from genjin.allocation.queries import (
    SEATED,
    Waiting,
    day_of,
    is_paused,
    offer_to_me,
    offers_to,
    rounds_of,
    seat_schemes,
)
from genjin.allocation.wording import HINDRANCES
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.org.web.frame import SettingsForm
from genjin.ui.addresses import record_url
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, page, respond, wants_fragment, with_toast
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard

TODAY = "/today"


@dataclass(frozen=True)
class Offered:
    """An offer as the card lists it: the record's name and what kind it is, nothing by which it can be reached."""

    id: int
    icon: str
    title: str
    about: str
    why: str
    until: str
    left: str
    record_url: str


@dataclass(frozen=True)
class Place:
    """A scheme in which I sit: how many I got today of how many, and why none come now ('' when they do)."""

    name: str
    today: int
    cap: int | None
    hindrance: str
    hours: str


def offers_card(request: PageRequest, member_id: int) -> Workcard | None:
    """待领取: only one's own, and only while something waits."""
    actor = request.actor
    if member_id != actor.member_id or not actor.may(TAKE) or member_id not in SEATED.at(actor.stamp).offered:
        return None
    context = _context(actor)
    if not context["offers"]:
        return None
    lead = Lead(str(len(context["offers"])), _("条派单待领取"), "warn")
    return Workcard("allocation/offers_card.html", context, (lead,))


def duty_card(request: PageRequest, member_id: int) -> Workcard | None:
    """接单: for who sits in a scheme."""
    actor = request.actor
    if member_id != actor.member_id or not actor.may(TAKE) or member_id not in SEATED.at(actor.stamp).taking:
        return None
    places = _places(actor, member_id)
    if not places:
        return None
    return Workcard("allocation/duty_card.html", {"places": places, "paused": is_paused(member_id)})


@page("allocation/offers", name="offers", needs=TAKE)
def offers(request: PageRequest) -> HttpResponse:
    """What is offered to me now; without script a page of its own."""
    return respond(request, "allocation/offers.html#card", **_context(request.actor))


@page("allocation/offers/<int:offer_id>/taking", name="offer-take", methods=["POST"], needs=TAKE)
def take(request: PageRequest, offer_id: int) -> HttpResponse:
    """Take what is offered."""
    try:
        take_offer.run(request.actor, offer_id, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _answered(request, refusal.message, tone="bad")
    offer = offer_to_me(request.actor, offer_id)
    address = record_url(RECORD_TYPES[offer.record_type], offer.record_id)
    return _answered(request, _("已领取，现在由您负责"), link=address)


@page("allocation/offers/<int:offer_id>/passing", name="offer-pass", methods=["GET", "POST"], needs=TAKE)
def passing(request: PageRequest, offer_id: int) -> HttpResponse:
    """Pass it, with a reason if one likes; the next one is asked at once."""
    offer_to_me(request.actor, offer_id)
    form = SettingsForm(
        request,
        pass_offer,
        _("跳过这一条"),
        row_id=offer_id,
        submit=_("跳过"),
        text=_("马上转给下一位；按轮流分配时，您的这一轮保留一次。原因可以不填。"),
    )
    if wants_fragment(request):
        return form.answer(lambda: closed_dialog(_("已跳过，转给下一位"), changed="offers:changed"))
    return form.answer(lambda: go(request, TODAY, _("已跳过，转给下一位")))


@page("allocation/duty", name="own-duty", methods=["POST"], needs=TAKE)
def own_duty(request: PageRequest) -> HttpResponse:
    """Pause, or take records again."""
    paused = request.POST.get("paused", "")
    switch_duty.run(request.actor, None, {"paused": paused})
    return go(request, TODAY, _("已暂停接单：新的记录先给别人") if paused else _("已恢复接单"))


def _answered(request: PageRequest, words: str, *, tone: str = "ok", link: str = "") -> HttpResponse:
    """The card afresh for htmx, the workbench otherwise."""
    if not wants_fragment(request):
        return go(request, link or TODAY, words, tone=tone)
    card = fragment(request, "allocation/offers.html#card", **_context(request.actor))
    return with_toast(card, words, tone=tone, link=link, label=_("打开") if link else "")


def _context(actor: Actor) -> dict[str, Any]:
    waiting = offers_to(actor, actor.member_id or 0)
    minutes = {one.offer.scheme.offer_minutes for one in waiting}
    return {
        "offers": [_offered(actor, one) for one in waiting],
        "minutes": min(minutes) if len(minutes) == 1 else 0,
        "offers_url": reverse("offers"),
    }


def _offered(actor: Actor, one: Waiting) -> Offered:
    declared = RECORD_TYPES[one.offer.record_type]
    fmt = formats_for(actor)
    return Offered(
        id=one.offer.pk,
        icon=declared.icon,
        title=title_of(one),
        about=" · ".join(about(actor, one).values()),
        why=one.offer.reason,
        until=one.offer.expires_at.isoformat(),
        left=fmt.left(one.offer.expires_at),
        record_url=record_url(declared, one.offer.record_id),
    )


def _places(actor: Actor, member_id: int) -> list[Place]:
    schemes = seat_schemes(member_id)
    rounds = rounds_of([scheme.pk for scheme in schemes])
    places = []
    for scheme in schemes:
        seat = next(seat for seat in seats_of(scheme) if seat.member == member_id)
        day = day_of(actor, scheme, actor.now())
        day.taken.update(today_of(actor, rounds.get(scheme.pk)))
        why = day.hindrance(seat)
        hours = seat.hours or hours_of(scheme)
        span = "" if hours.begin == hours.end else f"{hours.begin:%H:%M}–{hours.end:%H:%M}"
        today = day.taken.get(member_id, 0)
        places.append(Place(scheme.name, today, seat.cap, str(HINDRANCES[why]) if why else "", span))
    return places


register_workcard("offers", offers_card, order=5)  # minutes run: before what has the whole day
register_workcard("duty", duty_card, order=35, side=True)
