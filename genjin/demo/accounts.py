"""Invents one customer at a time: the facts somebody would type in, and his contacts. No dates, no writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from genjin.demo import words
from genjin.demo.company import TAG_TONES
from genjin.demo.markets import AREA_CODES, DEALING, LEGAL_FORMS, MARKETS, TRADES, Trade
from genjin.demo.names import Names
from genjin.kernel.fields.times import NO_YEAR
from genjin.kernel.pinyin import readings
from genjin.kernel.slips import near_sound

SOURCES = {
    "exhibition": 24,
    "internet": 22,
    "phone": 18,
    "referral": 12,
    "friend": 8,
    "event": 8,
    "walk_in": 3,
    "other": 3,
}
SIZES = {"s1": 8, "s2": 30, "s3": 38, "s4": 16, "s5": 8}

TOLD = (
    ("background", 0.7, words.BACKGROUNDS),
    ("core_need", 0.6, words.NEEDS),
    ("preferences", 0.15, words.PREFERENCES),
    ("risks", 0.12, words.RISKS),
    ("cooperation", 0.18, words.COOPERATION),
)


@dataclass
class Invented:
    """A customer before it is created: raw inputs, and what the story needs to know of it."""

    raw: dict[str, Any]
    contacts: list[dict[str, Any]]
    machine: str
    brand: str
    city: str


class Accounts:
    """A supply of customers whose names, phones and codes never collide."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = Names(random)
        self._taken: set[str] = set()

    def invent(self, market: str, *, brand: str = "") -> Invented:
        """A customer of a market, of the group `brand` if given."""
        random = self.random
        trade = DEALING if market == "渠道" else random.choices(TRADES, [t.weight for t in TRADES])[0]
        city, region = random.choice(list(MARKETS[market].items()))
        word = random.choice(trade.words)
        called = self._free_brand(word, brand)
        machine = random.choice(trade.machines)
        raw: dict[str, Any] = {
            "name": self._company_name(city, called, word, trade),
            "short_name": called + word[:2],
            "kind": trade.kind,
            "industry": trade.industry,
            "region": region,
            "duplicate_known": True,
        }
        raw |= self._class() | self._reach(city, called) | self._need(trade, machine)
        return Invented(raw, self._contacts(called), machine, called, city)

    def group(self) -> Invented:
        """The parent of a group."""
        made = self.invent("华东", brand=self.names.brand())
        made.raw |= {
            "name": f"{made.brand}控股集团有限公司",
            "short_name": f"{made.brand}集团",
            "level": "A",
            "size": "s5",
        }
        return made

    def _free_brand(self, word: str, brand: str) -> str:
        called = brand or self.names.brand()
        while (said := "".join(map(near_sound, called + word))) in self._taken:
            called = self.names.brand()
        self._taken.add(said)
        return called

    def _company_name(self, city: str, brand: str, word: str, trade: Trade) -> str:
        if trade.kind == "public":
            return f"{city}{brand}{word}"
        form = self.random.choice(LEGAL_FORMS)
        return f"{brand}{word}（{city}）有限公司" if self.random.random() < 0.12 else f"{city}{brand}{word}{form}"

    def _class(self) -> dict[str, Any]:
        random = self.random
        level = random.choices(("A", "B", "C", ""), (8, 27, 48, 17))[0]
        category = {"A": "key", "B": "ordinary"}.get(level, random.choice(("ordinary", "potential", "potential")))
        return {
            "level": level,
            "category": category,
            "lifecycle": random.choices(("new", "potential", "old", "lost"), (16, 56, 22, 6))[0],
            "size": random.choices(list(SIZES), list(SIZES.values()))[0],
            "source": random.choices(list(SOURCES), list(SOURCES.values()))[0],
            "tags": random.sample(list(TAG_TONES), random.choices((0, 1, 2, 3), (38, 36, 20, 6))[0]),
        }

    def _reach(self, city: str, brand: str) -> dict[str, Any]:
        random = self.random
        raw: dict[str, Any] = {"phone": self.names.line(AREA_CODES[city])}
        if random.random() < 0.6:
            raw["address"] = (
                f"{city}市{random.choice(words.STREETS)}{random.randint(1, 988)}号{random.randint(1, 12)}幢"
            )
        if random.random() < 0.35:
            raw["credit_code"] = self.names.credit_code()
        if random.random() < 0.4:
            raw["website"] = f"https://www.{_letters(brand)}{random.randint(1, 99)}.example.com"
        return raw

    def _need(self, trade: Trade, machine: str) -> dict[str, Any]:
        random = self.random
        facts = {
            "makes": random.choice(trade.makes),
            "machine": machine,
            "lines": random.randint(1, 9),
            "years": random.randint(3, 22),
            "capacity": random.randint(5, 90),
            "level": random.choice(words.LEVELS_OF_AUTOMATION),
            "budget": random.randint(15, 90),
            "year": 2025 - random.randint(0, 4),
        }
        chances = (
            ("background", 0.7, words.BACKGROUNDS),
            ("core_need", 0.6, words.NEEDS),
            ("preferences", 0.15, words.PREFERENCES),
            ("risks", 0.12, words.RISKS),
            ("cooperation", 0.18, words.COOPERATION),
        )
        raw: dict[str, Any] = {
            k: random.choice(v).format(**facts) for k, chance, v in chances if random.random() < chance
        }
        if "cooperation" in raw:
            raw["satisfaction"] = random.choice(("3.5", "4.0", "4.2", "4.5", "4.8", "5.0"))
        return raw

    def _contacts(self, brand: str) -> list[dict[str, Any]]:
        random = self.random
        number = random.choices((0, 1, 2, 3, 4), (8, 66, 18, 6, 2))[0]
        return [self._contact(brand, *place) for place in random.sample(words.POSITIONS, number)]

    def _contact(self, brand: str, position: str, division: str, part: str) -> dict[str, Any]:
        name, gender = self.names.person()
        raw: dict[str, Any] = {"name": name, "gender": gender, "position": position, "division": division}
        raw |= {"decision_role": part, "phone": self.names.mobile()}
        if self.random.random() < 0.35:
            raw["wechat"] = f"{_letters(name)}_{self.random.randint(10, 999)}"
        if self.random.random() < 0.3:
            raw["email"] = f"{_letters(name)}@{_letters(brand)}.example.com"
        return raw | self._personal(raw["phone"])

    def _personal(self, phone: str) -> dict[str, Any]:
        """A birthday for some, a few of them without the year; a few ask not to be contacted."""
        drawn = Random(phone)  # noqa: S311 - invents people, not secrets; apart from the story's own chances
        raw: dict[str, Any] = {}
        if drawn.random() < 0.45:
            born = date(drawn.randint(1965, 1998), 1, 1) + timedelta(days=drawn.randint(0, 364))
            raw["birthday"] = born.replace(year=NO_YEAR) if drawn.random() < 0.2 else born
        return raw | ({"do_not_contact": True} if drawn.random() < 0.02 else {})


def _letters(name: str) -> str:
    return "".join(syllable.rstrip("12345") for syllable in readings(name)[0])
