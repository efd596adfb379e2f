"""Totals are what a recount says, after whatever was written, by whatever way, in whatever order."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from django.db import transaction

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.actions import create_followup, edit_followup, restore_followup, void_followup
from genjin.followups.models import DayTotal, FollowUp, MonthTotal, TotalDelta
from genjin.followups.statistics import jobs
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.models import NUMBERS
from genjin.followups.statistics.queries.totals import Sums, during, sums
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.ownership.actions import follow_department
from genjin.surfaces.cli import doctor
from genjin.testing.cast import PARTS, Cast

pytestmark = pytest.mark.long(about=20)

ZONES = ["Asia/Shanghai", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]
PERIODS = [
    ("2025-01-01", "2025-12-31"), ("2025-03-01", "2025-03-31"), ("2025-03-09", "2025-03-09"),
    ("2025-02-14", "2025-05-20"), ("1900-01-01", "2999-12-31"), ("2025-06-30", "2025-07-01"),
]  # fmt: skip


def recounted(actor: Actor, asked: Asked) -> Counter[tuple[object, ...]]:
    """The same from the rows that the actor sees, one by one."""
    found: Counter[tuple[object, ...]] = Counter()
    for row in during(visible_to(actor, FollowUp).filter(life=Life.LIVE), actor, asked).distinct():
        for group in ((row.author_id or 0, row.author_name, row.method), (row.department_id or 0, row.method)):
            found[*group, "followups"] += 1
            found[*group, "effective"] += row.effective
            found[*group, "counted"] += row.late_hours is not None
            found[*group, "on_time"] += row.late_hours == 0
    return +found


def summed(found: Sums) -> Counter[tuple[object, ...]]:
    total: Counter[tuple[object, ...]] = Counter()
    groups = [((one.author, one.author_name, one.method), one) for one in found.by_author]
    for group, one in [*groups, *(((one.department, one.method), one) for one in found.by_department)]:
        for name in NUMBERS:
            total[*group, name] += getattr(one, name)
    return +total


def assert_exact(cast: Cast, chance: Random, parts: int = 5, zones: int = 5, periods: int = 6) -> None:
    for part in chance.sample(PARTS[1:], parts):
        for zone in chance.sample(ZONES, zones):
            actor = replace(cast.actor(part), time_zone=zone)
            for start, end in chance.sample(PERIODS, periods):
                asked = Asked(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
                assert summed(sums(actor, asked)) == recounted(actor, asked), (part, zone, start, end)


class History:
    """Somebody writes, corrects, voids, restores, hands over, imports, moves; chosen by chance, the same each run."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.chance = cast, Random(seed)  # noqa: S311 - the same each run
        self.done: set[str] = set()
        self.owner = cast.actor("owner")
        self.customers = [make_customer(self.owner, f"第{n}号客户有限公司") for n in range(5)]
        ACTIONS["customers.add_teammate"].run(
            self.owner, self.customers[0].pk, {"member": str(cast.teammate.pk), "writes": "1"}
        )

    def step(self) -> None:
        """One deed; a refused one changes nothing."""
        deeds: list[Callable[[], object]] = [
            self.write, self.write, self.write, self.bring, self.edit, self.void, self.restore, self.transfer,
            self.transfer_many, self.move, self.late, jobs.fold, lambda: jobs.fold(most=2),
        ]  # fmt: skip
        try:
            with transaction.atomic():
                deed = self.chance.choice(deeds)
                deed()
            self.done.add(deed.__name__)
        except Refused:
            pass

    def when(self) -> str:
        edges = ["2025-03-09T01:30", "2025-03-01T00:00", "2025-02-28T23:59", "2025-06-30T16:00", "2024-12-31T17:00"]
        spread = dt.datetime(2024, 11, 1, tzinfo=dt.UTC).replace(tzinfo=None) + dt.timedelta(
            minutes=self.chance.randrange(400 * 1440)
        )
        return self.chance.choice([*edges, spread.isoformat(timespec="minutes")])

    def raw(self) -> dict[str, str]:
        method = self.chance.choice(["phone", "visit", "wechat", ""])
        customer = str(self.chance.choice(self.customers).pk)
        words = {"customer": customer, "content": "谈了", "occurred_at": self.when(), "method": method}
        return words | ({"outcome": "deal"} if self.chance.random() < 0.3 else {})

    def actor(self) -> Actor:
        return self.cast.actor(self.chance.choice(PARTS[2:]))

    def write(self) -> None:
        raw = self.raw()
        make_followup(self.actor(), Customer.objects.get(pk=raw.pop("customer")), **raw)

    def bring(self) -> None:
        rows = [(n, self.raw() | {"author": self.chance.choice(["业务员3", "许星河"])}) for n in range(4)]
        create_followup.run_rows(self.cast.actor("administrator", Surface.IMPORT), rows)

    def any_row(self, life: Life = Life.LIVE) -> FollowUp:
        rows = list(FollowUp.objects.filter(life=life).order_by("id"))
        if not rows:
            raise Refused("none", "nothing to take")
        return self.chance.choice(rows)

    def edit(self) -> None:
        row = self.any_row()
        who = next((part for part in PARTS if getattr(self.cast, part).pk == row.author_id), "owner")
        values = {"occurred_at": self.when(), "method": self.chance.choice(["phone", "email"])}
        edit_followup.run(self.cast.actor(who), row.pk, values)

    def void(self) -> None:
        void_followup.run(self.cast.actor("administrator"), self.any_row().pk, {})

    def restore(self) -> None:
        restore_followup.run(self.cast.actor("administrator"), self.any_row(Life.VOIDED).pk, {})

    def heir(self) -> str:
        return str(getattr(self.cast, self.chance.choice(PARTS)).pk)

    def transfer(self) -> None:
        customer = self.chance.choice(self.customers).pk
        ACTIONS["customers.transfer"].run(self.cast.actor("administrator"), customer, {"owner": self.heir()})

    def transfer_many(self) -> None:
        ids = [customer.pk for customer in self.chance.sample(self.customers, 3)]
        ACTIONS["customers.transfer"].run_many(self.cast.actor("administrator"), ids, {"owner": self.heir()})

    def move(self) -> None:
        member = getattr(self.cast, self.chance.choice(PARTS))
        place = getattr(self.cast, self.chance.choice(PARTS)).department_id
        type(member).objects.filter(pk=member.pk).update(department_id=place)
        follow(self.cast, member.pk)

    def late(self) -> None:
        """What no action does: the totals see it all the same."""
        row = self.any_row()
        FollowUp.objects.filter(pk=row.pk).update(
            late_hours=self.chance.choice([None, 0, 7]), effective=self.chance.random() < 0.5
        )


def follow(cast: Cast, member: int) -> None:
    from genjin.kernel.actor import system
    from genjin.kernel.stamps import bump_stamp, current_stamp

    bump_stamp()
    actor = replace(system("ownership.follow"), stamp=current_stamp())
    for model in (Customer, FollowUp):
        follow_department(actor, member=member, model=model)


@pytest.mark.parametrize("seed", range(4))
def test_totals_equal_a_recount_after_random_histories(cast: Cast, seed: int) -> None:
    history = History(cast, seed)
    for _n in range(12):
        for _m in range(6):
            history.step()
        assert_exact(cast, history.chance, parts=3, zones=2, periods=2)
    assert len(history.done) > 9, history.done
    while jobs.fold():
        pass
    assert_exact(cast, history.chance)
    assert not TotalDelta.objects.exists()
    assert jobs.mend() == 0, "nothing was wrong"


def test_a_recount_mends_what_somebody_spoiled(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    for day in ("2025-03-01", "2025-03-09", "2025-04-02"):
        make_followup(owner, customer, occurred_at=day)
    jobs.fold()
    DayTotal.objects.filter(day="2025-03-09").update(followups=99, effective=98)
    MonthTotal.objects.filter(day="2025-04-01").delete()
    make_followup(owner, customer, occurred_at="2025-04-02")
    assert doctor._totals().mend, "the doctor sees it"
    assert jobs.mend() > 0
    jobs.fold()
    assert_exact(cast, Random(1), zones=1)  # noqa: S311 - the same each run
    assert jobs.mend() == 0
    assert not doctor._totals().mend


def test_totals_leave_nothing_behind_where_nothing_is_left(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    row = make_followup(owner, customer, occurred_at="2025-03-01")
    jobs.fold()
    void_followup.run(owner, row.pk, {})
    jobs.fold()
    for model in (DayTotal, MonthTotal, TotalDelta):
        assert not model.objects.exists()
