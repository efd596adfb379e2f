"""Pools as members, administrators and managers meet them: words that tell neither too much nor too little, addresses
that bear anything, previews that mean what would be saved, protection that comes back with an undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel import viewing
from genjin.kernel.actions import ACTIONS
from genjin.kernel.fields.base import Access
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.undo import undo_event
from genjin.ownership.filling import drafted
from genjin.ownership.models import Pool, Recycling
from genjin.ownership.queries import just_claimed
from genjin.ownership.queries.falling import touched_by
from genjin.ownership.tests.pool_worlds import make_pool, make_rule, pooled
from genjin.testing.cast import Cast, limit


def page_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def client_of(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_rules_name_own_fields_and_not_those_out_of_sight_B4_P5(cast: Cast) -> None:
    OwnField(id=900_001, record_type="customer", key="x_stage", kind="choice", label="采购阶段", section="basic").save(
        force_insert=True
    )
    pool = make_pool(
        "华东公海", recycles=True, remind_days=[7, 1], hidden={"x_stage": "hidden", "risks": "hidden"},
        claims={"protect_days": 10},
    )  # fmt: skip
    make_rule(pool, "no_followup", 15, field="x_stage", options=["early"])
    make_rule(pool, "no_followup", 20, field="level", options=["A"])
    client, rules = client_of(cast.owner), f"/customers/pools/{pool.pk}/rules"
    told = page_of(client, rules)
    assert "采购阶段为" in told
    assert "客户等级为" in told
    assert "采购阶段" in told.split("领取之前看不到：")[1]
    assert "掉入前 7、1 天提醒负责人" in told
    limit("salesperson", "customer.level", Access.HIDDEN)
    limit("salesperson", "customer.x_stage", Access.HIDDEN)
    told = page_of(client, rules)
    assert "客户等级" not in told
    assert "采购阶段" not in told
    assert "部分客户，15 天没有跟进" in told


def test_dry_run_bears_any_address_and_is_found_by_who_administers_B4_P8(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, admins=(cast.stranger.pk,), recycles=True)
    make_rule(pool, "no_followup", 30)
    ahead = f"/settings/pools/{pool.pk}/tonight"
    client = client_of(cast.stranger)
    assert ahead in page_of(client, f"/customers/pools/{pool.pk}")
    assert ahead not in page_of(client_of(cast.owner), f"/customers/pools/{pool.pk}")
    for asked in ("after=x_5", "after=2026-11-24T02:00:00_99999999999999999999", "day=9999-12-31", "day=0001-01-01"):
        page_of(client, f"{ahead}?{asked}")


def test_verbs_of_owned_records_are_offered_for_many_at_once_B4(cast: Cast) -> None:
    make_customer(cast.actor("owner"))
    offered = page_of(client_of(cast.manager), "/customers")
    for verb in ("return", "reclaim", "lock", "protect", "transfer"):
        assert f'"/customers/bulk/{verb}"' in offered
    for verb in ("claim", "assign", "move_pool", "unlock"):
        assert f'"/customers/bulk/{verb}"' not in offered
    assert '"/customers/bulk/reclaim"' not in page_of(client_of(cast.owner), "/customers")


def test_opening_a_record_at_a_pool_counts_for_the_watch_over_views(cast: Cast) -> None:
    pool = make_pool()
    row = pooled(cast, pool)
    client = client_of(cast.stranger)
    viewing.forget()
    for _time in range(2):
        page_of(client, f"/customers/pools/{pool.pk}/{row.pk}")
    opened = {key[1]: count for key, count in viewing.take().items()}
    assert opened == {viewing.Kind.RECORDS: 1}


def test_what_is_said_beforehand_is_what_saving_would_do_B4_P5(cast: Cast) -> None:
    row = make_customer(cast.actor("owner"))
    Customer.objects.filter(pk=row.pk).update(owner_since=timezone.now() - timedelta(days=60))
    pool = make_pool("华东公海", recycles=True, enabled=False)
    given = {
        "name": "华东公海", "kind": "open", "priority": 1, "hidden": {}, "remind_days": [], "notify_admins": False,
        "recycles": True, "joined_by": "any", "everybody": True, "members": [], "departments": [], "roles": [],
        "admins": [], "daily_limit": 0, "new_data_hours": 0, "cooldown_hours": 0, "views_daily": 0, "protect_days": 0,
        "protect_most_days": 0, "protect_own": True, "clears_team": True,
        "recyclings": [{"reason": "no_followup", "days": 5}],
    }  # fmt: skip
    admin = cast.actor("administrator")
    assert touched_by(admin, CUSTOMER, *drafted(pool, given)).tonight_then == 0  # it stays switched off
    Pool.objects.filter(pk=pool.pk).update(enabled=True)
    bump_stamp()
    assert touched_by(admin, CUSTOMER, *drafted(Pool.objects.get(), given)).tonight_then == 1


def test_rule_that_was_switched_off_stays_off_when_the_form_is_saved_B4_P5(cast: Cast) -> None:
    pool = make_pool("华东公海", recycles=True)
    make_rule(pool, "no_followup", 30)
    make_rule(pool, "no_deal", 90, enabled=False)
    client = client_of(cast.administrator)
    form = page_of(client, f"/settings/pools/{pool.pk}")
    assert 'name="r1.off"' in form
    assert 'name="r0.off"' not in form
    sent = {
        "name": "华东公海", "kind": "open", "priority": "100", "everybody": "on", "daily_limit": "5",
        "new_data_hours": "0", "cooldown_hours": "24", "views_daily": "0", "protect_days": "0",
        "protect_most_days": "0", "protect_own": "on", "remind_days": "3", "joined_by": "any", "recycles": "on",
        "r0.reason": "no_followup", "r0.days": "30", "r0.spares": "on", "r1.reason": "no_deal", "r1.days": "90",
        "r1.spares": "on", "r1.off": "1",
    }  # fmt: skip
    address = f"/settings/pools/{pool.pk}"
    assert client.post(address, sent | {"version": str(Pool.objects.get().version)}).status_code == 302
    assert dict(Recycling.objects.values_list("reason", "enabled")) == {"no_followup": True, "no_deal": False}
    sent |= {"version": str(Pool.objects.get().version), "r1.on": "on"}
    assert client.post(address, sent).status_code == 302
    assert set(Recycling.objects.values_list("enabled", flat=True)) == {True}


def test_settings_ask_as_much_for_many_pools_as_for_few(cast: Cast) -> None:
    client = client_of(cast.administrator)
    make_rule(make_pool("甲公海", recycles=True), "no_followup", 30)
    page_of(client, "/settings/pools")
    with CaptureQueriesContext(
        connection,
    ) as few:
        page_of(client, "/settings/pools")
    for name in "乙丙丁戊":
        make_rule(make_pool(f"{name}公海", recycles=True), "no_followup", 30)
    page_of(client, "/settings/pools")
    with CaptureQueriesContext(connection) as many:
        page_of(client, "/settings/pools")
    assert len(many) <= len(few)


def test_protection_comes_back_with_what_an_undo_gives_back_P6(cast: Cast) -> None:
    make_pool("华东公海", recycles=True)
    row = make_customer(cast.actor("owner"))
    manager = cast.actor("manager")
    until = (manager.now() + timedelta(days=20)).date()
    ACTIONS["customers.protect"].run(manager, row.pk, {"until": until.isoformat()})
    protected = Customer.objects.get(pk=row.pk).protected_until
    assert protected is not None
    for verb, actor in (("return", cast.actor("owner")), ("reclaim", manager)):
        done = ACTIONS[f"customers.{verb}"].run(actor, row.pk, {"reason": "no_demand"})
        assert Customer.objects.get(pk=row.pk).protected_until is None
        assert done.event_id is not None
        undo_event(actor, done.event_id)
        assert Customer.objects.get(pk=row.pk).protected_until == protected
    ACTIONS["customers.transfer"].run(manager, row.pk, {"owner": str(cast.manager.pk)})
    done = ACTIONS["customers.return"].run(manager, row.pk, {"reason": "no_demand"})
    undo_event(manager, done.event_id or 0)
    assert Customer.objects.get(pk=row.pk).protected_until is None  # that was the other owner's


def test_just_claimed_are_those_claimed_the_oldest_first_and_no_more_than_asked(cast: Cast) -> None:
    pool = make_pool("华东公海")
    make_customer(cast.actor("stranger"), name="自己新建的")
    rows = [pooled(cast, pool, name) for name in ("苏州晶砺", "昆山拓维", "常熟锐光")]
    for number, row in enumerate(rows):
        actor = replace(cast.actor("stranger"), moment=timezone.now() - timedelta(hours=3 - number))
        ACTIONS["customers.claim"].run(actor, row.pk, {})
    found = just_claimed(cast.actor("stranger"), CUSTOMER, 2)
    assert [each.title for each in found] == ["苏州晶砺", "昆山拓维"]
    assert just_claimed(cast.actor("owner"), CUSTOMER) == []


def test_grading_by_hand_obeys_the_rights_of_its_fields_B6(cast: Cast) -> None:
    row = make_customer(cast.actor("owner"))
    limit("salesperson", "customer.category", Access.READ)
    raw = {"category": "key", "lifecycle": "old", "reason": "说过要大单"}
    with pytest.raises(Refused):
        ACTIONS["customers.regrade"].run(cast.actor("owner"), row.pk, raw)
    assert Customer.objects.get(pk=row.pk).category != "key"


def test_the_ledger_says_when_it_does_not_list_all(cast: Cast) -> None:
    row = make_customer(cast.actor("owner"))
    manager, people = cast.actor("manager"), (cast.manager.pk, cast.owner.pk)
    assert "只列出最近" not in page_of(client_of(cast.manager), f"/customers/{row.pk}/owners?on=")
    for number in range(50):
        ACTIONS["customers.transfer"].run(manager, row.pk, {"owner": str(people[number % 2])})
    told = page_of(client_of(cast.manager), f"/customers/{row.pk}/owners?on=")
    assert "只列出最近 50 次变动" in told
