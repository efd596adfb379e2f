"""When things happen at the demo company: working days of the last year, office hours, around today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

YEAR = timedelta(days=365)
OPENING_DAYS = 8
OPENING_SHARE = 0.34


class Calendar:
    """Draws moments before `now` in the company's zone."""

    def __init__(self, random: Random, now: datetime, zone: ZoneInfo) -> None:
        self.random, self.zone = random, zone
        self.now = now.astimezone(zone)
        self.today = self.now.date()
        first = self.today - YEAR
        self.founded = self.at(self.next_workday(first), time(8, 5))
        days = [first + timedelta(days=n) for n in range(YEAR.days + 1)]
        self.workdays = [day for day in days if day.weekday() < 5 and day > self.founded.date()]

    def at(self, day: date, moment: time) -> datetime:
        """A moment in the company's zone."""
        return datetime.combine(day, moment, tzinfo=self.zone)

    def next_workday(self, day: date) -> date:
        """The day itself, or the Monday after a weekend."""
        return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))

    def office_hour(self, day: date, since: int = 8, until: int = 18) -> datetime:
        """A moment of a working day."""
        minutes = self.random.randint(since * 60 + 30, until * 60 + 20)
        return self.at(day, time(minutes // 60, minutes % 60, self.random.randint(0, 59)))

    def past(self, moment: datetime) -> datetime:
        """The moment, or the same hour of the last working day before now."""
        while moment > self.now - timedelta(minutes=2):
            moment -= timedelta(days={0: 3, 6: 2}.get(moment.weekday(), 1))
        return moment

    def soon(self, moment: datetime, minutes: int) -> datetime:
        """Some minutes later, but not after now."""
        return min(moment + timedelta(minutes=minutes), max(moment, self.now - timedelta(seconds=20)))

    def hours_ago(self, hours: float) -> datetime:
        """A moment some hours ago, moved out of the night to the nearer edge of the day; before now."""
        moment = self.now - timedelta(hours=hours)
        if 8 <= moment.hour < 21:
            return moment
        evening = moment if moment.hour >= 21 else moment - timedelta(days=1)
        late, early = time(20, 20 + int(hours * 7) % 40), time(8, 5 + int(hours * 11) % 50)
        edges = (self.at(evening.date(), late), self.at(evening.date() + timedelta(days=1), early))
        return min((edge for edge in edges if edge < self.now), key=lambda edge: abs(edge - moment))

    def creations(self, number: int) -> list[datetime]:
        """Rising moments: old customers brought in during the first days, the others spread."""
        opening = int(number * OPENING_SHARE)
        first = [self.office_hour(self.random.choice(self.workdays[:OPENING_DAYS])) for _n in range(opening)]
        weights = [1.3 - 0.5 * n / len(self.workdays) for n in range(len(self.workdays))]
        days = self.random.choices(self.workdays, weights, k=number - opening)
        made = (self.past(moment + timedelta(hours=3)) - timedelta(hours=3) for moment in map(self.office_hour, days))
        return sorted([*first, *made])

    def between(self, earliest: datetime, latest: datetime) -> datetime:
        """A moment in office hours between two; the earliest itself when there is no other."""
        span = max((latest - earliest).days, 0)
        day = self.next_workday(earliest.date() + timedelta(days=self.random.randint(0, span)))
        return max(self.past(self.office_hour(day)), earliest)
