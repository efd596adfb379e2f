"""The inbox: one's own messages, in words of what may be seen now, read one by one or all."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from genjin.customers.actions.customers import remove_customer_teammate, transfer_customer
from genjin.kernel.models import Event, Notification
from genjin.kernel.notices import notices, unread
from genjin.kernel.sealing import deliver, seal
from genjin.surfaces.api.tests.conftest import World, make_world

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def told() -> None:
    while seal():
        pass
    while deliver():
        pass


def browser(world: World, part: str) -> Any:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(getattr(world.cast, part).pk)
    session.save()
    return client


def test_whoever_receives_a_customer_is_told(world: World) -> None:
    transfer_customer(world.cast.actor("administrator"), world.own.pk, owner=world.cast.stranger.pk)
    told()
    page = browser(world, "stranger").get("/inbox").content.decode()
    assert "管理员把「苏州晶砺半导体有限公司」转给了您" in page
    assert unread(world.cast.actor("stranger")) == 1
    assert unread(world.cast.actor("owner")) == 0


def test_a_record_gone_out_of_sight_is_not_named(world: World) -> None:
    told()
    client = browser(world, "teammate")
    assert "苏州晶砺半导体有限公司" in client.get("/inbox").content.decode()
    remove_customer_teammate(world.cast.actor("owner"), world.own.pk, member=world.cast.teammate.pk)
    page = client.get("/inbox").content.decode()
    assert "周牧远邀请您加入「已无权查看的记录」的团队" in page
    assert "苏州晶砺" not in page
    assert f"/customers/{world.own.pk}" not in page


def test_opening_a_message_reads_it_and_leads_to_the_record(world: World) -> None:
    told()
    client = browser(world, "teammate")
    message = Notification.objects.get(member=world.cast.teammate)
    answer = client.post(f"/inbox/{message.pk}/opening")
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{world.own.pk}")
    assert unread(world.cast.actor("teammate")) == 0
    assert "苏州晶砺" not in client.get("/inbox").content.decode()
    assert "苏州晶砺" in client.get("/inbox?all=1").content.decode()


def test_all_are_read_up_to_the_newest_that_was_shown(world: World) -> None:
    make_messages(world, "teammate", 3)
    client = browser(world, "teammate")
    second = Notification.objects.filter(member=world.cast.teammate).order_by("id")[1]
    assert client.post("/inbox/reading", {"until": str(second.pk)}, headers=HTMX).status_code == 200
    assert unread(world.cast.actor("teammate")) == 1


def test_messages_of_others_cannot_be_read_or_marked(world: World) -> None:
    make_messages(world, "teammate", 1)
    message = Notification.objects.get(member=world.cast.teammate)
    client = browser(world, "owner")
    for address, sent in ((f"/inbox/{message.pk}/opening", {}), ("/inbox/reading", {"message": str(message.pk)})):
        answer = client.post(address, sent, headers=HTMX)
        absent = client.post(
            address.replace(str(message.pk), "999999999"), dict.fromkeys(sent, "999999999"), headers=HTMX
        )
        assert answer.status_code == absent.status_code == 404
        assert answer.content == absent.content
    client.post("/inbox/reading", {"until": str(message.pk)}, headers=HTMX)
    assert unread(world.cast.actor("teammate")) == 1
    assert client.post("/inbox/reading", {"message": "x' OR 1"}, headers=HTMX).status_code == 422
    assert client.post("/inbox/reading", headers=HTMX).status_code == 422
    assert browser(world, "nobody").get("/inbox").status_code == 403


def test_pages_go_on_by_key_and_the_badge_stops_at_99(world: World, django_assert_max_num_queries: Any) -> None:
    make_messages(world, "teammate", 120)
    actor = world.cast.actor("teammate")
    first, more = notices(actor)
    assert (len(first), more) == (30, True)
    rest, _more = notices(actor, before=first[-1].id, most=200)
    assert len({n.id for n in (*first, *rest)}) == 120
    client = browser(world, "teammate")
    assert "99+" in client.get("/inbox").content.decode()
    with django_assert_max_num_queries(3):
        notices(actor)


def test_messages_of_unknown_kinds_still_say_who_and_what(world: World) -> None:
    make_messages(world, "teammate", 1, kind="something_new")
    assert "周牧远：新建客户「苏州晶砺半导体有限公司」" in browser(world, "teammate").get("/inbox").content.decode()


def make_messages(world: World, part: str, count: int, kind: str = "transfer") -> None:
    Notification.objects.all().delete()
    by = Event.objects.filter(action="customers.create", member=world.cast.owner).latest("id")
    Notification.objects.bulk_create(
        Notification(
            member=getattr(world.cast, part), event=by, kind=kind if count == 1 else f"{kind}{n}", row_type="customer",
            row_id=world.own.pk,
        )
        for n in range(count)
    )  # fmt: skip
