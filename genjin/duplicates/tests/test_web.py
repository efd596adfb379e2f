"""The pages of duplicates (B3): hint while entering, the tool, the rules with their examples, the run over the base."""

from __future__ import annotations

import pytest
from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.duplicates.jobs import sweeping
from genjin.duplicates.models import DuplicateRule, Sweep
from genjin.kernel.actor import system
from genjin.testing.cast import Cast

NAME = "苏州远岫新能源科技有限公司"
HTMX = {"HX-Request": "true"}


def _signed_in(cast: Cast, part: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, part))
    return client


@pytest.fixture
def hidden(cast: Cast) -> int:
    """A customer of the owner's, which stranger does not see."""
    return make_customer(cast.actor("owner"), NAME, phone="13800138000").pk


def test_b3_the_hint_names_what_one_sees_and_whom_to_ask_for_the_rest(cast: Cast, hidden: int) -> None:
    sent = {"name": "远岫新能源", "phone": ""}
    mine = _signed_in(cast, "owner").post("/duplicates/hint/customers", sent, headers=HTMX).content.decode()
    assert NAME in mine
    assert f"/customers/{hidden}" in mine
    theirs = _signed_in(cast, "stranger").post("/duplicates/hint/customers", sent, headers=HTMX).content.decode()
    assert NAME not in theirs
    assert "周牧远" in theirs
    assert f"/customers/{hidden}" not in theirs
    assert (
        not _signed_in(cast, "owner").post("/duplicates/hint/customers", {"name": "别家"}, headers=HTMX).content.strip()
    )
    assert _signed_in(cast, "nobody").post("/duplicates/hint/customers", sent, headers=HTMX).status_code == 403


def test_b3_the_tool_reads_lines_of_names_and_numbers(cast: Cast, hidden: int) -> None:
    text = "远岫新能源科技\n张先生 138 0013 8000\n无锡远岫新能源科技有限公司\n？"
    page = _signed_in(cast, "owner").post("/duplicates/check", {"text": text}).content.decode()
    assert page.count(f'href="/customers/{hidden}"') == 2
    assert page.count("没有重复") == 1
    assert "认不出内容" in page
    assert _signed_in(cast, "nobody").get("/duplicates/check").status_code == 403


def test_b3_rules_are_shown_with_an_example_and_changed(cast: Cast, hidden: int) -> None:
    client = _signed_in(cast, "administrator")
    page = client.get("/settings/duplicates").content.decode()
    assert "统一社会信用代码相同，或 客户名称相近，或 电话相同" in page
    assert NAME in client.get("/settings/duplicates/example/customer/0", headers=HTMX).content.decode()
    form = {"name": "只看电话", "if.0.0": "phone:exact", "at.create": "block", "told": "nothing", "on": "on"}
    client.post("/settings/duplicates/customer/company", form)
    row = DuplicateRule.objects.get()
    assert (row.preset, row.alternatives, row.effects) == (
        "company",
        [[{"field": "phone", "how": "exact"}]],
        {"create": "block"},
    )
    shown = client.get("/settings/duplicates").content.decode()
    for words in ("<span>页面新建</span>", "<span>页面编辑、接口新建和编辑、导入、公开表单、查重工具</span>"):
        assert words in shown, words  # where it forbids, where it asks nothing: each effect once
    refused = client.post(f"/settings/duplicates/{row.pk}", form | {"if.0.0": "", "version": row.version})
    assert refused.status_code == 422
    assert "请填写「怎样算重复」" in refused.content.decode()
    overtaken = client.post(f"/settings/duplicates/{row.pk}", form | {"version": row.version - 1}).content.decode()
    assert "将以您的为准" in overtaken
    assert f'name="version" value="{row.version}"' in overtaken
    assert overtaken.count('name="if.') == 9  # room for two groups more without saving in between
    client.post(f"/settings/duplicates/{row.pk}/end")
    assert not DuplicateRule.objects.exists()


def test_b3_groups_lead_to_merging_and_are_dismissed(cast: Cast, hidden: int) -> None:
    other = make_customer(cast.actor("owner"), "远岫新能源科技").pk
    client = _signed_in(cast, "manager")
    client.post("/duplicates/groups/begin", {"type": "customers"})
    run = Sweep.objects.get()
    assert "正在查重" in client.get("/duplicates/groups").content.decode()
    sweeping.sweep(system(), run.job_id or 0, sweep_id=run.pk)
    page = client.get("/duplicates/groups").content.decode()
    assert f'href="/customers/{hidden}"' in page
    assert f'href="/customers/{other}"' in page
    group = page.partition("/duplicates/groups/")[2]
    assert group
    assert "组疑似重复" not in page  # how many there are in all is told to who sees all
    assert "1 组疑似重复" in _signed_in(cast, "administrator").get("/duplicates/groups").content.decode()
    assert NAME not in _signed_in(cast, "administrator").get("/duplicates/groups?type=contacts").content.decode()
