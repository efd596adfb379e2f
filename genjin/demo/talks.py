"""Plans the follow-ups of one customer: when they were, when they were written down, what was said, what comes next.
Plans only; nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from genjin.demo import sayings, words
from genjin.demo.calendar import Calendar
from genjin.demo.fates import CLOSED, DEALT, Fate, how_many, last_day

LATE_FROM = timedelta(hours=72)
MINUTES = {"phone": (3, 22), "visit": (40, 150), "meeting": (25, 90)}
UNREACHED = {"unanswered": 14, "rejected": 4, "unavailable": 3}
PLANNED = 0.72


@dataclass
class Talk:
    """One follow-up to be written at the moment `written`. `intention`, `outcome` and the like are option keys."""

    occurred: datetime
    written: datetime
    method: str
    content: str = ""
    feedback: str = ""
    progress: int | None = None
    intention: str = ""
    outcome: str = ""
    next_at: datetime | None = None
    next_step: str = ""
    minutes: int | None = None
    call_result: str = ""
    solution: list[str] = field(default_factory=list)
    response: str = ""
    objections: str = ""
    late_reason: str = ""
    support: str = ""
    corrected: bool = False


@dataclass(frozen=True)
class Course:
    """What a customer's talks depend on. `trend`: whether his salesperson does more (1) or less (-1) of late."""

    created: datetime
    fate: Fate
    rhythm: int
    machine: str
    imported: bool
    trend: int = 0


class Talks:
    """Plans talks."""

    def __init__(self, random: Random, calendar: Calendar) -> None:
        self.random, self.calendar = random, calendar

    def plan(self, course: Course) -> list[Talk]:
        """Rising; empty for a customer nobody has talked to yet."""
        if course.fate is Fate.WAITING:
            return []
        moments = self._moments(course)
        talks = [self._talk(moment, course.machine, step) for step, moment in enumerate(moments)]
        for talk in talks[1:-1]:
            self._perhaps_unreached(talk)
        self._end(talks, course)
        for talk, following in pairwise(talks):
            self._written(talk, following.occurred)
            if self.random.random() < PLANNED:
                self._lead_to(talk, following)
        self._written(talks[-1], self.calendar.now)
        self._open(talks[-1], course)
        return talks

    # when

    def _moments(self, course: Course) -> list[datetime]:
        random, calendar = self.random, self.calendar
        first = self._first(course)
        day = last_day(random, course.fate, course.rhythm, calendar.today, first.date())
        last = calendar.past(calendar.office_hour(calendar.next_workday(day)))
        number = min(how_many(random, course.fate, (last - first).days), 1 + max((last - first).days, 0))
        if course.fate not in CLOSED:
            number = max(number, 2)
        if number == 1 or last < first + timedelta(hours=20):
            return [first]
        return [first, *self._between(first, last, number - 2, course.trend), last]

    def _first(self, course: Course) -> datetime:
        """The first contact: mostly within a day, so that the clock stops in time."""
        calendar = self.calendar
        if course.imported:
            return calendar.between(course.created + timedelta(hours=3), course.created + timedelta(days=75))
        minutes = self.random.choices((90, 300, 1_200, 4_000), (50, 30, 17, 3))[0]
        moment = course.created + timedelta(minutes=self.random.randint(12, minutes))
        if moment.hour < 8 or moment.hour >= 20:
            moment = moment.replace(hour=self.random.choice((9, 19)))
        return max(min(moment, calendar.now - timedelta(minutes=12)), course.created + timedelta(minutes=6))

    def _between(self, first: datetime, last: datetime, number: int, trend: int) -> list[datetime]:
        span = (last - first).days
        found: list[datetime] = []
        for _n in range(number):
            share = self.random.triangular(0, 1, 0.38 + 0.38 * trend)
            day = self.calendar.next_workday(first.date() + timedelta(days=1 + int(share * span)))
            found.append(self.calendar.office_hour(day))
        apart: list[datetime] = []
        for moment in sorted(found):
            if (apart[-1] if apart else first) + timedelta(hours=18) < moment < last - timedelta(hours=18):
                apart.append(moment)
        return apart

    def _written(self, talk: Talk, before: datetime) -> None:
        """When it was written down: mostly at once, sometimes next morning, seldom too late (补录)."""
        random = self.random
        minutes = random.choices((40, 300, 1_300, 3_900, 9_000), (72, 15, 8, 3.5, 1.5))[0]
        lag = timedelta(minutes=(talk.minutes or 0) + random.randint(2 if minutes == 40 else minutes // 3, minutes))
        latest = min(before, self.calendar.now) - timedelta(minutes=2)
        talk.written = max(min(talk.occurred + lag, latest), talk.occurred + timedelta(minutes=1))
        if talk.written - talk.occurred - timedelta(minutes=talk.minutes or 0) > LATE_FROM:
            talk.late_reason = random.choice(sayings.LATE_REASONS)

    # what

    def _talk(self, moment: datetime, machine: str, step: int) -> Talk:
        random = self.random
        method = random.choices(list(words.METHOD_WEIGHTS), list(words.METHOD_WEIGHTS.values()))[0]
        talk = Talk(moment, moment, method)
        chances = (38 - 8 * min(step, 4), 38, 8 + 6 * step, 6)
        talk.intention = random.choices(("learning", "wavering", "certain", "none"), chances)[0]
        talk.progress = min(10 + 12 * step + random.choice((0, 5, 10, 15)), 95)
        talk.content = random.choice(words.TALKS[method]).replace("{machine}", machine)
        talk.next_step = random.choice(words.STEPS[talk.intention])
        if method in MINUTES:
            talk.minutes = random.randint(*MINUTES[method])
        if method == "phone":
            talk.call_result = "connected"
        if random.random() < 0.35:
            talk.feedback = random.choice(words.FEEDBACK)
        self._answer(talk)
        return talk

    def _answer(self, talk: Talk) -> None:
        """What was offered and how it was taken (S3-08)."""
        random = self.random
        if random.random() < 0.45:
            kinds = random.choices((("product",), ("quotation",), ("case",), ("product", "case")), (38, 36, 16, 10))
            talk.solution = list(kinds[0])
            chances = {"certain": (80, 18, 2), "none": (10, 35, 55)}.get(talk.intention, (45, 47, 8))
            talk.response = random.choices(("accept", "doubt", "reject"), chances)[0]
        if talk.response in ("doubt", "reject") and random.random() < 0.7:
            talk.objections = random.choice(sayings.OBJECTIONS)
        talk.corrected = random.random() < 0.006

    def _perhaps_unreached(self, talk: Talk) -> None:
        if talk.method != "phone" or self.random.random() > 0.24:
            return
        result = self.random.choices(list(UNREACHED), list(UNREACHED.values()))[0]
        talk.call_result, talk.minutes = result, None
        talk.content, talk.next_step = self.random.choice(sayings.UNREACHED[result]), "换个时间再打"
        talk.feedback = talk.response = talk.objections = talk.intention = ""
        talk.progress, talk.solution, talk.corrected = None, [], False

    def _end(self, talks: list[Talk], course: Course) -> None:
        """What it came to: the deal, or the reason why there is none."""
        if course.fate in DEALT:
            care = self.random.randint(0, max(len(talks) - 3, 0))
            self._deal(talks[-1 - care], course.machine)
            for talk in talks[len(talks) - care :]:
                talk.content = self.random.choice(sayings.CARE).replace("{machine}", course.machine)
                talk.method, talk.call_result, talk.minutes, talk.progress = "phone", "connected", 8, 100
                talk.intention, talk.response, talk.objections, talk.solution = "", "accept", "", []
                talk.next_step = self.random.choice(sayings.CARE_STEPS)
        elif course.fate is Fate.LOST:
            talk = talks[-1]
            talk.outcome, talk.intention, talk.response = "no_deal", "none", "reject"
            talk.content, talk.next_step = self.random.choice(words.LOSSES), ""

    def _deal(self, talk: Talk, machine: str) -> None:
        talk.outcome, talk.intention, talk.progress, talk.response = "deal", "certain", 100, "accept"
        talk.content = self.random.choice(words.DEALS).format(machine=machine)
        talk.objections, talk.next_step = "", "安排发货与安装"
        if talk.call_result:
            talk.call_result = "connected"

    # what comes next

    def _lead_to(self, talk: Talk, following: Talk) -> None:
        """The plan that led to the next talk: a round time within the hours before."""
        planned = following.occurred - timedelta(minutes=self.random.choice((5, 30, 60)))
        planned = planned.replace(minute=planned.minute // 30 * 30, second=0, microsecond=0)
        if planned > talk.written + timedelta(hours=2):
            talk.next_at = planned

    def _open(self, talk: Talk, course: Course) -> None:
        """The plan that stands today, for those who are worked on."""
        random = self.random
        if course.fate not in (Fate.WORKING, Fate.WON, Fate.COLD) or not talk.next_step:
            return
        if random.random() > {Fate.WORKING: 0.86, Fate.WON: 0.4, Fate.COLD: 0.3}[course.fate]:
            return
        left = max(course.rhythm - (self.calendar.today - talk.written.date()).days, 2)
        ahead = random.randint(1, min(left, 40))
        days = random.choices((-random.randint(1, 4), 0, ahead), (6, 9, 85))[0]
        talk.next_at = self._around(-random.randint(1, 3) if course.fate is Fate.COLD else days, talk.written)
        talk.support = random.choice(sayings.HELPING) if talk.next_at and random.random() < 0.03 else ""

    def _around(self, days: int, after: datetime) -> datetime | None:
        day: date = self.calendar.today + timedelta(days=days)
        planned = self._round(self.calendar.next_workday(day) if days > 0 else day)
        if planned > after + timedelta(hours=2):
            return planned
        return self._round(self.calendar.next_workday(self.calendar.today + timedelta(days=self.random.randint(1, 6))))

    def _round(self, day: date) -> datetime:
        return self.calendar.at(day, time(self.random.choice((9, 10, 11, 13, 14, 15, 16)), self.random.choice((0, 30))))
