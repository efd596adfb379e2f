"""Whom what comes in is given to: by a form's scheme, score and campaign, by a default assignee, by who takes over from
a leaver; and that campaigns reach what lies in a pool."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.allocation.actions.schemes import declare_scheme, switch_off_scheme
from genjin.allocation.models import Scheme
from genjin.campaigns.models import Touch
from genjin.campaigns.tests.factories import make_campaign
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.handover import work
from genjin.handover.models import Item
from genjin.handover.tests.factories import handed_over
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Notification
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.leadforms.models import LeadForm
from genjin.leadforms.tests.factories import land_all, make_form, send, sheet_in
from genjin.leads.actions.joining import join_of_lead
from genjin.leads.actions.leads import create_lead
from genjin.leads.actions.pools import claim_lead
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead, make_lead_pool
from genjin.ownership.actions.pooling import create_pool, edit_pool
from genjin.ownership.models import Capacity, Period, Pool
from genjin.ownership.tests.pool_worlds import make_pool
from genjin.scoring.actions.schemes import change_scoring
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

RULES = [
    {"part": "match", "of": "need", "operator": "filled", "values": [], "points": 30},
    {"part": "intention", "of": "source", "operator": "in", "values": ["internet"], "points": 45},
]


def declared(boss: Actor, name: str, *people: int, **facts: object) -> Scheme:
    """A scheme for leads."""
    seats = [{"member": person} for person in people]
    return declare_scheme(boss, name=name, record_type="lead", mode="turns", seats=seats, **facts)  # type: ignore[arg-type]


def sent_in(form: LeadForm, clock: time_machine.Traveller, **typed: Any) -> Lead:
    """The lead of something that was sent in a while after the form was opened."""
    client = Client()
    sheet = sheet_in(client.get(f"/f/{form.key}"))
    clock.shift(30)
    assert send(client, form, sheet, **typed).status_code == 200
    return Lead.objects.get(pk=land_all()[-1].lead_id or 0)


def test_S2_70_B20_what_a_form_brings_goes_by_scheme_score_and_campaign(cast: Cast) -> None:
    with time_machine.travel("2026-11-22 18:00:00+08:00", tick=False) as clock:
        boss = cast.actor("administrator")
        change_scoring(boss, record_type="lead", rules=RULES)
        fair = make_campaign(boss)
        first = declared(boss, "热线索", cast.teammate.pk, conditions={"band.in": ["热"]}, priority=10)
        rest = declared(boss, "其余", cast.stranger.pk, priority=20)
        assert first.conditions == {"band.in": ["hot"]}
        form = make_form(boss, target="scheme", owner=str(cast.owner.pk), source="internet", campaign=str(fair.pk))
        hot = sent_in(form, clock)
        assert (hot.owner_id, hot.state, hot.source) == (cast.teammate.pk, "pending", "internet")
        assert (hot.campaign_id, hot.first_campaign_id, hot.last_campaign_id) == (fair.pk,) * 3
        ledger = Period.objects.filter(record_id=hot.pk).order_by("id").values_list("owner_id", "rule")
        assert list(ledger) == [(cast.owner.pk, "created"), (cast.teammate.pk, "allocated")]
        warm = sent_in(form, clock, f_mobile="13900001111", f_need="")
        assert (warm.owner_id, warm.campaign_id) == (cast.stranger.pk, fair.pk)
        named = make_form(boss, "点名", target="scheme", scheme=str(rest.pk), owner=str(cast.owner.pk))
        assert sent_in(named, clock, f_mobile="13900002222").owner_id == cast.stranger.pk
        for scheme in (first, rest):
            switch_off_scheme(cast.actor("administrator"), scheme.pk)
        left = sent_in(form, clock, f_mobile="13900003333")
        assert (left.owner_id, left.campaign_id) == (cast.owner.pk, fair.pk)  # nobody can take it: whom the form names
        told = Notification.objects.filter(kind="form_lead").order_by("id").values_list("member_id", flat=True)
        assert list(told) == [cast.teammate.pk, cast.stranger.pk, cast.stranger.pk, cast.owner.pk]


def test_B1_L3_a_pool_gives_new_leads_to_its_default_assignee(cast: Cast) -> None:
    boss = cast.actor("administrator")
    given = {"name": "线索公海", "record_type": "lead", "everybody": "on", "assignee": str(cast.teammate.pk)}
    made = create_pool.run(boss, None, given).row_id
    into = str(made)
    lead = make_lead(cast.actor("owner"), pool=into)
    period = Period.objects.get(record_id=lead.pk)
    assert (lead.owner_id, lead.state, lead.pool_id) == (cast.teammate.pk, "pending", None)
    assert lead.taken_from_id == made  # P3: it counts as one that came out of the pool
    assert (period.owner_id, period.rule, period.reason) == (cast.teammate.pk, "assigned", "「线索公海」的默认分配")
    mine = make_lead(cast.actor("teammate"), "他自己放的", pool=into)
    assert mine.owner_id == cast.teammate.pk
    seal()
    deliver()
    told = Notification.objects.filter(kind="defaulted")
    assert [(each.member_id, each.row_id) for each in told] == [(cast.teammate.pk, lead.pk)]
    brought = create_lead(replace(cast.actor("owner"), surface=Surface.IMPORT), values=Values(name="整批"), pool=into)
    assert (brought.owner_id, brought.pool_id) == (None, made)
    rules = visitor(cast.administrator).get(f"/leads/pools/{made}/rules").content.decode()
    assert f"默认分给{cast.teammate.name}" in rules
    Capacity.objects.create(id=77, record_type="lead", name="上限", scope={"everybody": True}, most=2)
    bump_stamp()
    full = make_lead(cast.actor("owner"), "满了", pool=into)
    assert (full.owner_id, full.state, full.pool_id) == (None, "unassigned", made)
    cast.teammate.is_active = False
    cast.teammate.save()
    bump_stamp()
    with pytest.raises(Refused, match="已离职"):
        edit_pool(cast.actor("administrator"), made or 0, name="线索公海", everybody=True, assignee=cast.teammate.pk)
    page = visitor(cast.administrator).get(f"/settings/pools/{made}").content.decode()
    assert cast.teammate.name in page


def test_S2_73_campaigns_reach_what_lies_in_a_pool(cast: Cast) -> None:
    manager, owner = cast.actor("manager"), cast.actor("owner")
    fair = make_campaign(manager)
    pool = make_lead_pool(admins={"people": [cast.manager.pk]})
    sea = make_pool("公海", admins=(cast.manager.pk,))
    leads = [make_lead(owner, f"线索{n}", pool=str(pool.pk)) for n in range(2)]
    lost = make_customer(owner, pool=str(sea.pk))
    for part in ("owner", "stranger"):  # members claim first
        own = make_campaign(cast.actor(part), f"{part}的活动")
        with pytest.raises(Forbidden):
            join_of_lead(cast.actor(part), leads[0].pk, campaign=own.pk)
    manager = cast.actor("manager")
    batch = join_of_lead.run_many(manager, [lead.pk for lead in leads], {"campaign": str(fair.pk)})
    assert (sorted(batch.done), batch.refused) == (sorted(lead.pk for lead in leads), [])
    ACTIONS["customers.join_campaign"].run(manager, lost.pk, {"campaign": str(fair.pk)})
    assert list(Touch.objects.values_list("owner_id", flat=True)) == [None] * 3
    assert Customer.objects.get(pk=lost.pk).pool_id == sea.pk
    with pytest.raises(Refused, match="已经是"):
        join_of_lead(manager, leads[0].pk, campaign=fair.pk)
    client = visitor(cast.manager)
    assert "加入市场活动" in client.get(f"/leads/pools/{pool.pk}").content.decode()
    assert "加入市场活动" in client.get(f"/leads/pools/{pool.pk}/{leads[0].pk}").content.decode()
    assert "加入市场活动" not in visitor(cast.owner).get(f"/leads/pools/{pool.pk}").content.decode()
    claim_lead(cast.actor("owner"), leads[0].pk)
    touch = Touch.objects.get(lead_id=leads[0].pk)
    assert (touch.owner_id, touch.department_id) == (cast.owner.pk, cast.owner.department_id)
    assert Lead.objects.get(pk=leads[1].pk).first_campaign_id == fair.pk


def test_B16_forms_schemes_and_pools_of_a_leaver_go_to_the_receiver_and_come_back(cast: Cast) -> None:
    boss, leaver, heir = cast.actor("administrator"), cast.owner.pk, cast.teammate.pk
    form = make_form(boss, owner=str(leaver))
    other = make_form(boss, "别人的", owner=str(cast.stranger.pk))
    alone = declared(boss, "一个人", leaver, fallback=leaver)
    both = declared(boss, "两个人", leaver, heir, cast.stranger.pk)
    ruled = declare_scheme(
        boss, name="按规则", record_type="lead", mode="steps", seats=[{"member": leaver, "weight": 3}],
        steps=[{"conditions": {"source.in": ["event"]}, "members": [leaver], "mode": "turns"}],
    )  # fmt: skip
    given = {"name": "线索公海", "record_type": "lead", "everybody": "on", "assignee": str(leaver)}
    pool = create_pool.run(boss, None, given).row_id

    def stands() -> list[object]:
        schemes = Scheme.objects.in_bulk()
        people = [[seat["member"] for seat in schemes[one.pk].seats] for one in (alone, both, ruled)]
        steps = schemes[ruled.pk].steps[0]["members"]
        owners = [LeadForm.objects.get(pk=one.pk).owner_id for one in (form, other)]
        assignee = Pool.objects.get(pk=pool or 0).entering["assignee"]
        return [people, schemes[alone.pk].fallback_id, steps, owners, assignee]

    before = stands()
    row = handed_over(cast.actor("administrator"), cast.owner, cast.teammate)
    assert stands() == [
        [[heir], [heir, cast.stranger.pk], [heir]], heir, [heir], [heir, cast.stranger.pk], heir
    ]  # fmt: skip
    assert Scheme.objects.get(pk=ruled.pk).seats[0]["weight"] == 3
    parts = set(Item.objects.filter(handover=row).values_list("part", flat=True))
    assert {"lead_forms", "allocation_schemes", "pools"} <= parts
    page = visitor(cast.administrator).get(f"/handovers/{row.pk}").content.decode()
    assert [word for word in ("公开表单的线索归谁", "分配方案里的位置") if word not in page] == []
    work.undo_handover(cast.actor("administrator"), row.pk, waiting=True)
    assert stands() == before
