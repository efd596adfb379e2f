"""Two people edit the same settings: what each changed is kept; what both changed is shown side by side and decided."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from genjin.org.models import Company, Member, Role
from genjin.testing.cast import Cast, make_cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.administrator)
    return client


def filled(page: str) -> dict[str, Any]:
    """What a browser would send of a form's inputs and selects as they are."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        facts = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" not in facts or (facts.get("type") in ("checkbox", "radio") and " checked" not in tag):
            continue
        found.setdefault(facts["name"], []).append(facts.get("value", "on"))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def opened(client: Client, address: str) -> dict[str, Any]:
    return filled(client.get(address, headers=HTMX).content.decode())


def test_each_ones_changes_of_different_fields_are_kept(cast: Cast) -> None:
    client, address = signed_in(cast), f"/settings/members/{cast.owner.pk}/facts"
    mine, theirs = opened(client, address), opened(client, address)
    assert client.post(address, theirs | {"title": "销售经理"}).status_code == 302
    assert client.post(address, mine | {"phone": "13800135678"}).status_code == 302
    member = Member.objects.get(pk=cast.owner.pk)
    assert (member.title, member.phone) == ("销售经理", "13800135678")


def test_what_both_changed_is_shown_and_decided(cast: Cast) -> None:
    client, address = signed_in(cast), f"/settings/members/{cast.owner.pk}/facts"
    mine, theirs = opened(client, address), opened(client, address)
    client.post(address, theirs | {"title": "他们的", "phone": "13800135678"})
    answer = client.post(address, mine | {"title": "我的", "email": "zmy@example.com"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r'name="take.title" value="theirs"[^>]*>他们的', page)
    assert re.search(r'name="take.title" value="mine"[^>]*>我的', page)
    assert "take.phone" not in page
    assert "take.email" not in page
    member = Member.objects.get(pk=cast.owner.pk)
    assert (member.title, member.email) == ("他们的", "")
    assert client.post(address, filled(page) | {"take.title": "mine"}).status_code == 302
    member.refresh_from_db()
    assert (member.title, member.phone, member.email) == ("我的", "13800135678", "zmy@example.com")


def test_the_others_value_can_be_kept(cast: Cast) -> None:
    client, address = signed_in(cast), "/settings/company/edit"
    mine, theirs = opened(client, address), opened(client, address)
    client.post(address, theirs | {"name": "他们的公司"})
    answer = client.post(address, mine | {"name": "我的公司"}, headers=HTMX)
    assert answer.status_code == 409
    assert client.post(address, filled(answer.content.decode()) | {"take.name": "theirs"}).status_code == 302
    assert Company.objects.get().name == "他们的公司"


def test_a_third_change_is_asked_about_again(cast: Cast) -> None:
    client, address = signed_in(cast), "/settings/company/edit"
    mine, theirs = opened(client, address), opened(client, address)
    client.post(address, theirs | {"name": "甲"})
    first = client.post(address, mine | {"name": "乙"}, headers=HTMX)
    client.post(address, opened(client, address) | {"name": "丙"})
    second = client.post(address, filled(first.content.decode()) | {"take.name": "mine"}, headers=HTMX)
    assert second.status_code == 409
    assert "丙" in second.content.decode()
    assert client.post(address, filled(second.content.decode()) | {"take.name": "mine"}).status_code == 302
    assert Company.objects.get().name == "乙"


def test_roles_are_compared_grant_by_grant(cast: Cast) -> None:
    client, role = signed_in(cast), Role.objects.get(key="manager")
    address = f"/settings/roles/{role.pk}"
    mine, theirs = opened(client, address), opened(client, address)
    without = [key for key in theirs["grants"] if key != "customers.archive"]
    client.post(address, theirs | {"grants": without, "scope:customers.see": "all"})
    role.refresh_from_db()
    assert role.grants["customers.see"] == "all"
    saved = client.post(address, mine | {"note": "我的说明"})
    assert saved.status_code == 302
    role.refresh_from_db()
    assert "customers.archive" not in role.grants
    assert (role.note, role.grants["customers.see"]) == ("我的说明", "all")
    conflict = client.post(address, mine | {"note": "我的说明", "scope:customers.see": "dept"})
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "take.grants:customers.see" in page
    assert "take.grants:customers.archive" not in page
    assert client.post(address, filled(page)).status_code == 302
    role.refresh_from_db()
    assert role.grants["customers.see"] == "dept"
    assert "customers.archive" not in role.grants


def test_nonsense_in_what_was_seen_is_no_fault(cast: Cast) -> None:
    client, address = signed_in(cast), "/settings/company/edit"
    sent = opened(client, address)
    client.post(address, sent | {"name": "甲"})
    for was in ("{", "[]", '"x"', '{"name": {"a": 1}}', ""):
        assert client.post(address, sent | {"name": "乙", "was": was}).status_code == 409
