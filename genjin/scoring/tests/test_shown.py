"""Where scores are shown beside lists and records: how well a lead fits at its pool, whom to turn to first (B20)."""

from __future__ import annotations

import pytest

from genjin.kernel.actor import system
from genjin.kernel.lists import page, read_query
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.leads.record import LEAD
from genjin.leads.tests.factories import follow, make_lead, make_lead_pool
from genjin.ownership.models import Pool
from genjin.ownership.standing import at_pool
from genjin.scoring.actions.schemes import change_scoring
from genjin.scoring.jobs import count_due
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

RULES = [
    {"part": "match", "of": "industry", "operator": "in", "values": ["C"], "points": 45},
    {"part": "match", "of": "region", "operator": "filled", "values": [], "points": 5},
    {"part": "intention", "of": "source", "operator": "in", "values": ["referral"], "points": 30},
]


def settle() -> None:
    seal()
    deliver()
    count_due(system("scoring.work"))


def test_B20_a_pool_shows_how_well_a_lead_fits_and_nothing_of_what_was_done_with_it(cast: Cast) -> None:
    change_scoring(cast.actor("administrator"), record_type="lead", rules=RULES)
    pool = make_lead_pool()
    owner = cast.actor("owner")
    plain = make_lead(owner, "不合的", pool=str(pool.pk))
    fits = make_lead(owner, "晶砺", pool=str(pool.pk), industry="C39", region="320500", source="referral")
    half = make_lead(owner, "半合", pool=str(pool.pk), industry="C39")
    settle()
    standing, _pool = at_pool(cast.actor("stranger"), pool.pk)
    assert {"match"} == {"match", "score", "band", "intention"} & LEAD.seen_by(standing).keys.keys()
    rows = page(standing, read_query(standing, LEAD, {"sort": ["-match"]}), [LEAD.keys["match"]]).rows
    assert [(row.id, row.values["match"]) for row in rows] == [(fits.pk, 50), (half.pk, 45), (plain.pk, 0)]
    for wanted in ({"sort": ["-score"]}, {"band.in": ["hot"]}, {"intention.gte": ["1"]}):
        with pytest.raises(Refused):
            read_query(standing, LEAD, wanted)
    client = visitor(cast.stranger)
    shown = client.get(f"/leads/pools/{pool.pk}?f=1&sort=-match").content.decode()
    assert shown.index("晶砺") < shown.index("半合") < shown.index("不合的")
    assert "匹配度" in shown
    assert "匹配度" in client.get(f"/leads/pools/{pool.pk}/{fits.pk}").content.decode()
    door = f"/api/v1/leads/pools/{pool.pk}?sort=-match&fields="
    assert [item["fields"]["match"] for item in client.get(f"{door}match").json()["items"]] == [50, 45, 0]
    assert client.get(f"{door}score").status_code == 400
    Pool.objects.filter(pk=pool.pk).update(hidden={"region": "hidden"})
    bump_stamp()
    standing, _pool = at_pool(cast.actor("stranger"), pool.pk)
    assert "match" not in LEAD.seen_by(standing).keys  # it would tell what the pool hides
    assert "匹配度" not in client.get(f"/leads/pools/{pool.pk}").content.decode()


def test_B20_the_workbench_says_whom_to_turn_to_first(cast: Cast) -> None:
    change_scoring(cast.actor("administrator"), record_type="lead", rules=RULES)
    owner = cast.actor("owner")
    hot = make_lead(owner, "晶砺", industry="C39", source="referral")
    warm = make_lead(owner, "半合", industry="C39")
    make_lead(owner, "不合的")
    done = make_lead(owner, "今天谈过", industry="C39", source="referral")
    settle()
    follow(owner, done)
    client = visitor(cast.owner)
    card = client.get("/today/side").content.decode().partition('id="foremost"')[2].partition("</section>")[0]
    assert card.index("晶砺") < card.index("热 75") < card.index("半合") < card.index("温 45")
    assert f'href="/leads/{hot.pk}"' in card
    assert f"/followups/new?lead={warm.pk}" in card
    assert [name for name in ("不合的", "今天谈过") if name in card] == []
    watched = visitor(cast.manager).get(f"/today/side?member={cast.owner.pk}").content.decode()
    assert "晶砺" in watched
    assert f"/followups/new?lead={hot.pk}" not in watched
    assert 'id="foremost"' not in visitor(cast.stranger).get("/today/side").content.decode()
