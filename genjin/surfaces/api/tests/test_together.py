"""Many at once: one key does one thing, every record gets a code of its own; and what is hidden leaves no trace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from genjin.customers.actions.customers import create_customer, edit_customer, void_customer
from genjin.customers.models import Customer
from genjin.kernel.fields import Values
from genjin.surfaces.api.tests.conftest import Caller, World, make_world


def at_once(count: int, ask: Callable[[int], Any]) -> list[Any]:
    """The answers to so many requests that start together."""
    start = threading.Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        try:
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_key_sent_twenty_times_at_once_creates_one_record() -> None:
    caller = make_world().caller("owner")
    sent = {"name": "无锡启铭新材料科技有限公司"}
    answers = at_once(20, lambda _n: caller.post("/actions/customers.create", sent, Idempotency_Key="once"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.json()["replayed"] for answer in answers) == [False] + [True] * 19
    assert Customer.objects.filter(name=sent["name"]).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixteen_created_at_once_have_sixteen_codes() -> None:
    caller = make_world().caller("owner")
    answers = at_once(16, lambda n: caller.post("/actions/customers.create", {"name": f"第{n}号海瑞达船舶公司"}))
    assert {answer.status_code for answer in answers} == {201}
    codes = Customer.objects.filter(pk__in=[a.json()["id"] for a in answers]).values_list("code", flat=True)
    assert len(set(codes)) == 16


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_sees_the_difference() -> None:
    world = make_world()
    caller, version = world.caller("owner"), str(world.own.version)
    path = f"/customers/{world.own.pk}/actions/edit"
    answers = at_once(8, lambda n: caller.post(path, {"remarks": f"第 {n} 稿"}, If_Match=version))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def everything_seen(caller: Caller, own: int) -> list[bytes]:
    """What the door says to somebody, with the request's number taken out."""
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        ("/customers", {"q": "CANARY"}), ("/customers", {"q": "绝密"}), ("/customers", {"sort": "-updated_at"}),
        ("/customers", {"life": "any"}), ("/customers", {"phone.contains": "1390000"}), ("/contacts", {}),
        (f"/customers/{own}", {}), (f"/customers/{own}/timeline", {}), (f"/customers/{own}/files", {}),
        ("/openapi.json", {}), ("/", {}), ("/customers/999999999", {}),
    )  # fmt: skip
    answers = [caller.get(path, parameters) for path, parameters in asked]
    return [a.content.replace(a["X-Request-Id"].encode(), b"") + a.get("ETag", "").encode() for a in answers]


def test_a_hidden_row_changes_nothing_that_another_sees(world: World) -> None:
    caller = world.caller("owner")
    before = everything_seen(caller, world.own.pk)
    stranger = world.cast.actor("stranger")
    hidden = create_customer(stranger, values=Values(name="CANARY又一家绝密公司", phone="13900002222"))
    edit_customer(stranger, hidden.pk, values=Values(parent=world.foreign.pk, remarks="CANARY"))
    void_customer(stranger, world.foreign.pk, reason="CANARY")
    after = everything_seen(caller, world.own.pk)
    assert after == before
    assert not any(b"CANARY" in answer for answer in after)
    assert any(b"CANARY" in answer for answer in everything_seen(world.caller("administrator"), world.own.pk))


@pytest.mark.parametrize("part", ["nobody", "stranger", "teammate", "owner", "manager", "administrator"])
def test_each_of_the_cast_may_do_what_their_part_may(world: World, part: str) -> None:
    caller = world.caller(part)
    sees = part in {"teammate", "owner", "manager", "administrator"}
    writes = part in {"owner", "manager", "administrator"}
    none = 403 if part == "nobody" else 404
    own = f"/customers/{world.own.pk}"
    for path in (own, f"{own}/timeline", f"{own}/files"):
        assert caller.get(path).status_code == (200 if sees else none)
    edited = caller.post(f"{own}/actions/edit", {"remarks": "x"}).status_code
    assert edited == (200 if writes else 403 if sees else none)
    bulk = caller.post("/actions/customers.tag/bulk", {"ids": [world.own.pk], "input": {"tags": ["a"]}}).status_code
    assert bulk == (200 if writes else 403 if sees else none)
