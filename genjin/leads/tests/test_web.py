"""Pages of leads: detail with composer and plans, board, call intake; what pools, 查重, allocation, handover and
merging do with leads without holding a line about them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

import genjin
from genjin.allocation.actions.allocating import ALLOCATE
from genjin.duplicates.rules import Entry
from genjin.duplicates.telling import hits_of
from genjin.followups.models import FollowUp
from genjin.handover.queries import moving_types
from genjin.kernel.actions import ACTIONS
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.leads.tests.factories import follow, make_lead, make_lead_pool
from genjin.merging.reach import MERGEABLE, references
from genjin.ownership.standing import pooled_types
from genjin.plans.models import Plan
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.owner)
    return made


def test_a_lead_is_followed_and_planned_for_on_its_page(cast: Cast, client: Client) -> None:
    lead = make_lead(cast.actor("owner"), contact_name="陆怀瑾", mobile="13800138000")
    page = client.get(f"/leads/{lead.pk}").content.decode()
    assert 'id="composer"' in page
    assert f'hx-post="/leads/{lead.pk}/followups"' in page
    assert f"/plans/new?stay=1&amp;lead={lead.pk}" in page
    assert 'href="tel:13800138000"' in page
    sent = {"content": "约了周三看现场", "method": "phone", "next_contact_at": "2030-01-02T10:00", "next_step": "带看"}
    assert client.post(f"/leads/{lead.pk}/followups", sent, headers=HTMX).status_code == 204
    talk, plan = FollowUp.objects.get(), Plan.objects.get()
    assert (talk.lead_id, talk.customer_id, plan.lead_id, plan.owner_id) == (lead.pk, None, lead.pk, cast.owner.pk)
    row = Lead.objects.get(pk=lead.pk)
    assert (row.state, row.last_content, row.next_step) == ("following", "约了周三看现场", "带看")
    page = client.get(f"/leads/{lead.pk}").content.decode()
    assert "约了周三看现场" in page
    today = client.get("/today").content.decode()
    assert client.get(f"/followups/new?lead={lead.pk}", headers=HTMX).content.decode().count(lead.name) >= 1
    assert today
    made = client.post(f"/plans/{plan.pk}/actions/complete", {"result": "看过了"}, headers=HTMX)
    assert made.status_code in (200, 204)
    assert Lead.objects.get(pk=lead.pk).next_contact_at is None


def test_the_board_has_a_column_for_each_state(cast: Cast, client: Client) -> None:
    owner = cast.actor("owner")
    make_lead(owner, "待处理的")
    following = make_lead(owner, "跟进中的")
    follow(owner, following)
    make_lead(cast.actor("stranger"), "别人的")
    page = client.get("/leads/board").content.decode()
    columns = dict(re.findall(r'id="kc-(\w+)".*?<ul class="kl"[^>]*>(.*?)</ul>', page, re.DOTALL))
    assert set(columns) == {"unassigned", "pending", "following", "invalid", "converted"}
    assert "待处理的" in columns["pending"]
    assert "跟进中的" in columns["following"]
    assert "别人的" not in page
    assert client.get("/leads/board/pending?count=1").content.decode() == "1"
    assert client.get("/leads/board/nothing").status_code == 404


def test_B1_a_card_put_into_another_column_asks_for_what_the_move_needs(cast: Cast, client: Client) -> None:
    owner, pool = cast.actor("owner"), make_lead_pool()
    pooled = make_lead(cast.actor("owner"), "公海里的", pool=str(pool.pk))
    own, worked = make_lead(owner, "待处理的"), make_lead(owner, "跟进中的")
    follow(owner, worked)

    def put(lead: Lead, state: str) -> tuple[int, str]:
        answer = client.post(f"/leads/{lead.pk}/moves", {"stage": state}, headers=HTMX)
        told = json.loads(answer.headers.get("HX-Trigger", "{}")).get("toast", {}).get("text", "")
        return answer.status_code, answer.headers.get("X-Dialog", told)

    assert put(own, "invalid") == (204, f"/leads/{own.pk}/actions/invalidate")
    assert put(own, "converted") == (204, f"/leads/{own.pk}/actions/convert")
    assert put(own, "following") == (204, f"/followups/new?lead={own.pk}")
    assert put(own, "unassigned") == (204, f"/leads/{own.pk}/actions/return")
    assert put(worked, "pending") == (422, "跟进中的线索不能回到「待处理」")
    assert put(own, "nowhere")[0] == 422
    assert put(pooled, "pending")[0] == 404  # a member of a pool claims there; the board shows it to who sees all
    boss = Client()
    boss.force_login(cast.administrator)
    asked = boss.post(f"/leads/{pooled.pk}/moves", {"stage": "pending"}, headers=HTMX)
    assert asked.headers["X-Dialog"] == f"/leads/pools/{pool.pk}/bulk/assign?ids={pooled.pk}"
    assert boss.post(f"/leads/{own.pk}/moves", {"stage": "unassigned"}).headers["X-Dialog"].endswith("/reclaim")
    page = client.get("/leads/board").content.decode()
    assert f'id="card-{own.pk}"' in page
    assert "data-moves" in page
    assert Lead.objects.get(pk=own.pk).state == "pending"  # nothing was done by asking


def test_S2_80_a_ringing_phone_is_known_or_taken_down(cast: Cast, client: Client) -> None:
    known = make_lead(cast.actor("owner"), "晶砺 陆先生", mobile="13800138000")
    make_lead(cast.actor("stranger"), "别人的线索", mobile="13900139000")
    found = client.get("/leads/ring?q=13800138000", headers=HTMX).content.decode()
    assert f"/leads/{known.pk}" in found
    assert "别人的线索" not in client.get("/leads/ring?q=13900139000", headers=HTMX).content.decode()
    assert client.get("/leads/ring?q=1").status_code == 200
    taken = client.post("/leads/ring", {"q": "0512-55505526", "need": "问厂房价格"})
    made = Lead.objects.get(phone="", mobile__contains="55505526")
    assert (taken.status_code, taken["Location"]) == (302, f"/leads/{made.pk}")
    assert (made.name, made.source, made.need) == ("来电 0512-55505526", "hotline", "问厂房价格")
    again = client.post("/leads/ring", {"q": "13800138000"}, headers=HTMX)
    assert again.status_code == 422
    assert "已核对，仍要新建" in again.content.decode()
    assert client.post("/leads/ring", {"q": "苏州墨禾 王女士"}).status_code == 302


def test_B1_engines_know_leads_by_their_declaration_alone(cast: Cast) -> None:
    """Pools, 查重, allocation, handover and merging reach leads and name them nowhere."""
    owner, pool = cast.actor("owner"), make_lead_pool()
    make_lead(owner, mobile="13800138000", company="苏州晶砺半导体有限公司")
    hits = hits_of(owner, LEAD, {"mobile": "138 0013 8000"}, Entry.CREATE)
    assert len(hits) == 1
    assert LEAD in pooled_types()
    assert pool.record_type == LEAD.key
    assert LEAD.key in ALLOCATE
    assert LEAD in moving_types()
    assert {"followups.FollowUp.lead_id", "plans.Plan.lead_id"} <= {one.place for one in references(LEAD)}
    assert LEAD.key in MERGEABLE
    for verb in ("claim", "assign", "return", "reclaim", "move_pool", "lock", "allocate", "merge", "transfer"):
        assert LEAD.grant(verb) in ACTIONS
    engines = ("ownership", "duplicates", "allocation", "handover", "merging")
    for path in (path for name in engines for path in (Path(genjin.__file__).parent / name).rglob("*.py")):
        if "tests" not in path.parts:
            assert not re.search(r"genjin\.leads|\blead_id\b|\"lead\"|Lead\.", path.read_text()), path
