"""B3: a sales clash is found, declared, told no further than the rules of 查重 allow, and ruled with a reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from genjin.clashes.actions.declaring import handle, rivals_told
from genjin.clashes.finding import FEW, worth_comparing
from genjin.clashes.models import Clash
from genjin.clashes.queries import MINE, MY_RULING, clash_for, clashes_seen
from genjin.clashes.rules import ClashState, Evidence, Ground, Origin, Ruling, proposed
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.duplicates.models import DuplicateRule, NoDuplicate
from genjin.kernel import sealing
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.models import Event, Notification
from genjin.kernel.refusal import NotFound, Refused
from genjin.ownership.models import Period, Rule
from genjin.ownership.queries.shares import shares_on
from genjin.ownership.rules import company_day
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
NAME, ALIKE = "苏州晶砺半导体有限公司", "苏州晶砺半导体"


def settle() -> None:
    while sealing.seal():
        pass
    sealing.deliver()


def created(actor: Actor, name: str = NAME, **more: str) -> Customer:
    made = ACTIONS["customers.create"].run(actor, None, {"name": name, "duplicate_known": "1", **more})
    return Customer.objects.get(pk=made.row_id or 0)


def two(cast: Cast, other: str = "stranger") -> tuple[Customer, Customer, Clash]:
    """The owner's customer, somebody else's like it, and the case that comes of it."""
    earlier, later = created(cast.actor("owner")), created(cast.actor(other), ALIKE)
    settle()
    return earlier, later, Clash.objects.get()


def rule(actor: Actor, clash: Clash, ruling: str, reason: str = "先拜访") -> None:
    ACTIONS["customers.rule_clash"].run(actor, clash.pk, {"ruling": ruling, "reason": reason})


def test_b3_valid_ownership_before_the_earlier_record_before_the_manager() -> None:
    now, day = timezone.now(), timedelta(days=1)

    def side(row: int, since: float, followed: float | None = None) -> Evidence:
        return Evidence(row, row, now - since * day, now - 400 * day, now - followed * day if followed else None)

    assert proposed(side(1, 40), side(2, 10), now, 30).ruling is Ruling.LATER
    assert proposed(side(1, 40, 5), side(2, 100), now, 30).ruling is Ruling.EARLIER
    both = proposed(side(1, 29.9), side(2, 100, 1), now, 30)
    assert (both.ruling, both.ground) == (Ruling.EARLIER, Ground.FIRST)
    neither = proposed(side(1, 31), side(2, 31, 30.1), now, 30)
    assert (neither.ruling, neither.ground) == (None, Ground.NOBODY)


def test_b3_a_new_record_like_anothers_opens_one_case_and_both_sides_hear_of_it(cast: Cast) -> None:
    earlier, later, clash = two(cast)
    assert (clash.earlier_id, clash.later_id, clash.origin) == (earlier.pk, later.pk, Origin.CREATED)
    settle()
    settle()
    told = set(Notification.objects.values_list("member_id", "kind", "row_id"))
    asked = {(cast.administrator.pk, "clash_asks", None)}  # nobody else leads both sides
    assert told == {(cast.owner.pk, "clash_open", earlier.pk), (cast.stranger.pk, "clash_open", later.pk)} | asked
    # one's own two records and those in pools are no clash
    created(cast.actor("owner"), "苏州晶砺半导体（总部）")
    drop(Customer.objects.get(pk=later.pk), make_pool("华东公海", cast.stranger.pk))
    created(cast.actor("teammate"), "别的公司")
    settle()
    assert Clash.objects.filter(later_id__gt=later.pk).exclude(later_owner=cast.owner).count() == 0


def test_b3_sides_learn_no_more_than_the_rules_of_duplicates_show(cast: Cast) -> None:
    earlier, later, clash = two(cast)
    secret = Customer.objects.get(pk=later.pk)
    client = Client()
    client.force_login(cast.owner)
    pages = [f"/clashes/{clash.pk}", "/clashes", f"/api/v1/clashes/{clash.pk}", "/api/v1/clashes"]
    for page in pages:
        body = client.get(page).content.decode()
        assert NAME in body, page
        assert secret.name not in body.replace(NAME, ""), page
        assert secret.code not in body, page
        assert f"/customers/{later.pk}" not in body, page
    seen = client.get(f"/api/v1/clashes/{clash.pk}").json()
    assert (seen["later"]["id"], seen["later"]["title"], seen["later"]["owner"]) == (
        None,
        "同事的记录",
        cast.stranger.name,
    )
    assert "registered" not in seen["later"]
    assert seen["proposed"] is None
    assert client.get(f"/customers/{earlier.pk}/related", headers=HTMX).content.decode().count('id="clashes"') == 1
    Clash.objects.update(shown=[])
    for page in pages[::2]:
        assert cast.stranger.name not in client.get(page).content.decode(), "not even who opened it"
    # who sees neither of them does not know of it; where no rule tells, nobody but who sees both
    other = Client()
    other.force_login(cast.teammate)
    assert other.get(f"/clashes/{clash.pk}").status_code == other.get("/clashes/999999999").status_code == 404
    Clash.objects.update(told=False)
    assert client.get(f"/clashes/{clash.pk}").status_code == 404
    assert NAME not in client.get("/clashes").content.decode()
    assert clash_for(cast.actor("administrator"), clash.pk).both
    with pytest.raises(NotFound):
        clash_for(cast.actor("manager"), clash.pk)
    assert clashes_seen(cast.actor("administrator"), CUSTOMER, whose=MY_RULING)[0]
    assert not clashes_seen(cast.actor("owner"), CUSTOMER, whose=MINE)[0]


def test_b3_declaring_names_only_what_may_be_known_and_is_limited(cast: Cast, unchanged: Unchanged) -> None:
    owner = cast.actor("owner")
    mine = created(owner, "昆山拓维光电")
    declare = ACTIONS["customers.declare_clash"]
    with unchanged(), pytest.raises(Refused, match="没有查到您可以知道的相同记录") as nothing:
        declare.run(owner, mine.pk, {"statement": "谈到报价"})
    other = created(cast.actor("stranger"), "昆山拓维光电有限公司")
    silence(cast)
    with unchanged(), pytest.raises(Refused) as silent:
        declare.run(cast.actor("owner"), mine.pk, {"statement": "谈到报价"})
    assert (silent.value.code, silent.value.message) == (nothing.value.code, nothing.value.message)
    silence(cast, told="exists")
    told = rivals_told(cast.actor("owner"), mine)
    assert [(name, seen) for name, _rival, seen in told] == [(handle(owner, mine, other), False)]
    assert str(other.pk) not in told[0][0]
    with pytest.raises(Refused) as which:
        declare.run(cast.actor("owner"), mine.pk, {"statement": "谈到报价", "other": "0" * 24})
    assert (which.value.code, Clash.objects.count()) == ("which", 0)
    assert Event.objects.latest("id").note["told"] == [other.pk], "that he was told is written down, refused or not"
    with unchanged(), pytest.raises(NotFound):
        declare.run(cast.actor("teammate"), mine.pk, {"statement": "不是我的"})
    made = declare.run(cast.actor("owner"), mine.pk, {"statement": "谈到报价", "other": told[0][0]})
    with pytest.raises(Refused) as again:
        declare.run(cast.actor("owner"), mine.pk, {"statement": "谈到报价"})
    assert again.value.code == "open"
    ACTIONS["customers.withdraw_clash"].run(cast.actor("owner"), made.row_id, {"reason": "同名不同家"})
    ACTIONS["settings.change"].run(cast.actor("administrator"), None, {"changes": {"clashes.declared_daily": "1"}})
    with pytest.raises(Refused) as many:
        declare.run(cast.actor("owner"), mine.pk, {"statement": "再来"})
    assert many.value.status == 429


def test_b3_ruling_gives_the_record_to_one_side_with_its_reason_in_the_ledger(cast: Cast, unchanged: Unchanged) -> None:
    earlier, later, clash = two(cast)
    administrator = cast.actor("administrator")
    for part, wanted in (("owner", 403), ("manager", 404), ("teammate", 403)):
        with unchanged(), pytest.raises(Refused) as refused:
            rule(cast.actor(part), clash, Ruling.EARLIER)
        assert refused.value.status == wanted, part
    with unchanged(), pytest.raises(Refused):
        rule(administrator, clash, Ruling.EARLIER, "")
    rule(administrator, clash, Ruling.EARLIER)
    now = Customer.objects.get(pk=later.pk)
    last = Period.objects.filter(record_id=later.pk).latest("id")
    assert (now.owner_id, last.rule, last.reason, last.owner_id) == (cast.owner.pk, Rule.RULED, "先拜访", cast.owner.pk)
    done = Clash.objects.get()
    assert (done.state, done.basis["proposed"], done.basis["valid_days"]) == (ClashState.RULED, "earlier", 30)
    with unchanged(), pytest.raises(Refused, match="已经裁定"):
        rule(administrator, clash, Ruling.LATER)
    settle()
    told = Notification.objects.filter(kind="clash_ruled").values_list("member_id", flat=True)
    assert set(told) == {cast.owner.pk, cast.stranger.pk}
    page = Client()
    page.force_login(cast.administrator)
    assert f"/customers/merge?ids={earlier.pk},{later.pk}" in page.get(f"/clashes/{clash.pk}").content.decode()


def test_b3_ruling_halves_or_leaves_both_and_nobody_rules_his_own(cast: Cast, unchanged: Unchanged) -> None:
    earlier, later, clash = two(cast)
    administrator = cast.actor("administrator")
    rule(administrator, clash, Ruling.SHARED)
    today = company_day(timezone.now())
    found = shares_on([earlier.pk, later.pk], today)
    halves = {cast.owner.pk: Decimal(50), cast.stranger.pk: Decimal(50)}
    assert all({p.member_id: p.percent for p in each.portions} == halves for each in found.values())
    assert Customer.objects.get(pk=later.pk).owner_id == cast.stranger.pk

    one, two_ = created(cast.actor("teammate"), "无锡恒川机电"), created(administrator, "无锡恒川机电有限公司")
    settle()
    own = Clash.objects.get(earlier_id=one.pk)
    with unchanged(), pytest.raises(Refused, match="当事的一方"):
        rule(administrator, own, Ruling.LATER)
    ACTIONS["customers.transfer"].run(administrator, two_.pk, {"owner": str(cast.teammate.pk)})
    with unchanged(), pytest.raises(Refused):
        rule(administrator, own, Ruling.EARLIER)

    ACTIONS["customers.void"].run(administrator, two_.pk, {"reason": "重复"})
    Clash.objects.filter(pk=own.pk).update(earlier_owner=cast.teammate, later_owner=cast.owner)
    with unchanged(), pytest.raises(Refused, match="已作废或被合并"):
        rule(administrator, own, Ruling.EARLIER)
    three, four = created(cast.actor("owner"), "常州远景风能"), created(cast.actor("stranger"), "常州远景风能")
    settle()
    apart = Clash.objects.get(earlier_id=three.pk)
    rule(administrator, apart, Ruling.APART)
    assert NoDuplicate.objects.filter(one_id=three.pk, other_id=four.pk).exists()
    settle()
    assert Clash.objects.filter(state=ClashState.OPEN).exclude(pk=own.pk).count() == 0, "never twice by itself"


def test_b3_of_many_new_records_only_those_with_a_shared_key_are_compared(cast: Cast) -> None:
    mine = created(cast.actor("owner"))
    rows = [(n, {"name": f"无锡{n}号机电有限公司", "duplicate_known": "1"}) for n in range(FEW)]
    rows += [(FEW, {"name": ALIKE, "duplicate_known": "1"})]
    made = ACTIONS["customers.create"].run_rows(cast.actor("stranger"), rows)
    assert worth_comparing(CUSTOMER, made.done) == [made.done[-1]]
    settle()
    assert [(c.earlier_id, c.later_id) for c in Clash.objects.all()] == [(mine.pk, made.done[-1])]
    ACTIONS["settings.change"].run(cast.actor("administrator"), None, {"changes": {"clashes.watches": ""}})
    created(cast.actor("teammate"), ALIKE)
    settle()
    assert Clash.objects.count() == 1, "the company does not want it found by itself"


def test_b3_pages_of_who_rules(cast: Cast) -> None:
    earlier, later, clash = two(cast)
    client = Client()
    client.force_login(cast.administrator)
    assert ALIKE in client.get("/clashes?whose=ruling").content.decode()
    page = client.get(f"/clashes/{clash.pk}").content.decode()
    assert "以先登记的为准" in page
    assert 'value="earlier" checked' in page
    answer = client.post(f"/clashes/{clash.pk}/rule", {"ruling": "earlier", "reason": ""})
    assert (answer.status_code, Clash.objects.get().state) == (422, ClashState.OPEN)
    assert client.post(f"/clashes/{clash.pk}/rule", {"ruling": "later", "reason": "后登记的已成交"}).status_code == 302
    assert Customer.objects.get(pk=earlier.pk).owner_id == cast.stranger.pk
    assert "后登记的已成交" in client.get(f"/clashes/{clash.pk}").content.decode()
    seller = Client()
    seller.force_login(cast.stranger)
    form = seller.get(f"/customers/{later.pk}/clash", headers=HTMX)
    assert "clash/like" in form.content.decode()
    assert seller.post(f"/customers/{later.pk}/clash/like", headers=HTMX).status_code == 200


def silence(cast: Cast, **changes: Any) -> None:
    """The built-in rule of customers, changed: it tells nothing of what somebody may not see."""
    raw = {
        "record_type": "customer",
        "preset": "company",
        "name": "同一家单位",
        "alternatives": [[{"field": "name", "how": "fuzzy"}]],
        "effects": {"create": "warn", "tool": "warn", "api": "warn", "import": "warn"},
        "on": True,
        "told": "nothing",
        "shown": ["owner"],
    }
    stored = DuplicateRule.objects.filter(preset="company").first()
    if stored is None:
        ACTIONS["duplicates.change_preset"].run(cast.actor("administrator"), None, raw | changes)
    else:
        left = {key: value for key, value in raw.items() if key not in ("record_type", "preset")}
        ACTIONS["duplicates.change_rule"].run(cast.actor("administrator"), stored.pk, left | changes)
