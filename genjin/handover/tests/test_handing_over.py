"""B16: what a leaver was responsible for goes to others, everything else stays; it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.customers.actions.customers import (
    add_customer_teammate,
    edit_customer,
    transfer_customer,
    void_customer,
)
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.tests.factories import make_followup
from genjin.handover import work
from genjin.handover.actions import arrange, begin_handover, cancel_handover, move_next, prepare_handover
from genjin.handover.arrangement import Arrangement, Share
from genjin.handover.models import Handover, Item
from genjin.handover.queries import preview
from genjin.handover.receivers import written
from genjin.handover.rules import Kind, Standing, State, Stays, Teams
from genjin.handover.tests.factories import handed_over, prepared, to
from genjin.kernel import sealing
from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import Values
from genjin.kernel.models import Notification
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.timeline import timeline
from genjin.kernel.undo import undo_event
from genjin.org.actions.tokens import create_token
from genjin.org.models import AccessToken, Member, Session
from genjin.ownership.models import Capacity, Period, Pool, Rule, Teammate
from genjin.ownership.standing import administers, pool_named
from genjin.ownership.tests.pool_worlds import make_pool
from genjin.plans.actions.feeds import make_feed
from genjin.plans.actions.settling import follow_owner
from genjin.plans.models import CalendarFeed, Plan
from genjin.plans.tests.factories import make_plan
from genjin.testing.cast import PASSWORD, Cast
from genjin.ui.models import SavedView

Unchanged = Callable[[], AbstractContextManager[None]]


def test_b16_s2_56_everything_of_a_leaver_goes_to_the_receiver_and_authorship_stays(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    customer = make_customer(mine)
    contact, talk = make_contact(mine, customer), make_followup(mine, customer)
    plan, loose = make_plan(mine, customer), make_plan(mine, content="整理样册")
    elsewhere = make_customer(cast.actor("stranger"), "无锡柏联")
    add_customer_teammate(cast.actor("stranger"), elsewhere.pk, member=cast.owner.pk, writes=True)
    helping = make_plan(mine, elsewhere, "一起拜访")
    gone = void_customer(mine, make_customer(mine, "作废的").pk, reason="重复")
    row = handed_over(boss, cast.owner, cast.teammate)
    assert row.state == State.DONE
    assert (row.done, row.total) == (5, 5)
    for each in (customer, contact, talk, plan):
        each.refresh_from_db()
        assert (each.owner_id, each.department_id) == (cast.teammate.pk, cast.teammate.department_id)
    assert (talk.author_id, plan.assignee_id) == (cast.owner.pk, cast.teammate.pk)
    loose.refresh_from_db()
    helping.refresh_from_db()
    assert (loose.owner_id, loose.assignee_id, helping.assignee_id) == (cast.teammate.pk,) * 3
    place = Teammate.objects.get(record_id=elsewhere.pk)
    assert (place.member_id, place.writes) == (cast.teammate.pk, True)
    gone.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (gone.owner_id, elsewhere.owner_id) == (cast.owner.pk, cast.stranger.pk)
    ledger = list(Period.objects.filter(record_id=customer.pk).order_by("id").values_list("owner_id", "rule"))
    assert ledger == [(cast.owner.pk, Rule.CREATED), (cast.teammate.pk, Rule.HANDED_OVER)]
    assert Period.objects.filter(until=None, record_id=contact.pk).get().rule == Rule.FOLLOWED
    entry = timeline(cast.actor("teammate"), customer)[0][0]
    assert entry.label == "交接"
    assert entry.note["handed_to"] == f"member:{cast.teammate.pk}"


def test_b16_who_resigns_is_signed_out_everywhere_at_once_who_moves_is_not(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    make_customer(mine)
    create_token(mine, name="报表", days="30", current=PASSWORD)
    make_feed(mine)
    ends = timezone.now() + timedelta(days=1)
    Session.objects.create(session_key="k" * 32, expire_date=ends, member=cast.owner)
    prepared(boss, cast.owner, cast.teammate)
    assert Session.objects.filter(member=cast.owner).exists()
    work.begin_handover(boss, Handover.objects.get().pk)
    cast.owner.refresh_from_db()
    assert (cast.owner.is_active, cast.owner.left_at is not None) == (False, True)
    assert not Session.objects.filter(member=cast.owner).exists()
    assert not AccessToken.objects.filter(member=cast.owner, revoked_at=None).exists()
    assert not CalendarFeed.objects.filter(member=cast.owner, revoked_at=None).exists()
    make_customer(cast.actor("teammate"), "转岗的")
    handed_over(cast.actor("administrator"), cast.teammate, cast.stranger, kind=Kind.MOVE)
    assert Member.objects.get(pk=cast.teammate.pk).is_active


def test_b16_even_split_shares_by_filter_and_what_nobody_gets(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    for n in range(7):
        make_customer(mine, f"苏州第{n}家", level="A" if n < 3 else "B", region="320500" if n == 6 else "310000")
    row = prepared(
        boss,
        cast.owner,
        cast.stranger,
        cast.teammate,
        shares=(Share("customer", "level.in=A&owner.in=me", to(cast.manager), "重点客户"),),
    )
    seen = preview(boss, row)
    told = [
        (line.share, line.count, [n for _to, _name, n in line.receivers])
        for line in seen.lines
        if line.key == "customer"
    ]
    assert told == [("重点客户", 3, [3]), ("其余", 4, [2, 2])]
    assert {(load.name, load.has, load.gets) for load in seen.loads} == {
        ("林知夏", 0, 3),
        ("陌路人", 0, 2),
        ("许星河", 0, 2),
    }
    work.begin_handover(boss, row.pk, waiting=True)
    held = {
        m.pk: Customer.objects.filter(owner=m).count() for m in (cast.owner, cast.manager, cast.stranger, cast.teammate)
    }
    assert held == {cast.owner.pk: 0, cast.manager.pk: 3, cast.stranger.pk: 2, cast.teammate.pk: 2}
    again = make_customer(cast.actor("stranger"), "只此一家")
    staying = prepared(cast.actor("administrator"), cast.stranger, cast.manager, parts={"customer": ()})
    make_plan(cast.actor("stranger"), content="自己的事")
    done = work.begin_handover(cast.actor("administrator"), staying.pk, waiting=True)
    again.refresh_from_db()
    assert again.owner_id == cast.stranger.pk
    stayed = Item.objects.filter(handover=done, part="customer")
    assert {(item.state, item.why) for item in stayed} == {(Standing.STAYED, "没有指定接收人")}


def test_b16_options_the_old_owner_stays_in_the_team_and_teams_are_cleared(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    customer = make_customer(mine)
    add_customer_teammate(mine, customer.pk, member=cast.stranger.pk)
    until = (timezone.now() + timedelta(days=30)).date()
    row = handed_over(
        boss, cast.owner, cast.teammate, kind=Kind.MOVE, stays=Stays.WRITES, stays_until=until, teams=Teams.ALL
    )
    place = Teammate.objects.get(record_id=customer.pk)
    assert (place.member_id, place.writes, place.expires_at is not None) == (cast.owner.pk, True, True)
    work.undo_handover(boss, row.pk, waiting=True)
    place = Teammate.objects.get(record_id=customer.pk)
    assert (place.member_id, place.writes) == (cast.stranger.pk, False)


def test_b16_undo_gives_back_what_was_not_touched_and_lists_the_rest(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    customers = [make_customer(mine, f"第{n}家") for n in range(3)]
    plans = [make_plan(mine, customers[0]), make_plan(mine, content="独自的")]
    row = handed_over(boss, cast.owner, cast.teammate)
    edit_customer(cast.actor("teammate"), customers[1].pk, values=Values({"remarks": "已联系"}))
    undone = work.undo_handover(boss, row.pk, waiting=True)
    assert undone.state == State.UNDONE
    owners = dict(Customer.objects.values_list("pk", "owner_id"))
    assert [owners[c.pk] for c in customers] == [cast.owner.pk, cast.teammate.pk, cast.owner.pk]
    assert set(Plan.objects.filter(pk__in=[p.pk for p in plans]).values_list("assignee_id", flat=True)) == {
        cast.owner.pk
    }
    kept = Item.objects.get(handover=row, state=Standing.KEPT)
    assert (kept.row_id, kept.why) == (customers[1].pk, "之后又被修改，保持不变")
    assert undone.counts["customer"] == {str(Standing.BACK): 2, str(Standing.KEPT): 1}
    assert not Member.objects.get(pk=cast.owner.pk).is_active


def test_b16_one_message_for_each_receiver_and_the_superior(cast: Cast) -> None:
    mine = cast.actor("owner")
    for n in range(3):
        make_plan(mine, make_customer(mine, f"第{n}家"))
    tell()
    handed_over(cast.actor("administrator"), cast.owner, cast.teammate)
    tell()
    told = Notification.objects.filter(kind__in=("handover_received", "handover_done", "transfer", "plan_given"))
    assert sorted((each.kind, each.member_id, each.note.get("count")) for each in told) == [
        ("handover_done", cast.manager.pk, 3),
        ("handover_received", cast.teammate.pk, 3),
    ]


def test_b16_refusals_say_why_and_change_nothing(cast: Cast, unchanged: Unchanged) -> None:
    make_customer(cast.actor("owner"))
    boss, admin = cast.actor("manager"), cast.actor("administrator")
    with pytest.raises(Forbidden):
        prepare_handover(cast.actor("stranger"), leaver=cast.owner.pk)
    with pytest.raises(NotFound):
        prepare_handover(boss, leaver=cast.stranger.pk)
    with pytest.raises(Refused, match="自己的交接"):
        prepare_handover(boss, leaver=cast.manager.pk)
    row = prepared(boss, cast.owner, cast.teammate)
    with pytest.raises(Refused, match="已有进行中的交接"):
        prepare_handover(admin, leaver=cast.owner.pk)
    with unchanged():
        with pytest.raises(Refused, match="不能是交接人自己"):
            prepared_again(boss, row, cast.owner)
        with pytest.raises(Refused, match="不能按"):
            prepared_again(boss, row, cast.teammate, Share("customer", "nonsense.in=1", to(cast.teammate)))
        # how many fit a filter tells what records say: personnel that sees none of them sets up no filter
        personnel = replace(boss, grants={key: scope for key, scope in boss.grants.items() if key != "customers.see"})
        with pytest.raises(Forbidden, match="您看不到「周牧远」的客户，不能按条件分配"):
            prepared_again(personnel, row, cast.teammate, Share("customer", "name.contains=晶", to(cast.teammate)))
    Capacity.objects.create(id=1, record_type="customer", name="销售", scope={"everybody": True}, most=0)
    bump_stamp()
    with pytest.raises(Refused, match="超出接收人的容量：许星河（客户现有 0，将接收 1，最多还能接收 0）"):
        begin_handover(cast.actor("manager"), row.pk, force=True)
    assert Member.objects.get(pk=cast.owner.pk).is_active
    forced = begin_handover(cast.actor("administrator"), row.pk, force=True)
    assert (forced.forced, forced.state) == (True, State.RUNNING)
    with pytest.raises(Refused, match="交接中"):
        cancel_handover(cast.actor("manager"), row.pk)


def test_b16_shared_views_and_reporting_lines_go_on(cast: Cast) -> None:
    view = SavedView.objects.create(id=9, record_type="customer", name="华东", member=cast.manager, shared=True)
    SavedView.objects.create(id=10, record_type="customer", name="华东", member=cast.teammate)
    admin = cast.actor("administrator")
    row = handed_over(admin, cast.manager, cast.teammate)
    view.refresh_from_db()
    assert (view.member_id, view.name) == (cast.teammate.pk, "华东（林知夏）")
    assert Member.objects.get(pk=cast.owner.pk).superior_id is None
    work.undo_handover(cast.actor("administrator"), row.pk, waiting=True)
    view.refresh_from_db()
    assert (view.member_id, view.name) == (cast.manager.pk, "华东")
    assert Member.objects.get(pk=cast.owner.pk).superior_id == cast.manager.pk


def tell() -> None:
    while sealing.seal():
        pass
    sealing.deliver()


def prepared_again(actor: Actor, row: Handover, receiver: Member, *shares: Share) -> None:
    arrange(actor, row.pk, arrangement=Arrangement(everything=to(receiver), shares=shares).to_json())


def test_b16_who_gives_one_record_away_may_stay_in_its_team_and_undo_takes_the_place_back(cast: Cast) -> None:
    mine = cast.actor("manager")
    first, second = make_customer(mine, "一号"), make_customer(mine, "二号")
    add_customer_teammate(mine, second.pk, member=cast.teammate.pk)
    raw = {"owner": str(cast.owner.pk), "stays": "write"}
    outcome = transfer_customer.run_many(mine, [first.pk, second.pk], raw)
    places = Teammate.objects.filter(member=cast.manager).values_list("record_id", "writes")
    assert set(places) == {(first.pk, True), (second.pk, True)}
    assert outcome.event_id is not None
    undone = undo_event(mine, outcome.event_id)
    assert (sorted(undone.done), undone.kept) == ([first.pk, second.pk], [])
    assert list(Teammate.objects.values_list("member_id", flat=True)) == [cast.teammate.pk]
    assert set(Customer.objects.values_list("owner_id", flat=True)) == {cast.manager.pk}


def test_b16_what_nobody_takes_over_can_go_into_a_pool_and_come_back(cast: Cast) -> None:
    mine, admin = cast.actor("owner"), cast.actor("administrator")
    customer, resting = make_customer(mine, "在跟的"), make_customer(mine, "歇着的")
    plan = make_plan(mine, customer)
    Customer.objects.filter(pk=resting.pk).update(life=Life.ARCHIVED)
    pool = Pool.objects.create(id=7, record_type="customer", name="离职回收")
    bump_stamp()
    parts = {"customer": (written("pool", pool.pk),)}
    admin = cast.actor("administrator")
    row = handed_over(admin, cast.owner, cast.teammate, parts=parts)
    customer.refresh_from_db()
    plan.refresh_from_db()
    assert (customer.owner_id, customer.pool_id, customer.pool_reason) == (None, pool.pk, "离职回收：个人原因")
    assert Period.objects.get(record_id=customer.pk, until=None).rule == Rule.HANDED_OVER
    assert plan.assignee_id == cast.owner.pk  # whoever claims the customer plans anew
    why = dict(Item.objects.filter(handover=row, state=Standing.STAYED).values_list("row_id", "why"))
    assert why[resting.pk] == "已归档，不能放入公海"
    work.undo_handover(cast.actor("administrator"), row.pk, waiting=True)
    customer.refresh_from_db()
    assert (customer.owner_id, customer.pool_id) == (cast.owner.pk, None)
    with pytest.raises(Refused, match="不能和成员均分"):
        prepared(
            cast.actor("administrator"), cast.stranger, parts={"customer": (*parts["customer"], *to(cast.teammate))}
        )


def test_b16_a_plan_that_followed_its_customer_meanwhile_is_handed_over_once(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    customer = make_customer(mine)
    plan = make_plan(mine, customer)
    row = begin_handover(boss, prepared(boss, cast.owner, cast.teammate).pk, waiting=True)
    while Customer.objects.get().owner_id == cast.owner.pk:
        move_next(boss, row.pk)
    follow_owner(system("plans.settle", "plans.see", "customers.see"), moved=[(customer.pk, cast.owner.pk)])
    done = work.run(boss, row)
    assert done.counts["open_plans"] == {str(Standing.MOVED): 1}
    work.undo_handover(boss, row.pk, waiting=True)
    plan.refresh_from_db()
    assert plan.assignee_id == cast.owner.pk


def test_b16_who_takes_over_a_pool_administers_it_at_once_and_after_an_undo_no_more(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, admins=(cast.owner.pk,))

    def in_charge() -> list[bool]:
        actors = [cast.actor("owner"), cast.actor("teammate")]
        return [administers(actor, pool_named(actor.stamp, pool.pk) or pool) for actor in actors]

    assert in_charge() == [True, False]
    boss = cast.actor("manager")
    row = handed_over(boss, cast.owner, cast.teammate, kind=Kind.MOVE)
    assert in_charge() == [False, True]
    work.undo_handover(boss, row.pk, waiting=True)
    assert in_charge() == [True, False]
