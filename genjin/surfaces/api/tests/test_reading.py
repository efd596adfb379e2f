"""Lists, records and timelines through the JSON door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from genjin.customers.actions.customers import edit_customer
from genjin.kernel.fields import Values
from genjin.kernel.stamps import bump_stamp
from genjin.surfaces.api import limits
from genjin.surfaces.api.tests.conftest import World


def test_a_token_opens_the_door_to_its_members_records(world: World) -> None:
    answer = world.caller("owner").get("/customers")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    titles = [item["title"] for item in answer.json()["items"]]
    assert titles == ["苏州晶砺半导体有限公司"]


def test_filters_sort_search_and_fields_are_those_of_the_lists(world: World) -> None:
    caller = world.caller("administrator")
    found = caller.get("/customers", {"level.in": "A", "q": "jlb", "sort": "-updated_at", "fields": "name,owner,phone"})
    (item,) = found.json()["items"]
    assert item["fields"] == {
        "name": "苏州晶砺半导体有限公司",
        "owner": {"id": world.cast.owner.pk, "name": "周牧远"},
        "phone": "13812345678",
    }


def test_pages_follow_one_another_by_cursor(world: World) -> None:
    caller = world.caller("administrator")
    first = caller.get("/customers", {"size": "1"}).json()
    second = caller.get("/customers", {"size": "1", "after": first["next"]}).json()
    assert [i["id"] for i in (*first["items"], *second["items"])] == [world.own.pk, world.foreign.pk]
    assert second["next"] is None
    assert caller.get("/customers", {"size": "1", "before": second["previous"]}).json()["items"] == first["items"]


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"fields": "name,password"}, "unknown_field", "fields"),
        ({"nonsense": "1"}, "unknown_parameter", "nonsense"),
        ({"size": "0"}, "bad_size", "size"),
        ({"size": "9999"}, "bad_size", "size"),
        ({"sort": "name"}, "bad_sort", "sort"),
        ({"owner__password.is": "x"}, "bad_filter", "owner__password.is"),
        ({"level.in": "Z"}, "bad_filter", "level.in"),
        ({"after": "!!"}, "bad_cursor", "after"),
        ({"life": "zombie"}, "bad_filter", "life"),
        ({"q": ["a", "b"]}, "repeated_parameter", "q"),
        ({"level.in": ["A", "B"]}, "repeated_parameter", "level.in"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_name(
    world: World, parameters: dict[str, Any], code: str, field: str
) -> None:
    answer = world.caller("owner").get("/customers", parameters)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["request_id"] == answer["X-Request-Id"]


def test_a_foreign_record_looks_like_an_absent_one(world: World) -> None:
    caller = world.caller("owner")
    for kind in ("", "/timeline"):
        foreign, absent = (caller.get(f"/customers/{i}{kind}") for i in (world.foreign.pk, 999_999_999))
        assert foreign.status_code == absent.status_code == 404
        assert [{**a.json()["error"], "request_id": ""} for a in (foreign, absent)] == [
            {**foreign.json()["error"], "request_id": ""}
        ] * 2
    assert caller.get(f"/customers/{10**30}").status_code == 404


def test_a_record_referred_to_but_out_of_sight_has_no_title_and_no_id(world: World) -> None:
    edit_customer(world.cast.actor("administrator"), world.own.pk, values=Values(parent=world.foreign.pk))
    one = world.caller("owner").get(f"/customers/{world.own.pk}").json()
    assert one["fields"]["parent"] == {"id": None, "title": None}
    all_of_them = world.caller("owner").get("/customers", {"fields": "parent"}).json()
    assert all_of_them["items"][0]["fields"]["parent"] == {"id": None, "title": None}
    seen = world.caller("administrator").get(f"/customers/{world.own.pk}").json()
    assert seen["fields"]["parent"] == {"id": world.foreign.pk, "title": world.foreign.name}


def test_an_unchanged_record_is_not_sent_again(world: World) -> None:
    caller = world.caller("owner")
    first = caller.get(f"/customers/{world.own.pk}")
    assert first.json()["version"] == world.own.version
    again = caller.get(f"/customers/{world.own.pk}", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    edit_customer(world.cast.actor("owner"), world.own.pk, values=Values(remarks="新"))
    assert caller.get(f"/customers/{world.own.pk}", If_None_Match=first["ETag"]).status_code == 200


def test_the_timeline_tells_who_did_what(world: World) -> None:
    edit_customer(world.cast.actor("owner"), world.own.pk, values=Values(level="B"))
    newest, *older = world.caller("teammate").get(f"/customers/{world.own.pk}/timeline").json()["items"]
    assert (newest["action"], newest["who"]["name"]) == ("customers.edit", "周牧远")
    assert newest["changes"][0]["field"] == "level"
    assert older[-1]["action"] == "customers.create"
    page = world.caller("teammate").get(f"/customers/{world.own.pk}/timeline", {"size": "1"}).json()
    rest = world.caller("teammate").get(f"/customers/{world.own.pk}/timeline", {"before": str(page["next"])}).json()
    assert [e["event"] for e in (*page["items"], *rest["items"])] == [newest["event"], *(e["event"] for e in older)]


def test_nobody_without_a_grant_reads_anything(world: World) -> None:
    caller = world.caller("nobody")
    assert caller.get("/").json()["collections"] == {}
    assert caller.get("/customers").status_code == 403
    assert caller.get(f"/customers/{world.own.pk}").status_code == 403


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer genjin_wrong", "Basic b3duZXI6eA==", "Bearer \x00é"]
)
def test_without_a_good_token_the_door_stays_shut(world: World, given: str) -> None:
    answer: Any = Client().get("/api/v1/customers", headers={"Authorization": given} if given else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["error"]["code"] == "unauthorized"


def test_a_token_ends_with_its_time_its_revocation_and_its_members_leaving(world: World) -> None:
    late = world.caller("owner", expires_at=timezone.now() - timedelta(seconds=1))
    revoked = world.caller("owner", revoked_at=timezone.now())
    left = world.caller("owner")
    assert left.get("/customers").status_code == 200
    type(world.cast.owner).objects.filter(pk=world.cast.owner.pk).update(is_active=False)
    bump_stamp()
    assert [c.get("/customers").status_code for c in (late, revoked, left)] == [401, 401, 401]


def test_wrong_methods_and_addresses_answer_in_json(world: World) -> None:
    caller = world.caller("owner")
    wrong = caller.post("/customers")
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, HEAD")
    for path in ("/nothing-here", "/customers/1/2/3", "/customers/abc", "/actions/nothing"):
        assert caller.get(path).status_code in {404, 405}
        assert "error" in caller.get(path).json()
    nothing: Any = Client().get("/api/")
    assert nothing.json()["error"]["code"] == "not_found"


def test_a_busy_caller_is_told_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLS", 3)
    caller = world.caller("owner")
    with time_machine.travel(datetime.now(UTC), tick=False):  # one minute for all four
        answers = [caller.get("/") for _n in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert world.caller("owner").get("/").status_code == 200
