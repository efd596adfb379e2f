"""Imports through the JSON door, from the file to its undoing; repeated requests; others' imports."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genjin.customers.models import Customer
from genjin.surfaces.api.tests.conftest import Caller, World
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.tests.files import csv_file

ROWS = csv_file(["客户名称", "级别", "星座"], ["甲公司", "A", "狮子"], ["乙公司", "没有这级", "双鱼"], ["", "B", ""])


def send(caller: Caller, content: bytes = ROWS, **headers: str) -> Any:
    files = {"upload": SimpleUploadedFile("表.csv", content), "kind": "customers"}
    return Client().post("/api/v1/imports", files, headers=caller._headers(headers))


def test_a_file_is_sent_set_checked_mended_brought_in_and_taken_back(world: World) -> None:
    caller = world.caller("owner")
    sent = send(caller, idempotency_key="a1")
    assert sent.status_code == 201, sent.content
    found = sent.json()
    here = found["href"].removeprefix("/api/v1")
    assert (found["state"], found["layout"]["header"]) == ("uploaded", ["客户名称", "级别", "星座"])
    assert found["rules"][0]["target"] == "customer.name"
    again = send(caller, idempotency_key="a1").json()
    assert (again["id"], again["replayed"]) == (found["id"], True)
    assert send(caller, csv_file(["客户名称"], ["丙"]), idempotency_key="a1").status_code == 422
    rules = {"rules": [{"index": 1, "target": "customer.level"}, {"index": 2, "target": "extra.customer.remarks"}]}
    assert [rule.get("target") for rule in caller.post(f"{here}/rules", rules).json()["rules"]] == [
        "customer.name", "customer.level", "extra.customer.remarks",
    ]  # fmt: skip
    assert caller.post(f"{here}/rules", {"rules": [{"index": 9}]}).status_code == 400
    checked = caller.post(f"{here}/check").json()
    assert (checked["state"], checked["rows"]["ready"], checked["rows"]["bad"]) == ("checked", 1, 2)
    bad = caller.get(f"{here}/rows", {"state": "bad"}).json()["items"]
    assert [row["number"] for row in bad] == [3, 4]
    assert caller.post(f"{here}/rows/3", {"fixes": {"1": "B"}}).json()["state"] == "ready"
    assert caller.post(f"{here}/rows/4", {"skipped": True}).json()["state"] == "skipped"
    done = caller.post(f"{here}/run", idempotency_key="b1").json()
    assert (done["state"], done["made"]["customers"]) == ("done", 2)
    assert caller.post(f"{here}/run", idempotency_key="b1").status_code == 200, "the same request again does nothing"
    assert caller.post(f"{here}/run").status_code == 422
    assert set(Customer.objects.filter(imported=True).values_list("name", flat=True)) == {"甲公司", "乙公司"}
    brought = caller.get(f"{here}/rows", {"state": "brought"}).json()["items"]
    assert {row["brought"][0]["verb"] for row in brought} == {"made"}
    assert caller.post(f"{here}/undo").json()["state"] == "undone"
    assert not Customer.objects.filter(imported=True, life=0).exists()
    assert caller.get("/imports").json()["items"][0]["id"] == found["id"]


def test_others_imports_and_callers_without_the_grant_are_refused(world: World) -> None:
    here = f"/imports/{send(world.caller('owner')).json()['id']}"
    for part in ("stranger", "administrator"):
        caller = world.caller(part)
        asked = [caller.get(f"{here}{door}") for door in ("", "/rows", "/failed")]
        posts = ("layout", "rules", "policy", "check", "run", "undo", "duplicates", "rows/2")
        asked += [caller.post(f"{here}/{verb}") for verb in posts]
        assert {answer.status_code for answer in asked} == {404}
    assert send(world.caller("nobody")).status_code == 403
    assert world.caller("nobody").get(here).status_code == 403
    assert Import.objects.count() == 1


def test_what_is_no_file_and_no_table_is_refused_in_words(world: World) -> None:
    caller = world.caller("owner")
    assert caller.post("/imports", {}).status_code == 415
    refused = send(caller, b"")
    assert (refused.status_code, Import.objects.count()) == (422, 0)
    assert refused.json()["error"]["message"]
    paths = caller.get("/openapi.json").json()["paths"]
    assert {"/api/v1/imports", "/api/v1/imports/{id}/run", "/api/v1/imports/{id}/rows/{number}"} <= set(paths)
