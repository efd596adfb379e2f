"""One scheme at a moment: who gets a record, and why in words. Nothing is written here; what the choice costs is noted
in the round, which the caller has locked (or copied, for an example)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from genjin.allocation import wording
from genjin.allocation.conditions import asked_of, values_of, words_of
from genjin.allocation.models import Round, Scheme
from genjin.allocation.portraits import choosable_traits
from genjin.allocation.rules.assigning import assign, fair_places
from genjin.allocation.rules.chance import drawn
from genjin.allocation.rules.fit import Chances, Learnt
from genjin.allocation.rules.modes import Mode
from genjin.allocation.rules.seats import Day, Hindrance, Hours, Seat
from genjin.allocation.rules.steps import Step, first_fitting
from genjin.allocation.rules.turns import Turns, lined_up, next_in, took
from genjin.allocation.rules.weights import kept, next_by_weight
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """Who gets it (None: nobody can now), why in words, what the ledger's event keeps of it, and what it cost him."""

    member: int | None
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    lent: dict[str, int] = field(default_factory=dict)


def company_zone() -> ZoneInfo:
    """Days and hours on duty are those of the company."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def seats_of(scheme: Scheme) -> list[Seat]:
    """The people of a scheme, in its order."""
    return [
        Seat(
            int(seat["member"]),
            int(seat.get("weight") or 1),
            int(seat["cap"]) if seat.get("cap") else None,
            _hours(scheme.days, seat["begins"], seat["ends"]) if seat.get("begins") and seat.get("ends") else None,
        )
        for seat in scheme.seats
    ]


def steps_of(scheme: Scheme) -> list[Step]:
    """The steps of a scheme by rule, in order."""
    return [
        Step(step["conditions"], tuple(int(m) for m in step.get("members") or ()), step.get("mode") or Mode.TURNS)
        for step in scheme.steps
    ]


def hours_of(scheme: Scheme) -> Hours:
    """When the people of a scheme are on duty, unless they have hours of their own."""
    return _hours(scheme.days, scheme.begins, scheme.ends)


def traits_of(actor: Actor, scheme: Scheme) -> list[Field]:
    """The fields by which a scheme calls records alike: those it names, else those of the declaration."""
    offered = choosable_traits(RECORD_TYPES[scheme.record_type], actor.stamp)
    known = {one.key: one for one in offered}
    return [known[key] for key in scheme.traits if key in known] or [one for one in offered if not one.own]


def coarse(kind: str, value: Any) -> str:
    """What of a value tells whether two records are alike: the province, the division of industry, the option."""
    text = str(value or "")
    return text[:2] if kind == "region" else text[:3] if kind == "industry" else text


def pool_of(record: Record) -> int:
    """The id of the pool in which a record lies or out of which it came; 0 for none."""
    return getattr(record, "pool_id", None) or getattr(record, "taken_from_id", None) or 0


class Chooser:
    """A scheme with its round, what is known of its people today, and (for fit) what the past says."""

    def __init__(self, actor: Actor, scheme: Scheme, turn: Round, day: Day, learnt: Learnt | None = None) -> None:
        self.actor, self.scheme, self.round, self.day, self.learnt = actor, scheme, turn, day, learnt
        self.seats, self.traits = seats_of(scheme), traits_of(actor, scheme)
        self.planned: dict[int, int] = {}
        _begin_day(turn, day.moment)
        self.day.taken.clear()
        self.day.taken.update({int(member): count for member, count in turn.taken.items()})

    def plan(self, records: Sequence[Record]) -> None:
        """Work out by fit who gets which of many records, so that the sum of their chances is greatest."""
        if self.scheme.mode != Mode.FIT or self.learnt is None:
            return
        self.learnt.prepare(self._traits_of(record) for record in records)
        found = {record.pk: chances for record in records if (chances := self._chances(record, self.seats))}
        able = [seat for seat in self.seats if self.day.hindrance(seat) is None]
        places = self._fair(able, len(records))
        people = assign([chances.rates for chances in found.values()], places, self.day.taken)
        self.planned = {row_id: member for row_id, member in zip(found, people, strict=True) if member}

    def choose(self, record: Record, asked: frozenset[int] = NOBODY) -> Choice:
        """Who gets this record; not whoever owns it now, nor whom it was offered before (`asked`)."""
        passed_by = asked | ({record.owner_id} if record.owner_id else NOBODY)
        told: list[str] = []
        mode, seats, facts = self._way(record, told)
        pool = pool_of(record)
        hindrances = {seat.member: self._hindrance(seat, passed_by, pool) for seat in seats}
        able = [seat for seat in seats if hindrances[seat.member] is None]
        if not able:
            words = wording.nobody(self.actor, [(s, hindrances[s.member]) for s in seats], self.day.taken)
            return Choice(None, words, facts)
        member, words, more, lent = _WAYS[Mode(mode)](self, record, able)
        self.day.took(member, pool)
        self.round.taken = {str(one): count for one, count in self.day.taken.items()}
        self.round.last = member
        return Choice(member, "".join([*told, words]), facts | more | {"scheme": self.scheme.pk}, lent)

    def _way(self, record: Record, told: list[str]) -> tuple[str, list[Seat], dict[str, Any]]:
        """(mode, people, facts) for a record; a scheme by rule says which step it met."""
        if self.scheme.mode != Mode.STEPS:
            return self.scheme.mode, self.seats, {"mode": self.scheme.mode}
        steps = steps_of(self.scheme)
        values, kinds = asked_of(self.actor, record, (step.conditions for step in steps))
        place = first_fitting(steps, values, kinds)
        if place is None:
            told.append(wording.no_step())
            return Mode.TURNS, self.seats, {"mode": Mode.STEPS, "step": 0}
        step = steps[place]
        told.append(
            wording.step(place + 1, words_of(self.actor, RECORD_TYPES[self.scheme.record_type], step.conditions))
        )
        members = set(step.members)
        seats = [seat for seat in self.seats if not members or seat.member in members]
        return step.mode, seats, {"mode": Mode.STEPS, "step": place + 1}

    def _hindrance(self, seat: Seat, asked: frozenset[int], pool: int) -> Hindrance | None:
        return self.day.hindrance(seat, pool) or (Hindrance.ASKED if seat.member in asked else None)

    def _by_turns(self, _record: Record, able: Sequence[Seat]) -> tuple[int, str, dict[str, Any], dict[str, int]]:
        turns = lined_up(
            Turns(tuple(self.round.line), frozenset(self.round.passed)), [seat.member for seat in self.seats]
        )
        seats = {seat.member: seat for seat in able}
        member = next_in(turns, seats.keys())
        assert member is not None
        words = wording.turn(self.actor, seats[member], self.day.taken, self.round.last)
        turns = took(turns, member, offered=self.scheme.offer_minutes > 0)
        self.round.line, self.round.passed = list(turns.line), sorted(turns.passed)
        return member, words, {}, {"turn": 1}

    def _by_weight(self, _record: Record, able: Sequence[Seat]) -> tuple[int, str, dict[str, Any], dict[str, int]]:
        whole = {str(seat.member): seat.weight for seat in self.seats}
        credits = kept(_keyed(self.round.credits), _keyed(self.round.weights), _keyed(whole))
        weights = {seat.member: seat.weight for seat in able}
        member, grown = next_by_weight(credits, weights)
        assert member is not None
        self.round.credits, self.round.weights = {str(one): credit for one, credit in grown.items()}, whole
        seat = next(seat for seat in able if seat.member == member)
        return member, wording.weight(self.actor, seat, able, self.day.taken), {}, {"credit": sum(weights.values())}

    def _by_chance(self, _record: Record, able: Sequence[Seat]) -> tuple[int, str, dict[str, Any], dict[str, int]]:
        seed, among = secrets.token_hex(8), [seat.member for seat in able]
        member = drawn(seed, among)
        assert member is not None
        return member, wording.chance(self.actor, member, len(among)), {"seed": seed, "among": sorted(among)}, {}

    def _by_fit(self, record: Record, able: Sequence[Seat]) -> tuple[int, str, dict[str, Any], dict[str, int]]:
        chances = self._chances(record, self.seats)
        places = {member: places for member, places in self._fair(able, 1, pool_of(record)).items() if places > 0}
        if chances is None or not places:
            member, words, facts, lent = self._by_turns(record, able)
            return member, wording.too_few(self.scheme.least) + words, facts | {"fell_back": True}, lent
        member = self.planned.get(record.pk, 0)
        if member not in {seat.member for seat in able}:
            (member,) = assign([{one: chances.rates[one] for one in places}], places, self.day.taken)
        labels = [str(one.label) for one in self.traits][: chances.alike]
        facts = {"alike": chances.alike, "rate": round(chances.rates[member], 4), "team": round(chances.team.rate, 4)}
        return member, wording.fit(self.actor, member, labels, chances), facts, {}

    def _chances(self, record: Record, seats: Sequence[Seat]) -> Chances | None:
        if self.learnt is None:
            return None
        members = [seat.member for seat in seats]
        return self.learnt.chances(self._traits_of(record), members, self.scheme.least)

    def _traits_of(self, record: Record) -> tuple[str, ...]:
        values = values_of(record, self.traits)
        return tuple(coarse(one.kind, values[one.key]) for one in self.traits)

    def _fair(self, able: Sequence[Seat], coming: int, pool: int = 0) -> dict[int, int]:
        places = {seat.member: self.day.places(seat, pool) for seat in able}
        return fair_places([seat.member for seat in able], self.day.taken, coming, places)


_WAYS = {
    Mode.TURNS: Chooser._by_turns,
    Mode.WEIGHTED: Chooser._by_weight,
    Mode.CHANCE: Chooser._by_chance,
    Mode.FIT: Chooser._by_fit,
}


def _begin_day(turn: Round, moment: datetime) -> None:
    """Counts of the day begin anew when the company's day has changed."""
    today = moment.date()
    if turn.day != today:
        turn.day, turn.taken = today, {}


def _hours(days: Sequence[int], begins: str, ends: str) -> Hours:
    return Hours(frozenset(days), time.fromisoformat(begins), time.fromisoformat(ends))


def _keyed(stored: Mapping[str, int]) -> dict[int, int]:
    return {int(member): number for member, number in stored.items()}
