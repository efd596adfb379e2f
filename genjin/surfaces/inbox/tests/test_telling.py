"""`notify` tells each member once, in one statement, and says no more than the reader may see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.customers.actions.customers import transfer_customer
from genjin.kernel import notices
from genjin.kernel.actor import Actor
from genjin.kernel.models import Notification
from genjin.kernel.notices import Told, declare_notice, notify, notify_each, unread
from genjin.surfaces.api.tests.conftest import World, make_world

KIND = "test_due"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    declare_notice(KIND, "「%(title)s」%(when)s到期", facts=lambda _reader, note: {"when": note["at"]})
    yield make_world()
    del notices.NOTICE_KINDS[KIND]


def first_words(actor: Actor) -> str:
    return notices.notices(actor)[0][0].words


def test_the_same_thing_is_told_once_however_often_it_is_said(world: World) -> None:
    members = [world.cast.owner.pk, world.cast.manager.pk]
    for _again in range(3):
        notify(members, KIND, world.own, once="plan.7.due.2026-07-01", note={"at": "今天"})
    assert unread(world.cast.actor("owner")) == unread(world.cast.actor("manager")) == 1
    notify(members, KIND, world.own, once="plan.7.due.2026-07-02", note={"at": "今天"})
    assert unread(world.cast.actor("owner")) == 2


def test_without_a_name_for_it_every_call_tells(world: World) -> None:
    for _again in range(2):
        notify([world.cast.owner.pk], KIND, world.own)
    assert unread(world.cast.actor("owner")) == 2


def test_many_are_told_in_one_statement(world: World) -> None:
    told = [Told(member, KIND, world.own, once=f"x{n}") for n in range(40) for member in (world.cast.owner.pk,)]
    with CaptureQueriesContext(connection) as queries:
        notify_each(told)
    assert Notification.objects.filter(kind=KIND).count() == 40
    assert sum("INSERT" in query["sql"] for query in queries.captured_queries) == 1


def test_facts_of_the_note_are_only_told_to_who_may_see_the_row(world: World) -> None:
    notify([world.cast.owner.pk], KIND, world.own, note={"at": "明天"})
    assert first_words(world.cast.actor("owner")) == "「苏州晶砺半导体有限公司」明天到期"
    transfer_customer(world.cast.actor("administrator"), world.own.pk, owner=world.cast.stranger.pk)
    assert first_words(world.cast.actor("owner")) == "「已无权查看的记录」—到期"


def test_a_kind_nobody_declared_is_refused(world: World) -> None:
    with pytest.raises(KeyError):
        notify([world.cast.owner.pk], "no_such_kind", world.own)
