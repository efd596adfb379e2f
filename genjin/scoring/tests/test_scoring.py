"""Scores of one world: counted when something happens, cooling by the day, switched off for who objects, hidden with
what they are made of, in the order of lists."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db.models import Q
from django.test import Client

from genjin.conversion.actions import convert_lead
from genjin.customers.models import Contact
from genjin.kernel.actor import system
from genjin.kernel.fields import Access
from genjin.kernel.jobs import run_here
from genjin.kernel.lists import page, read_query
from genjin.kernel.lists.ordering import Order, edge_of
from genjin.kernel.refusal import Refused
from genjin.kernel.sealing import deliver, seal
from genjin.leads.actions.leads import merge_leads
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.leads.tests.factories import follow, make_lead
from genjin.opportunities.models import Opportunity
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.scoring.actions.objections import resume_scoring_contact, stop_scoring_contact, stop_scoring_lead
from genjin.scoring.actions.schemes import change_scoring
from genjin.scoring.changing.restating import sweep_next
from genjin.scoring.jobs import count_due
from genjin.scoring.models import LeadScore, OpportunityScore
from genjin.scoring.queries.explaining import explained, objection_to
from genjin.scoring.schemes import SWEEP
from genjin.scoring.scored import SCORED
from genjin.testing.cast import Cast, limit, make_cast
from genjin.testing.walking import HTMX

pytestmark = pytest.mark.django_db
RULES = [
    {"part": "match", "of": "industry", "operator": "in", "values": ["C"], "points": 30},
    {"part": "match", "of": "position", "operator": "contains", "values": ["总"], "points": 25},
    {"part": "intention", "of": "source", "operator": "in", "values": ["referral"], "points": 20},
    {"part": "intention", "of": "@visit", "operator": "recent", "values": ["1", "30"], "points": 10},
]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def settle() -> None:
    """Let the ledger be followed and what is due be counted."""
    seal()
    deliver()
    count_due(system("scoring.work"))


def total(lead: Lead) -> int | None:
    return LeadScore.objects.get(pk=lead.pk).total


def test_a_score_follows_what_happens(cast: Cast) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC), tick=False) as clock:
        administrator, owner = cast.actor("administrator"), cast.actor("owner")
        change_scoring(administrator, record_type="lead", rules=RULES)
        owner = cast.actor("owner")
        hot = make_lead(owner, "晶砺", industry="C39", position="副总经理", source="referral")
        plain = make_lead(owner, "路人")
        settle()
        assert (total(hot), total(plain)) == (70, 0)
        follow(owner, hot, method="visit")
        settle()
        assert total(hot) == 80
        told = explained(owner, hot)
        assert told is not None
        assert (told.total, told.band, told.parts[0].left_out) == (80, "hot", 5)
        words = [(line.words, line.points) for part in told.parts for line in part.lines]
        assert words == [
            ("所属行业为制造业", 30), ("职位包含总", 25), ("线索来源为客户转介绍", 20), ("最近 30 天现场跟进 1 次", 10),
        ]  # fmt: skip

        clock.shift(dt.timedelta(days=31))  # a tenth less, and the visit too long ago
        settle()
        assert total(hot) == 63
        told = explained(cast.actor("owner"), hot)
        assert told is not None
        assert told.cooling is not None
        assert (told.cooling.words, told.cooling.points) == ("最近一次跟进已过 31 天", -7)

        actor = cast.actor("administrator")
        query = read_query(actor, LEAD, {"sort": ["-score"]})
        assert [row.id for row in page(actor, query, LEAD.columns).rows] == [hot.pk, plain.pk]
        query = read_query(actor, LEAD, {"band.in": ["warm"]})
        assert [row.id for row in page(actor, query, LEAD.columns).rows] == [hot.pk]


def test_B19_art_24_who_objects_has_no_score_anywhere_even_after_conversion(cast: Cast) -> None:
    owner = cast.actor("owner")
    lead = make_lead(owner, "晶砺", industry="C39", contact_name="陆先生", mobile="13812345678")
    settle()
    assert total(lead) == 10
    with pytest.raises(Refused):
        stop_scoring_lead.run(owner, lead.pk, {"reason": ""})
    stop_scoring_lead.run(owner, lead.pk, {"reason": "来电要求"})
    assert total(lead) is None  # at once, not when the ledger is followed
    follow(owner, lead)
    settle()
    assert total(lead) is None
    assert explained(owner, lead) is None
    client = signed_in(cast.owner)
    shown = client.get(f"/leads/{lead.pk}").content.decode()
    assert "不参与自动评分" in shown
    assert "来电要求" in shown
    assert "周牧远" in shown
    assert "满分 100" not in shown
    answer = client.get(f"/api/v1/leads/{lead.pk}").json()["fields"]
    assert (answer["score"], answer["band"]) == (None, None)
    with pytest.raises(Refused):
        stop_scoring_lead.run(owner, lead.pk, {"reason": "再一次"})

    convert_lead(owner, lead.pk, opportunity=True)
    settle()
    became = Lead.objects.get(pk=lead.pk)
    assert became.opportunity_id is not None
    assert became.contact_id is not None
    opportunity = Opportunity.objects.get(pk=became.opportunity_id)
    assert explained(owner, opportunity) is None
    assert OpportunityScore.objects.get(pk=opportunity.pk).total is None
    contact = Contact.objects.get(pk=became.contact_id)
    assert objection_to(owner, contact) is not None
    assert (
        "在转换前的线索上记下的"
        in client.get(f"/opportunities/{opportunity.pk}/related", headers=HTMX).content.decode()
    )
    resume_scoring_contact.run(owner, contact.pk, {})
    assert OpportunityScore.objects.get(pk=opportunity.pk).total is not None
    assert explained(owner, opportunity) is not None
    stop_scoring_contact.run(owner, contact.pk, {"reason": "又反对"})
    assert OpportunityScore.objects.get(pk=opportunity.pk).total is None
    resume_scoring_contact.run(owner, contact.pk, {})


def test_an_objection_goes_with_a_merge(cast: Cast) -> None:
    boss = cast.actor("administrator")
    kept, gone = make_lead(boss, "晶砺", industry="C39"), make_lead(boss, "晶砺二", industry="C39")
    stop_scoring_lead.run(boss, gone.pk, {"reason": "邮件要求"})
    merge_leads.run(boss, kept.pk, {"others": [str(gone.pk)], "reason": "同一家"})
    settle()
    assert (total(kept), total(gone)) == (None, None)


def test_a_score_hides_with_what_it_is_made_of_and_with_its_switch(cast: Cast) -> None:
    """The formula's rule (0016): nothing of a hidden field can be told from a number made of it."""
    boss = cast.actor("administrator")
    change_scoring(boss, record_type="lead", rules=RULES)
    hot = make_lead(cast.actor("owner"), "晶砺", industry="C39", position="副总经理")
    make_lead(cast.actor("owner"), "路人")
    settle()
    client = signed_in(cast.owner)
    paths = ("/leads", f"/leads/{hot.pk}", f"/api/v1/leads/{hot.pk}", f"/api/v1/leads/{hot.pk}/score")
    told = {path: client.get(path).content.decode() for path in paths}
    assert '"total": 50' in told[f"/api/v1/leads/{hot.pk}/score"]
    assert all("评分" in told[path] for path in paths[:2])
    for limited in ("lead.position", "followup.intention", "lead.score"):
        limit("salesperson", limited, Access.HIDDEN)
        actor = cast.actor("owner")
        assert {"score", "band"}.isdisjoint(LEAD.seen_by(actor).keys), limited
        assert explained(actor, hot) is None
        for wanted in ({"sort": ["-score"]}, {"score.gte": ["50"]}, {"band.in": ["hot"]}):
            with pytest.raises(Refused):
                read_query(actor, LEAD, wanted)
        for path in paths[:2]:
            assert "评分" not in client.get(path).content.decode(), (limited, path)
        assert client.get(paths[3]).json()["score"] is None
        assert "score" not in client.get(paths[2]).json()["fields"]
        limit("salesperson", limited, Access.EDIT)
    assert explained(cast.actor("owner"), hot) is not None

    change_settings(cast.actor("administrator"), changes={"scoring.used": False})
    settle()
    actor = cast.actor("administrator")
    assert {"score", "band"}.isdisjoint(LEAD.seen_by(actor).keys)
    assert "updated_at" in LEAD.seen_by(actor).keys
    run_here(SWEEP, record_type="lead")
    assert total(hot) is None
    assert signed_in(cast.administrator).get("/settings/scoring").status_code == 403


def test_rules_are_edited_with_what_they_would_come_to(cast: Cast) -> None:
    client, boss = signed_in(cast.administrator), cast.actor("administrator")
    lead = make_lead(cast.actor("owner"), "晶砺", industry="C39")
    settle()
    assert total(lead) == 10
    assert "填写了所属行业" in client.get("/settings/scoring").content.decode()
    form = client.get("/settings/scoring/lead/edit").content.decode()
    assert 'name="r0.of"' in form
    line = client.get("/settings/scoring/lead/line?part=match&r7.part=match&r7.of=industry&n=7").content.decode()
    assert 'name="r7.op"' in line
    sent = {
        "version": "0", "hot": "70", "warm": "40", "percent": "10", "period": "30",
        "r1.part": "match", "r1.of": "industry", "r1.op": "in", "r1.v": "C", "r1.points": "45",
        "r2.part": "intention", "r2.of": "@followup", "r2.op": "recent", "r2.v": ["1", "30"], "r2.points": "9",
    }  # fmt: skip
    shown = client.post("/settings/scoring/lead/preview", sent).content.decode()
    assert "1 条会换档" in shown
    assert "例如「晶砺」从 10 分变为 45 分" in shown
    assert total(lead) == 10
    wrong = client.post("/settings/scoring/lead/edit", sent | {"r1.points": "0"})
    assert wrong.status_code == 422
    assert "第 1 条规则" in wrong.content.decode()
    assert client.post("/settings/scoring/lead/edit", sent).status_code in (204, 302, 303)
    while sweep_next(SCORED["lead"], boss.now(), most=1) is not None:
        pass
    assert total(lead) == 45
    late = client.post("/settings/scoring/lead/edit", sent | {"r1.points": "40"})
    assert "刚刚有人改过" in late.content.decode()
    rules = client.get("/api/v1/scoring/leads").json()
    assert [rule["points"] for rule in rules["rules"]] == [45, 9]
    for rule in ({"of": "mobile", "operator": "filled"}, {"of": "contact_name", "operator": "filled"}):
        given = {"part": "match", "values": [], "points": 5, **rule}
        with pytest.raises(Refused):
            change_scoring(cast.actor("administrator"), record_type="lead", rules=[given])
    assert signed_in(cast.owner).get("/settings/scoring").status_code == 403


def test_the_edge_of_a_window_is_the_same_beside_the_records(cast: Cast) -> None:
    """What bounds a walk is read from the narrow table alone, and says the same as the records."""
    owner = cast.actor("owner")
    leads = [make_lead(owner, f"线索{n}") for n in range(7)]
    for lead, points in zip(leads, (5, 9, 5, None, 7, None, 5), strict=True):
        halves = {"match": points, "intention": points and 0}
        LeadScore.objects.filter(pk=lead.pk).update(total=points, due_on=None, **halves)
    by_score = {lead.pk: LeadScore.objects.get(pk=lead.pk).total for lead in leads}
    for descending in (True, False):
        sign = -1 if descending else 1
        scored = [(pk, points) for pk, points in by_score.items() if points is not None]
        given = sorted(scored, key=lambda n: (sign * n[1], sign * n[0]))
        empty = sorted((pk for pk, points in by_score.items() if points is None), reverse=descending)
        order = Order("score__total", None, descending)
        assert edge_of(Lead, order, None, 2, Q()) == (given[2][1], given[2][0])
        assert edge_of(Lead, order, (given[1][1], given[1][0]), 1, Q()) == (given[3][1], given[3][0])
        assert edge_of(Lead, order, None, 9, Q()) is None
        without = Order("id", "score__total", descending)
        assert edge_of(Lead, without, None, 1, Q()) == (empty[1], empty[1])
        assert edge_of(Lead, without, (empty[0], empty[0]), 0, Q()) == (empty[1], empty[1])
        sort = "-score" if descending else "score"
        seen: list[int] = []
        after: str | None = ""
        while after is not None:
            asked = {"sort": [sort], "size": ["2"], **({"after": [after]} if after else {})}
            found = page(owner, read_query(owner, LEAD, asked), LEAD.columns)
            seen += [row.id for row in found.rows]
            after = found.next
        assert seen == [*(pk for pk, _points in given), *empty]


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client
