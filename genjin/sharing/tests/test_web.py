"""The pages of sharing: rules in the settings, who can see a record, what a member can see."""

from __future__ import annotations

import re

from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.kernel.models import Event
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member, Role
from genjin.ownership.models import Teammate
from genjin.sharing.models import SharingRule
from genjin.sharing.rules import SharingState
from genjin.sharing.tests.test_rules import JIANGSU, customer_in, declare
from genjin.testing.cast import Cast

PLACE = "/settings/sharing"


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def words(client: Client, path: str, status: int = 200) -> str:
    """The visible text of a page."""
    response = client.get(path)
    assert response.status_code == status, response.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def form(cast: Cast, **more: object) -> dict[str, object]:
    """What a browser sends."""
    return {
        "name": "华东给二部", "record_type": "customer", "departments": [cast.manager.department_id], "below": "on",
        "if:region.in": [JIANGSU], "to_departments": [cast.stranger.department_id], "until": "2099-12-31",
    } | more  # fmt: skip


def test_a_rule_is_previewed_made_changed_switched_and_ended_on_its_pages(cast: Cast) -> None:
    customer_in(cast, "320500")
    client = signed_in(cast.administrator)
    assert "还没有共享规则" in words(client, PLACE)
    assert "所在地区" in words(client, f"{PLACE}/new")
    told = client.post(f"{PLACE}/preview", form(cast)).content.decode()
    assert "约 1 条客户将对 2 人可见" in told
    assert "另有 1 人没有查看客户的权限" in told
    assert "选好部门" in client.post(f"{PLACE}/preview", form(cast, departments=[])).content.decode()
    assert client.post(f"{PLACE}/new", form(cast, departments=[])).status_code == 422
    assert client.post(f"{PLACE}/new", form(cast)).status_code == 302
    shown = words(client, PLACE)
    assert "「销售一部」（含下级部门）的客户；所在地区 属于 江苏省" in shown
    assert "部门「销售二部」 · 只读 · 至 2099-12-31" in shown
    rule = SharingRule.objects.get()
    changed = form(cast, writes="on", version=str(rule.version))
    assert client.post(f"{PLACE}/{rule.pk}", changed).status_code == 302
    assert "读写" in words(client, PLACE)
    for move, state in (("off", SharingState.OFF), ("on", SharingState.ON), ("end", SharingState.ENDED)):
        assert client.post(f"{PLACE}/{rule.pk}/{move}").status_code == 302
        assert SharingRule.objects.get().state == state
    assert "已经结束" in words(client, f"{PLACE}/{rule.pk}")
    done = Event.objects.filter(action__startswith="sharing.").order_by("id").values_list("action", flat=True)
    assert [action.removeprefix("sharing.") for action in done] == [
        "declare",
        "change",
        "switch_off",
        "switch_on",
        "end",
    ]
    assert "共享规则" in words(client, "/settings/audit")


def test_two_who_change_the_same_are_asked_what_stays(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    rule = SharingRule.objects.get(pk=declare(cast))
    page = client.get(f"{PLACE}/{rule.pk}").content.decode()
    found = re.search(r'name="was" value="([^"]*)"', page)
    assert found
    was = found[1].replace("&#34;", '"')
    seen = {"version": str(rule.version), "was": was}
    mine = {"name": "我的名称", "departments": [cast.manager.department_id], "below": "on"}
    mine |= {"to_departments": [cast.stranger.department_id]}
    assert client.post(f"{PLACE}/{rule.pk}", mine | seen | {"name": "先到的"}).status_code == 302
    answer = client.post(f"{PLACE}/{rule.pk}", mine | seen)
    assert answer.status_code == 409
    assert "先到的" in answer.content.decode()
    apart = {"name": rule.name, "writes": "on"}
    assert client.post(f"{PLACE}/{rule.pk}", mine | seen | apart).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.writes) == ("先到的", True)


def test_who_sees_a_record_is_told_to_managers_and_administrators_only(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    Teammate.objects.create(id=1, record_type="customer", record_id=customer.pk, member=cast.teammate)
    path = f"/customers/{customer.pk}/who"
    shown = words(signed_in(cast.manager), path)
    for said in (
        "共 4 人能看到",
        "负责人的上级（角色「销售主管」：本人及下属）",
        "相关团队成员",
        "管理员：可以看到全部数据",
    ):
        assert said in shown
    assert "谁能看到" in signed_in(cast.manager).get(f"/customers/{customer.pk}").content.decode()
    assert "谁能看到" not in signed_in(cast.owner).get(f"/customers/{customer.pk}").content.decode()
    words(signed_in(cast.owner), path, 403)
    words(signed_in(cast.stranger), path, 403)
    asked = signed_in(cast.manager)
    assert "许星河能看到：相关团队成员" in words(asked, f"{path}?member={cast.teammate.pk}")
    why_not = words(asked, f"{path}?member={cast.stranger.pk}")
    assert "陌路人看不到" in why_not
    assert "角色「销售」只给他「本人」的客户" in why_not
    assert "没有任何角色允许查看客户" in words(asked, f"{path}?member={cast.nobody.pk}")


def test_what_a_member_sees_is_told_with_scopes_counts_and_rules(cast: Cast) -> None:
    make_customer(cast.actor("owner"))
    make_customer(cast.actor("stranger"), "陌路人的客户")
    declare(cast, to_departments=[], to_members=[cast.stranger.pk])
    client = signed_in(cast.administrator)
    assert "能看到什么" in words(client, f"/settings/members/{cast.stranger.pk}")
    shown = words(client, f"/settings/sight/{cast.stranger.pk}")
    assert "2 条" in shown
    assert "华东给二部" in shown
    drawn = client.get(f"/settings/sight/{cast.stranger.pk}").content.decode()
    assert f"/customers?f=1&amp;owner.in={cast.stranger.pk}" in drawn
    Role.objects.filter(key="salesperson").update(fields={"customer.phone": "masked", "customer.email": "hidden"})
    bump_stamp()
    told = words(client, f"/settings/sight/{cast.stranger.pk}")
    assert "电话 · 遮掩" in told
    assert "邮箱 · 隐藏" in told
    manager = signed_in(cast.manager)
    assert "下属：周牧远" in words(manager, f"/settings/sight/{cast.manager.pk}")
    words(manager, f"/settings/sight/{cast.stranger.pk}", 403)
    words(signed_in(cast.owner), f"/settings/sight/{cast.owner.pk}", 403)
