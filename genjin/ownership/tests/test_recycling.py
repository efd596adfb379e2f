"""B4 P4-P8: what falls when, into which pool and why; the night, its dry run, its reminders and the words of rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from genjin.customers.actions.pools import lock_customer, protect_customer, return_customer, unlock_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import system
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.opportunities.tests.factories import make_opportunity
from genjin.ownership.actions.recycling import set_clocks
from genjin.ownership.jobs.clocks import CLOCK, restate
from genjin.ownership.jobs.nights import GRANTS, Fallen, at_hour, fall, remind
from genjin.ownership.models import Period, Pool, Recycling, Rule
from genjin.ownership.queries.falling import dry_run, falling_soon, touched_by
from genjin.ownership.rules import company_zone, next_night, night_of
from genjin.ownership.tests.pool_worlds import Line, line, make_capacity, make_pool, make_rule
from genjin.ownership.web.pool_words import rules_in_words
from genjin.testing.cast import Cast

DAY = timedelta(days=1)


def when(row: Customer) -> datetime | None:
    """The moment at which a customer falls, worked out now."""
    set_clocks(system(CLOCK), record_type=CUSTOMER, ids=[row.pk])
    return Customer.objects.values_list("falls_at", flat=True).get(pk=row.pk)


def night(moment: datetime) -> Fallen:
    """The work of one night."""
    actor, fallen = system(*GRANTS), Fallen()
    list(restate(actor))
    list(fall(actor, CUSTOMER, moment, fallen))
    return fallen


def aged(cast: Cast, name: str, days: float, **more: object) -> Customer:
    """A customer of the owner that he has had for some days."""
    row = make_customer(cast.actor("owner"), name)
    Customer.objects.filter(pk=row.pk).update(owner_since=timezone.now() - days * DAY, **more)
    return Customer.objects.get(pk=row.pk)


def test_clock_of_each_condition_and_what_stops_it_B4_P4_P5_P6(cast: Cast) -> None:
    now = timezone.now()
    pool = make_pool("华东公海", cast.owner.pk, recycles=True)
    row = aged(cast, "甲公司", 10)
    since = row.owner_since
    assert since is not None
    assert when(row) is None
    make_rule(pool, "no_followup", 30)
    assert when(row) == since + 30 * DAY  # never followed: from gaining, never at once
    Customer.objects.filter(pk=row.pk).update(last_followed_at=now - 3 * DAY)
    assert when(row) == now - 3 * DAY + 30 * DAY
    Customer.objects.filter(pk=row.pk).update(last_followed_at=now - 40 * DAY)
    assert when(row) == since + 30 * DAY  # somebody else's contact before he had it
    by_level = make_rule(pool, "no_followup", 15, field="level", options=["A"])
    assert when(row) == since + 30 * DAY
    Customer.objects.filter(pk=row.pk).update(level="A")
    assert when(row) == since + 15 * DAY
    deal = make_rule(pool, "no_deal", 12, spares_dealt=False)
    assert when(row) == since + 12 * DAY  # any of them
    Pool.objects.filter(pk=pool.pk).update(joined_by="all")
    other = make_pool("新的公海", cast.stranger.pk, recycles=True)
    assert when(row) == since + 15 * DAY  # all of them
    Customer.objects.filter(pk=row.pk).update(deal_date=now.date())
    assert when(row) is None  # a deal: C3 is never met, C1 spares it
    Customer.objects.filter(pk=row.pk).update(deal_date=None, protected_until=now + 20 * DAY)
    assert when(row) == now + 20 * DAY
    for change in ({"locked": True}, {"life": 1}, {"pool_id": other.pk}):
        Customer.objects.filter(pk=row.pk).update(**change)
        assert when(row) is None
        Customer.objects.filter(pk=row.pk).update(locked=False, life=0, pool_id=None)
    # the pool's own protection: 20 days, moved by follow-ups to 25 at most; then 5 days
    Recycling.objects.filter(pk__in=[by_level.pk, deal.pk]).delete()
    Recycling.objects.filter(pool=pool).update(reason="unprotected", days=5)
    Pool.objects.filter(pk=pool.pk).update(claims={"protect_days": 20, "protect_most_days": 25})
    make_rule(other, "no_followup", 3)
    Customer.objects.filter(pk=row.pk).update(protected_until=None, last_followed_at=None, level="")
    assert when(row) == since + 25 * DAY
    Customer.objects.filter(pk=row.pk).update(last_followed_at=now)
    assert when(row) == since + 30 * DAY
    # which pool: the explicit home, else priority, else the newest; only members' records fall
    make_rule(make_pool("更优先", cast.owner.pk, recycles=True, priority=5), "no_deal", 60)
    assert when(row) == since + 60 * DAY
    Customer.objects.filter(pk=row.pk).update(home_id=pool.pk)
    assert when(row) == since + 30 * DAY
    Customer.objects.filter(pk=row.pk).update(home_id=None, owner_id=cast.nobody.pk)
    assert when(row) is None


def test_night_lets_fall_what_is_due_with_its_reason_once_B4_P5_P8_P9(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, recycles=True, claims={"new_data_hours": 24})
    make_rule(pool, "no_followup", 30)
    make_rule(pool, "no_deal", 90)
    rows = [aged(cast, f"公司{n}", 31 + n) for n in range(3)]
    old, young = aged(cast, "老公司", 100, last_followed_at=timezone.now()), aged(cast, "新公司", 5)
    contact = make_contact(cast.actor("owner"), rows[0])
    moment = timezone.now()
    run = night(moment)
    assert (run.count, run.failed) == (4, [])
    for row in (*rows, old):
        assert line(row.pk) == Line(None, pool.pk)
    fallen = Customer.objects.get(pk=rows[0].pk)
    assert (fallen.previous_owner_id, fallen.pool_reason) == (cast.owner.pk, "30 天未跟进")
    assert Customer.objects.get(pk=old.pk).pool_reason == "90 天未成交"
    assert Contact.objects.get(pk=contact.pk).owner_id is None
    assert Period.objects.get(record_id=old.pk, until=None).rule == Rule.RECYCLED
    assert line(young.pk).owner_id == cast.owner.pk
    events = Event.objects.filter(action="ownership.recycle").count()
    assert events == 2  # one for each reason
    again = night(moment)
    assert again.count == 0
    assert Event.objects.filter(action="ownership.recycle").count() == events
    while seal() or deliver():
        pass
    told = Notification.objects.filter(kind="lost").order_by("id")
    assert sorted((each.member_id, each.note["count"]) for each in told) == [(cast.owner.pk, 1), (cast.owner.pk, 3)]


def test_one_that_cannot_fall_holds_up_no_other_B4_P8(cast: Cast) -> None:
    with connection.cursor() as cursor:  # a row that the database will not let go
        cursor.execute("ALTER TABLE customers_customer ADD CHECK (name <> '坏的' OR owner_id IS NOT NULL)")
    pool = make_pool("华东公海", cast.owner.pk, recycles=True)
    make_rule(pool, "no_followup", 30)
    rows = [aged(cast, name, 40) for name in ("好的", "坏的", "也好的")]
    run = night(timezone.now())
    assert (run.count, run.failed) == (2, [rows[1].pk])
    assert [line(row.pk).pool_id for row in rows] == [pool.pk, None, pool.pk]


def test_dry_run_and_touched_say_who_would_fall_and_why_B4_P5(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, admins=(cast.manager.pk,), recycles=True, remind_days=[3])
    rule = make_rule(pool, "no_followup", 30)
    rows = [aged(cast, f"公司{n}", 29.5 + n) for n in range(4)]
    manager, owner = cast.actor("manager"), cast.actor("owner")
    list(restate(system(CLOCK)))
    tonight = dry_run(manager, CUSTOMER, pool, most=2)
    assert tonight.count in (3, 4)  # whether the twelve hours end before 02:00 depends on the hour of the test
    assert [each.id for each in tonight.rows] == [rows[3].pk, rows[2].pk]
    assert (tonight.rows[0].why, tonight.rows[0].title) == ("30 天未跟进", "公司3")
    assert tonight.rows[0].mend == "跟进一次，重新计 30 天"
    rest = dry_run(manager, CUSTOMER, pool, most=2, after=tonight.after or "")
    assert rows[1].pk == rest.rows[0].id
    with pytest.raises(Forbidden):
        dry_run(owner, CUSTOMER, pool)
    assert [each.id for each in falling_soon(owner, CUSTOMER)][:2] == [rows[3].pk, rows[2].pk]
    later = touched_by(manager, CUSTOMER, pool, [Recycling(id=rule.pk, pool=pool, reason="no_followup", days=60)])
    assert (later.week_now, later.week_then, later.later, later.sooner) == (4, 0, 4, 0)
    sooner = touched_by(manager, CUSTOMER, pool, [Recycling(id=rule.pk, pool=pool, reason="no_followup", days=10)])
    assert (sooner.tonight_then, sooner.sooner) == (4, 4)
    assert sooner.samples[0].why == "10 天未跟进"
    with pytest.raises(Forbidden):
        touched_by(owner, CUSTOMER, pool, [])


def test_reminders_come_once_so_many_days_before_B4_P7(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, recycles=True, remind_days=[3, 1])
    make_rule(pool, "no_followup", 30)
    now = timezone.now()
    today = now.astimezone(company_zone()).date()
    for name, day in (("三天后", 3), ("也三天后", 3), ("明天", 1), ("五天后", 5)):
        row = make_customer(cast.actor("owner"), name)
        Customer.objects.filter(pk=row.pk).update(owner_since=night_of(today + day * DAY) - 30 * DAY - 0.25 * DAY)
    list(restate(system(CLOCK)))
    for _twice in range(2):
        remind(now)
    told = Notification.objects.filter(kind="falling").order_by("id")
    assert sorted((each.note["days"], each.note["count"]) for each in told) == [(1, 1), (3, 2)]
    assert next_night(night_of(today)) == night_of(today + DAY)
    at_hour(datetime.combine(today, datetime.min.time(), tzinfo=company_zone()) + timedelta(hours=8))


def test_locks_have_a_quota_and_hold_back_every_pool_B4_P4(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_pool("华东公海", cast.owner.pk)
    first, second = make_customer(owner, "甲公司"), make_customer(owner, "乙公司")
    make_capacity(100, most_locked=1)
    owner = cast.actor("owner")
    lock_customer.run(owner, first.pk, {})
    with pytest.raises(Refused, match="已锁定 1 个，达到上限 1 个") as full:
        lock_customer.run(owner, second.pk, {})
    assert full.value.code == "locks_full"
    with pytest.raises(Refused, match="解锁后才能放入公海"):
        return_customer.run(owner, first.pk, {"reason": "no_demand"})
    unlock_customer.run(owner, first.pk, {})
    lock_customer.run(owner, second.pk, {})
    manager = cast.actor("manager")
    today = timezone.now().astimezone(company_zone()).date()
    with pytest.raises(Refused, match="最多保护 90 天"):
        protect_customer.run(manager, first.pk, {"until": (today + 91 * DAY).isoformat()})
    with pytest.raises(Refused, match="今天或以后"):
        protect_customer.run(manager, first.pk, {"until": (today - DAY).isoformat()})
    protect_customer.run(manager, first.pk, {"until": today.isoformat()})
    until = Customer.objects.get(pk=first.pk).protected_until
    assert until == datetime.combine(today + DAY, datetime.min.time(), tzinfo=company_zone())
    with pytest.raises(Forbidden):
        protect_customer.run(owner, first.pk, {"until": today.isoformat()})


def test_a_new_pool_and_a_new_protection_are_told_beforehand_B4_P5_P6(cast: Cast) -> None:
    row = aged(cast, "甲公司", 40)
    administrator = cast.actor("administrator")
    fresh = Pool(record_type="customer", name="还没有的", members={"everybody": True}, recycles=True)
    rules = [Recycling(reason="no_followup", days=30), Recycling(reason="no_deal", days=20)]
    found = touched_by(administrator, CUSTOMER, fresh, rules)
    assert (found.tonight_now, found.tonight_then, found.sooner) == (0, 1, 1)
    assert (found.samples[0].id, found.samples[0].why, found.samples[0].pool) == (row.pk, "20 天未成交", "还没有的")
    # switched on, a protection period counts from that day for what is owned already
    given = {
        "name": "新公海", "record_type": "customer", "everybody": "1", "recycles": "1", "protect_days": "15",
        "recyclings": [{"reason": "no_followup", "days": 30}],
    }  # fmt: skip
    made = ACTIONS["pools.create"].run(administrator, None, given)
    falls = when(row)
    assert falls is not None
    assert timedelta(days=14, hours=23) < falls - timezone.now() < timedelta(days=15)
    since = Pool.objects.get(pk=made.row_id or 0).claims["protect_since"]
    edited = {key: value for key, value in given.items() if key != "record_type"} | {"protect_days": "10"}
    ACTIONS["pools.edit"].run(cast.actor("administrator"), made.row_id, edited)
    assert Pool.objects.get(pk=made.row_id or 0).claims["protect_since"] == since


def test_protection_is_moved_on_up_to_its_greatest_length_and_cleared_when_switched_off_B4_P6(cast: Cast) -> None:
    own = aged(cast, "自己新建的", 10)
    gained = aged(cast, "领来的", 10)
    Customer.objects.filter(pk=gained.pk).update(created_by_id=cast.manager.pk)
    given = {
        "name": "保护公海", "everybody": "1", "recycles": "1", "recyclings": [{"reason": "unprotected", "days": 1}],
    }  # fmt: skip
    made = ACTIONS["pools.create"].run(cast.actor("administrator"), None, given | {"record_type": "customer"})
    pool_id = made.row_id or 0

    def switched(**changes: str) -> None:
        ACTIONS["pools.edit"].run(cast.actor("administrator"), pool_id, given | changes)

    def days(row: Customer) -> float | None:
        """In how many days it falls, a day after the end of its protection."""
        falls = when(row)
        return round((falls - timezone.now()) / DAY - 1, 1) if falls else None

    with pytest.raises(Refused, match="不能小于保护期天数"):
        switched(protect_days="20", protect_most_days="10")
    switched(protect_days="20", protect_most_days="25")
    assert (days(own), days(gained)) == (20, 20)  # what is owned already: from the day of switching on
    Pool.objects.filter(pk=pool_id).update(claims=Pool.objects.get(pk=pool_id).claims | {"protect_since": None})
    bump_stamp()
    assert (days(own), days(gained)) == (10, 10)  # what is gained later: from gaining
    Customer.objects.update(last_followed_at=timezone.now() - 8 * DAY)
    assert days(gained) == 12  # a contact moves it on
    Customer.objects.update(last_followed_at=timezone.now())
    assert days(gained) == 15  # but never beyond the greatest length
    today = timezone.now().astimezone(company_zone()).date()
    manager = cast.actor("manager")
    with pytest.raises(Refused, match="最多保护 25 天"):
        protect_customer.run(manager, gained.pk, {"until": (today + 16 * DAY).isoformat()})
    protect_customer.run(manager, gained.pk, {"until": (today + 15 * DAY).isoformat()})
    assert 15 <= (days(gained) or 0) <= 16  # by hand to the end of that day
    switched(protect_days="20", protect_most_days="25", protect_own="")
    assert days(own) is None  # made by its owner himself: only where the pool says so
    assert days(gained) is not None
    Customer.objects.filter(pk=gained.pk).update(protected_until=None)
    switched(protect_days="0")
    assert days(gained) is None  # switched off: no protection, hence none that could end
    switched(protect_days="7")
    assert days(gained) == 7  # on again: from now


def test_customers_fall_without_an_opportunity_and_those_with_an_open_one_may_be_spared_B4_P5_C2(cast: Cast) -> None:
    owner, pool = cast.actor("owner"), make_pool("华东公海", cast.owner.pk, recycles=True)
    row = aged(cast, "甲公司", 10)
    since = row.owner_since
    assert since is not None
    rule = make_rule(pool, "no_opportunity", 20)
    assert when(row) == since + 20 * DAY
    opportunity = make_opportunity(owner, customer=row)
    assert when(row) is None
    ACTIONS["opportunities.lose"].run(owner, opportunity.pk, {"reason": "price"})
    assert when(row) == since + 20 * DAY
    Recycling.objects.filter(pk=rule.pk).update(reason="no_followup", days=30)
    bump_stamp()
    make_opportunity(owner, "另一个", customer=row)
    assert when(row) == since + 30 * DAY
    given = {"reason": "no_followup", "days": 30, "spares_open": True}
    raw = {"name": "华东公海", "everybody": "1", "recycles": "1", "recyclings": [given]}
    ACTIONS["pools.edit"].run(cast.actor("administrator"), pool.pk, raw)
    assert when(row) is None
    words = rules_in_words(owner, CUSTOMER, Pool.objects.get())
    assert "30 天没有跟进（已成交的、有进行中商机的除外）。" in str(words)
    # leads know no opportunities: such a rule would never hold
    raw |= {"record_type": "lead", "name": "线索公海", "recyclings": [{"reason": "no_opportunity", "days": 30}]}
    with pytest.raises(Refused, match="第 1 条回收规则：线索没有这个条件"):
        ACTIONS["pools.create"].run(cast.actor("administrator"), None, raw)
