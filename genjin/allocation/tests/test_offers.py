"""Offers (派单): taken, passed, run out, flowing on; each is settled once (B20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.actions.offering import lapse_offer, pass_offer, take_offer
from genjin.allocation.actions.schemes import switch_off_scheme
from genjin.allocation.jobs import lapse_offers
from genjin.allocation.models import Offer, Round, Scheme
from genjin.allocation.queries import offers_to
from genjin.allocation.tests.conftest import World, moment
from genjin.customers.actions.customers import transfer_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact
from genjin.kernel.actor import system
from genjin.kernel.jobs import PERIODIC
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.ownership.models import Period

NIGHTLY = system("allocation.place")
PARTS = ("owner", "teammate", "stranger")


@pytest.fixture
def offered(world: World) -> tuple[World, Customer, Offer]:
    """A customer offered for ten minutes, at ten o'clock."""
    with time_machine.travel(moment("2026-11-23T10:00:00+08:00"), tick=False):
        world.scheme(offer_minutes=10)
        (row,) = world.customers(1)
        ALLOCATE["customer"].run(world.admin, row.pk, {})
    return world, row, Offer.objects.get()


def after(minutes: float) -> time_machine.travel:
    return time_machine.travel(moment("2026-11-23T10:00:00+08:00") + timedelta(minutes=minutes), tick=False)


def test_b20_an_offer_is_taken_by_whom_it_is_for(offered: tuple[World, Customer, Offer]) -> None:
    world, row, offer = offered
    assert offer.member_id == world.cast.owner.pk
    assert world.owners([row]) == [world.cast.administrator.pk], "an offer is no ownership"
    with after(9):
        with pytest.raises(NotFound):
            take_offer(world.cast.actor("teammate"), offer.pk)
        with pytest.raises(Forbidden):
            take_offer(world.cast.actor("nobody"), offer.pk)
        assert [waiting.record.pk for waiting in offers_to(world.cast.actor("owner"), world.cast.owner.pk)] == [row.pk]
        take_offer(world.cast.actor("owner"), offer.pk)
        with pytest.raises(Refused, match="您已经处理过：已领取"):
            take_offer(world.cast.actor("owner"), offer.pk)
        with pytest.raises(Refused, match="您已经处理过"):
            pass_offer(world.cast.actor("owner"), offer.pk)
        assert offers_to(world.cast.actor("owner"), world.cast.owner.pk) == []
    assert world.owners([row]) == [world.cast.owner.pk]
    period = Period.objects.get(record_id=row.pk, until=None)
    assert (period.rule, period.changed_by_id) == ("allocated", world.cast.owner.pk)
    assert period.reason.startswith("轮流：周牧远今天")


def test_b20_a_pass_asks_the_next_and_keeps_the_turn(offered: tuple[World, Customer, Offer]) -> None:
    world, row, offer = offered
    with after(1):
        pass_offer(world.cast.actor("owner"), offer.pk, reason="正在带看")
        second = Offer.objects.get(state="open")
        assert (second.member_id, second.chain) == (world.cast.teammate.pk, offer.pk)
        turn = Round.objects.get()
        assert turn.line[0] == world.cast.owner.pk, "the next record is his"
        assert turn.taken == {str(world.cast.owner.pk): 0, str(world.cast.teammate.pk): 1}
        pass_offer(world.cast.actor("teammate"), second.pk)
        third = Offer.objects.get(state="open")
        assert third.member_id == world.cast.stranger.pk
        pass_offer(world.cast.actor("stranger"), third.pk)
    assert not Offer.objects.filter(state="open").exists()
    assert world.owners([row]) == [world.cast.administrator.pk], "nobody took it, it stays"
    offer.refresh_from_db()
    assert offer.answer == "正在带看"
    last = Event.objects.filter(action="allocation.flow").latest("id")
    assert last.note["unanswered"] == offer.pk
    assert last.note["reason"].startswith("没有人能接：")


def test_b20_silence_flows_on_at_its_minute_and_only_once(offered: tuple[World, Customer, Offer]) -> None:
    world, row, offer = offered
    with after(9.99):
        lapse_offers(NIGHTLY)
        assert Offer.objects.get().state == "open"
    with after(10):
        with pytest.raises(Refused, match="已超过 10 分钟，这一条流转给下一位了"):
            take_offer(world.cast.actor("owner"), offer.pk)
        lapse_offers(NIGHTLY)
        lapse_offers(NIGHTLY)
        assert lapse_offer(NIGHTLY, offer=offer.pk) is False
        assert [(o.member_id, o.state) for o in Offer.objects.order_by("id")] == [
            (world.cast.owner.pk, "lapsed"),
            (world.cast.teammate.pk, "open"),
        ]
        assert Round.objects.get().line[-2:] == [world.cast.owner.pk, world.cast.teammate.pk], "silence cost the turn"
        with pytest.raises(Refused, match="已超过 10 分钟"):
            pass_offer(world.cast.actor("owner"), offer.pk)
    assert world.owners([row]) == [world.cast.administrator.pk]


def test_b20_nobody_left_goes_to_the_fallback(world: World) -> None:
    with after(0):
        world.scheme(seats=[world.people[0]], offer_minutes=5, fallback=world.cast.manager.pk)
        (row,) = world.customers(1)
        ALLOCATE["customer"].run(world.admin, row.pk, {})
    with after(5):
        lapse_offers(NIGHTLY)
    assert world.owners([row]) == [world.cast.manager.pk]
    period = Period.objects.get(record_id=row.pk, until=None)
    assert (period.rule, period.changed_by_id) == ("allocated", None)
    assert period.reason == "交给兜底负责人；没有人能接：周牧远已问过或已是负责人"


def test_b20_a_record_that_went_elsewhere_is_not_taken_back(offered: tuple[World, Customer, Offer]) -> None:
    world, row, offer = offered
    with after(2):
        transfer_customer(world.admin, row.pk, owner=world.cast.manager.pk)
        assert offers_to(world.cast.actor("owner"), world.cast.owner.pk) == []
        with pytest.raises(Refused, match="来晚了：这一条已经由林知夏处理"):
            take_offer(world.cast.actor("owner"), offer.pk)
        assert world.owners([row]) == [world.cast.manager.pk]
    with after(11):
        lapse_offers(NIGHTLY)
    assert Offer.objects.get().state == "dropped"


def test_b20_somebody_decides_otherwise_while_it_waits(offered: tuple[World, Customer, Offer]) -> None:
    world, row, offer = offered
    with after(1):
        ALLOCATE["customer"].run(world.admin, row.pk, {"owner": str(world.cast.stranger.pk)})
        with pytest.raises(Refused, match="已撤回"):
            take_offer(world.cast.actor("owner"), offer.pk)
        assert Round.objects.get().line[0] == world.cast.owner.pk
    assert world.owners([row]) == [world.cast.stranger.pk]


def test_b20_a_scheme_that_was_switched_off_asks_nobody_else(offered: tuple[World, Customer, Offer]) -> None:
    world, _row, offer = offered
    switch_off_scheme(world.admin, Scheme.objects.get().pk)
    with after(10):
        lapse_offers(NIGHTLY)
    assert Offer.objects.get().state == "lapsed"
    with after(11), pytest.raises(Refused, match="已超过"):
        take_offer(world.cast.actor("owner"), offer.pk)


def test_b20_offers_and_allocations_are_told(offered: tuple[World, Customer, Offer]) -> None:
    world, row, _offer = offered
    with after(1):
        while seal() or deliver():
            pass
        found, _more = notices(world.cast.actor("owner"))
        assert [notice.words for notice in found] == ["派单给您：「第0号客户」，请在 10:10 前领取"]
        assert found[0].place == "/allocation/offers"
        assert found[0].record_id is None, "what is offered is not his to open yet"
    for part in PARTS:
        with after(2):
            pass_offer(world.cast.actor(part), Offer.objects.get(state="open").pk)
    found, _more = notices(world.cast.actor("owner"))
    assert found[-1].words == "派单给您：「—」，请在 10:10 前领取", "what went on to others is not his to know any more"
    make_contact(world.admin, row)
    ALLOCATE["customer"].run(world.admin, row.pk, {"owner": str(world.cast.manager.pk)})
    while seal() or deliver():
        pass
    told = {(n.kind, n.member_id) for n in Notification.objects.exclude(kind="offer")}
    assert told == {("unanswered", world.cast.administrator.pk), ("allocated", world.cast.manager.pk)}


def test_b20_offers_that_ran_out_are_looked_for_every_quarter_of_a_minute() -> None:
    assert PERIODIC["allocation.lapse_offers"].split() == ["*"] * 5 + ["*/15"], "seconds are the sixth field"
