"""The demo's campaigns over the year: what they were, which leads came from them, whom they reached. By the actions, at
their moments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from genjin.campaigns.actions.campaigns import create_campaign
from genjin.campaigns.actions.joining import join_of_contact, join_of_customer
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff
from genjin.demo.deeds import Account
from genjin.kernel.fields import Values
from genjin.leads.actions.joining import join_of_lead

Deed = tuple[datetime, Callable[[], Any]]
OWNER = "秦若宁"
EVENTS = frozenset({"exhibition", "conference", "webinar"})
AFTERWARDS = timedelta(days=16)
"""So long after its end leads still come from it."""
STATES = {"attended": 46, "registered": 12, "absent": 16, "invited": 18, "declined": 8}
SOURCES = {
    "exhibition": ("exhibition",),
    "event": ("conference", "webinar"),
    "ad": ("advertising",),
    "internet": ("advertising", "content", ""),
    "friend": ("referral",),
    "flyer": ("leaflet",),
}
"""Of which kinds of campaigns leads of a source come; '' for none."""


@dataclass(frozen=True)
class Plan:
    """A campaign: on which day counted from today it begins and how many it lasts (0: without end); what it was to cost
    and did, how many leads were hoped for, how many customers were invited."""

    name: str
    kind: str
    channel: str
    begins: int
    days: int
    budget: int
    cost: int
    target: int
    invited: int = 0
    place: str = ""
    words: str = ""


PLANS = (
    Plan("苏州工业博览会", "exhibition", "offline", -340, 3, 180_000, 186_400, 90, 40, "苏州国际博览中心 B 馆"),
    Plan("百度搜索推广 · 上半年", "advertising", "search", -330, 168, 240_000, 231_800, 160),
    Plan("柔性产线技术沙龙（东莞站）", "conference", "offline", -300, 1, 36_000, 33_200, 30, 45, "东莞松山湖"),
    Plan(
        "老客户转介绍有礼", "referral", "partner", -280, 0, 60_000, 41_500, 60,
        words="老客户介绍的新客户成交，双方各得一次免费保养。",
    ),
    Plan("华南自动化展（深圳）", "exhibition", "offline", -240, 4, 220_000, 238_900, 110, 50, "深圳会展中心 6 号馆"),
    Plan("抖音工厂实拍投放", "advertising", "short_video", -215, 60, 90_000, 97_300, 120),
    Plan("半导体封测线上公开课", "webinar", "wechat", -190, 1, 18_000, 15_600, 60, 30),
    Plan("《产线改造白皮书》下载", "content", "wechat", -165, 120, 25_000, 22_000, 120),
    Plan("百度搜索推广 · 下半年", "advertising", "search", -160, 190, 260_000, 148_000, 180),
    Plan("样机巡展（宁波、台州）", "exhibition", "offline", -130, 6, 68_000, 71_200, 45, 30, "宁波北仑、台州路桥"),
    Plan("年中老客户答谢会", "conference", "offline", -110, 1, 80_000, 83_600, 0, 36, "苏州金鸡湖"),
    Plan("新能源装配专场直播", "webinar", "short_video", -70, 1, 22_000, 19_800, 60, 28),
    Plan("园区地推（昆山、吴江）", "leaflet", "offline", -40, 20, 15_000, 12_600, 30),
    Plan(
        "长三角智能制造展", "exhibition", "offline", -25, 3, 200_000, 0, 100, 45, "上海国家会展中心 5.1 馆",
        "布展公司的账单还没到。",
    ),
    Plan("开年新品发布会", "conference", "offline", 35, 1, 120_000, 0, 80, 40, "苏州金鸡湖"),
)  # fmt: skip


@dataclass
class Campaign:
    """A campaign of the story; `id` once it is made, `leads_until` the last moment at which leads come from it."""

    plan: Plan
    starts: date
    ends: date | None
    first: datetime
    leads_until: datetime
    id: int = 0


class Campaigns:
    """Plans and runs them. A random source of its own: they change nothing else in the story."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar
        self.all = [self._planned(plan) for plan in PLANS]

    def _planned(self, plan: Plan) -> Campaign:
        calendar = self.calendar
        starts = calendar.next_workday(calendar.today + timedelta(days=plan.begins))
        ends = starts + timedelta(days=plan.days - 1) if plan.days else None
        until = calendar.at(ends, time(20)) + AFTERWARDS if ends else calendar.now
        return Campaign(plan, starts, ends, calendar.at(starts, time(9)), until)

    def steps(self, accounts: Iterable[Account]) -> Iterator[Deed]:
        """Making them, and inviting."""
        known = list(accounts)
        for campaign in self.all:
            made = max(campaign.first - timedelta(days=40), self.calendar.founded + timedelta(hours=2))
            made = min(made, self.calendar.now - timedelta(hours=5))
            yield made, partial(self._make, campaign, made)
            if campaign.plan.invited:
                yield from self._inviting(campaign, known)

    def source_of(self, source: str, moment: datetime) -> int | None:
        """From which campaign a lead of a source came that came at a moment."""
        kind = self.random.choice(SOURCES.get(source, ("",)))
        fitting = [c for c in self.all if c.plan.kind == kind and c.first <= moment <= c.leads_until]
        return self.random.choice(fitting).id if fitting else None

    def reach_lead(self, owner: str, lead_id: int, moment: datetime) -> None:
        """Now and then a lead that is worked on is asked to the next event."""
        near = [c for c in self.all if c.plan.kind in EVENTS and abs(c.first - moment) < timedelta(days=21)]
        if near and self.random.random() < 0.6:
            state = self._state(near[0], moment)
            given = {"campaign": str(near[0].id), "state": state}
            join_of_lead.run_many(self.staff.acting(owner, moment), [lead_id], given)

    def _state(self, campaign: Campaign, moment: datetime) -> str:
        if campaign.first > moment:
            return self.random.choice(("invited", "registered"))
        return self.random.choices(list(STATES), list(STATES.values()))[0]

    def _make(self, campaign: Campaign, moment: datetime) -> None:
        plan = campaign.plan
        values = Values(
            name=plan.name, kind=plan.kind, channel=plan.channel, starts_on=campaign.starts, ends_on=campaign.ends,
            budget=Decimal(plan.budget), cost=Decimal(plan.cost) if plan.cost else None, target=plan.target or None,
            place=plan.place, description=plan.words,
        )  # fmt: skip
        actor = self.staff.acting(OWNER, moment)
        campaign.id = create_campaign(actor, values=values).pk

    def _inviting(self, campaign: Campaign, accounts: list[Account]) -> Iterator[Deed]:
        """Customers that were there by then, half of them by a contact, each by its owner."""
        told = min(campaign.first + timedelta(hours=6), self.calendar.now - timedelta(hours=2))
        there = [a for a in accounts if a.created < min(campaign.first, told) - timedelta(days=1)]
        chosen = self.random.sample(there, min(campaign.plan.invited, len(there)))
        groups: dict[tuple[str, str, bool], list[Account]] = defaultdict(list)
        for account in chosen:
            by_contact = bool(account.invented.contacts) and self.random.random() < 0.5
            groups[account.owner, self._state(campaign, told), by_contact].append(account)
        for (_owner, state, by_contact), members in groups.items():
            yield told, partial(self._invite, campaign, members, state, by_contact, told)

    def _invite(
        self, campaign: Campaign, members: list[Account], state: str, by_contact: bool, moment: datetime
    ) -> None:
        for owner in dict.fromkeys(account.owner for account in members):  # customers are handed on meanwhile
            own = [account for account in members if account.owner == owner]
            contacts = [account.contacts[0][0] for account in own if by_contact and account.contacts]
            customers = [account.id for account in own if not (by_contact and account.contacts)]
            actor = self.staff.acting(owner, moment)
            for verb, ids in ((join_of_customer, customers), (join_of_contact, contacts)):
                if ids:
                    verb.run_many(actor, ids, {"campaign": str(campaign.id), "state": state})
