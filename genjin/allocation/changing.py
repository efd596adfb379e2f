"""Steps of the actions: rounds locked and kept, a record given or offered, an offer ended.

Every way in locks in the same order, rounds, people, record, offer: two of them wait for each other and never deadlock.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.translation import override

from genjin.allocation import wording
from genjin.allocation.choosing import Choice, Chooser, company_zone
from genjin.allocation.models import Offer, Round, Scheme
from genjin.allocation.queries import asked_in, is_active
from genjin.allocation.rules.modes import OFFER_MOVES, OfferState, SchemeState
from genjin.allocation.rules.turns import Turns, let_lapse, passed_on, settled
from genjin.allocation.rules.weights import given_back
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import note_event, record
from genjin.kernel.records import RECORD_TYPES
from genjin.ownership.capacity import is_limited, queue_for
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule


def locked_rounds(actor: Actor, record_type: str) -> dict[int, Round]:
    """Where all schemes of a type stand; who comes next waits here until this transaction ends. So does whoever gives
    by another way to people of these schemes who may hold so many only (P2)."""
    rows = Round.objects.select_for_update(of=("self",)).filter(scheme__record_type=record_type)
    rounds = {turn.scheme_id: turn for turn in rows.select_related("scheme").order_by("scheme_id")}
    live = [turn.scheme for turn in rounds.values() if turn.scheme.state == SchemeState.ON]
    members = {seat["member"] for scheme in live for seat in scheme.seats} | {s.fallback_id for s in live}
    declared = RECORD_TYPES[record_type]
    for member in sorted(member for member in members if member and is_limited(actor, declared, member)):
        queue_for(member)
    return rounds


def place(actor: Actor, record_: Record, chooser: Chooser, *, chain: int = 0, made_by: int | None = None) -> Choice:
    """Give a (locked) record by a scheme, or offer it; who cannot be found leaves it to the scheme's fallback. The
    choice names nobody when it stays where it is."""
    with override(settings.LANGUAGE_CODE):
        choice = chooser.choose(record_, asked_in(chain) if chain else frozenset())
        fallback = chooser.scheme.fallback_id
        if choice.member is None and fallback and fallback != record_.owner_id and is_active(actor, fallback):
            words = wording.fallback(choice.words)
            change_owner(actor, record_, fallback, rule=Rule.ALLOCATED, reason=words)
            choice = Choice(fallback, words, choice.facts | {"fallback": True})
        elif choice.member is not None and chooser.scheme.offer_minutes:
            offer(actor, record_, chooser.scheme, choice, chain=chain, made_by=made_by)
        elif choice.member is not None:
            change_owner(actor, record_, choice.member, rule=Rule.ALLOCATED, reason=choice.words)
    if choice.member is not None:
        note_event(actor, allocation=choice.facts)
    chooser.round.save()
    return choice


def offer(
    actor: Actor, record_: Record, scheme: Scheme, choice: Choice, *, chain: int = 0, made_by: int | None = None
) -> Offer:
    """Offer a record to whom was chosen, for the scheme's minutes."""
    assert choice.member is not None
    now = actor.now()
    made = Offer(
        record_type=record_.row_type,
        record_id=record_.pk,
        scheme_id=scheme.pk,
        member_id=choice.member,
        made_by_id=made_by,
        held_by=record_.owner_id,
        lent=choice.lent,
        reason=choice.words[:200],
        offered_at=now,
        expires_at=now + timedelta(minutes=scheme.offer_minutes),
        chain=chain,
    )
    record(actor, made)
    if not chain:
        made.chain = made.pk
        record(actor, made)
    record(actor, record_, offered_to=choice.member, reason=choice.words)
    return made


def by_hand(actor: Actor, record_: Record, owner_id: int, reason: str) -> None:
    """Give it to whom somebody names."""
    with override(settings.LANGUAGE_CODE):
        words = wording.by_hand(reason)
    change_owner(actor, record_, owner_id, rule=Rule.ALLOCATED, reason=words)


def drop_open(actor: Actor, record_: Record, rounds: dict[int, Round]) -> None:
    """Somebody decides otherwise: an offer that still waits is taken back, and its turn given back."""
    waiting = Offer.objects.select_for_update().filter(record_id=record_.pk, state=OfferState.OPEN).first()
    if waiting is not None:
        end(actor, waiting, OfferState.DROPPED, rounds)


def end(actor: Actor, ended: Offer, state: OfferState, rounds: dict[int, Round], answer: str = "") -> None:
    """Say what became of an (open, locked) offer; what it cost is settled in its scheme's round."""
    OFFER_MOVES.move(ended, state)
    ended.answer = answer[:200]
    record(actor, ended)
    turn = rounds.get(ended.scheme_id)
    if turn is None:
        return
    line = Turns(tuple(turn.line), frozenset(turn.passed))
    ways = {OfferState.TAKEN: settled, OfferState.LAPSED: let_lapse}
    line = ways.get(state, passed_on)(line, ended.member_id) if "turn" in ended.lent else line
    turn.line, turn.passed = list(line.line), sorted(line.passed)
    if state in (OfferState.PASSED, OfferState.DROPPED) and ended.lent.get("credit"):
        credits = {int(member): credit for member, credit in turn.credits.items()}
        back = given_back(credits, ended.member_id, ended.lent["credit"])
        turn.credits = {str(member): credit for member, credit in back.items()}
    if state != OfferState.TAKEN and turn.day == ended.offered_at.astimezone(company_zone()).date():
        key = str(ended.member_id)
        turn.taken[key] = max(0, turn.taken.get(key, 0) - 1)
    turn.save()


def went_elsewhere(record_: Record, waiting: Offer) -> bool:
    """Whether the record meanwhile went another way than the offer."""
    return record_.life == Life.VOIDED or record_.owner_id != waiting.held_by
