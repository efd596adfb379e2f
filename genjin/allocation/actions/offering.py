"""Answers to offers (派单): taken, passed, run out; each of them settles the offer once."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation import wording
from genjin.allocation.changing import end, locked_rounds, place, went_elsewhere
from genjin.allocation.grants import PLACE, TAKE
from genjin.allocation.models import Offer, Round
from genjin.allocation.queries import chooser_of, offer_to_me
from genjin.allocation.rules.modes import OfferState, SchemeState
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import Number, Text
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.ownership.capacity import await_turn, demand_room, origin
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule

Parts = tuple[dict[int, Round], Record, Offer]


@action("allocation.take", on=Offer, needs=TAKE, label=gettext_lazy("领取派单"), icon="check", listed=False)
def take_offer(actor: Actor, offer_id: int) -> Offer:
    """Take what is offered to oneself. Raises NotFound, Refused("lapsed", "answered", "gone", "full")."""
    rounds, row, offer = _mine(actor, offer_id, room=True)
    end(actor, offer, OfferState.TAKEN, rounds)
    change_owner(actor, row, offer.member_id, rule=Rule.ALLOCATED, reason=offer.reason)
    return offer


@action("allocation.pass", on=Offer, needs=TAKE, label=gettext_lazy("跳过派单"), icon="x", listed=False)
def pass_offer(
    actor: Actor,
    offer_id: int,
    *,
    reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)] = "",
) -> Offer:
    """Pass what is offered to oneself; the next one is asked at once. One's own turn is kept (once in a row). Raises
    NotFound, Refused("lapsed", "answered", "gone")."""
    rounds, row, offer = _mine(actor, offer_id)
    end(actor, offer, OfferState.PASSED, rounds, reason)
    record(actor, row, **({"reason": reason} if reason else {}))
    flow_on(system(PLACE), offer=offer.pk)
    return offer


@action(
    "allocation.lapse",
    on=None,
    needs=PLACE,
    label=gettext_lazy("派单超时"),
    icon="clock",
    silent="when it was answered meanwhile",
    listed=False,
)
def lapse_offer(actor: Actor, *, offer: Annotated[int, Number(key="offer", label=gettext_lazy("派单"))]) -> bool:
    """End an offer whose time is over; the next one is asked. Whether it was this call that ended it."""
    rounds, row, waiting = _parts(actor, offer)
    if waiting.state != OfferState.OPEN or waiting.expires_at > actor.now():
        return False
    if went_elsewhere(row, waiting):
        end(actor, waiting, OfferState.DROPPED, rounds)
        return True
    end(actor, waiting, OfferState.LAPSED, rounds)
    flow_on(actor, offer=waiting.pk)
    return True


@action(
    "allocation.flow",
    on=None,
    needs=PLACE,
    label=gettext_lazy("派单流转"),
    icon="route",
    listed=False,
)
def flow_on(actor: Actor, *, offer: Annotated[int, Number(key="offer", label=gettext_lazy("派单"))]) -> bool:
    """Ask the next one after an offer that was not taken; nobody left: to the scheme's fallback, or it stays."""
    rounds, row, before = _parts(actor, offer)
    if before.state not in (OfferState.PASSED, OfferState.LAPSED):
        raise NotFound
    scheme = before.scheme
    if scheme.state != SchemeState.ON:
        record(actor, row, reason=_("方案已停用，派单不再流转"))
        return False
    chooser = chooser_of(actor, scheme, rounds[scheme.pk], actor.now())
    choice = place(actor, row, chooser, chain=before.chain, made_by=before.made_by_id)
    if choice.member is None:
        record(actor, row, unanswered=before.chain, reason=choice.words)
    return choice.member is not None


def _mine(actor: Actor, offer_id: int, *, room: bool = False) -> Parts:
    """One's own open offer, locked; with `room` only when one may hold one more. Raises NotFound, Refused in clear
    words."""
    seen = offer_to_me(actor, offer_id)
    if room and seen.state == OfferState.OPEN and seen.record_type in RECORD_TYPES:
        await_turn(actor, RECORD_TYPES[seen.record_type], actor.member_id)
    rounds, row, offer = _parts(actor, offer_id)
    if offer.state == OfferState.LAPSED or (offer.state == OfferState.OPEN and offer.expires_at <= actor.now()):
        minutes = round((offer.expires_at - offer.offered_at).total_seconds() / 60)
        raise Refused("lapsed", _("已超过 %d 分钟，这一条流转给下一位了") % minutes)
    if offer.state != OfferState.OPEN:
        raise Refused("answered", _("这一条您已经处理过：%s") % OfferState(offer.state).label)
    if went_elsewhere(row, offer):
        name = wording.name_of(actor, row.owner_id) if row.owner_id else _("别人")
        raise Refused("gone", _("来晚了：这一条已经由%s处理") % name)
    if room:
        demand_room(actor, RECORD_TYPES[offer.record_type], actor.member_id, pool=origin(actor, row))
    return rounds, row, offer


def _parts(actor: Actor, offer_id: int) -> Parts:
    """(rounds, record, offer), locked in this order. Raises NotFound."""
    seen = Offer.objects.filter(pk=offer_id).first()
    if seen is None or seen.record_type not in RECORD_TYPES:
        raise NotFound
    rounds = locked_rounds(actor, seen.record_type)
    model = RECORD_TYPES[seen.record_type].model
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=seen.record_id).first()
    offer = Offer.objects.select_for_update(of=("self",)).select_related("scheme").filter(pk=offer_id).first()
    if row is None or offer is None:
        raise NotFound
    return rounds, row, offer
