"""The demo's allocation: schemes, and a new customer of the director's that is offered to her people right now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from genjin.allocation.actions.schemes import declare_scheme
from genjin.customers.allocating import allocate_customer
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff, sellers
from genjin.demo.deeds import Account
from genjin.demo.fates import Fate
from genjin.demo.people import ADMINISTRATOR

Deed = tuple[datetime, Callable[[], Any]]
EAST, SOUTH, NORTH, CHANNELS = "林知夏", "梁怀川", "赵望川", "施怀安"
HOURS_TO_ANSWER = 4
EASTERN = ["310000", "320000", "330000", "340000"]
SOUTHERN = ["440000", "450000", "350000"]


class Allotments:
    """`steps` gives what happens. New customers do not go by themselves: the year before was not given by schemes."""

    def __init__(self, staff: Staff, calendar: Calendar) -> None:
        self.staff, self.calendar = staff, calendar
        self.schemes: dict[str, int] = {}

    def steps(self, accounts: list[Account]) -> Iterator[Deed]:
        """All, in no order."""
        opened = self.calendar.founded + timedelta(days=4)
        yield opened, partial(self._declare, opened)
        offered = next((a for a in accounts if a.owner == EAST and a.fate is Fate.WAITING), None)
        if offered:
            moment = self.calendar.now - timedelta(minutes=4)
            yield moment, partial(self._offer, offered, moment)

    def _declare(self, moment: datetime) -> None:
        markets = (("苏南", "上海", "浙江"), ("深圳", "珠三角"), ("京津", "西部"))
        east, south, north = (self._people(market) for market in markets)
        self._scheme(
            moment, name="华东新客户轮流", mode="turns", seats=self._seats(east, cap=10),
            conditions={"region.in": EASTERN}, offer_minutes=60 * HOURS_TO_ANSWER, fallback=self.staff.ids[EAST],
        )  # fmt: skip
        self._scheme(
            moment, name="全国按大区", mode="steps", seats=self._seats([*east, *south, *north]), priority=200,
            steps=[
                {"conditions": {"region.in": EASTERN}, "members": self._ids(east), "mode": "turns"},
                {"conditions": {"region.in": SOUTHERN}, "members": self._ids(south), "mode": "weighted"},
            ],
        )  # fmt: skip
        self._scheme(
            moment, name="按匹配度", mode="fit", seats=self._seats([*east, *south, *north]), priority=300,
            traits=["industry", "region"], least=20,
        )  # fmt: skip

    def _scheme(self, moment: datetime, **given: Any) -> None:
        made = declare_scheme(self.staff.acting(ADMINISTRATOR.name, moment), record_type="customer", **given)
        self.schemes[given["mode"]] = made.pk

    def _offer(self, account: Account, moment: datetime) -> None:
        allocate_customer(self.staff.acting(EAST, moment), account.id, scheme=str(self.schemes["turns"]))

    def _people(self, markets: tuple[str, ...]) -> list[str]:
        leading = {EAST, SOUTH, NORTH, CHANNELS}
        return [person.name for person in sellers() if person.sells in markets and person.name not in leading]

    def _ids(self, names: list[str]) -> list[int]:
        return [self.staff.ids[name] for name in names]

    def _seats(self, names: list[str], cap: int | None = None) -> list[dict[str, Any]]:
        """The first of a market counts double where weights do."""
        shares = {person.name: person.share for person in sellers()}
        return [{"member": self.staff.ids[n], "weight": 2 if shares[n] > 1 else 1, "cap": cap} for n in names]
