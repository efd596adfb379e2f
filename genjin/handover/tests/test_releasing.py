"""B16 ◇: what nobody took over seven days after somebody left goes into a pool, told beforehand, and back again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from genjin.customers.actions.pools import claim_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.handover import work
from genjin.handover.actions import cancel_handover, prepare_handover
from genjin.handover.actions.releasing import release_left, to_release
from genjin.handover.actions.reminding import remind_of_handovers
from genjin.handover.grants import MANAGE, RELEASE, REMIND
from genjin.handover.jobs import release
from genjin.handover.models import Handover
from genjin.handover.rules import State
from genjin.handover.watching import today
from genjin.kernel.actor import system
from genjin.kernel.jobs import start_job
from genjin.kernel.models.events import Notification
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.ownership.models import Period, Rule
from genjin.ownership.tests.pool_worlds import line, make_pool
from genjin.testing.cast import Cast, make_member


def told(kind: str) -> list[tuple[int, int]]:
    """(who, of how many) by messages of a kind."""
    rows = Notification.objects.filter(kind=kind).order_by("member_id")
    return [(each.member_id, each.note["count"]) for each in rows]


def night() -> list[int]:
    """The handovers that a night made or finished."""
    job = start_job(system(), "handovers.release_left")
    done: list[int] = (release(system(RELEASE, MANAGE), job.pk) or {})["handovers"]
    return done


def test_b16_what_nobody_took_over_in_seven_days_goes_into_pools_and_back(cast: Cast) -> None:
    other = make_pool("无关公海", cast.stranger.pk, priority=1)
    pool, home = make_pool("华东公海", cast.owner.pk), make_pool("大客户公海", cast.manager.pk)
    rows = [make_customer(cast.actor("owner"), f"公司{n}") for n in range(3)]
    Customer.objects.filter(pk=rows[1].pk).update(home_id=home.pk)
    Customer.objects.filter(pk=rows[2].pk).update(life=1)  # archived: no pool takes it
    make_contact(cast.actor("owner"), rows[0])
    make_customer(cast.actor("stranger"))
    gone = timezone.now() - timedelta(days=5)
    Member.objects.filter(pk=cast.owner.pk).update(is_active=False, left_at=gone)
    nobody = make_member("gone", cast.owner.department)
    Member.objects.filter(pk=nobody.pk).update(is_active=False, left_at=gone)
    bump_stamp()
    charge = [cast.manager.pk, cast.administrator.pk]
    remind_of_handovers(system(REMIND), today=today())
    assert told("handover_soon") == [(member, 2) for member in sorted(charge)]
    assert Notification.objects.filter(kind="handover_soon").first().note["days"] == 2  # type: ignore[union-attr]
    assert night() == []
    Member.objects.filter(pk=cast.owner.pk).update(left_at=timezone.now() - timedelta(days=8))
    assert night() == [], "whoever is in charge is told on a day before"
    Notification.objects.update(at=timezone.now() - timedelta(days=1))
    prepared = prepare_handover(cast.actor("administrator"), leaver=cast.owner.pk)
    assert to_release(system(RELEASE), today()) == [], "somebody is at it"
    cancel_handover(cast.actor("administrator"), prepared.pk)
    change_settings(cast.actor("administrator"), changes={"handovers.left_to_pool": ""})
    assert to_release(system(RELEASE), today()) == []
    change_settings(cast.actor("administrator"), changes={"handovers.left_to_pool": True})
    (made,) = night()
    assert [line(row.pk).pool_id for row in rows] == [pool.pk, home.pk, None]
    assert other.pk not in {line(row.pk).pool_id for row in rows}
    lost = Customer.objects.get(pk=rows[0].pk)
    assert (lost.previous_owner_id, lost.pool_reason) == (cast.owner.pk, "离职回收：满 7 天无人接收")
    assert Period.objects.get(record_id=lost.pk, until=None).rule == Rule.HANDED_OVER
    assert told("handover_released") == [(member, 2) for member in sorted(charge)]
    assert night() == [], "run again it finds nothing"
    # taken back as any handover, but for what was claimed meanwhile; and then left alone
    claim_customer.run(cast.actor("manager"), rows[1].pk, {})
    back = work.undo_handover(cast.actor("manager"), made, waiting=True)
    assert back.state == State.UNDONE
    assert [line(row.pk).owner_id for row in rows] == [cast.owner.pk, cast.manager.pk, cast.owner.pk]
    assert night() == []
    assert Handover.objects.filter(made_by=None).count() == 1
    remind_of_handovers(system(REMIND), today=today() + timedelta(days=1))
    assert told("handover_left") == [(member, 1) for member in sorted(charge)]


def test_b16_a_release_that_was_killed_goes_on_the_next_night(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk)
    row = make_customer(cast.actor("owner"))
    Member.objects.filter(pk=cast.owner.pk).update(is_active=False, left_at=timezone.now() - timedelta(days=8))
    bump_stamp()
    made = release_left(system(RELEASE), leaver=cast.owner.pk, today=today())
    assert made is not None
    assert line(row.pk).pool_id is None
    assert night() == [made.pk]
    assert line(row.pk).pool_id == pool.pk
