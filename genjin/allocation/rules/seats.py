"""A person's seat in a scheme, when he is on duty, and whether he can take one more now (B20, B4 P2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

ALL_DAYS = frozenset(range(1, 8))


@dataclass(frozen=True)
class Hours:
    """When somebody is on duty: days of the week (1 is Monday) and a span of the day; over midnight when it ends
    before it begins, and the whole day when both are the same."""

    days: frozenset[int] = ALL_DAYS
    begin: time = time(0, 0)
    end: time = time(0, 0)

    def hold(self, moment: datetime) -> bool:
        """Whether a moment, in the company's zone, lies inside. A span over midnight belongs to the day it began."""
        at = moment.time().replace(tzinfo=None)
        day = moment.isoweekday()
        if self.begin == self.end:
            return day in self.days
        if self.begin < self.end:
            return day in self.days and self.begin <= at < self.end
        before = 7 if day == 1 else day - 1
        return (day in self.days and at >= self.begin) or (before in self.days and at < self.end)


@dataclass(frozen=True)
class Seat:
    """A person in a scheme: his weight, how many a day at most (None: any number), his own hours."""

    member: int
    weight: int = 1
    cap: int | None = None
    hours: Hours | None = None


class Hindrance(StrEnum):
    """Why somebody cannot take one more now."""

    LEFT = "left"
    PAUSED = "paused"
    OFF_DUTY = "off_duty"
    CAP = "cap"
    FULL = "full"
    ASKED = "asked"


@dataclass(frozen=True)
class Day:
    """What is known of the people of a scheme at a moment. `room`: how many more each may own (None: any number);
    `room_of`: {pool: {member: how many more out of it}} of pools with a limit of their own, `apart`: pools whose
    records do not count among all; `asked`: who had this very record offered before."""

    moment: datetime
    hours: Hours
    active: frozenset[int]
    paused: frozenset[int]
    taken: dict[int, int]
    room: dict[int, int | None]
    asked: frozenset[int] = frozenset()
    room_of: dict[int, dict[int, int]] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()

    def left(self, member: int, pool: int = 0) -> int | None:
        """How many more a member may own of what came out of a pool (0: out of none); None for any number."""
        rooms = [None if pool in self.apart else self.room.get(member), self.room_of.get(pool, {}).get(member)]
        return min((room for room in rooms if room is not None), default=None)

    def took(self, member: int, pool: int = 0) -> None:
        """He got one more."""
        self.taken[member] = self.taken.get(member, 0) + 1
        room = self.room.get(member)
        if room is not None and pool not in self.apart:
            self.room[member] = room - 1
        if member in self.room_of.get(pool, {}):
            self.room_of[pool][member] -= 1

    def hindrance(self, seat: Seat, pool: int = 0) -> Hindrance | None:
        """The first thing that keeps a person from taking one more, out of a pool; None when nothing does."""
        room = self.left(seat.member, pool)
        hindrances = (
            (Hindrance.LEFT, seat.member not in self.active),
            (Hindrance.PAUSED, seat.member in self.paused),
            (Hindrance.OFF_DUTY, not (seat.hours or self.hours).hold(self.moment)),
            (Hindrance.CAP, seat.cap is not None and self.taken.get(seat.member, 0) >= seat.cap),
            (Hindrance.FULL, room is not None and room <= 0),
            (Hindrance.ASKED, seat.member in self.asked),
        )
        return next((why for why, holds in hindrances if holds), None)

    def places(self, seat: Seat, pool: int = 0) -> int | None:
        """How many more he can take today, out of a pool; None for any number."""
        if self.hindrance(seat, pool) is not None:
            return 0
        left = [seat.cap - self.taken.get(seat.member, 0)] if seat.cap is not None else []
        room = self.left(seat.member, pool)
        left += [room] if room is not None else []
        return min(left) if left else None
