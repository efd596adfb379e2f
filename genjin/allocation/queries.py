"""Reads of allocation: schemes, who is on duty, what the past says, offers and runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Left

from genjin.allocation.choosing import Chooser, company_zone, hours_of, seats_of, traits_of
from genjin.allocation.conditions import asked_of
from genjin.allocation.keeping import kept_past
from genjin.allocation.models import BackTest, Duty, Offer, Round, Run, Scheme
from genjin.allocation.portraits import PORTRAITS, portrait_of
from genjin.allocation.rules.fit import Learnt, Past, Tally
from genjin.allocation.rules.modes import Mode, OfferState, SchemeState
from genjin.allocation.rules.seats import Day
from genjin.allocation.rules.steps import fits
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import Stamped
from genjin.org.queries import organisation
from genjin.ownership.capacity import rooms_of
from genjin.ownership.models import Period

YOUNG_DAYS = 90
"""A younger record says nothing yet. Won or not: counting the young ones that are won would flatter everybody."""
PAST_DAYS = 730
ID = BigIntegerField()


def schemes_of(actor: Actor) -> list[Scheme]:
    """All schemes: those in force in the order in which they are asked, then the others."""
    rows = Scheme.objects.filter(record_type__in=PORTRAITS).order_by("record_type", "priority", "id")
    place = {SchemeState.ON: 0, SchemeState.OFF: 1, SchemeState.ENDED: 2}
    return sorted(rows, key=lambda scheme: place[SchemeState(scheme.state)])


def taking_all_before(scheme: Scheme, schemes: Sequence[Scheme]) -> Scheme | None:
    """Of all schemes in their order: the one that leaves no new record to this one, since it is asked earlier and has
    no conditions. By its name, and by forms that name it, a scheme gives all the same."""
    if scheme.state != SchemeState.ON or not scheme.on_entry:
        return None
    for one in schemes:
        if one.pk == scheme.pk:
            return None
        alike = one.state == SchemeState.ON and one.on_entry and one.record_type == scheme.record_type
        if alike and not one.conditions:
            return one
    return None


def scheme_for(actor: Actor, scheme_id: int) -> Scheme:
    """Raises NotFound."""
    scheme = Scheme.objects.filter(pk=scheme_id, record_type__in=PORTRAITS).first()
    if scheme is None:
        raise NotFound
    return scheme


def live_schemes(record_type: str, *, on_entry: bool = False) -> list[Scheme]:
    """The schemes in force for a type, in the order in which they are asked."""
    rows = Scheme.objects.filter(record_type=record_type, state=SchemeState.ON)
    return list((rows.filter(on_entry=True) if on_entry else rows).order_by("priority", "id"))


def fitting(actor: Actor, record: Record, schemes: Sequence[Scheme]) -> Scheme | None:
    """The first scheme whose conditions a record meets."""
    values, kinds = asked_of(actor, record, (scheme.conditions for scheme in schemes))
    return next((scheme for scheme in schemes if fits(scheme.conditions, values, kinds)), None)


def chooser_of(actor: Actor, scheme: Scheme, turn: Round, now: datetime, *, past: Learnt | None = None) -> Chooser:
    """A scheme at this moment. Four queries, and one that reads the past where the scheme chooses by fit."""
    learnt = past or (learnt_for(actor, scheme, now) if uses_fit(scheme) else None)
    return Chooser(actor, scheme, turn, day_of(actor, scheme, now), learnt)


def uses_fit(scheme: Scheme) -> bool:
    """Whether any of its records are given by fit."""
    if scheme.mode == Mode.STEPS:
        return any(step.get("mode") == Mode.FIT for step in scheme.steps)
    return scheme.mode == Mode.FIT


def day_of(actor: Actor, scheme: Scheme, now: datetime) -> Day:
    """What keeps the people of a scheme from taking one more, now."""
    members = [seat.member for seat in seats_of(scheme)]
    people = organisation(actor).people
    rooms = rooms_of(actor, RECORD_TYPES[scheme.record_type], members)
    return Day(
        moment=now.astimezone(company_zone()),
        hours=hours_of(scheme),
        active=frozenset(member for member in members if member in people and people[member].active),
        paused=paused_among(members),
        taken={},
        room=rooms.all,
        room_of={pool: dict(each) for pool, each in rooms.of.items()},
        apart=rooms.apart,
    )


def is_active(actor: Actor, member_id: int) -> bool:
    """Whether a member has not left."""
    person = organisation(actor).people.get(member_id)
    return person is not None and person.active


def paused_among(members: Collection[int]) -> frozenset[int]:
    """Who of them takes none for now."""
    return frozenset(Duty.objects.filter(member_id__in=members, paused=True).values_list("member_id", flat=True))


def learnt_for(actor: Actor, scheme: Scheme, now: datetime) -> Learnt:
    """What the past says to a scheme by fit, as it is kept; where it is not yet, one query over what its people have
    had in two years."""
    traits = traits_of(actor, scheme)
    members = [seat.member for seat in seats_of(scheme)]
    kept = kept_past(scheme, [one.key for one in traits], members, now)
    return kept or Learnt(past_of(RECORD_TYPES[scheme.record_type], traits, members, now), len(traits))


def past_of(record_type: RecordType, traits: Sequence[Field], members: Sequence[int], now: datetime) -> Past:
    """{values of the traits: {person: tally}} of the records that are old enough to tell."""
    won_on = portrait_of(record_type.key).won_on
    rows = told_rows(record_type, traits, now).values_list(*_names(traits), "seller")
    counted = rows.annotate(n=Count("pk"), won=Count("pk", filter=Q(**{f"{won_on}__isnull": False})))
    past: dict[tuple[str, ...], dict[int, Tally]] = {}
    for *values, seller, count, won in counted.filter(seller__in=members).order_by():
        cell = past.setdefault(tuple(str(value or "") for value in values), {})
        cell[seller] = cell.get(seller, Tally()) + Tally(count, won)
    return past


def told_rows(record_type: RecordType, traits: Sequence[Field], now: datetime) -> QuerySet[Any]:
    """The records that tell something: with the coarse values of their traits (`trait_0` …) and who won them or has
    them (`seller`: the owner on the day it was won, else the owner)."""
    won_on = portrait_of(record_type.key).won_on
    rows = record_type.model._default_manager.exclude(life=Life.VOIDED).exclude(owner=None)
    rows = rows.filter(created_at__gte=now - timedelta(days=PAST_DAYS))
    rows = rows.filter(created_at__lt=now - timedelta(days=YOUNG_DAYS))
    then = Period.objects.filter(record_id=OuterRef("pk"), since__date__lte=OuterRef(won_on))
    seller = Coalesce(Subquery(then.order_by("-id").values("owner_id")[:1]), F("owner_id"), output_field=ID)
    coarse = {name: _coarse(trait) for name, trait in zip(_names(traits), traits, strict=True)}
    won = When(**{f"{won_on}__isnull": False}, then=seller)
    return rows.annotate(**coarse, seller=Case(won, default=F("owner_id"), output_field=ID))


def _names(traits: Sequence[Field]) -> list[str]:
    return [f"trait_{place}" for place in range(len(traits))]


def _coarse(trait: Field) -> Any:
    """What of a column `choosing.coarse` leaves."""
    letters = {"region": 2, "industry": 3}.get(trait.kind)
    return F(trait.path) if trait.own or letters is None else Left(trait.path, letters)


@dataclass(frozen=True)
class Waiting:
    """An offer as its receiver may know it: the record itself is not his yet."""

    offer: Offer
    record: Record


def offers_to(actor: Actor, member_id: int, most: int = 20) -> list[Waiting]:
    """The offers that wait for a member, the one that ends first at the top. A query, and one per record type."""
    rows = list(_open(actor.now()).filter(member_id=member_id).order_by("expires_at", "id")[:most])
    found: dict[int, Record] = {}
    for key in {offer.record_type for offer in rows} & PORTRAITS.keys():
        ids = [offer.record_id for offer in rows if offer.record_type == key]
        model = RECORD_TYPES[key].model
        found |= {row.pk: row for row in model._default_manager.filter(pk__in=ids).exclude(life=Life.VOIDED)}
    return [
        Waiting(offer, found[offer.record_id])
        for offer in rows
        if offer.record_id in found and found[offer.record_id].owner_id == offer.held_by
    ]


def _open(now: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(state=OfferState.OPEN, expires_at__gt=now).select_related("scheme")


def offer_to_me(actor: Actor, offer_id: int) -> Offer:
    """An offer to the actor himself, whatever became of it. Raises NotFound."""
    offer = Offer.objects.filter(pk=offer_id, member_id=actor.member_id or 0).first()
    if offer is None:
        raise NotFound
    return offer


def asked_in(chain: int) -> frozenset[int]:
    """Who was asked in one round of offers."""
    return frozenset(Offer.objects.filter(chain=chain).values_list("member_id", flat=True))


def due_offers(now: datetime, most: int) -> list[int]:
    """The ids of offers whose time is over, or whose record meanwhile went another way."""
    return list(
        Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=now)
        .order_by("expires_at", "id")
        .values_list("pk", flat=True)[:most]
    )


@dataclass(frozen=True)
class Seated:
    """Who sits in a scheme that is in force, and who in one that offers."""

    taking: frozenset[int]
    offered: frozenset[int]


def _load() -> Seated:
    taking, offered = set(), set()
    for seats, state, minutes in Scheme.objects.values_list("seats", "state", "offer_minutes"):
        members = {seat["member"] for seat in seats}
        taking |= members if state == SchemeState.ON else set()
        offered |= members if minutes else set()
    return Seated(frozenset(taking), frozenset(offered))


SEATED: Stamped[Seated] = Stamped(_load)
"""Kept in memory, so that nobody's workbench asks for offers where none are made."""


def seat_schemes(member_id: int) -> list[Scheme]:
    """The schemes in force in which a member has a seat."""
    return list(
        Scheme.objects.filter(
            state=SchemeState.ON, record_type__in=PORTRAITS, seats__contains=[{"member": member_id}]
        ).order_by("priority", "id")
    )


def rounds_of(scheme_ids: Collection[int]) -> dict[int, Round]:
    """Where schemes stand."""
    return {turn.scheme_id: turn for turn in Round.objects.filter(scheme_id__in=scheme_ids)}


def round_copy(scheme: Scheme) -> Round:
    """Where a scheme stands, to try out what would come next: never saved."""
    found = Round.objects.filter(scheme_id=scheme.pk or 0).first()
    return found or Round(scheme=scheme)


def is_paused(member_id: int) -> bool:
    """Whether a member takes none for now."""
    return Duty.objects.filter(member_id=member_id, paused=True).exists()


def run_for(actor: Actor, run_id: int) -> Run:
    """A run that the actor started himself. Raises NotFound."""
    run = Run.objects.filter(pk=run_id, by_id=actor.member_id or 0).select_related("scheme").first()
    if run is None or run.record_type not in PORTRAITS:
        raise NotFound
    return run


def last_test(scheme: Scheme) -> BackTest | None:
    """The newest back-test of a scheme."""
    return BackTest.objects.filter(scheme=scheme).order_by("-id").first()


def past_rows(record_type: RecordType, traits: Sequence[Field], now: datetime, most: int) -> list[tuple[Any, ...]]:
    """(id, created, values…, seller, day won) of the newest records that tell something, the oldest first."""
    won_on = portrait_of(record_type.key).won_on
    rows = told_rows(record_type, traits, now)
    found = rows.order_by("-created_at", "-id").values_list("pk", "created_at", *_names(traits), "seller", won_on)
    return list(found[:most])[::-1]


def last_run(actor: Actor) -> int | None:
    """The newest run that the actor started."""
    return Run.objects.filter(by_id=actor.member_id or 0).order_by("-id").values_list("pk", flat=True).first()


def runs_of(actor: Actor, most: int) -> list[Run]:
    """The runs that the actor started, the newest first."""
    rows = Run.objects.filter(by_id=actor.member_id or 0, record_type__in=PORTRAITS).select_related("scheme")
    return list(rows.order_by("-id")[:most])
