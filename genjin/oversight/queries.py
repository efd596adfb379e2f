"""Reads of oversight: what was unusual just now, who looked at how much on which day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from genjin.kernel.actor import Actor
from genjin.kernel.viewing import Kind
from genjin.oversight.grants import SEE
from genjin.oversight.models import Alarm, Viewing

MOST = 50


@dataclass(frozen=True)
class Sums:
    """How much a member looked at of a kind: on the day, in this hour and in the one before."""

    member_id: int
    kind: Kind
    daily: int
    this_hour: int
    hour_before: int


@dataclass(frozen=True)
class Place:
    """Where a page of the log begins: after this member of this day (`?before=2026-11-22.120.7`)."""

    day: dt.date
    records: int
    member_id: int

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}.{self.records}.{self.member_id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place from an address; None for what is none."""
        day, _dot, rest = text.partition(".")
        numbers = rest.split(".")
        if len(numbers) != 2 or not all(n.isascii() and n.isdecimal() and len(n) < 19 for n in numbers):
            return None
        try:
            return cls(dt.date.fromisoformat(day), int(numbers[0]), int(numbers[1]))
        except ValueError:
            return None


@dataclass
class Line:
    """What one member looked at on one day: {record type: records opened}, {other kind: how often}, alarms."""

    place: Place
    types: dict[str, int] = field(default_factory=dict)
    others: dict[Kind, int] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)


def sums_of(day: dt.date, hour: int, pairs: Iterable[tuple[int, Kind]]) -> list[Sums]:
    """The sums of these members and kinds. One query."""
    wanted = set(pairs)
    rows = Viewing.objects.filter(day=day, member__in={member for member, _kind in wanted})
    found = rows.order_by().values_list("member_id", "kind").annotate(
        daily=Sum("count"),
        this=Coalesce(Sum("count", filter=Q(hour=hour)), 0),
        last=Coalesce(Sum("count", filter=Q(hour=hour - 1)), 0),
    )  # fmt: skip
    return [Sums(member, Kind(kind), *counts) for member, kind, *counts in found if (member, Kind(kind)) in wanted]


def told_already(day: dt.date, sums: Iterable[Sums]) -> set[tuple[int, str]]:
    """Of which members and kinds an alarm was raised on this day."""
    members = {each.member_id for each in sums}
    return set(Alarm.objects.filter(day=day, member__in=members).values_list("member_id", "kind"))


def log(actor: Actor, *, member_id: int | None = None, before: Place | None = None) -> tuple[list[Line], Place | None]:
    """(days and members newest first, within a day who opened most first; where to go on). Three queries. Raises
    Forbidden."""
    actor.demand(SEE)
    places = _places(member_id, before)[: MOST + 1]
    lines = {(place.day, place.member_id): Line(place) for place in places[:MOST]}
    if lines:
        days = {"day__in": {day for day, _member in lines}, "member__in": {member for _day, member in lines}}
        _count(lines, Viewing.objects.filter(**days).order_by())
        for alarm in Alarm.objects.filter(**days).order_by("at"):
            if (alarm.day, alarm.member_id) in lines:
                lines[alarm.day, alarm.member_id].alarms.append(alarm)
    return list(lines.values()), places[MOST - 1] if len(places) > MOST else None


def _places(member_id: int | None, before: Place | None) -> list[Place]:
    records = Coalesce(Sum("count", filter=Q(kind=Kind.RECORDS)), 0)
    rows = Viewing.objects.filter(Q(member=member_id) if member_id else Q()).order_by().values("day", "member_id")
    found = rows.annotate(records=records).order_by("-day", "-records", "member_id")
    if before is not None:
        less = Q(records__lt=before.records) | Q(records=before.records, member_id__gt=before.member_id)
        found = found.filter(day__lte=before.day).filter(Q(day__lt=before.day) | less)
    return [Place(row["day"], row["records"], row["member_id"]) for row in found[: MOST + 1]]


def _count(lines: dict[tuple[dt.date, int], Line], rows: QuerySet[Viewing]) -> None:
    others: defaultdict[tuple[dt.date, int], defaultdict[Kind, int]] = defaultdict(lambda: defaultdict(int))
    sums = rows.values_list("day", "member_id", "kind", "record_type").annotate(total=Sum("count")).order_by("-total")
    for day, member, kind, record_type, total in sums:
        line = lines.get((day, member))
        if line is None:
            continue
        if kind == Kind.RECORDS:
            line.types[record_type] = total
        else:
            others[day, member][Kind(kind)] += total
    for key, counts in others.items():
        lines[key].others = {kind: counts[kind] for kind in Kind if kind in counts}
