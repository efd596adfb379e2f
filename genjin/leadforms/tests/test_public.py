"""The form outside (B20, S2-70, B19 art. 14–17): every submission lands exactly once, tells nothing, keeps evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.duplicates.models import DuplicateRule
from genjin.kernel.codes_store import new_ids
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.options import Setting
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.leadforms.actions.channels import add_channel
from genjin.leadforms.actions.forms import close_form, delete_form, edit_form
from genjin.leadforms.actions.landing import discard, forget, release, take_back
from genjin.leadforms.jobs import sweep
from genjin.leadforms.models import FormEdition, LeadForm, Refusal, Submission
from genjin.leadforms.queries import outside
from genjin.leadforms.rules import host_of, shortened
from genjin.leadforms.tests.factories import FIELDS, land_all, make_form, send, sheet_in
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead, make_lead_pool
from genjin.org.models import Member
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-22 18:00:00+08:00", tick=False) as clock:
        yield clock


def set_to(**values: object) -> None:
    for key, value in values.items():
        Setting.objects.update_or_create(key=f"leadforms.{key}", defaults={"id": new_ids(1)[0], "value": value})
    bump_stamp()


def test_whoever_fills_in_a_form_becomes_a_lead_exactly_once(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, owner=str(cast.owner.pk), source="internet")
    add_channel(boss, form=form.pk, name="展会海报", code="expo", source="event")
    client = Client()
    page = client.get(
        f"/f/{form.key}?c=expo&utm_source=wechat&utm_x=no", headers={"Referer": "https://a.example/p?q=1"}
    )
    html = page.content.decode()
    assert (page.status_code, page.cookies) == (200, {})
    assert "<script" not in html
    assert "您的称呼" in html
    assert 'name="agreed" value="yes" ' in html
    assert " checked" not in html  # art. 14: nothing is ticked beforehand
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    sheet = sheet_in(page)
    assert send(client, form, sheet).status_code == 422  # at once: a machine
    assert Submission.objects.count() == 0
    clock.shift(20)
    for _click in range(3):  # double clicks, retries after a lost answer
        assert "提交成功" in send(client, form, sheet).content.decode()
    clock.shift(600)
    reloaded = sheet_in(client.get(f"/f/{form.key}"))
    clock.shift(9)
    assert "提交成功" in send(client, form, reloaded).content.decode()  # the same once more on a fresh sheet
    first = land_all()[0]
    for _again in range(2):
        assert land_all() == [first]
    first.refresh_from_db()
    lead = Lead.objects.get()
    assert (lead.name, lead.mobile, lead.need, lead.owner_id) == ("陆怀瑾", "13800138000", "想了解价格", cast.owner.pk)
    assert (lead.source, lead.created_by_id, lead.state, lead.duplicate) == ("event", None, "pending", False)
    assert (first.state, first.lead_id, first.values, first.repeats) == ("accepted", lead.pk, {}, 3)
    assert (first.tracked, first.referrer, first.took) == ({"utm_source": "wechat"}, "https://a.example/p", 20)
    assert (first.network, first.agreed) == ("127.0.0.x", True)
    edition = FormEdition.objects.get()
    assert edition.shown["consent"] == "我们只用这些信息与您联系。"
    assert next(field["label"] for field in edition.shown["fields"]) == "您的称呼"
    made = Event.objects.get(action="leads.create")
    assert (made.surface, made.member_id, made.note["lead_form"]) == ("form", None, form.name)
    assert "13800138000" not in str(list(Event.objects.filter(action="leadforms.receive").values()))
    told = Notification.objects.filter(member=cast.owner, kind="form_lead")
    assert [each.row_id for each in told] == [lead.pk]


def test_what_is_refused_keeps_what_was_typed_and_tells_nothing(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, most="2")
    client = Client()
    sheet = sheet_in(client.get(f"/f/{form.key}"))
    clock.shift(30)
    html = send(client, form, sheet, f_mobile="打我电话", f_need="<b>'\"价格", agreed="").content.decode()
    for kept in ("还有 2 处要改", "&lt;b&gt;&#39;&#34;价格", 'value="打我电话"'):
        assert kept in html, html
    for trouble, status, words in [
        ({"homepage": "x"}, 422, "请再点一次提交"),
        ({"owner": "1"}, 422, "核对后再提交"),
        ({"f_state": "converted"}, 422, "核对后再提交"),
        ({"sheet": "x" * 300}, 422, "停留得太久"),
    ]:
        typed: dict[str, Any] = dict(trouble)
        answer = send(client, form, typed.pop("sheet", sheet), **typed)
        assert (answer.status_code, words in answer.content.decode()) == (status, True)
        assert 'value="13800138000"' in answer.content.decode()
    address = f"/f/{form.key}"
    assert client.post(address, "{}", content_type="application/json").status_code == 400
    assert (
        client.post(address, b"f_need=\xd6\xd0\xb9\xfa", content_type="application/x-www-form-urlencoded").status_code
        == 400
    )
    odd = "application/x-www-form-urlencoded; charset=rot13"
    assert client.generic("POST", address, b"a=b", content_type=odd).status_code == 400
    assert client.post(address, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x").status_code in (
        400,
        422,
    )
    assert client.post(address, {"f_need": "x" * 70_000}).status_code == 413
    reasons = {row.reason for row in Refusal.objects.all()}
    assert reasons >= {"trap", "unknown", "token", "broken", "large"}
    assert not Submission.objects.exists()
    missing = client.get("/f/nosuchform")
    assert (missing.status_code, missing.cookies, "没有找到" in missing.content.decode()) == (404, {}, True)


def test_an_edition_a_limit_and_a_sheet_hold_what_they_say(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, most="2")
    client, address = Client(), f"/f/{form.key}"
    sheet = sheet_in(client.get(address))
    clock.shift(30)
    assert send(client, form, sheet, f_mobile="13911112222").status_code == 200
    replayed = send(client, form, sheet, f_mobile="13911113333")
    assert (replayed.status_code, "刚才已经收到" in replayed.content.decode()) == (409, True)
    assert send(client, form, sheet, f_mobile="13911112222").status_code == 200
    fresh = sheet_in(client.get(address))
    edit_form.run(
        boss,
        form.pk,
        {
            "name": "官网",
            "title": "新标题",
            "fields": FIELDS[:3],
            "consent": "新的说明",
            "target": "owner",
            "owner": str(cast.owner.pk),
            "most": "2",
        },
    )
    clock.shift(5)
    stale = send(client, form, fresh, f_mobile="13911114444", f_need="")
    assert (stale.status_code, "刚刚更新过" in stale.content.decode()) == (409, True)
    clock.shift(5)
    answer = client.post(
        address, {"sheet": sheet_in(stale), "f_contact_name": "王", "f_mobile": "13911114444", "agreed": "yes"}
    )
    assert answer.status_code == 200
    assert "名额已满" in client.get(address).content.decode()
    assert client.post(address, {"sheet": fresh, "f_mobile": "1"}).status_code == 409
    assert [row.edition.number for row in Submission.objects.order_by("id")] == [1, 2]
    assert Refusal.objects.get().reason == "replayed"
    close_form(boss, form.pk)
    assert "已经关闭" in client.get(address).content.decode()
    with pytest.raises(Refused, match="留作证据"):
        delete_form(boss, form.pk)


def test_what_is_doubtful_is_held_and_released_or_discarded(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, owner=str(cast.owner.pk))
    make_lead(cast.actor("owner"), "旧线索", mobile="13800138000")
    client = Client()

    def sent(**typed: Any) -> Submission:
        sheet = sheet_in(client.get(f"/f/{form.key}"))
        clock.shift(30)
        assert "提交成功" in send(client, form, sheet, **typed).content.decode()
        return land_all()[-1]

    warned = sent()
    assert (warned.state, warned.hit, Lead.objects.get(pk=warned.lead_id or 0).duplicate) == ("accepted", True, True)
    rule = DuplicateRule(
        id=new_ids(1)[0], name="不许重复", record_type="lead", alternatives=[[{"field": "mobile", "how": "exact"}]],
        effects={"form": "block", "create": "warn"},
    )  # fmt: skip
    rule.save(force_insert=True)
    bump_stamp()
    blocked = sent(f_need="再来一次")
    assert (blocked.state, blocked.held_for, blocked.lead_id) == ("held", "duplicate", None)
    with pytest.raises(Refused):
        release(boss, blocked.pk)
    discard(boss, blocked.pk, note="老客户")
    take_back(boss, blocked.pk)
    discard(boss, blocked.pk)
    clock.shift(40 * 86400)
    forget(outside())
    blocked.refresh_from_db()
    assert (blocked.state, blocked.values, blocked.network) == ("discarded", {}, "")
    with pytest.raises(Refused, match="抹去"):
        take_back(boss, blocked.pk)
    spam = sent(f_mobile="13900001111", f_need="见 https://bad.example")
    secret = sent(f_mobile="13900002222", f_need="身份证 320102198001011238")
    assert [spam.held_for, secret.held_for] == ["spam", "sensitive"]
    assert Notification.objects.filter(kind="form_held", member=cast.administrator).count() >= 1
    release(boss, spam.pk)
    assert Lead.objects.filter(mobile="13900001111").count() == 1


def test_what_finds_nobody_waits_and_what_is_left_lying_is_taken_up(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, owner=str(cast.owner.pk))
    client = Client()
    Member.objects.filter(pk=cast.owner.pk).update(is_active=False)
    bump_stamp()
    sheet = sheet_in(client.get(f"/f/{form.key}"))
    clock.shift(30)
    send(client, form, sheet, f_mobile="13900003333")
    (gone,) = land_all()
    assert (gone.state, gone.held_for) == ("held", "nowhere")
    pool = make_lead_pool()
    LeadForm.objects.filter(pk=form.pk).update(target="pool", pool_id=pool.pk)
    release(boss, gone.pk)
    lead = Lead.objects.get(mobile="13900003333")
    assert (lead.pool_id, lead.owner_id, lead.state) == (pool.pk, None, "unassigned")
    sheet = sheet_in(client.get(f"/f/{form.key}"))
    clock.shift(30)
    send(client, form, sheet, f_mobile="13900004444")
    sweep(outside())  # too young
    assert Submission.objects.latest("id").state == "received"
    clock.shift(600)
    sweep(outside())
    assert Submission.objects.latest("id").state == "accepted"


def test_frames_paces_hosts_and_addresses(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, hosts=["https://Shop.Example.cn/", "*.genjin.example", "中文.example"])
    assert form.hosts == ["shop.example.cn", "*.genjin.example", "xn--fiq228c.example"]
    bad = ["*", "a b", "a;script-src *", "*.", "x.example/path", "a'b", "example.cn:99999", "*.cn"]
    assert [host_of(text) for text in bad] == [None] * len(bad)
    client = Client()
    framed = client.get(f"/f/{form.key}/frame")
    assert "frame-ancestors https://shop.example.cn http://shop.example.cn" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    plain = make_form(boss, "没有网站")
    assert client.get(f"/f/{plain.key}/frame").status_code == 404
    clock.shift(30)
    assert send(client, form, sheet_in(framed), frame=True).status_code == 200
    assert Submission.objects.get().framed
    set_to(per_address=5)
    assert [send(client, plain, "x").status_code for _try in range(7)] == [422] * 5 + [429] * 2
    assert Refusal.objects.get(form=plain, reason="pace").count == 2
    assert [shortened(each) for each in ("203.0.113.77", "2001:db8:1:2::5", "?")] == [
        "203.0.113.x",
        "2001:db8:1::/48",
        "",
    ]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"fields": [{"key": "owner"}]}, "公开填写"),
        ({"fields": [{"key": "company"}]}, "联系到人"),
        ({"fields": [*FIELDS, FIELDS[0]]}, "只能放一次"),
        ({"target": "pool"}, "线索公海"),
        ({"thanks_link": "http://x.example"}, "https://"),
        ({"opens_at": "2026-01-02 10:00", "closes_at": "2026-01-01 10:00"}, "晚于"),
        ({"name": "官网试用"}, "换一个"),
    ]
    for wrong, words in cases:
        given: dict[str, Any] = {"name": "另一个", **wrong}
        with pytest.raises(Refused, match=words):
            make_form(boss, **given)


def test_pages_of_forms_are_drawn_and_their_verbs_run(cast: Cast, clock: time_machine.Traveller) -> None:
    boss = cast.actor("administrator")
    form = make_form(boss, review="1")
    browser = visitor(cast.administrator)
    sheet = sheet_in(browser.get(f"/f/{form.key}"))
    clock.shift(30)
    send(Client(), form, sheet)
    send(Client(), form, sheet, homepage="x", f_need="又")
    (held,) = land_all()
    place = f"/lead-forms/{form.pk}"
    for address, words in [
        ("/lead-forms", "官网试用"), (place, "下载二维码"), (f"{place}/edit", "要填的内容"),
        ("/lead-forms/new", "联系人姓名"),
        (f"{place}/submissions", "待审核"), (f"{place}/submissions?state=refused", "换了内容"),
        (f"{place}/submissions/{held.pk}", "13800138000"), (f"{place}/qr.svg", "<svg"),
    ]:  # fmt: skip
        answer = browser.get(address)
        assert (answer.status_code, words in answer.content.decode()) == (200, True), address
    draft: dict[str, Any] = {
        "name": "新",
        "title": "标题",
        "consent": "说明",
        "target": "owner",
        "owner": str(cast.owner.pk),
    }
    draft |= {"line": ["0", "1"], "l0.key": "mobile", "l0.label": "电话号码", "l1.key": "need", "change": "up.1"}
    moved = browser.post("/lead-forms/lines", draft).content.decode()
    assert moved.index('value="need"') < moved.index('value="mobile"')
    assert "电话号码" in browser.post("/lead-forms/preview", draft).content.decode()
    assert browser.post("/lead-forms/new", {**draft, "line": ["1"]}).status_code == 422
    assert browser.post("/lead-forms/new", draft).status_code == 302
    assert [field["key"] for field in LeadForm.objects.latest("id").fields] == ["mobile", "need"]
    assert browser.post(f"{place}/submissions/{held.pk}/release").status_code == 302
    lead = Lead.objects.get()
    assert "官网试用" in browser.get(f"/leads/{lead.pk}/related").content.decode()
    told = visitor(cast.administrator).get(f"/api/v1/lead-forms/{form.pk}/submissions").json()
    assert [each["lead"] for each in told["items"]] == [lead.pk]
    assert "13800138000" not in str(told)
