"""B15, C5: performance shares: what a split may say, who decides, whose the performance of a day is, whatever happens
to the record's owner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel import sealing
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models import Notification
from genjin.kernel.refusal import Refused
from genjin.org.models import Member
from genjin.ownership.models import Share, Split, SplitState
from genjin.ownership.queries.shares import shares_now, shares_of, shares_on
from genjin.ownership.rules import company_day
from genjin.ownership.shares import Decided, Reign, portions_on
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
Unchanged = Callable[[], AbstractContextManager[None]]


def run(actor: Actor, verb: str, row: Customer, **raw: Any) -> None:
    ACTIONS[f"customers.{verb}"].run(actor, row.pk, raw)


def parts(*given: tuple[Member, str]) -> list[dict[str, Any]]:
    return [{"member": member.pk, "percent": percent} for member, percent in given]


def held(row: Customer, day: date) -> dict[int | None, Decimal]:
    return {part.member_id: part.percent for part in shares_on([row.pk], day)[row.pk].portions}


def test_b15_shares_follow_the_day_the_owner_and_the_last_decision(cast: Cast) -> None:
    manager, owner, mate, other = cast.actor("manager"), cast.owner, cast.teammate, cast.stranger
    row = make_customer(cast.actor("owner"))
    today = company_day(timezone.now())
    assert held(row, today) == {owner.pk: Decimal(100)}, "without a split all is the owner's"
    assert held(row, today - timedelta(days=1)) == {}, "before there was the record nobody has anything"

    run(manager, "split", row, shares=parts((owner, "33.33"), (mate, "33.33"), (other, "33.34")), reason="三人协作")
    assert held(row, today) == {owner.pk: Decimal("33.33"), mate.pk: Decimal("33.33"), other.pk: Decimal("33.34")}
    # a later decision holds from its first day on, the days before stay
    later = today + timedelta(days=10)
    until = (today + timedelta(days=20)).isoformat()
    run(
        manager,
        "split",
        row,
        shares=parts((owner, "50"), (mate, "50%")),
        reason="分半",
        since=later.isoformat(),
        until=until,
    )
    assert held(row, today)[other.pk] == Decimal("33.34")
    assert held(row, later) == {owner.pk: Decimal(50), mate.pk: Decimal(50)}
    assert held(row, today + timedelta(days=21)) == {owner.pk: Decimal(100)}, "over after its last day"

    # the owner's part goes with the record, the others keep theirs; who has both has them together
    ACTIONS["customers.transfer"].run(cast.actor("administrator"), row.pk, {"owner": str(cast.manager.pk)})
    assert held(row, later) == {cast.manager.pk: Decimal(50), mate.pk: Decimal(50)}
    ACTIONS["customers.transfer"].run(cast.actor("administrator"), row.pk, {"owner": str(mate.pk)})
    assert held(row, later) == {mate.pk: Decimal(100)}
    # a pool ends it
    drop(row, make_pool("华东公海", owner.pk))
    ACTIONS["customers.assign"].run(cast.actor("administrator"), row.pk, {"receiver": str(owner.pk)})
    assert held(row, later) == {owner.pk: Decimal(100)}
    assert Split.objects.filter(record_id=row.pk, state=SplitState.STANDING).count() == 2, "nothing is rewritten"


def test_b15_a_wrong_split_says_what_is_wrong_and_changes_nothing(cast: Cast, unchanged: Unchanged) -> None:
    manager, owner, mate = cast.actor("manager"), cast.owner, cast.teammate
    row = make_customer(cast.actor("owner"))
    today = company_day(timezone.now())
    wrong: list[tuple[str, list[dict[str, Any]], dict[str, str], str]] = [
        ("sum", parts((owner, "50"), (mate, "49.99")), {}, "合计 99.99%，还差 0.01%"),
        ("sum", parts((owner, "60"), (mate, "50")), {}, "合计 110%，多了 10%"),
        ("twice", parts((mate, "50"), (mate, "50")), {}, "同一个人只能有一份"),
        ("no_parts", parts((owner, "0")), {}, "至少填写一个人"),
        ("invalid", parts((owner, "33.333"), (mate, "66.667")), {}, "最多两位小数"),
        ("invalid", [{"member": owner.pk, "percent": "-1"}], {}, "0 到 100"),
        ("invalid", [{"member": 0, "percent": "100"}], {}, "请选择一位在职成员"),
        ("invalid", [{"member": owner.pk, "percent": "一半"}], {}, "应填数字"),
        ("too_early", parts((owner, "100")), {"since": (today - timedelta(days=8)).isoformat()}, "最早从"),
        ("too_late", parts((owner, "100")), {"since": (today + timedelta(days=400)).isoformat()}, "一年之内"),
        ("ends_before", parts((owner, "100")), {"until": (today - timedelta(days=1)).isoformat()}, "不能早于"),
    ]
    for code, shares, more, words in wrong:
        with unchanged(), pytest.raises(Refused, match=words) as refused:
            run(manager, "split", row, shares=shares, reason="分半", **more)
        assert refused.value.code == code, words
    for part in ("owner", "stranger", "teammate"):
        with unchanged(), pytest.raises(Refused) as refused:
            run(cast.actor(part), "split", row, shares=parts((owner, "100")), reason="自己定")
        assert refused.value.status in (403, 404)
    nobodys = drop(make_customer(cast.actor("owner")), make_pool("华东公海", owner.pk))
    with unchanged(), pytest.raises(Refused) as refused:
        run(cast.actor("administrator"), "split", nobodys, shares=parts((owner, "100")), reason="公海里")
    assert refused.value.code == "in_pool"


def test_b15_the_owner_proposes_and_his_manager_decides(cast: Cast, unchanged: Unchanged) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    row = make_customer(owner)
    today = company_day(timezone.now())
    half = parts((cast.owner, "50"), (cast.teammate, "50"))
    run(owner, "propose_split", row, shares=half, reason="协助演示")
    assert held(row, today) == {cast.owner.pk: Decimal(100)}, "nothing counts yet"
    with unchanged(), pytest.raises(Refused, match="已有一份申请"):
        run(owner, "propose_split", row, shares=half, reason="再来一次")
    with unchanged(), pytest.raises(Refused):
        run(owner, "accept_split", row)
    run(manager, "decline_split", row, answer="没有参与")
    with unchanged(), pytest.raises(Refused, match="没有等待决定的申请"):
        run(manager, "accept_split", row)
    run(owner, "propose_split", row, shares=half, reason="补充说明")
    run(owner, "withdraw_split", row)
    run(owner, "propose_split", row, shares=half, reason="第三次")
    run(manager, "accept_split", row, answer="同意", joins="1")
    assert held(row, today) == {cast.owner.pk: Decimal(50), cast.teammate.pk: Decimal(50)}
    assert row_for(cast.actor("teammate"), Customer, row.pk, to=SEE), "who shares in it has a place in its team"
    while sealing.seal():
        pass
    sealing.deliver()
    told = Notification.objects.exclude(kind="transfer").order_by("id").values_list("kind", "member_id")
    assert list(told) == [
        ("propose_split", cast.manager.pk), ("decline_split", cast.owner.pk), ("propose_split", cast.manager.pk),
        ("propose_split", cast.manager.pk), ("split", cast.owner.pk), ("split", cast.teammate.pk),
    ]  # fmt: skip
    # a decision of the manager answers what waits
    run(owner, "propose_split", row, shares=parts((cast.owner, "100")), reason="全归我")
    run(manager, "split", row, shares=parts((cast.owner, "70"), (cast.teammate, "30")), reason="七三")
    assert not Split.objects.filter(state=SplitState.PROPOSED).exists()
    assert Split.objects.filter(state=SplitState.DECLINED).count() == 2


def test_b15_page_form_and_json_door_tell_the_same(cast: Cast) -> None:
    row = make_customer(cast.actor("owner"))
    url = f"/customers/{row.pk}/shares"
    boss, seller, stranger = Client(), Client(), Client()
    for client, member in ((boss, cast.manager), (seller, cast.owner), (stranger, cast.stranger)):
        client.force_login(member)
    assert "申请调整业绩份额" in seller.get(f"{url}/edit", headers=HTMX).content.decode()
    form = boss.get(f"{url}/edit", headers=HTMX).content.decode()
    assert 'data-sum="100"' in form
    assert "周牧远" in form
    sent = {
        "member": [cast.owner.pk, cast.teammate.pk],
        "percent": ["50", "40"],
        "reason": "分半",
        "since": "",
        "until": "",
    }
    answer = boss.post(f"{url}/edit", sent, headers=HTMX)
    assert (answer.status_code, Split.objects.count()) == (422, 0)
    assert "还差 10%" in answer.content.decode()
    assert 'value="40"' in answer.content.decode(), "what was filled in stays"
    assert boss.post(f"{url}/edit", sent | {"percent": ["50", "50"]}, headers=HTMX).status_code == 204
    page = seller.get(url).content.decode()
    assert "许星河" in page
    assert "5,000 元" in page, "an example of this very record"
    card = seller.get(f"/customers/{row.pk}/related", headers=HTMX).content.decode()
    assert "业绩份额" in card
    told = seller.get(f"/api/v1{url}").json()
    assert {(each["member"], each["percent"]) for each in told["shares"]} == {
        (cast.owner.pk, "50"), (cast.teammate.pk, "50"),
    }  # fmt: skip
    assert told["history"][0]["state"] == "standing"
    assert seller.get(f"/api/v1{url}?on=x").status_code == 400
    for address in (url, f"{url}/edit", f"/api/v1{url}"):
        assert stranger.get(address).status_code == 404


def test_b16_a_leavers_share_goes_to_the_receiver_from_that_day(cast: Cast) -> None:
    from genjin.kernel.handing import PARTS
    from genjin.kernel.recording import Recording, current

    administrator = cast.actor("administrator")
    row = make_customer(cast.actor("owner"))
    yesterday = replace(cast.actor("manager"), moment=timezone.now() - timedelta(days=1))
    ACTIONS["customers.split"].run(
        yesterday, row.pk, {"shares": parts((cast.owner, "60"), (cast.teammate, "40")), "reason": "协作"}
    )
    ids = shares_now(cast.teammate.pk)
    assert ids == list(Share.objects.filter(member=cast.teammate).values_list("pk", flat=True))
    part, today = PARTS["shares"], company_day(timezone.now())
    token = current.set(Recording(administrator, "handovers.move_next"))
    passing = part.move(administrator, ids, cast.teammate.pk, cast.stranger.pk)
    assert held(row, today) == {cast.owner.pk: Decimal(60), cast.stranger.pk: Decimal(40)}
    back = part.move_back(administrator, passing.done, cast.teammate.pk, cast.stranger.pk)
    current.reset(token)
    assert len(back.done) == 1
    assert held(row, today) == {cast.owner.pk: Decimal(60), cast.teammate.pk: Decimal(40)}
    assert shares_of(cast.actor("owner"), row, today).since == today


MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HELD = st.tuples(st.sampled_from([1, 2, 3, None]), st.booleans(), st.integers(1, 9))
SPLITS = st.tuples(st.integers(0, 40), st.none() | st.integers(0, 20), st.integers(0, 40), st.integers(1, 99))


@settings(max_examples=150, deadline=None)
@given(st.lists(HELD, min_size=1, max_size=6), st.lists(SPLITS, max_size=4), st.integers(0, 50))
def test_b15_whatever_happens_the_whole_is_somebodys_and_the_last_decision_holds(
    held_by: list[tuple[int | None, bool, int]], made: list[tuple[int, int | None, int, int]], at: int
) -> None:
    """Against a reference that walks the days."""
    reigns, start = [], MONDAY
    for owner, undone, days in held_by:
        until = start + timedelta(days=days)
        reigns.append(Reign(owner, pooled=owner is None, since=start, until=until, undone=undone))
        start = until
    decided = []
    for n, (first, more, on, part) in enumerate(made):
        since, until = MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + (more or 0))
        parts_ = {None: Decimal(part), 2: Decimal(100 - part)}
        moment = MONDAY + timedelta(days=on, minutes=n)
        decided.append(Decided(since.date(), None if more is None else until.date(), moment, parts_))
    day = (MONDAY + timedelta(days=at)).date()
    portions, split = portions_on(day, MONDAY + timedelta(days=at + 1), reigns, decided)
    assert sum(part.percent for part in portions) == 100
    assert len({part.member_id for part in portions}) == len(portions)

    owner = next(r.owner_id for r in reversed(reigns) if r.since < MONDAY + timedelta(days=at + 1))
    last = next((d for d in sorted(decided, key=lambda d: d.decided_at, reverse=True) if d.since <= day), None)
    pooled = any(
        r.owner_id is None and last and last.decided_at < r.since < MONDAY + timedelta(days=at + 1)
        and not (n + 1 < len(reigns) and reigns[n + 1].undone and reigns[n + 1].since < MONDAY + timedelta(days=at + 1))
        for n, r in enumerate(reigns)
    )  # fmt: skip
    holds = last is not None and not pooled and (last.until is None or last.until >= day)
    assert split == (last if holds else None)
    wanted = {owner: Decimal(100)}
    if holds and last is not None:
        wanted = {owner: last.parts[None]}
        wanted[2] = wanted.get(2, Decimal(0)) + last.parts[2]
    assert {part.member_id: part.percent for part in portions} == wanted
