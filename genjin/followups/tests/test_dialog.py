"""The dialog that writes a follow-up from any page: for whom it opens, what it sends, its files; phrases to insert."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.actions import add_phrase, edit_phrase, retire_phrase
from genjin.followups.models import FollowUp, Phrase
from genjin.followups.tests.factories import make_followup
from genjin.kernel.models.events import Event
from genjin.kernel.models.files import File
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.models import Member
from genjin.plans.models import Plan
from genjin.plans.rules import PlanState
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def over(path: str) -> dict[str, str]:
    return HTMX | {"HX-Current-URL": f"http://testserver{path}"}


def ahead(days: int = 2) -> str:
    return (timezone.localtime() + timedelta(days=days)).strftime("%Y-%m-%dT10:00")


def chosen(html: str) -> str:
    found = re.search(r'name="customer" value="(\d*)"', html)
    assert found is not None
    return found[1]


def test_it_opens_for_what_is_named_or_for_the_record_whose_page_is_open(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    followup = make_followup(owner, customer, contact=str(contact.pk), next_contact_at=ahead(), next_step="送样品")
    client = client_of(cast.owner)
    for query in (f"customer={customer.pk}", f"contact={contact.pk}", f"plan={followup.next_plan_id}"):
        assert chosen(client.get(f"/followups/new?{query}", headers=HTMX).content.decode()) == str(customer.pk)
    for place in (f"/customers/{customer.pk}", f"/contacts/{contact.pk}", f"/followups/{followup.pk}"):
        html = client.get("/followups/new", headers=over(place)).content.decode()
        assert chosen(html) == str(customer.pk)
    for place in "/customers", "/today", "/customers/999999":
        assert chosen(client.get("/followups/new", headers=over(place)).content.decode()) == ""
    cleared = client.get("/followups/new?customer=", headers=over(f"/customers/{customer.pk}")).content.decode()
    assert chosen(cleared) == ""


def test_a_named_plan_is_told_and_completed(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    plan_id = make_followup(owner, customer, next_contact_at=ahead(), next_step="送样品").next_plan_id
    client = client_of(cast.owner)
    html = client.get(f"/followups/new?plan={plan_id}", headers=HTMX).content.decode()
    assert "送样品" in html
    assert f'name="plan" value="{plan_id}"' in html
    sent = {"customer": customer.pk, "plan": plan_id, "content": "样品已送到", "method": "visit", "in_dialog": "1"}
    answer = client.post("/followups/new", sent, headers=over("/today"))
    assert answer.status_code == 204
    assert "dialog:done" in answer.headers["HX-Trigger"]
    assert Plan.objects.get().state == PlanState.COMPLETED


def test_the_answer_closes_the_dialog_and_offers_undo(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    sent = {"customer": customer.pk, "content": "打了电话", "idempotency_key": "k1", "in_dialog": "1"}
    answer = client.post("/followups/new", sent, headers=over("/customers"))
    event = Event.objects.filter(action="followups.create").latest("id").pk
    assert f"/undo/{event}" in answer.headers["HX-Trigger"]
    again = client.post("/followups/new", sent, headers=over("/customers"))
    assert again.status_code == 204
    assert "/undo/" not in again.headers["HX-Trigger"]
    assert FollowUp.objects.count() == 1


def test_a_changed_text_under_a_key_that_arrived_before_is_told_and_gets_a_new_key(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    sent = {"customer": customer.pk, "content": "打了电话", "idempotency_key": "k1", "in_dialog": "1"}
    client.post("/followups/new", sent, headers=over("/customers"))
    answer = client.post("/followups/new", sent | {"content": "改了"}, headers=over("/customers"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "已经保存" in html
    assert 'value="k1"' not in html
    assert FollowUp.objects.count() == 1


def test_an_old_talk_is_asked_for_its_reason_and_keeps_what_was_typed(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    old = (timezone.localtime() - timedelta(days=4)).strftime("%Y-%m-%dT10:00")
    sent = {"customer": customer.pk, "content": "谈了交期", "occurred_at": old, "solution": ["case"], "in_dialog": "1"}
    client = client_of(cast.owner)
    with unchanged():
        answer = client.post("/followups/new", sent, headers=over("/customers"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="fd-late_reason-error"' in html
    assert "谈了交期" in html
    assert 'value="case" checked' in html
    assert client.post("/followups/new", sent | {"late_reason": "出差"}, headers=over("/")).status_code == 204


def test_without_script_it_is_a_page_and_returns_to_the_customer(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    assert "<html" in client.get(f"/followups/new?customer={customer.pk}").content.decode()
    answer = client.post("/followups/new", {"customer": customer.pk, "content": "打了电话"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{customer.pk}")


def test_strangers_open_it_for_nobodys_customer(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"), "机密客户有限公司")
    client = client_of(cast.stranger)
    for named, place in ((f"?customer={customer.pk}", "/customers"), ("", f"/customers/{customer.pk}")):
        html = client.get(f"/followups/new{named}", headers=over(place)).content.decode()
        assert chosen(html) == ""
        assert "机密客户" not in html
    with unchanged():
        assert client.post("/followups/new", {"customer": customer.pk, "content": "x"}).status_code == 422
    assert client_of(cast.nobody).get("/followups/new").status_code == 403


def test_files_are_attached_to_the_follow_up_and_shown_in_its_line(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)

    def send() -> Any:
        files = [SimpleUploadedFile(f"纪要{n}.txt", f"第{n}份".encode(), "text/plain") for n in (1, 2)]
        sent = {"content": "附上纪要", "idempotency_key": "k1", "files": files}
        return client.post(f"/customers/{customer.pk}/followups", sent, headers=HTMX)

    assert (send().status_code, send().status_code) == (204, 204)
    followup = FollowUp.objects.get()
    assert sorted(File.objects.values_list("name", "record_id")) == [
        ("纪要1.txt", followup.pk), ("纪要2.txt", followup.pk),
    ]  # fmt: skip
    assert "纪要1.txt" in client.get(f"/customers/{customer.pk}/followups", headers=HTMX).content.decode()


def test_a_bad_file_refuses_the_whole(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    sent = {"content": "附上程序", "files": [SimpleUploadedFile("坏.exe", b"MZ\x90\x00" + b"\x00" * 64)]}
    client = client_of(cast.owner)
    with unchanged():
        answer = client.post(f"/customers/{customer.pk}/followups", sent, headers=HTMX)
    assert answer.status_code == 422
    assert "附上程序" in answer.content.decode()


def test_a_contacts_and_a_plans_page_show_their_follow_ups(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    first = make_followup(owner, customer, "与他谈过", contact=str(contact.pk), next_contact_at=ahead(), next_step="送")
    make_followup(owner, customer, "办完了计划", plan=str(first.next_plan_id))
    client = client_of(cast.owner)
    html = client.get(f"/contacts/{contact.pk}").content.decode()
    assert "与他谈过" in html
    assert "办完了计划" not in html
    assert "办完了计划" in client.get(f"/plans/{first.next_plan_id}").content.decode()
    assert "办完了计划" in client.get(f"/plans/{first.next_plan_id}/followups").content.decode()
    assert client_of(cast.stranger).get(f"/contacts/{contact.pk}/followups").status_code == 404


def test_a_line_says_that_it_was_corrected_and_that_it_was_late(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    late = (owner.now() - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    followup = make_followup(owner, customer, occurred_at=late)
    client = client_of(cast.owner)
    client.post(
        f"/followups/{followup.pk}/edit",
        {"drawn": "content", "content": "改过的话", "version": followup.version, "was": '{"content": "谈了交期"}'},
        headers=over(f"/customers/{customer.pk}"),
    )
    html = client.get(f"/customers/{customer.pk}/followups", headers=HTMX).content.decode()
    assert "改过的话" in html
    assert "已修改" in html
    assert re.search(r"逾期补录 [67] 小时", html)


# ---- phrases --------------------------------------------------------------------------------------------------------


def test_phrases_are_offered_with_names_filled_in(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    add_phrase(owner, title="约见面", words="{我} 约 {客户} 的 {联系人} 见面")
    client = client_of(cast.owner)
    asked = f"/phrases/choices?q=ymjm&customer={customer.pk}&contact={contact.pk}"
    assert "没有匹配" in client.get(asked, headers=HTMX).content.decode()
    html = client.get(asked.replace("ymjm", "yjm"), headers=HTMX).content.decode()
    assert f"{owner.name} 约 {customer.name} 的 {contact.name} 见面" in html
    hidden = client_of(cast.stranger).get(asked.replace("q=ymjm", "q="), headers=HTMX).content.decode()
    assert customer.name not in hidden


def test_ones_own_phrases_are_ones_own_and_the_companys_are_everybodys(cast: Cast, unchanged: Unchanged) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    mine = add_phrase(owner, title="我的", words="我的话")
    add_phrase(manager, title="公司的", words="公司的话", shared=True)
    told = {part: client_of(getattr(cast, part)).get("/phrases").content.decode() for part in ("owner", "stranger")}
    assert ("我的话" in told["owner"], "我的话" in told["stranger"]) == (True, False)
    assert ("公司的话" in told["owner"], "公司的话" in told["stranger"]) == (True, True)
    with unchanged(), pytest.raises(NotFound):
        edit_phrase(cast.actor("stranger"), mine.pk, title="改", words="改")
    with unchanged(), pytest.raises(Refused) as refusal:
        add_phrase(owner, title="冒充", words="公司", shared=True)
    assert refusal.value.code == "share"


def test_a_phrase_goes_out_of_use_and_comes_back(cast: Cast) -> None:
    owner = cast.actor("owner")
    phrase = add_phrase(owner, title="旧的", words="旧的话")
    add_phrase(owner, title="新的", words="新的话")
    client = client_of(cast.owner)
    answer = client.post(f"/phrases/{phrase.pk}/off", headers=HTMX)
    assert "/undo/" in answer.headers["HX-Trigger"]
    assert "旧的话" not in client.get("/phrases/choices", headers=HTMX).content.decode()
    client.post(f"/phrases/{phrase.pk}/on", headers=HTMX)
    assert "旧的话" in client.get("/phrases/choices", headers=HTMX).content.decode()
    retire_phrase(owner, phrase.pk)
    assert Phrase.objects.get(pk=phrase.pk).retired


def test_phrases_are_written_in_a_dialog(cast: Cast) -> None:
    client = client_of(cast.owner)
    assert 'name="words"' in client.get("/phrases/new", headers=over("/phrases")).content.decode()
    answer = client.post("/phrases/new", {"title": "", "words": "话"}, headers=over("/phrases"))
    assert answer.status_code == 422
    assert client.post("/phrases/new", {"title": "题", "words": "话"}, headers=over("/phrases")).status_code == 204
    phrase = Phrase.objects.get()
    sent = {"title": "改题", "words": "话", "order": "3"}
    assert client.post(f"/phrases/{phrase.pk}/edit", sent, headers=over("/phrases")).status_code == 204
    phrase.refresh_from_db()
    assert (phrase.title, phrase.order, phrase.member_id) == ("改题", 3, cast.owner.pk)


def test_a_send_without_session_and_csrf_cookie_leads_to_sign_in_and_back(cast: Cast) -> None:
    """The words stay in the browser's draft; a lost sign-in is not called an expired page."""
    customer = make_customer(cast.actor("owner"))
    nobody = Client(enforce_csrf_checks=True)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/customers/{customer.pk}?tab=1"}
    answer = nobody.post(f"/customers/{customer.pk}/followups", {"content": "聊了报价"}, headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, f"/sign-in?next=/customers/{customer.pk}%3Ftab%3D1")
    whole = nobody.post("/followups/new", {"content": "聊了报价"})
    assert (whole.status_code, whole["Location"]) == (302, "/sign-in?next=/followups/new")
    assert nobody.post("/sign-in", {"sign_in": "owner"}).status_code == 403
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(cast.owner)
    assert signed_in.post("/followups/new", {"content": "聊了报价"}, headers=headers).status_code == 403
