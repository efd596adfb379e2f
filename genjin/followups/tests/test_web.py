"""Pages of follow-ups: the panel on a customer, writing there, the statistics page; and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.actions.customers import void_customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.models import FollowUp
from genjin.followups.tests.factories import make_followup
from genjin.kernel.lists import count_capped, page, read_query
from genjin.kernel.records import RECORD_TYPES
from genjin.org.models import Member
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
OCTOBER = {"from": "2020-10-01", "to": "2020-10-31"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_the_customers_page_shows_composer_and_followups(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_followup(actor, customer, "总经理确认意向", outcome="成交", progress="85")
    html = client_of(cast.owner).get(f"/customers/{customer.pk}").content.decode()
    assert 'id="composer"' in html
    assert "总经理确认意向" in html
    assert "85%" in html
    assert f'action="/customers/{customer.pk}/followups"' in html


def test_a_followup_is_written_on_the_customers_page(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    sent = {
        "content": "送了样品", "method": "visit", "next_contact_at": tomorrow, "next_step": "送报价单",
        "idempotency_key": "k1",
    }  # fmt: skip
    client = client_of(cast.owner)
    answer = client.post(f"/customers/{customer.pk}/followups", sent, headers=HTMX)
    again = client.post(f"/customers/{customer.pk}/followups", sent, headers=HTMX)
    assert (answer.status_code, again.status_code) == (204, 204)
    assert "record:changed" in answer.headers["HX-Trigger"]
    followup = FollowUp.objects.get()
    assert (followup.content, followup.method, followup.author_id) == ("送了样品", "visit", cast.owner.pk)
    customer.refresh_from_db()
    assert customer.next_step == "送报价单"
    html = client.get(f"/customers/{customer.pk}").content.decode()
    assert 'id="plans"' in html
    assert "送报价单" in html


def test_without_script_the_writer_returns_to_the_customer(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    answer = client_of(cast.owner).post(f"/customers/{customer.pk}/followups", {"content": "打了电话"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{customer.pk}")


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    cast: Cast, unchanged: Unchanged, headers: dict[str, str]
) -> None:
    customer = make_customer(cast.actor("owner"))
    sent = {"content": "<b>谈了</b>", "progress": "300", "feedback": "还要再看"}
    client = client_of(cast.owner)
    with unchanged():
        answer = client.post(f"/customers/{customer.pk}/followups", sent, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "不能大于 100" in html
    assert "&lt;b&gt;谈了" in html
    assert "还要再看" in html
    assert ("<html" in html) == (headers == {})


def test_readers_without_writing_right_see_no_composer(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    client = client_of(cast.owner)
    void_customer(actor, customer.pk, reason="重复")
    assert 'id="composer"' not in client.get(f"/customers/{customer.pk}/followups").content.decode()


def test_strangers_are_told_nothing(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    make_followup(cast.actor("owner"), customer, "机密")
    for member, status in [(cast.stranger, 404), (cast.nobody, 404)]:
        client = client_of(member)
        with unchanged():
            assert client.get(f"/customers/{customer.pk}/followups").status_code == status
            assert client.post(f"/customers/{customer.pk}/followups", {"content": "x"}).status_code == status
    assert Client().get(f"/customers/{customer.pk}/followups").headers["Location"].startswith("/sign-in")


def test_earlier_followups_are_loaded_piece_by_piece(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    for day in range(1, 26):
        make_followup(actor, customer, f"第{day}次", occurred_at=f"2020-10-{day:02d}")
    client = client_of(cast.owner)
    first = client.get(f"/customers/{customer.pk}/followups", headers=HTMX).content.decode()
    assert "第25次" in first
    assert "第5次" not in first
    last = FollowUp.objects.get(content="第6次").pk
    assert f"?before={last}" in first
    second = client.get(f"/customers/{customer.pk}/followups?before={last}", headers=HTMX).content.decode()
    assert "第5次" in second
    assert "before=" not in second


def test_statistics_count_each_customer_once_by_deal_date(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_followup(actor, customer, occurred_at="2020-10-01", outcome="成交")
    make_followup(actor, customer, occurred_at="2020-10-31T23:59", outcome="成交")
    make_followup(actor, make_customer(actor, "昆山祺耀五金有限公司"), occurred_at="2020-11-01T00:00", outcome="成交")
    html = client_of(cast.owner).get("/statistics/followups", OCTOBER).content.decode()
    assert '<span class="v num" id="deals">1</span>' in html
    assert "昆山祺耀" not in html
    assert "周牧远" in html


def test_statistics_lists_and_counts_hide_what_one_may_not_see(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_followup(actor, make_customer(actor, "只有我知道有限公司"), "机密", occurred_at="2020-10-01", outcome="成交")
    html = client_of(cast.stranger).get("/statistics/followups", OCTOBER).content.decode()
    assert '<span class="v num" id="deals">0</span>' in html
    assert "只有我知道" not in html
    assert "周牧远" not in html
    stranger, followups = cast.actor("stranger"), RECORD_TYPES["followup"]
    query = read_query(stranger, followups, {})
    assert page(stranger, query, followups.columns).rows == []
    assert count_capped(stranger, query) == 0
    assert count_capped(cast.actor("manager"), read_query(cast.actor("manager"), followups, {})) == 1


def test_statistics_without_the_grant_are_refused(cast: Cast) -> None:
    assert client_of(cast.nobody).get("/statistics/followups").status_code == 403


def test_statistics_of_this_month_when_nothing_is_asked_and_nonsense_is_named(cast: Cast) -> None:
    client = client_of(cast.owner)
    first = cast.actor("owner").now().date().replace(day=1).isoformat()
    assert f'value="{first}"' in client.get("/statistics/followups").content.decode()
    html = client.get("/statistics/followups", {"from": "昨天的昨天"}).content.decode()
    assert 'aria-invalid="true"' in html
    assert f'value="{first}"' in html


def test_the_generic_form_does_not_ask_for_the_author(cast: Cast) -> None:
    html = client_of(cast.owner).get("/followups/new").content.decode()
    assert 'name="content"' in html
    assert 'name="author"' not in html


def test_a_followups_own_page_shows_its_words_and_leads_to_the_customer(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    followup = make_followup(actor, customer, "长" * 80, feedback="再想想")
    html = client_of(cast.owner).get(f"/followups/{followup.pk}").content.decode()
    assert "长" * 80 in html.partition('<aside class="d-r"')[0]
    assert f'href="/customers/{customer.pk}"' in html
    assert "长" * 59 + "…</h1>" in html.replace("</span>", "")
