"""Leads come in as their area declares (B1): to owners or into a pool, compared by their own rules, taken back."""

from __future__ import annotations

import pytest

from genjin.campaigns.tests.factories import make_campaign
from genjin.kernel.models.rows import Life
from genjin.leads.models import Lead
from genjin.leads.rules import LeadState
from genjin.leads.tests.factories import make_lead, make_lead_pool
from genjin.surfaces.imports.models import Decision, RowState
from genjin.surfaces.imports.queries import duplicate_groups, rows_of
from genjin.surfaces.imports.tests.engine import checked
from genjin.surfaces.imports.work import run_import, undo
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.django_db

HEADER = ["公司", "联系人", "手机", "线索来源", "负责人", "市场活动"]


def test_leads_come_in_to_owners_or_a_pool_and_known_ones_are_told() -> None:
    cast = make_cast()
    actor = cast.actor("administrator")
    known = make_lead(cast.actor("owner"), "老线索", mobile="13800138000")
    fair = make_campaign(actor, "上海工博会")
    pool = make_lead_pool("线索池")
    rows = [
        HEADER,
        ["苏州晶砺半导体有限公司", "陆先生", "13800138001", "展会", cast.owner.name, "上海工博会"],
        ["", "", "13800138002", "", "", ""],
        ["无锡云帆科技有限公司", "王工", "13800138000", "", "", ""],
        ["无锡云帆", "赵工", "138 0013 8001", "", "", ""],
        ["", "", "", "网络", "", ""],
    ]
    policy = {"given": {"lead.quality": "high"}, "assign": "pool", "pool": pool.pk}
    batch = checked(actor, *rows, kind="leads", policy=policy)
    told = [row.problems[0][1] for row in rows_of(batch, RowState.BAD)]
    assert told == ["没有名称、公司、联系人和联系方式，不知道是哪条线索"]
    assert {group.decision for group in duplicate_groups(batch)} == {Decision.SKIP}
    assert [row.number for row in rows_of(batch, RowState.DUPLICATE)] == [4, 5]
    assert rows_of(batch, RowState.DUPLICATE)[0].duplicate_of == known.pk
    batch = run_import(actor, batch.pk, waiting=True)
    made = Lead.objects.exclude(pk=known.pk).order_by("id")
    assert list(made.values_list("name", "owner_id", "pool_id", "state", "quality", "campaign_id", "imported")) == [
        ("苏州晶砺半导体有限公司 陆先生", cast.owner.pk, None, LeadState.PENDING, "high", fair.pk, True),
        ("13800138002", None, pool.pk, LeadState.UNASSIGNED, "high", None, True),
    ]
    assert {key: n for key, n in batch.counts.items() if n} == {"done": 5, "leads": 2, "duplicates": 2, "refused": 1}
    batch = undo(actor, batch.pk, waiting=True)
    assert batch.counts["taken_back"] == 2
    assert list(Lead.objects.exclude(life=Life.VOIDED)) == [known]


def test_B1_a_table_brings_the_intention_of_leads() -> None:
    actor = make_cast().actor("administrator")
    rows = (
        ["公司", "手机", "意向程度"],
        ["苏州晶砺半导体有限公司", "13800138001", "确定购买意向"],
        ["无锡云帆科技有限公司", "13800138002", "徘徊犹豫"],
        ["昆山拓维精密有限公司", "13800138003", ""],
    )
    run_import(actor, checked(actor, *rows, kind="leads").pk, waiting=True)
    assert list(Lead.objects.order_by("id").values_list("customer_intention", flat=True)) == ["certain", "wavering", ""]
