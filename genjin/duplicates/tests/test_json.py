"""The run over the base and the tool over the JSON door and the command line (B3): grants and rights of the pages."""

from __future__ import annotations

import json

import pytest

from genjin.customers.tests.factories import make_customer
from genjin.duplicates.jobs import sweeping
from genjin.duplicates.models import Sweep
from genjin.kernel.actor import system
from genjin.kernel.fields import Access
from genjin.surfaces.api.tests.conftest import make_caller
from genjin.surfaces.cli import main
from genjin.testing.cast import Cast, limit

NAME = "苏州远岫新能源科技有限公司"


def test_b3_a_run_is_begun_watched_and_read_over_json_and_the_command_line(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENJIN_LANGUAGE", "zh")
    owner = cast.actor("owner")
    pairs = [(NAME, "远岫新能源科技"), ("无锡惠山精密机械有限公司", "惠山精密机械")]
    ids = [[make_customer(owner, name).pk for name in pair] for pair in pairs]
    hidden = make_customer(cast.actor("stranger"), "蘇州遠秀新能源科技有限公司").pk
    caller, stranger = make_caller(cast.manager), make_caller(cast.stranger)
    assert json.loads(caller.get("/duplicates/customers").content) == {"state": "none"}
    begun = caller.post("/actions/duplicates.begin_sweep", {"record_type": "customer"})
    assert begun.status_code == 200
    assert json.loads(caller.get("/duplicates/customers").content)["state"] == "running"
    assert main(["duplicates", "begin", "--as", "manager"]) == 1
    assert "正在查重" in capsys.readouterr().err
    run = Sweep.objects.get()
    sweeping.sweep(system(), run.job_id or 0, sweep_id=run.pk)
    assert json.loads(caller.get("/duplicates/customers").content)["state"] == "done"
    first = json.loads(caller.get("/duplicates/customers/groups", {"size": 1}).content)
    second = json.loads(caller.get("/duplicates/customers/groups", {"size": 1, "after": first["after"]}).content)
    listed = [*first["items"], *second["items"]]
    assert sorted(sorted(record["id"] for record in group["records"]) for group in listed) == sorted(ids)
    assert hidden not in {record["id"] for group in listed for record in group["records"]}
    assert listed[0]["why"] == ["客户名称相近"]
    assert caller.get("/duplicates/customers/groups", {"after": "x"}).status_code == 400
    assert [stranger.get(f"/duplicates/customers{part}").status_code for part in ("", "/groups")] == [403, 403]
    assert caller.get("/duplicates/plans").status_code == 404
    asked = json.loads(stranger.post("/duplicates/customers/check", {"lines": ["远岫新能源科技", "别家"]}).content)
    assert [len(item["hits"]) for item in asked["items"]] == [3, 0]
    assert {hit["id"] for hit in asked["items"][0]["hits"]} == {None, hidden}, "only what he sees has a number"
    assert stranger.post("/duplicates/customers/check", {"lines": "x"}).status_code == 400
    limit("manager", "customer.phone", Access.HIDDEN)
    assert main(["duplicates", "state", "--as", "manager"]) == 0
    assert "只列出您看得到的" in capsys.readouterr().out
    assert main(["duplicates", "state", "--as", "administrator"]) == 0
    assert "2 组疑似重复" in capsys.readouterr().out
    assert main(["duplicates", "groups", "--as", "manager", "--size", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    place = lines[1].rpartition(" ")[2]
    assert main(["duplicates", "groups", "--as", "manager", "--size", "1", "--after", place]) == 0
    assert main(["duplicates", "groups", "--as", "stranger"]) == 1
