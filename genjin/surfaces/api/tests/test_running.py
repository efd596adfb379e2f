"""Actions through the JSON door: inputs, refusals that change nothing, versions, idempotency, bulk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from genjin.customers.actions.customers import edit_customer
from genjin.customers.models import Customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.fields import Values
from genjin.kernel.models import Event
from genjin.kernel.models.rows import Life
from genjin.surfaces.api.tests.conftest import World
from genjin.testing.fingerprints import table_fingerprints

pytestmark = pytest.mark.long


def without_tokens() -> dict[str, Any]:
    """Every table but the one that keeps when a token was last used."""
    return {name: found for name, found in table_fingerprints().items() if name != "org_accesstoken"}


def test_creating_gives_the_address_of_the_new_record(world: World) -> None:
    caller = world.caller("owner")
    answer = caller.post(
        "/actions/customers.create", {"name": "昆山拓维光电仪器有限公司", "level": "B", "region": "320583"}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert answer["Location"] == made["href"] == f"/api/v1/customers/{made['id']}"
    shown = caller.get(f"/customers/{made['id']}").json()
    assert shown["fields"]["region"] == {"code": "320583", "name": "江苏省 苏州市 昆山市"}
    event = Event.objects.get(pk=made["event"])
    assert (event.surface, event.member_id, event.note["token"]) == ("api", world.cast.owner.pk, "脚本")
    assert event.request_id == answer["X-Request-Id"]


def test_what_is_shown_can_be_sent_back(world: World) -> None:
    caller = world.caller("administrator")
    edit_customer(
        world.cast.actor("administrator"), world.own.pk, values=Values(parent=world.foreign.pk, tags=["老友"])
    )
    shown = caller.get(f"/customers/{world.own.pk}")
    edit = caller.get("/openapi.json").json()["paths"]["/api/v1/customers/{id}/actions/edit"]["post"]
    sendable = edit["requestBody"]["content"]["application/json"]["schema"]["properties"]
    sent = {key: value for key, value in shown.json()["fields"].items() if key in sendable}
    assert caller.post(f"/customers/{world.own.pk}/actions/edit", sent, If_Match=shown["ETag"]).status_code == 200
    assert caller.get(f"/customers/{world.own.pk}").json()["fields"] | {"updated_at": 0} == shown.json()["fields"] | {
        "updated_at": 0
    }


REFUSED: list[tuple[str, Any, int, str]] = [
    ("/actions/customers.create", {"name": ""}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "nonsense": 1}, 422, "unknown_field"),
    ("/actions/customers.create", {"name": ["甲公司"]}, 422, "invalid"),
    ("/actions/customers.create", {"name": {"甲": "乙"}}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲\x00公司"}, 422, "bad_text"),
    ("/actions/customers.create", {"name": "甲\ud800公司"}, 422, "bad_text"),
    ("/actions/customers.create", {"name": "甲公司", "level": "Z"}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "parent": "²"}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "parent": 10**40}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "owner": 10**40}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "satisfaction": 5.5}, 422, "invalid"),
    ("/actions/customers.create", {"name": "甲公司", "tags": [["a"]]}, 422, "invalid"),
    ("/actions/customers.create", {"name": "苏州晶砺半导体"}, 422, "duplicate_found"),
    ("/actions/customers.create", b'{"name": "a", "name": "b"}', 400, "bad_json"),
    ("/actions/customers.create", b'{"satisfaction": NaN}', 400, "bad_json"),
    ("/actions/customers.create", b'{"name": "\xff"}', 400, "bad_json"),
    ("/actions/customers.create", b"[" * 100_000, 400, "bad_json"),
    ("/actions/customers.create", b'{"name": ' + b'{"a":' * 9 + b"1" + b"}" * 9 + b"}", 400, "too_deep"),
    ("/actions/customers.create", b'{"satisfaction": ' + b"9" * 5000 + b"}", 400, "bad_json"),
    ("/actions/customers.create", b'{"name": "' + b"a" * 1_000_000 + b'"}', 413, "too_large"),
    ("/actions/customers.create", b"[1]", 400, "bad_json"),
    ("/actions/customers.nothing", {}, 404, "not_found"),
    ("/actions/customers.edit", {}, 404, "not_found"),
    ("/customers/{own}/actions/archive", {}, 422, "invalid"),
    ("/customers/{own}/actions/create", {}, 404, "not_found"),
    ("/customers/{own}/actions/edit", {"code": "KH-1"}, 422, "unknown_field"),
    ("/customers/{own}/actions/unarchive", {}, 422, "not_archived"),
    ("/customers/{foreign}/actions/edit", {"name": "夺来"}, 404, "not_found"),
    ("/customers/{foreign}/actions/void", {"reason": "x"}, 404, "not_found"),
    ("/contacts/{own}/actions/void", {}, 404, "not_found"),
    ("/actions/customers.void/bulk", {"ids": ["{own}", "{foreign}"], "input": {"reason": "x"}}, 404, "not_found"),
    ("/actions/customers.tag/bulk", {"ids": ["{own}", 999_999_999], "input": {"tags": ["新标签"]}}, 404, "not_found"),
    ("/actions/customers.tag/bulk", {"ids": ["{own}", "{own}"], "input": {"tags": ["a"]}}, 400, "bad_ids"),
    ("/actions/customers.tag/bulk", {"ids": list(range(1, 502)), "input": {}}, 400, "too_many_ids"),
    ("/actions/customers.tag/bulk", {"ids": [10**30]}, 400, "bad_ids"),
    ("/actions/customers.tag/bulk", {"ids": []}, 400, "bad_ids"),
    ("/actions/customers.remove_teammate/bulk", {"ids": ["{own}"]}, 422, "not_bulk"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "sent", "status", "code"), REFUSED)
def test_a_refused_request_changes_no_table(world: World, path: str, sent: Any, status: int, code: str) -> None:
    caller = world.caller("owner")
    ids = {"{own}": world.own.pk, "{foreign}": world.foreign.pk}
    for name, row_id in ids.items():
        path = path.replace(name, str(row_id))
    if isinstance(sent, dict) and "ids" in sent:
        sent = {**sent, "ids": [ids.get(i, i) if isinstance(i, str) else i for i in sent["ids"]]}
    before = without_tokens()
    answer = caller.post(path, sent)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["message"]
    assert without_tokens() == before


def test_duplicates_are_told_without_what_the_caller_may_not_see(world: World) -> None:
    caller = world.caller("owner")
    error = caller.post("/actions/customers.create", {"name": "CANARY绝密客户有限公司"}).json()["error"]
    (told,) = error["details"]["duplicates"]
    assert (told["id"], told["title"], told["owner"], told["why"]) == (None, "", "陌路人", "name")
    assert set(told) == {"id", "title", "owner", "why", "percent", "voided", "pool"}
    assert "CANARY" not in json.dumps(error["message"])
    again = caller.post("/actions/customers.create", {"name": "CANARY绝密客户有限公司", "duplicate_known": True})
    assert again.status_code == 201


@pytest.mark.long
def test_no_field_of_the_model_comes_in_by_the_back_door(world: World) -> None:
    caller = world.caller("owner")
    allowed = {"name", "short_name", "remarks"}
    for field in Customer._meta.get_fields():
        if field.name in allowed or not hasattr(field, "attname"):
            continue
        for name in {field.name, field.attname}:
            before = without_tokens()
            answer = caller.post(f"/customers/{world.own.pk}/actions/edit", {name: "999999"})
            if answer.status_code == 200:
                schema = caller.get("/openapi.json").json()["paths"]["/api/v1/customers/{id}/actions/edit"]["post"]
                assert name in json.dumps(schema["requestBody"])
            else:
                assert answer.status_code == 422
                assert without_tokens() == before
    kept = Customer.objects.get(pk=world.own.pk)
    assert (kept.owner_id, kept.department_id, kept.created_by_id, kept.code, kept.life) == (
        world.own.owner_id, world.own.department_id, world.own.created_by_id, world.own.code, world.own.life,
    )  # fmt: skip


def test_a_second_editor_sees_the_difference(world: World) -> None:
    caller = world.caller("owner")
    path = f"/customers/{world.own.pk}"
    seen = caller.get(path)
    version = str(seen.json()["version"])
    assert caller.post(f"{path}/actions/edit", {"remarks": "甲"}, If_Match=f'"{version}"').status_code == 200
    before = without_tokens()
    late = caller.post(f"{path}/actions/edit", {"remarks": "乙"}, If_Match=seen["ETag"])
    assert late.status_code == 409
    details = late.json()["error"]["details"]
    assert details["differences"] == {"remarks": {"theirs": "甲", "mine": "乙"}}
    assert without_tokens() == before
    other_field = caller.post(f"{path}/actions/edit", {"short_name": "晶砺"}, If_Match=version)
    assert other_field.status_code == 200
    archive = caller.post(f"{path}/actions/archive", {"reason": "budget"}, If_Match=version)
    assert (archive.status_code, archive.json()["error"]["code"]) == (409, "stale")
    now = str(details["version"] + 1)
    assert caller.post(f"{path}/actions/archive", {"reason": "budget"}, If_Match=now).status_code == 200
    assert caller.post("/actions/customers.create", {"name": "丙"}, If_Match="nonsense").status_code == 400


def test_the_same_key_does_nothing_twice(world: World) -> None:
    caller = world.caller("owner")
    first = caller.post("/actions/customers.create", {"name": "丁公司"}, Idempotency_Key="k-1")
    again = caller.post("/actions/customers.create", {"name": "丁公司"}, Idempotency_Key="k-1")
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert first.json()["id"] == again.json()["id"]
    other = caller.post("/actions/customers.create", {"name": "戊公司"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
    assert Customer.objects.filter(name="丁公司").count() == 1
    assert caller.post("/actions/customers.create", {"name": "己公司"}, Idempotency_Key="密钥").status_code == 400


def test_bulk_reports_each_row_and_writes_one_event(world: World) -> None:
    caller = world.caller("administrator")
    edit = {"ids": sorted([world.own.pk, world.foreign.pk]), "input": {"tags": ["重点"]}}
    answer = caller.post("/actions/customers.tag/bulk", edit).json()
    assert (answer["done"], answer["refused"]) == (edit["ids"], [])
    assert Event.objects.filter(action="customers.tag").count() == 1
    caller.post(f"/customers/{world.foreign.pk}/actions/archive", {"reason": "other"})
    mixed = caller.post("/actions/customers.archive/bulk", {"ids": edit["ids"], "input": {"reason": "budget"}}).json()
    assert mixed["done"] == [world.own.pk]
    assert (mixed["refused"][0]["id"], mixed["refused"][0]["error"]["code"]) == (world.foreign.pk, "not_live")
    refused = caller.post("/actions/customers.tag/bulk", edit, Idempotency_Key="k")
    assert refused.json()["error"]["code"] == "header_not_for_bulk"


def test_a_reading_token_writes_nothing(world: World) -> None:
    caller = world.caller("owner", read_only=True)
    before = without_tokens()
    answer = caller.post(f"/customers/{world.own.pk}/actions/edit", {"remarks": "x"})
    assert answer.status_code == 403
    assert caller.get(f"/customers/{world.own.pk}").status_code == 200
    assert without_tokens() == before
    looking = {"pools.note_view"}  # counts what is looked at, where a pool limits that
    assert {a.name for a in ACTIONS.values() if a.needs.rpartition(".")[2] == "see"} == looking


def test_a_teammate_who_only_reads_is_forbidden_to_write(world: World) -> None:
    caller = world.caller("teammate")
    before = without_tokens()
    assert caller.get(f"/customers/{world.own.pk}").status_code == 200
    assert caller.post(f"/customers/{world.own.pk}/actions/edit", {"remarks": "x"}).status_code == 403
    assert caller.post(f"/customers/{world.own.pk}/actions/transfer", {"owner": "teammate"}).status_code == 403
    assert without_tokens() == before


def test_only_json_is_read(world: World) -> None:
    caller = world.caller("owner")
    headers = {"Authorization": f"Bearer {caller.raw}"}
    path = "/api/v1/actions/customers.create"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = Client().post(path, "name=a", content_type=kind, headers=headers)
        assert answer.status_code == 415
    form: Any = Client().post(path, {"name": "a"}, headers=headers)
    assert form.status_code == 415


def test_a_session_needs_the_csrf_token_and_a_bearer_does_not(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    session = browser.session
    session[SESSION_KEY] = str(world.cast.owner.pk)
    session.save()
    path = f"/api/v1/customers/{world.own.pk}/actions/archive"
    assert browser.get("/api/v1/customers").status_code == 200
    sent, kind = '{"reason": "budget"}', "application/json"
    before = without_tokens()
    refused: Any = browser.post(path, sent, kind)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf")
    assert without_tokens() == before
    browser.cookies["csrftoken"] = token = "a" * 32
    assert browser.post(path, sent, kind, headers={"X-CSRFToken": token}).status_code == 200
    assert Customer.objects.get(pk=world.own.pk).life == Life.ARCHIVED
    assert Event.objects.latest("id").surface == "api"
    caller = world.caller("owner")
    bearer = {"Authorization": f"Bearer {caller.raw}"}
    undo = path.replace("/archive", "/unarchive")
    assert Client(enforce_csrf_checks=True).post(undo, "", "application/json", headers=bearer).status_code == 200
