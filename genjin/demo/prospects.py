"""The demo's leads: where they came from, who took them, what was said, what became of them. By the actions, at their
moments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from genjin.conversion.actions import convert_lead
from genjin.demo.accounts import Accounts, Invented
from genjin.demo.calendar import Calendar
from genjin.demo.campaigns import Campaigns
from genjin.demo.company import Staff, sellers
from genjin.demo.deeds import OPERATIONS, Account
from genjin.demo.fates import Fate
from genjin.demo.people import ADMINISTRATOR, Person
from genjin.followups.actions import create_followup
from genjin.kernel.fields import Values
from genjin.leads.actions.leads import create_lead, invalidate_lead, void_lead
from genjin.leads.actions.pools import claim_lead, return_lead
from genjin.ownership.actions.pooling import create_pool

Deed = tuple[datetime, Callable[[], Any]]
POOL = "线索公海"
HEAD = "沈砚秋"
NEW_WITHIN = 25
BECAME = frozenset({Fate.WORKING, Fate.WON, Fate.SOLD, Fate.COLD})
# what becomes of those that are old enough, in parts of a hundred
ENDS = {"following": 27, "invalid": 21, "returned": 15, "converted": 24, "voided": 8, "pending": 5}
SOURCES = {"internet": 34, "exhibition": 17, "hotline": 14, "event": 10, "ad": 9, "phone": 8, "friend": 5, "flyer": 3}
QUALITIES = {"high": 18, "medium": 42, "low": 25, "": 15}
INVALID = (
    ("unreachable", "三次都没人接"),
    ("no_wish", "只是了解一下"),
    ("no_budget", "今年没有预算"),
    ("not_fitting", ""),
)
RETURNS = (("no_response", ""), ("no_demand", "暂时没有扩产计划"), ("wrong_contact", "打过去是空号"))
TALKS = {  # what was talked of: how far the prospect is, where it shows
    "电话沟通，对{machine}有兴趣，想先看资料": "learning",
    "加了微信，发了{machine}的案例视频": "",
    "对方在比价，说月底前定方案": "wavering",
    "了解了产线现状，约下周来看样机": "wavering",
    "对方技术还要内部讨论，过几天再联系": "learning",
}


AGAIN = {
    "certain": "看过样机，{machine}基本定我们，下周谈价格和交期",
    "wavering": "认可{machine}的方案，还要和另一家比一比",
    "learning": "发了{machine}的新资料，对方先了解",
}
WISHES = {"high": (45, 40, 15), "medium": (26, 44, 30)}  # of which quality how many are how far
RECENT = 24
STEPS = ("发报价", "约看样机", "问内部讨论结果", "寄资料", "加微信确认需求")


@dataclass
class Prospect:
    """A lead of the story; `id` once it is made, `account` the customer that it becomes."""

    invented: Invented
    owner: str
    created: datetime
    end: str
    pooled: bool
    account: Account | None = None
    quality: str = ""
    id: int = 0
    talks: list[datetime] = field(default_factory=list)


class Prospects:
    """Plans and runs them."""

    def __init__(
        self, random: Random, staff: Staff, calendar: Calendar, invent: Accounts, campaigns: Campaigns
    ) -> None:
        self.random, self.staff, self.calendar, self.invent = random, staff, calendar, invent
        self.campaigns = campaigns
        self.pool = 0
        self.opened = calendar.founded + timedelta(days=3, hours=1)

    def steps(self, number: int, accounts: list[Account]) -> Iterator[Deed]:
        """All, in no order. Most that became customers became ones of the story, a few of late became new ones."""
        people = [person for person in sellers() if person.role in ("salesperson", "manager")]
        names = {person.name for person in people}
        ready = [a for a in accounts if a.fate in BECAME and a.invented.contacts and a.owner in names]
        self.random.shuffle(ready)
        for moment in self.calendar.creations(number):
            if moment > self.opened:
                yield from self._course(self._prospect(moment, people, ready))

    def opening(self) -> Deed:
        """The pool, before anybody asks for pools: they are read once."""
        return self.opened, partial(self._open, self.opened)

    def _open(self, moment: datetime) -> None:
        made = create_pool(
            self.staff.acting(ADMINISTRATOR.name, moment), name=POOL, record_type="lead", everybody=True, daily_limit=0,
            hidden={"mobile": "masked", "phone": "masked", "wechat": "hidden"}, admins=[self.staff.ids[HEAD]],
            cooldown_hours=24,
        )  # fmt: skip
        self.pool = made.pk

    def _prospect(self, moment: datetime, people: list[Person], ready: list[Account]) -> Prospect:
        age = (self.calendar.now - moment).days
        owner = self.random.choices(people, [person.share for person in people])[0]
        end = self.random.choices(list(ENDS), list(ENDS.values()))[0]
        if age < 2:
            end = self.random.choice(("pending", "pending", "following", "returned"))
        if end == "pending" and age > 12:
            end = "following"
        pooled = self.random.random() < 0.45
        account = self._became(moment, ready) if end == "converted" and age > NEW_WITHIN else None
        if end == "converted" and age > NEW_WITHIN and account is None:
            end = "invalid"
        if account:
            return Prospect(account.invented, account.owner, moment, end, pooled, account)
        return Prospect(self.invent.invent(owner.sells), owner.name, moment, end, pooled)

    def _became(self, moment: datetime, ready: list[Account]) -> Account | None:
        """A customer of the story that was made some days after."""
        span = (timedelta(days=2), timedelta(days=30))
        fitting = (n for n, account in enumerate(ready) if span[0] < account.created - moment < span[1])
        place = next(fitting, None)
        return ready.pop(place) if place is not None else None

    def _course(self, prospect: Prospect) -> Iterator[Deed]:
        """What happens to one, step by step."""
        moment = prospect.created
        yield moment, partial(self._create, prospect, moment)
        if prospect.pooled:
            moment = self._after(moment, 1, 30)
            yield moment, partial(self._claim, prospect, moment)
        talks = {"pending": 0, "voided": 0, "following": 2, "converted": 2}.get(prospect.end, 1)
        for _n in range(self.random.randint(min(talks, 1), talks)):
            moment = self._after(moment, 2, 60)
            yield moment, partial(self._talk, prospect, moment)
        if prospect.end == "following":
            yield from self._kept_up(prospect, moment)
        done = {
            "invalid": self._invalidate,
            "returned": self._give_up,
            "converted": self._convert,
            "voided": self._void,
        }.get(prospect.end)
        if done:
            moment = self._after(moment, 3, 90)
            if prospect.account:
                moment = max(moment, prospect.account.created + timedelta(hours=2))
            yield min(moment, self.calendar.now - timedelta(minutes=1)), partial(done, prospect, moment)

    def _kept_up(self, prospect: Prospect, last: datetime) -> Iterator[Deed]:
        """With half of them somebody was in touch of late: on the phone, at their place."""
        drawn = Random(prospect.invented.raw["name"])  # noqa: S311 - invents; apart from the story's own chances
        day = self.calendar.today - timedelta(days=drawn.randint(0, RECENT))
        day -= timedelta(days={5: 1, 6: 2}.get(day.weekday(), 0))
        moment = self.calendar.at(day, time(drawn.randint(9, 16), drawn.randint(0, 59)))
        if drawn.random() < 0.55 and last < moment < self.calendar.now:
            yield moment, partial(self._talk_again, prospect, moment, drawn)

    def _after(self, moment: datetime, least: int, most: int) -> datetime:
        """Some hours later, before now."""
        later = moment + timedelta(hours=self.random.randint(least, most))
        return min(later, max(moment, self.calendar.now - timedelta(minutes=self.random.randint(2, 50))))

    def _create(self, prospect: Prospect, moment: datetime) -> None:
        raw, who = prospect.invented.raw, prospect.invented.contacts[:1] or [{}]
        person = who[0]
        called = prospect.invented.city + prospect.invented.brand
        values: dict[str, Any] = {
            "name": f"{called} {person.get('name', '')}".strip(),
            "company": raw["name"],
            "contact_name": person.get("name", ""),
            "position": person.get("position", ""),
            "mobile": person.get("phone") or self.invent.names.mobile(),
            "wechat": person.get("wechat", ""),
            "region": raw["region"],
            "industry": raw["industry"],
            "source": self.random.choices(list(SOURCES), list(SOURCES.values()))[0],
            "quality": self.random.choices(list(QUALITIES), list(QUALITIES.values()))[0],
            "need": raw.get("core_need", ""),
        }
        prospect.quality = values["quality"]
        values["campaign"] = self.campaigns.source_of(values["source"], moment)
        actor = self.staff.acting(OPERATIONS if prospect.pooled else prospect.owner, moment)
        into = str(self.pool) if prospect.pooled else ""
        prospect.id = create_lead(actor, values=Values(**values), pool=into, duplicate_known=True).pk

    def _claim(self, prospect: Prospect, moment: datetime) -> None:
        claim_lead(self.staff.acting(prospect.owner, moment), prospect.id)

    def _talk(self, prospect: Prospect, moment: datetime) -> None:
        words, wish = self.random.choice(list(TALKS.items()))
        content = words.format(machine=prospect.invented.machine)
        method = self.random.choice(("phone", "phone", "wechat"))
        values = Values(lead=prospect.id, content=content, method=method, intention=wish)
        if prospect.end == "following" and self.calendar.now - moment < timedelta(days=6):
            values["next_contact_at"] = self._ahead(self.random.randint(1, 5))
            values["next_step"] = self.random.choice(STEPS)
        create_followup(self.staff.acting(prospect.owner, moment), values=values)
        self.campaigns.reach_lead(prospect.owner, prospect.id, moment)

    def _talk_again(self, prospect: Prospect, moment: datetime, drawn: Random) -> None:
        wish = drawn.choices(list(AGAIN), WISHES.get(prospect.quality, (6, 34, 60)))[0]
        values = Values(
            lead=prospect.id,
            content=AGAIN[wish].format(machine=prospect.invented.machine),
            method="visit" if wish != "learning" and drawn.random() < 0.6 else "phone",
            intention=wish,
        )
        if self.calendar.now - moment < timedelta(days=9):
            values["next_contact_at"] = self._ahead(drawn.randint(1, 6))
            values["next_step"] = drawn.choice(STEPS)
        create_followup(self.staff.acting(prospect.owner, moment), values=values)

    def _ahead(self, days: int) -> datetime:
        """An hour of the office in so many days."""
        day = self.calendar.next_workday(self.calendar.today + timedelta(days=days))
        return self.calendar.at(day, time(9 + days, 30))

    def _invalidate(self, prospect: Prospect, moment: datetime) -> None:
        reason, note = self.random.choice(INVALID)
        invalidate_lead(self.staff.acting(prospect.owner, moment), prospect.id, reason=reason, note=note)

    def _give_up(self, prospect: Prospect, moment: datetime) -> None:
        reason, note = self.random.choice(RETURNS)
        actor = self.staff.acting(prospect.owner, moment)
        return_lead(actor, prospect.id, reason=reason, note=note, pool=str(self.pool))

    def _convert(self, prospect: Prospect, moment: datetime) -> None:
        account = prospect.account
        moved = account is not None and account.owner != prospect.owner  # somebody else has the customer meanwhile
        actor = self.staff.acting(OPERATIONS if moved else prospect.owner, moment)
        convert_lead(actor, prospect.id, customer=account.id if account else None)

    def _void(self, prospect: Prospect, moment: datetime) -> None:
        void_lead(self.staff.acting(prospect.owner, moment), prospect.id, reason="广告推销，不是客户")
