"""The card 讨论 on records' pages, in place under a follow-up, the list behind @, the workbench, the JSON door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from genjin.comments.actions import take_back_comment, write_comment
from genjin.comments.models import Comment
from genjin.customers.actions.customers import void_customer
from genjin.followups.tests.factories import make_followup
from genjin.kernel.models.events import Notification
from genjin.kernel.models.rows import Record
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member
from genjin.ownership.models import Teammate
from genjin.surfaces.api.tests.conftest import World, make_world

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def browser(world: World, part: str) -> Client:
    client = Client()
    client.force_login(getattr(world.cast, part))
    return client


def say(world: World, part: str, record: Record, words: str = "看一下", *mentioned: str) -> Comment:
    ids = [getattr(world.cast, each).pk for each in mentioned]
    return write_comment(
        world.cast.actor(part), record_type=record.row_type, record_id=record.pk, words=words, mentions=ids
    )


def send(client: Client, record: Record, words: str, **fields: Any) -> Any:
    return client.post(f"/{record.row_type}s/{record.pk}/comments", {"words": words, **fields}, headers=HTMX)


def body(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_first_paint_asks_nothing_about_comments_and_the_card_follows(world: World) -> None:
    say(world, "manager", world.own, "先看报价")
    own = say(world, "owner", world.own, "好")
    client = browser(world, "owner")
    with CaptureQueriesContext(connection) as queries:
        page = body(client, f"/customers/{world.own.pk}")
    assert "comments_comment" not in "".join(q["sql"] for q in queries)
    assert "先看报价" not in page
    cards = body(client, f"/customers/{world.own.pk}/related", **HTMX)
    assert "先看报价" in cards
    assert f"/comments/{own.pk}/taking-back" in cards


def test_a_comment_is_sent_and_shown_with_the_name_in_it(world: World) -> None:
    answer = send(browser(world, "owner"), world.own, "请 @许星河 看看", mentions=world.cast.teammate.pk)
    assert answer.status_code == 200
    assert '<b class="at">@许星河</b>' in answer.content.decode()
    assert Comment.objects.get().mentions == [world.cast.teammate.pk]


def test_a_name_typed_in_full_is_a_mention_and_a_chosen_one_that_was_deleted_is_none(world: World) -> None:
    client = browser(world, "owner")
    send(client, world.own, "＠林知夏请看", mentions=world.cast.teammate.pk)
    assert Comment.objects.get().mentions == [world.cast.manager.pk]


def test_a_name_that_two_have_is_taken_from_the_list_only(world: World) -> None:
    Member.objects.filter(pk=world.cast.stranger.pk).update(name="林知夏")
    bump_stamp()
    from_list = browser(world, "owner")
    send(from_list, world.own, "@林知夏 请看")
    send(from_list, world.own, "@林知夏 请看", mentions=world.cast.manager.pk)
    assert [c.mentions for c in Comment.objects.order_by("id")] == [[], [world.cast.manager.pk]]


def test_a_refused_send_keeps_the_words_and_says_who_cannot_see(world: World) -> None:
    client = browser(world, "owner")
    answer = send(client, world.own, "请 @陌路人 看", idempotency_key="k1")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "陌路人" in text
    assert "请 @陌路人 看</textarea>" in text
    assert 'aria-invalid="true"' in text
    assert 'value="k1"' in text
    assert not Comment.objects.exists()
    empty = send(client, world.own, "")
    assert empty.status_code == 422
    assert "请填写" in empty.content.decode()


def test_without_script_the_discussion_is_a_page_with_forms(world: World) -> None:
    client = browser(world, "owner")
    address = f"/customers/{world.own.pk}/comments"
    answer = client.post(address, {"words": "没有脚本"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = body(client, address)
    assert "没有脚本" in page
    assert "<html" in page
    comment = Comment.objects.get()
    assert client.post(f"/comments/{comment.pk}/taking-back").status_code == 302
    page = body(client, address)
    assert "没有脚本" not in page
    assert "已撤回" in page


def test_taking_back_leaves_the_place_and_mends_the_number(world: World) -> None:
    comment = say(world, "owner", world.own, "说错了")
    say(world, "manager", world.own, "嗯")
    answer = browser(world, "owner").post(f"/comments/{comment.pk}/taking-back", headers=HTMX)
    text = answer.content.decode()
    assert "说错了" not in text
    assert "已撤回" in text
    assert re.search(r'id="talk-count-\d+" hx-swap-oob="true">1<', text)
    assert f"/comments/{comment.pk}/taking-back" not in text


def test_only_who_may_is_offered_to_take_back(world: World) -> None:
    say(world, "manager", world.own)
    path = f"/customers/{world.own.pk}/comments"
    for part, offered in (("manager", True), ("owner", False), ("teammate", False), ("administrator", True)):
        assert ("taking-back" in body(browser(world, part), path, **HTMX)) == offered, part


def test_a_voided_record_shows_its_comments_without_a_form(world: World) -> None:
    say(world, "manager", world.own, "留着")
    void_customer(world.cast.actor("owner"), world.own.pk, reason="test")
    card = body(browser(world, "owner"), f"/customers/{world.own.pk}/comments", **HTMX)
    assert "留着" in card
    assert "<textarea" not in card


@pytest.mark.parametrize("part", ["stranger", "nobody"])
def test_who_does_not_see_the_record_gets_nothing(world: World, part: str) -> None:
    comment = say(world, "owner", world.own, "CANARY评论")
    client = browser(world, part)
    base = f"/customers/{world.own.pk}/comments"
    for answer in (
        client.get(base),
        client.get(f"{base}/people"),
        client.post(base, {"words": "x"}),
        client.post(f"/comments/{comment.pk}/taking-back"),
        client.get(f"/customers/{world.own.pk}/related"),
    ):
        assert answer.status_code in {403, 404}
        assert "CANARY" not in answer.content.decode()
    assert world.caller(part).get(f"/customers/{world.own.pk}/comments").status_code in {403, 404}
    assert Comment.objects.count() == 1


def test_the_list_behind_an_at_is_searched_by_name_pinyin_and_initials(world: World) -> None:
    client = browser(world, "owner")
    base = f"/customers/{world.own.pk}/comments/people"
    for text in ("许星", "xuxing", "xxh"):
        assert re.findall(r'data-text="([^"]+)"', body(client, f"{base}?q={text}")) == ["许星河"]
    assert "周牧远" not in body(client, f"{base}?q=zhou")  # oneself


def test_without_text_those_who_wrote_here_come_first(world: World) -> None:
    say(world, "teammate", world.own)
    first = re.findall(
        r'data-text="([^"]+)"', body(browser(world, "manager"), f"/customers/{world.own.pk}/comments/people")
    )
    assert first[:2] == ["周牧远", "许星河"]


def test_under_a_followup_the_number_stands_and_the_discussion_opens_in_place(world: World) -> None:
    followup = make_followup(world.cast.actor("owner"), world.own, "谈了价格")
    say(world, "manager", followup, "价格再谈")
    take_back_comment(world.cast.actor("owner"), say(world, "owner", followup, "撤了").pk)
    client = browser(world, "owner")
    page = body(client, f"/customers/{world.own.pk}")
    assert f'id="talk-count-{followup.pk}">1<' in page
    assert f'hx-get="/followups/{followup.pk}/comments?inline=1"' in page
    part = body(client, f"/followups/{followup.pk}/comments?inline=1", **HTMX)
    assert "价格再谈" in part
    answer = send(client, followup, "好的", inline="1").content.decode()
    assert f'id="talk-count-{followup.pk}" hx-swap-oob="true">2<' in answer
    assert 'name="inline"' in answer


def test_the_panel_of_followups_asks_as_much_with_comments_as_without(world: World) -> None:
    client = browser(world, "owner")
    path = f"/customers/{world.own.pk}/followups"
    followups = [make_followup(world.cast.actor("owner"), world.own, f"第{n}次") for n in range(5)]
    counts = []
    for _round in range(2):
        body(client, path, **HTMX)
        with CaptureQueriesContext(connection) as queries:
            body(client, path, **HTMX)
        counts.append(len(queries))
        for followup in followups:
            say(world, "manager", followup, "好")
    assert counts[0] == counts[1]


def test_a_thread_asks_the_same_whatever_its_length(world: World) -> None:
    path = f"/customers/{world.own.pk}/comments"
    counts = []
    for part, number in (("owner", 1), ("manager", 18)):
        for n in range(number):
            say(world, part, world.own, f"{n} @许星河", "teammate")
        client = browser(world, "administrator")
        body(client, path, **HTMX)
        with CaptureQueriesContext(connection) as queries:
            body(client, path, **HTMX)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_mentions_stand_on_the_workbench_until_they_are_read_and_lead_to_the_comment(world: World) -> None:
    comment = say(world, "owner", world.own, "请 @许星河 核对报价", "teammate")
    say(world, "manager", world.own, "只告诉负责人")
    while seal():
        pass
    while deliver():
        pass
    assert 'id="mentions"' not in body(browser(world, "owner"), "/today/side")
    client = browser(world, "teammate")
    page = body(client, "/today/side")
    assert "请 @许星河 核对报价" in page
    message = Notification.objects.get(member=world.cast.teammate, kind="comment_mention")
    answer = client.post(f"/inbox/{message.pk}/opening")
    assert answer["Location"] == f"/customers/{world.own.pk}#comment-{comment.pk}"
    assert 'id="mentions"' not in body(client, "/today/side")


def test_the_workbench_says_nothing_of_a_record_out_of_sight(world: World) -> None:
    say(world, "owner", world.own, "机密 @许星河", "teammate")
    while seal():
        pass
    while deliver():
        pass
    Teammate.objects.all().delete()
    page = body(browser(world, "teammate"), "/today/side")
    assert "机密" not in page
    assert 'id="mentions"' not in page


def test_the_json_door_reads_writes_and_takes_back(world: World) -> None:
    caller = world.caller("owner")
    base = f"/customers/{world.own.pk}/comments"
    sent = {
        "record_type": "customer",
        "record_id": world.own.pk,
        "words": "从接口",
        "mentions": [world.cast.manager.pk],
    }
    made = caller.post("/actions/comments.write", sent).json()
    (item,) = caller.get(base).json()["items"]
    assert (item["id"], item["words"], item["author"]["name"]) == (made["id"], "从接口", "周牧远")
    assert item["mentions"] == [{"id": world.cast.manager.pk, "name": "林知夏"}]
    refused = caller.post("/actions/comments.write", sent | {"mentions": [world.cast.stranger.pk]})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "cannot_see"
    assert world.caller("owner", read_only=True).post("/actions/comments.write", sent).status_code == 403
    assert world.caller("owner", read_only=True).get(base).status_code == 200
    assert caller.post(f"/actions/comments.take_back/{made['id']}").status_code == 200
    (item,) = caller.get(base).json()["items"]
    assert (item["words"], item["mentions"]) == ("", [])
    assert item["taken_back_at"]
    assert caller.get(f"/customers/{world.foreign.pk}/comments").status_code == 404
