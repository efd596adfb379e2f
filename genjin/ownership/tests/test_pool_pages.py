"""Pages of pools (B4 P10): members find, open and claim there; nobody else learns anything; settings that say what they
do."""

from __future__ import annotations

from typing import Any

from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.org.models import Member
from genjin.ownership.actions.pooling import create_pool, edit_pool
from genjin.ownership.models import Capacity, Pool, Recycling
from genjin.ownership.tests.pool_worlds import drop, make_pool, pooled
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def page_of(client: Client, url: str, status: int = 200, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_members_see_what_the_pool_shows_and_others_nothing_B4_P10(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.stranger.pk, hidden={"phone": "masked", "risks": "hidden"})
    row = make_customer(cast.actor("owner"), name="苏州晶砺半导体", phone="13862450173", risks="CANARY-付款慢")
    drop(row, pool)
    base = f"/customers/pools/{pool.pk}"
    client = client_of(cast.stranger)
    listed = page_of(client, base)
    assert f'href="{base}/{row.pk}"' in listed
    assert "30 天未跟进" in listed
    opened = page_of(client, f"{base}/{row.pk}")
    for html in (listed, opened, page_of(client, f"{base}?q=晶砺"), page_of(client, f"{base}?columns=risks")):
        assert "13862450173" not in html
        assert "CANARY" not in html
    assert page_of(client, f"{base}/count") == "1"
    assert "13862450173" not in page_of(client, f"{base}?q=1386245")
    assert page_of(client, f"{base}/count?q=1386245") == "0"
    assert "特殊需求" not in page_of(client, f"{base}/filter")
    assert "领取" in page_of(client, f"{base}/rules")
    # the ordinary doors, and the pool for who is no member
    page_of(client, f"/customers/{row.pk}", 404)
    other = client_of(cast.owner)
    for url in (base, f"{base}/{row.pk}", f"{base}/count", f"{base}/rules", f"{base}/filter", f"{base}/quota"):
        page_of(other, url, 404)
    assert other.post(f"{base}/{row.pk}/claim").status_code == 404


def test_claim_at_hand_and_in_bulk_says_what_is_left_P1(cast: Cast) -> None:
    pool = make_pool("华东公海", claims={"daily_limit": 2, "cooldown_hours": 168})
    rows = [pooled(cast, pool, name) for name in ("苏州晶砺半导体", "昆山拓维光电", "常熟锐光科技")]
    client, base = client_of(cast.stranger), f"/customers/pools/{pool.pk}"
    answer = client.post(f"{base}/{rows[0].pk}/claim", headers=HTMX)
    assert answer.status_code == 204
    assert "\\u4eca\\u65e5\\u8fd8\\u53ef\\u9886\\u53d6 1" in answer.headers["HX-Trigger"]  # 今日还可领取 1 个
    chosen = {"ids": [str(row.pk) for row in rows[1:]], "drawn": ""}
    done = client.post(f"{base}/bulk/claim", chosen, headers=HTMX).content.decode()
    assert "完成 1 条" in done
    assert "今天还可领取 0 个" in done
    assert Customer.objects.filter(owner_id=cast.stranger.pk).count() == 2
    assert "1</span>" not in page_of(client, f"{base}/quota").split("今日可领")[1][:60]
    assert page_of(client_of(cast.owner), f"{base}/count") == "1"


def test_page_without_pools_tells_what_they_are(cast: Cast) -> None:
    assert "您还不在任何公海里" in page_of(client_of(cast.owner), "/customers/pools")
    pool = make_pool()
    answer = client_of(cast.owner).get("/customers/pools")
    assert answer.headers["Location"] == f"/customers/pools/{pool.pk}"


def test_pool_is_set_up_and_said_in_words_P5(cast: Cast) -> None:
    client = client_of(cast.administrator)
    sent = {
        "record_type": "customer", "name": "华东公海", "kind": "open", "priority": "100", "everybody": "on",
        "daily_limit": "5", "new_data_hours": "0", "cooldown_hours": "24", "views_daily": "0", "protect_days": "0",
        "remind_days": "7,3", "joined_by": "any", "recycles": "on", "hide.phone": "masked",
        "r0.reason": "no_followup", "r0.days": "0", "r0.field": "", "r0.spares": "on",
        "r1.reason": "no_followup", "r1.days": "15", "r1.field": "level", "r1.options": "A",
    }  # fmt: skip
    refused = client.post("/settings/pools/new", sent)
    assert refused.status_code == 422
    assert "第 1 条回收规则：天数应为 1 到 3650 之间的整数" in refused.content.decode()
    assert 'value="华东公海"' in refused.content.decode()  # what was typed stays
    assert Pool.objects.count() == 0
    assert client.post("/settings/pools/new", sent | {"r0.days": "30"}).status_code == 302
    pool = Pool.objects.get()
    assert (pool.members, pool.hidden, pool.remind_days) == ({"everybody": True}, {"phone": "masked"}, [7, 3])
    assert sorted(Recycling.objects.values_list("days", "field")) == [(15, "level"), (30, "")]
    words = page_of(client, "/settings/pools")
    assert "30 天没有跟进（已成交的除外）。" in words
    assert "客户等级为超级VIP客户的，15 天没有跟进。" in words
    assert (
        "今晚掉入" in client.post(f"/settings/pools/touched?pool={pool.pk}", sent | {"r0.days": "1"}).content.decode()
    )
    assert "没有会掉入的" in page_of(client, f"/settings/pools/{pool.pk}/tonight")
    changed = {name: value for name, value in sent.items() if not name.startswith("r0")}
    overtaken = client.post(f"/settings/pools/{pool.pk}", changed | {"version": str(pool.version - 1), "name": "东"})
    assert overtaken.status_code == 409
    assert f'name="version" value="{pool.version}"' in overtaken.content.decode()
    assert 'value="东"' in overtaken.content.decode()  # and may be saved the second time
    page_of(client_of(cast.owner), f"/settings/pools/{pool.pk}/tonight", 404)
    page_of(client_of(cast.owner), "/settings/pools", 403)


def test_rules_that_stay_keep_their_row_and_used_pools_are_not_deleted(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    rule = {"reason": "no_followup", "days": 30, "field": "", "options": [], "spares_dealt": True, "enabled": True}
    pool = create_pool(
        administrator, name="华东公海", record_type="customer", everybody=True, recycles=True, recyclings=[dict(rule)]
    )
    kept = Recycling.objects.get().pk
    more = [dict(rule), dict(rule, reason="no_deal", days=90)]
    edit_pool(administrator, pool.pk, name="华东公海", everybody=True, recycles=True, recyclings=more)
    assert kept in Recycling.objects.values_list("pk", flat=True)
    pooled(cast, Pool.objects.get())
    client = client_of(cast.administrator)
    client.post(f"/settings/pools/{pool.pk}/delete")
    assert Pool.objects.count() == 1
    client.post(f"/settings/pools/{pool.pk}/off")
    assert not Pool.objects.get().enabled


def test_holding_limits_are_kept_beside_the_pools_P3(cast: Cast) -> None:
    client = client_of(cast.administrator)
    sent = {"name": "销售", "record_type": "customer", "most": "200", "everybody": "on", "spares_dealt": "on"}
    assert client.post("/settings/capacities/new", sent | {"most": "0"}).status_code == 422
    blank = client.post("/settings/capacities/new", sent | {"name": "", "members": "", "departments": "x"})
    assert (blank.status_code, "请填写「名称」" in blank.content.decode()) == (422, True)
    assert client.post("/settings/capacities/new", sent | {"enabled": "on"}).status_code == 302
    rule = Capacity.objects.get()
    assert "每人最多 200 个客户" in page_of(client, "/settings/pools")
    client.post(f"/settings/capacities/{rule.pk}", sent | {"most": "150", "enabled": "on"})
    assert Capacity.objects.get().most == 150
    client.post(f"/settings/capacities/{rule.pk}/delete")
    assert Capacity.objects.count() == 0


def test_whose_it_was_on_a_day_is_answered_with_its_rule(cast: Cast) -> None:
    pool = make_pool()
    row = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    today = cast.actor("owner").now().date().isoformat()
    assert "归 " in page_of(client, f"/customers/{row.pk}/owners?on={today}")
    assert "还没有这条记录" in page_of(client, f"/customers/{row.pk}/owners?on=2020-01-01")
    assert "还没有到" in page_of(client, f"/customers/{row.pk}/owners?on=2999-01-01")
    assert "请选择一个日期" in page_of(client, f"/customers/{row.pk}/owners?on=x")
    drop(row, pool)
    page_of(client, f"/customers/{row.pk}/owners?on={today}", 404)
    told = page_of(client_of(cast.administrator), f"/customers/{row.pk}/owners?on={today}")
    assert "在公海「华东公海」，没有负责人" in told
    assert "自动回收" in told
