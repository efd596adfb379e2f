"""Drop-downs ask the server: by name, pinyin and initials, a bounded number, only what may be seen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.kernel.fields import Values
from genjin.testing.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def own(cast: Cast) -> Customer:
    create_customer(cast.actor("stranger"), values=Values(name="苏州晶镭邦绝密公司"))
    return create_customer(cast.actor("owner"), values=Values(name="苏州晶砺半导体有限公司", tags=["重点项目"]))


def ask(cast: Cast, part: str, source: str, text: str) -> Any:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(getattr(cast, part).pk)
    session.save()
    return client.get(f"/choices/{source}", {"q": text}, headers={"HX-Request": "true"})


def offered(cast: Cast, part: str, source: str, text: str = "") -> dict[str, str]:
    """{value: text} of the offers."""
    answer = ask(cast, part, source, text)
    assert answer.status_code == 200
    return dict(re.findall(r'data-value="([^"]*)" data-text="([^"]*)"', answer.content.decode()))


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("customers/owner", "lzx", "林知夏"),
        ("customers/owner", "林知", "林知夏"),
        ("customers/department", "xsyb", "销售一部"),
        ("customers/industry", "半导体", "半导体"),
        ("customers/region", "sz", "苏州"),
        ("customers/level", "cj", "超级VIP客户"),
        ("customers/tags", "重点", "重点项目"),
        ("contacts/customer", "jlb", "苏州晶砺半导体有限公司"),
        ("contacts.create/customer", "晶砺", "苏州晶砺半导体有限公司"),
        ("customers.transfer/owner", "zhoumu", "周牧远"),
    ],
)
def test_each_kind_is_found_by_its_letters(cast: Cast, own: Customer, source: str, text: str, found: str) -> None:
    choices = offered(cast, "owner", source, text)
    assert any(found in words for words in choices.values()), choices
    assert len(choices) <= 20


def test_nothing_out_of_sight_is_offered(cast: Cast, own: Customer) -> None:
    for text in ("", "jlb", "绝密"):
        assert not any("绝密" in words for words in offered(cast, "owner", "contacts/customer", text).values())
    assert any("绝密" in words for words in offered(cast, "administrator", "contacts/customer", "绝密").values())
    for source in ("contacts/customer", "customers/level", "customers.transfer/owner", "customers/nonsense", "x/y"):
        assert ask(cast, "nobody", source, "").status_code == 404
    assert Client().get("/choices/customers/owner").status_code == 302


@pytest.mark.parametrize("text", ["'", "%", "\x00", "\\", "²", "x" * 9000, "\U0001f600", "<b>"])
def test_no_text_breaks_a_drop_down(cast: Cast, own: Customer, text: str) -> None:
    for source in ("customers/owner", "customers/region", "customers/industry", "customers/tags", "contacts/customer"):
        answer = ask(cast, "owner", source, text)
        assert answer.status_code == 200
        assert "<b>" not in answer.content.decode()
