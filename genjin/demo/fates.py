"""What becomes of the demo's customers: how many are worked on, have grown cold, were won or lost. Plans only."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from genjin.customers.models import Customer
from genjin.customers.rhythm import DAYS, rhythm_of


class Fate(StrEnum):
    """How a customer stands today."""

    WAITING = "waiting"  # came hours ago, nobody has talked to him yet
    WORKING = "working"
    COLD = "cold"  # later than his rhythm wants
    IDLE = "idle"  # nothing for months: what the end of a month proposes to pause
    WON = "won"
    SOLD = "sold"  # won and archived
    LOST = "lost"  # not won and archived
    PAUSED = "paused"
    VOIDED = "voided"


SHARES = {
    Fate.WORKING: 45,
    Fate.COLD: 4,
    Fate.IDLE: 3,
    Fate.WON: 11,
    Fate.SOLD: 6,
    Fate.LOST: 15,
    Fate.PAUSED: 13,
    Fate.VOIDED: 3,
}
# how many talks: (numbers, weights)
NUMBERS = {
    Fate.WORKING: ((2, 3, 4, 5, 6), (18, 30, 26, 16, 10)),
    Fate.COLD: ((1, 2, 3, 4, 5), (16, 30, 26, 18, 10)),
    Fate.IDLE: ((1, 2, 3), (40, 40, 20)),
    Fate.WON: ((3, 4, 5, 6, 7, 9), (16, 22, 22, 18, 14, 8)),
    Fate.SOLD: ((3, 4, 5, 6), (28, 30, 24, 18)),
    Fate.LOST: ((2, 3, 4, 5), (32, 34, 22, 12)),
    Fate.PAUSED: ((1, 2, 3, 4), (22, 36, 28, 14)),
    Fate.VOIDED: ((1,), (1,)),
}
LEAST_AGE = {Fate.WON: 20, Fate.SOLD: 25, Fate.LOST: 12, Fate.PAUSED: 20, Fate.VOIDED: 3, Fate.IDLE: 110}
LASTING = {Fate.WORKING: 115, Fate.WON: 150}
"""One talk more for each so many days of those whom somebody has kept in touch with."""
DEALT = frozenset({Fate.WON, Fate.SOLD})
CLOSED = frozenset({Fate.SOLD, Fate.LOST, Fate.PAUSED, Fate.VOIDED})
CARE_DAYS = 85


def draw_fate(random: Random, age: int, rhythm: int) -> Fate:
    """The fate of a customer who came so many days ago; the young ones are worked on."""
    fate = random.choices(list(SHARES), list(SHARES.values()))[0]
    least = rhythm * 1.3 + 2 if fate is Fate.COLD else LEAST_AGE.get(fate, 0)
    return fate if age >= least else Fate.WORKING


def rhythm_days(raw: dict[str, Any], stamp: int, *, dealt: bool = False) -> int:
    """After how many days such a customer is late to be contacted again."""
    customer = Customer(level=raw["level"], category=raw["category"], lifecycle=raw["lifecycle"])
    customer.deal_date = date.min if dealt else None
    return DAYS.of(rhythm_of(customer, stamp), stamp)


def how_many(random: Random, fate: Fate, age: int) -> int:
    """Talks with a customer of that age."""
    more = age // LASTING[fate] if fate in LASTING else 0
    return random.choices(*NUMBERS[fate])[0] + more


def last_day(random: Random, fate: Fate, rhythm: int, today: date, first: date) -> date:
    """The day of the last talk."""
    age = max((today - first).days, 0)
    if fate is Fate.WORKING:
        back = int(random.triangular(0, max(min(rhythm, 30) - 2, 1), rhythm * 0.3))
    elif fate is Fate.COLD:
        back = rhythm + random.randint(1, max(3, rhythm * 3 // 4))
    elif fate is Fate.IDLE:
        back = random.randint(95, 150)
    elif fate is Fate.WON:
        back = random.randint(0, CARE_DAYS if rhythm > CARE_DAYS else rhythm - 1)
    else:
        back = random.randint(3, max(age - 5, 4))
    return today - timedelta(days=min(back, age))
