"""The demo's pools: two of them with their rules, customers that were given up or taken back, some claimed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from genjin.customers.actions.pools import claim_customer, reclaim_customer, return_customer
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff, sellers
from genjin.demo.deeds import SUPERIOR_OF, Account
from genjin.demo.fates import Fate
from genjin.demo.people import ADMINISTRATOR, PEOPLE
from genjin.ownership.actions.capacities import create_capacity
from genjin.ownership.actions.pooling import create_pool

Deed = tuple[datetime, Callable[[], Any]]
SELLING = frozenset({"salesperson", "create_only", "manager", "department_head"})
ROLES = {person.name: person.role for person in PEOPLE}
HEAD = "沈砚秋"
GIVEN_UP = 0.45
MOST_CLAIMED = 14
RULES: list[dict[str, Any]] = [
    {"reason": "no_followup", "days": 270, "field": "", "options": [], "spares_dealt": True, "enabled": True},
    {"reason": "no_followup", "days": 150, "field": "level", "options": ["A"], "spares_dealt": True, "enabled": True},
]
REASONS = (
    ("no_response", "", 34),
    ("no_demand", "今年没有扩产计划", 26),
    ("lost", "已经定了别家的设备", 16),
    ("wrong_contact", "电话一直是空号", 12),
    ("given_up", "规模太小，用不上我们的机型", 12),
)
TAKEN_BACK = ("连续三周没有跟进记录", "客户反映没有人联系", "按部门例会决定收回重新分配")
# who claimed one just now and has yet to call, and how many minutes ago
JUST_NOW = (("周牧远", 26), ("周牧远", 640), ("宋予安", 95))


class Seas:
    """Chooses who falls, before anything else is planned for them; `steps` gives what happens."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar

    def choose(self, accounts: list[Account]) -> list[Account]:
        """Customers whose owner gave up: with them nothing else happens any more."""
        ready = [a for a in accounts if a.fate in (Fate.IDLE, Fate.COLD) and ROLES[a.owner] in SELLING and a.talks]
        return [a for a in ready if self.random.random() < GIVEN_UP and not a.talks[-1].next_at]

    def steps(self, fallen: list[Account]) -> Iterator[Deed]:
        """All, in no order."""
        opened = self.calendar.founded + timedelta(days=3)
        yield opened, partial(self._open, opened)
        left = []
        for account in fallen:
            begin = min(account.talks[-1].written + timedelta(days=2), self.calendar.now - timedelta(hours=30))
            moment = self.calendar.between(begin, self.calendar.now - timedelta(hours=26))
            yield moment, partial(self._give_up, account, moment)
            left.append((moment, account))
        yield from self._claims(sorted(left, key=lambda each: each[0]))

    def _open(self, moment: datetime) -> None:
        administrator = self.staff.acting(ADMINISTRATOR.name, moment)
        create_pool(
            administrator, name="华东公海", record_type="customer", everybody=True, daily_limit=5, most_held=20,
            hidden={"phone": "masked", "email": "masked", "risks": "hidden", "remarks": "hidden"},
            admins=[self.staff.ids[HEAD]], remind_days=[7, 3, 1], recycles=True, recyclings=[dict(r) for r in RULES],
        )  # fmt: skip
        create_pool(
            self.staff.acting(ADMINISTRATOR.name, moment), name="大客户公海", record_type="customer", everybody=True,
            kind="assigned", priority=200, admins=[self.staff.ids[HEAD]],
        )  # fmt: skip

        create_capacity(
            self.staff.acting(ADMINISTRATOR.name, moment), name="销售每人持有", record_type="customer", everybody=True,
            most=200, most_locked=20, over_known=True,
        )  # fmt: skip
        self.staff.learn()

    def _give_up(self, account: Account, moment: datetime) -> None:
        superior = SUPERIOR_OF[account.owner]
        if self.random.random() < 0.2 and ROLES.get(superior) in ("manager", "department_head"):
            reason = self.random.choice(TAKEN_BACK)
            reclaim_customer(self.staff.acting(superior, moment), account.id, reason=reason)
            return
        reason, note, _share = self.random.choices(REASONS, [share for _r, _n, share in REASONS])[0]
        return_customer(self.staff.acting(account.owner, moment), account.id, reason=reason, note=note)

    def _claims(self, left: list[tuple[datetime, Account]]) -> Iterator[Deed]:
        """Some are claimed by others: days ago, and three just now."""
        names = [person.name for person in sellers() if person.role in ("salesperson", "manager")]
        for name, minutes in JUST_NOW:
            found = next((each for each in left if each[1].owner != name), None)
            if found:
                left.remove(found)
                moment = self.calendar.now - timedelta(minutes=minutes)
                yield moment, partial(self._claim, name, found[1], moment)
        for fell, account in left[:MOST_CLAIMED:2]:
            moment = self.calendar.between(fell + timedelta(hours=20), self.calendar.now - timedelta(hours=20))
            others = [name for name in names if name != account.owner]
            if moment > fell:
                yield moment, partial(self._claim, self.random.choice(others), account, moment)

    def _claim(self, name: str, account: Account, moment: datetime) -> None:
        claim_customer(self.staff.acting(name, moment), account.id)
        account.owner = name
