"""Board, funnel, record page, workbench and settings of opportunities in the browser's way in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.fields import Access
from genjin.opportunities.models import Opportunity
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.opportunities.tests.test_moving import stage_tasks
from genjin.testing.cast import Cast, limit
from genjin.ui.tests.visitors import HTMX, visitor

PARTS = ("manager", "stranger")
LATE = re.compile("逾期 40[0-9] 天")  # by the calendar of the company


def test_the_board_shows_moves_and_refuses(cast: Cast, count_queries: Callable[[], Any]) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    row = make_opportunity(owner, "A3 栋整层", customer, amount="1860万", expected_on="2031-11")
    for number in range(4):
        make_opportunity(owner, f"商机{number}", customer, amount="10万", stage="need" if number % 2 else "contact")
    Opportunity.objects.filter(pk=row.pk).update(
        stalls_on=timezone.localdate() - timedelta(days=3), stage_entered_at=timezone.now() - timedelta(days=17)
    )
    client = visitor(cast.owner)
    client.get("/opportunities/board")
    with count_queries() as asked:
        page = client.get("/opportunities/board").content.decode()
    assert len(asked) <= 12, [query["sql"][:120] for query in asked]
    for words in ("¥1,880 万", "A3 栋整层", "停滞 17 天", "2031-11", "苏州晶砺半导体有限公司", "拖到此处：赢单"):
        assert words in page, words
    assert "个商机停滞" in client.get("/today").content.decode()
    assert client.get("/opportunities/board?whose=all&period=year", headers=HTMX).status_code == 200
    sent = {"stage": "need", "version": str(row.version), "pipeline": "default", "whose": "mine"}
    moved = client.post(f"/opportunities/{row.pk}/moves", sent, headers=HTMX)
    assert (moved.status_code, fresh(row).stage) == (200, "need")
    assert "toast" in moved.headers["HX-Trigger"]
    assert f'id="card-{row.pk}"' in moved.content.decode()
    assert 'id="head-contact"' in moved.content.decode()
    for stage in ("aftersale", "nowhere"):
        refused = client.post(f"/opportunities/{row.pk}/moves", {"stage": stage}, headers=HTMX)
        assert (refused.status_code, fresh(row).stage) == (422, "need")
    assert visitor(cast.stranger).post(f"/opportunities/{row.pk}/moves", {"stage": "won"}).status_code == 404
    assert visitor(cast.nobody).get("/opportunities/board").status_code == 403
    assert "A3 栋整层" not in visitor(cast.stranger).get("/opportunities/board?whose=all").content.decode()
    cards = client.get("/opportunities/board/cards?stage=contact&whose=mine", headers=HTMX)
    assert cards.content.decode().count('class="kd') == 2


def test_what_has_ended_is_not_late(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    rows = [make_opportunity(owner, name, customer) for name in ("还在谈的", "已经丢的")]
    long_ago = timezone.localdate() - timedelta(days=400)
    Opportunity.objects.update(expected_on=long_ago)
    ACTIONS["opportunities.lose"].run(owner, rows[1].pk, {"reason": "price"})
    client = visitor(cast.owner)
    listed = client.get("/opportunities?view=all").content.decode()
    assert len(LATE.findall(listed)) == 1
    assert f"{long_ago:%Y-%m-%d}" in listed
    for row, late in zip(rows, (True, False), strict=True):
        assert bool(LATE.search(client.get(f"/opportunities/{row.pk}").content.decode())) is late


def test_b9_what_a_move_asks_for_is_filled_in_as_it_moves(cast: Cast) -> None:
    asked = [{"when": "exit", "kind": "field", "of": key} for key in ("amount", "need")]
    stage_tasks(cast.actor("administrator"), "contact", *asked)
    stage_tasks(cast.actor("administrator"), "need", {"when": "exit", "kind": "followup", "of": "", "count": "1"})
    row, client = make_opportunity(cast.actor("owner")), visitor(cast.owner)
    refused = client.post(f"/opportunities/{row.pk}/moves", {"stage": "need"}, headers=HTMX)
    assert (refused.status_code, refused.headers["X-Dialog"]) == (422, f"/opportunities/{row.pk}/moves/need")
    assert "补齐并移动" in client.get(f"/opportunities/{row.pk}").content.decode()
    dialog = client.get(refused.headers["X-Dialog"], headers=HTMX).content.decode()
    assert "还差 2 项：「商机金额」、「核心需求」" in dialog
    assert [f'name="{key}"' in dialog for key in ("amount", "need", "source", "stage")] == [True, True, False, False]
    hidden = {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', dialog)}
    half = client.post(f"/opportunities/{row.pk}/moves/need", hidden | {"amount": "65万", "need": ""}, headers=HTMX)
    assert (half.status_code, "65万" in half.content.decode(), fresh(row).amount) == (422, True, None)
    sent = hidden | {"amount": "65万", "need": "三台", "stage": "negotiation"}  # where it goes the page decides
    assert client.post(f"/opportunities/{row.pk}/moves/need", sent, headers=HTMX).status_code == 204
    assert [fresh(row).stage, fresh(row).amount, fresh(row).need] == ["need", 650_000, "三台"]
    refused = client.post(f"/opportunities/{row.pk}/moves", {"stage": "proposal"}, headers=HTMX)
    assert (refused.status_code, "X-Dialog" in refused.headers) == (422, False)  # a follow-up no field can replace


def test_the_record_page_and_the_customers_card(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    row = make_opportunity(owner, "A3 栋整层", customer, amount="5万", contact=str(contact.pk))
    run = {name: ACTIONS[f"opportunities.{name}"].run for name in ("add_line", "add_competitor", "lose")}
    run["add_line"](owner, row.pk, {"product": "贴片机", "price": "9000"})
    run["add_competitor"](owner, row.pk, {"name": "远岫", "weaknesses": "交期长"})
    client = visitor(cast.owner)
    page = client.get(f"/opportunities/{row.pk}").content.decode()
    for words in ("初步接触", "售后维护", "陆怀瑾", "贴片机", "远岫", "交期长", "与商机金额不一致"):
        assert words in page, words
    assert "A3 栋整层" in client.get(f"/customers/{customer.pk}/related", headers=HTMX).content.decode()
    assert client.get(f"/opportunities/{row.pk}/actions/win", headers=HTMX).status_code == 200
    assert "系统自动关闭" not in client.get(f"/opportunities/{row.pk}/actions/lose", headers=HTMX).content.decode()
    run["lose"](owner, row.pk, {"reason": "price", "competitor": "远岫"})
    page = client.get(f"/opportunities/{row.pk}").content.decode()
    assert "价格太高" in page
    assert 'aria-label="显示方式"' in client.get("/opportunities").content.decode()
    api = client.get(f"/api/v1/opportunities/{row.pk}")
    assert api.status_code == 200
    assert api.json()["fields"]["outcome"] == "lost"


def test_s3_14_every_number_of_the_funnel_opens_its_rows(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    for number, (stage, outcome) in enumerate(
        (
            ("contact", ""),
            ("need", ""),
            ("proposal", "lost"),
            ("need", "lost"),
            ("negotiation", "won"),
            ("contact", "invalid"),
        )
    ):
        given = {"outcome": outcome, "reason": "price"} if outcome else {}
        make_opportunity(owner, f"商机{number}", customer, amount="1万", stage=stage, source="event", **given)
    today = timezone.localdate()
    for number, day in enumerate((today, today - timedelta(days=40))):  # expected, and expected long ago
        Opportunity.objects.filter(name=f"商机{number}").update(expected_on=day)
    client = visitor(cast.owner)
    page = client.get("/opportunities/funnel").content.decode()
    assert page.count("expected_on.") >= 4
    more = client.get("/opportunities/funnel/more").content.decode()
    assert "33%" in page  # one won, two lost
    assert "周牧远" in more
    links = re.findall(r'<a class="[^"]*" href="(/opportunities\?f=1[^"]*)"[^>]*>(.*?)</a>', page + more, re.DOTALL)
    assert len(links) > 12
    for address, words in links:
        told = re.search(r"\d+", re.sub(r"<[^>]*>|%", "", words.replace("num", "")))
        assert told, words
        listed = client.get(unescape(address)).content.decode()
        assert listed.count(' data-id="') == int(told[0]), (address, words)


def test_b5_what_a_reader_may_not_see_is_in_no_figure(cast: Cast) -> None:
    """Board, funnel, its tables, forecast and the card of a customer count what the reader sees, amounts where he may
    know them."""
    owner = cast.actor("owner")
    customer = make_customer(owner)
    row = make_opportunity(owner, "机密项目", customer, amount="777万", expected_on=f"{timezone.localdate():%Y-%m-%d}")
    make_opportunity(cast.actor("stranger"), "自己的", amount="3万")
    pages = ("/opportunities/board?whose=all", "/opportunities/funnel", "/opportunities/funnel/more")
    told = {part: "".join(visitor(getattr(cast, part)).get(page).content.decode() for page in pages) for part in PARTS}
    assert "777" in told["manager"]
    assert "777" not in told["stranger"]
    assert "机密项目" not in told["stranger"]
    assert "周牧远" not in told["stranger"].partition('id="figures"')[2]
    client = visitor(cast.stranger)
    for query in ("owner", "department"):  # chosen by hand it shows no more
        chosen = {"owner": cast.owner.pk, "department": cast.owner.department_id}[query]
        board = client.get(f"/opportunities/board?{query}={chosen}").content.decode()
        assert "777" not in board
        assert 'class="kd' not in board
    boss = visitor(cast.administrator).get(f"/opportunities/board?department={cast.manager.department_id}")
    assert "机密项目" in boss.content.decode()
    assert "自己的" not in boss.content.decode()
    ACTIONS["opportunities.add_teammate"].run(owner, row.pk, {"member": str(cast.stranger.pk)})
    assert "机密项目" in client.get("/opportunities/board?whose=all").content.decode()
    of_source = "/opportunities/funnel?source=referral"
    assert "source=referral" in client.get(of_source).content.decode()
    limit("salesperson", "opportunity.source", Access.HIDDEN)  # nor is it told by what a source leaves over
    hidden = client.get(of_source).content.decode()
    assert "source=referral" not in hidden
    assert 'name="source"' not in hidden
    limit("salesperson", "opportunity.amount", Access.HIDDEN)
    told = {part: "".join(visitor(getattr(cast, part)).get(page).content.decode() for page in pages) for part in PARTS}
    assert "777" not in told["stranger"]
    assert "机密项目" in told["stranger"]
    assert "加权" not in told["stranger"]
    assert "777" in told["manager"]


def test_pipelines_are_set_up_by_pages(cast: Cast) -> None:
    client = visitor(cast.administrator)
    for address in ("/settings/pipelines", "/settings/pipelines/new", "/settings/pipelines/default/edit"):
        assert client.get(address).status_code == 200
    assert "初步接触" in client.get("/settings/pipelines").content.decode()
    sent = {
        "name": "初步接触",
        "probability": "15",
        "category": "",
        "allowed_days": "7",
        "close_days": "",
        "english": "",
    }
    tasks = {"t1.when": "exit", "t1.kind": "field", "t1.of": "amount", "t1.count": "1", "t1.required": "on"}
    assert client.post("/settings/pipelines/stages/contact", sent | tasks).status_code == 302
    step = pipelines_at(cast.actor("administrator").stamp).steps["contact"]
    assert (step.probability, step.allowed_days, [task.of for task in step.tasks]) == (15, 7, ["amount"])
    bad = client.post("/settings/pipelines/stages/contact", sent | tasks | {"t1.of": "nothing"})
    assert (bad.status_code, "请选择要填写的字段" in bad.content.decode()) == (422, True)
    example = client.post("/settings/pipelines/example", {"stage": "contact", "allowed_days": "3"}, headers=HTMX)
    assert "按这个停留天数" in example.content.decode()
    assert (
        client.get("/settings/pipelines/task-line?n=3&t3.when=exit&t3.kind=followup", headers=HTMX).status_code == 200
    )
    client.post("/settings/pipelines/stages/need/moves/down")
    assert [s.key for s in pipelines_at(cast.actor("administrator").stamp).default.steps][:3] == [
        "contact",
        "proposal",
        "need",
    ]
    assert (
        client.post("/settings/pipelines/default/stages/new", sent | {"name": "试用", "kind": "progress"}).status_code
        == 302
    )
    assert len(pipelines_at(cast.actor("administrator").stamp).default.steps) == 7
    assert visitor(cast.owner).get("/settings/pipelines").status_code == 403
