"""Plans the follow-ups of one customer: when, what was said, what comes next. Plans only; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random

from genjin.demo import words
from genjin.demo.calendar import Calendar

# how a customer stands: (share, days since the last talk at most)
STANDINGS = {"silent": (43, 0), "hot": (31, 18), "warm": (16, 75), "cold": (10, 300)}
NUMBERS = ((1, 2, 3, 4, 5), (44, 28, 16, 8, 4))
# days from today of the plan that stands: overdue, today, next days
PLANS = (
    (-6, -3, -2, -1, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 9, 12, 14),
    (1, 1, 2, 4, 5, 5, 4, 9, 8, 8, 7, 8, 7, 6, 6, 6, 5, 4, 4),
)


@dataclass
class Talk:
    """One follow-up to be written. `intention` and `outcome` are option keys."""

    moment: datetime
    method: str
    content: str
    feedback: str = ""
    progress: int = 20
    intention: str = "learning"
    outcome: str = ""
    next_at: datetime | None = None
    next_step: str = ""


class Talks:
    """Plans talks."""

    def __init__(self, random: Random, calendar: Calendar) -> None:
        self.random, self.calendar = random, calendar

    def plan(self, created: datetime, machine: str) -> list[Talk]:
        """Rising; empty for a customer nobody has talked to yet."""
        standing = self.random.choices(list(STANDINGS), [share for share, _days in STANDINGS.values()])[0]
        if standing == "silent":
            return []
        moments = self._moments(created, STANDINGS[standing][1])
        talks = [self._talk(moment, machine, step) for step, moment in enumerate(moments)]
        for talk, following in pairwise(talks):
            talk.next_at = self._before(following.moment)
        self._end(talks[-1], standing, machine)
        return talks

    def _moments(self, created: datetime, days: int) -> list[datetime]:
        random, calendar = self.random, self.calendar
        last_day = calendar.today - timedelta(days=int(random.triangular(0, days, days / 6)))
        last = calendar.past(calendar.office_hour(calendar.next_workday(last_day)))
        moments = [max(last, calendar.soon(created, random.randint(15, 90)))]
        for _n in range(random.choices(*NUMBERS)[0] - 1):
            day = (moments[0] - timedelta(days=random.randint(3, 24))).date()
            earlier = calendar.office_hour(calendar.next_workday(day))
            if created + timedelta(minutes=10) < earlier < moments[0] - timedelta(hours=4):
                moments.insert(0, earlier)
        return moments

    def _talk(self, moment: datetime, machine: str, step: int) -> Talk:
        random = self.random
        method = random.choices(list(words.METHOD_WEIGHTS), list(words.METHOD_WEIGHTS.values()))[0]
        intention = random.choices(
            ("learning", "wavering", "certain", "none"), (40 - 8 * min(step, 4), 38, 8 + 6 * step, 6)
        )[0]
        progress = min(10 + 20 * step + random.choice((0, 5, 10, 15, 18)), 95)
        content = random.choice(words.TALKS[method]).replace("{machine}", machine)
        feedback = random.choice(words.FEEDBACK) if random.random() < 0.35 else ""
        step_text = random.choice(words.STEPS[intention])
        return Talk(moment, method, content, feedback, progress, intention, next_step=step_text)

    def _before(self, moment: datetime) -> datetime:
        """The plan that led to a talk: a round time within the two hours before."""
        planned = moment - timedelta(minutes=self.random.choice((45, 60, 90)))
        return planned.replace(minute=planned.minute // 30 * 30, second=0, microsecond=0)

    def _end(self, talk: Talk, standing: str, machine: str) -> None:
        """What the last talk came to."""
        random, calendar = self.random, self.calendar
        chance = random.random()
        if chance < {"hot": 0.07, "warm": 0.3, "cold": 0.3}[standing]:
            talk.outcome, talk.intention, talk.progress = "deal", "certain", 100
            talk.content = random.choice(words.DEALS).format(machine=machine)
            talk.next_at, talk.next_step = self._plan(talk.moment, 10), "安排发货与安装"
        elif chance > {"hot": 0.97, "warm": 0.72, "cold": 0.45}[standing]:
            talk.outcome, talk.intention = "no_deal", "none"
            talk.content = random.choice(words.LOSSES)
            talk.next_step = ""
        elif chance > 0.9:
            talk.next_step = ""
        else:
            talk.next_at = self._plan(talk.moment, random.choices(*PLANS)[0])
        if calendar.now - talk.moment > timedelta(days=45) and talk.outcome == "deal":
            talk.next_at, talk.next_step = None, ""

    def _plan(self, after: datetime, days: int) -> datetime:
        calendar = self.calendar
        day = calendar.today + timedelta(days=days)
        if days > 0:
            day = calendar.next_workday(day)
        planned = calendar.at(day, time(self.random.choice((9, 10, 11, 14, 15, 16)), self.random.choice((0, 0, 30))))
        if planned > after + timedelta(hours=2):
            return planned
        return self._plan(after, self.random.randint(1, 9))
