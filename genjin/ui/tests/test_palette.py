"""The command palette: who finds what by which letters, what may be started, and at what price."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.kernel.fields import Values
from genjin.testing.cast import Cast, make_cast
from genjin.ui.commands import found


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def own(cast: Cast) -> Customer:
    owner = cast.actor("owner")
    create_customer(cast.actor("stranger"), values=Values(name="苏州晶镭邦绝密公司", phone="13900009999"))
    own = create_customer(
        owner, values=Values(name="苏州晶砺半导体有限公司", phone="13812345678", level="A", tags=["重点项目"])
    )
    create_contact(owner, values=Values(name="江丽冰", customer=own.pk, phone="13800002207", position="采购总监"))
    return own


def asked(cast: Cast, part: str, text: str, place: str = "/customers") -> str:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(getattr(cast, part).pk)
    session.save()
    answer = client.get("/palette", {"q": text, "from": place}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_initials_find_customers_and_contacts_with_the_hit_marked(cast: Cast, own: Customer) -> None:
    html = asked(cast, "owner", "jlb")
    assert "苏州<mark>晶砺半</mark>导体有限公司" in html
    assert "<mark>j</mark>ing<mark>l</mark>i<mark>b</mark>an" in html
    assert f'data-href="/customers/{own.pk}"' in html
    assert "<mark>江丽冰</mark>" in html
    assert "采购总监 · 苏州晶砺半导体有限公司" in html
    assert '<span class="gr A">A</span>' in html


@pytest.mark.parametrize("text", ["5678", "晶砺", "jinglibandaoti", "13812345678"])
def test_phones_are_found_by_their_end_and_shown_masked(cast: Cast, own: Customer, text: str) -> None:
    words = plain(asked(cast, "owner", text))
    assert "苏州晶砺半导体有限公司" in words
    assert "138****5678" in words
    if text != "13812345678":
        assert "13812345678" not in words


@pytest.mark.parametrize("part", ["owner", "teammate", "nobody"])
def test_what_is_out_of_sight_is_not_found(cast: Cast, own: Customer, part: str) -> None:
    for text in ("绝密", "9999", "szjlb"):
        assert "晶镭邦" not in plain(asked(cast, part, text))
    assert "晶镭邦" in plain(asked(cast, "administrator", "绝密"))


def test_what_is_not_found_can_be_created(cast: Cast, own: Customer) -> None:
    html = asked(cast, "owner", "没有这一家<b>&")
    assert "新建客户「没有这一家&lt;b&gt;&amp;」" in html
    assert 'data-dialog="/customers/new?name=%E6%B2%A1' in html
    assert "新建客户" not in asked(cast, "nobody", "没有这一家")


def test_commands_stand_alone_behind_a_sign_and_when_nothing_is_typed(cast: Cast, own: Customer) -> None:
    for text in (">", ">新建", "", ">xinjian"):
        words = plain(asked(cast, "owner", text))
        assert "新建客户" in words
        assert "晶砺" not in words
    assert "客户「" not in plain(asked(cast, "owner", ">新建客户"))


def test_the_record_one_stands_on_offers_its_verbs(cast: Cast, own: Customer) -> None:
    html = asked(cast, "owner", ">", f"/customers/{own.pk}")
    assert f'data-dialog="/customers/{own.pk}/actions/archive"' in html
    assert f'data-dialog="/customers/{own.pk}/edit"' in html
    assert f'data-dialog="/followups/new?stay=1&amp;customer={own.pk}"' in html
    assert "给「苏州晶砺半导体有限公司」写跟进" in html
    other = asked(cast, "stranger", ">", f"/customers/{own.pk}")
    assert "晶砺" not in other
    for place in ("/customers/999999999", "/nothing/5", "/customers/²", "javascript:1", "x" * 5000):
        assert "归档「" not in asked(cast, "owner", ">", place)


def test_the_best_hit_offers_what_belongs_to_it(cast: Cast, own: Customer) -> None:
    assert "给「苏州晶砺半导体有限公司」写跟进" in plain(asked(cast, "owner", "jlb"))
    verbs = plain(asked(cast, "owner", "jlb", f"/customers/{own.pk}"))
    assert "归档「苏州" not in verbs
    assert "归档「苏州晶砺半导体有限公司」" in plain(asked(cast, "owner", "guidang", f"/customers/{own.pk}"))


def test_people_and_tags_have_their_signs(cast: Cast, own: Customer) -> None:
    people = plain(asked(cast, "owner", "@江"))
    assert "江丽冰" in people
    assert "新建" not in people
    colleagues = asked(cast, "owner", "@linzhixia")
    assert "林知夏" in colleagues
    assert f"owner.in={cast.manager.pk}" in colleagues
    assert "重点项目" in asked(cast, "owner", "#重点")


@pytest.mark.parametrize(
    "text", ["'", "%", "\\", "\x00", "<script>", "@'", "#%", ">;--", "²", "x" * 9000, "\U0001f600"]
)
def test_no_text_breaks_it(cast: Cast, own: Customer, text: str) -> None:
    assert "<script>" not in asked(cast, "owner", text)


@pytest.mark.parametrize("part", ["administrator", "manager", "owner", "nobody"])
def test_a_search_costs_at_most_six_queries(
    cast: Cast, own: Customer, django_assert_max_num_queries: Any, part: str
) -> None:
    actor = cast.actor(part)
    found(actor, "jlb")
    with django_assert_max_num_queries(6):
        found(actor, "jlb")


def test_recycle_bin_and_archive_are_found_by_their_names(cast: Cast) -> None:
    choices = [choice for group in found(cast.actor("owner"), "回收站") for choice in group.choices]
    assert "/customers?f=1&life=voided" in [choice.href for choice in choices]
    assert not [choice for group in found(cast.actor("nobody"), "回收站") for choice in group.choices]
