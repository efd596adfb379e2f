"""Pages, JSON door and command line of exports, as people and programs use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.fields import Access
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.surfaces.exports.actions import start_export
from genjin.surfaces.exports.command import Wanted, export_file
from genjin.surfaces.exports.models import Export
from genjin.surfaces.exports.queries import taken_on
from genjin.surfaces.exports.tests.conftest import allow, export, table, text_of
from genjin.surfaces.exports.tests.test_limits import company
from genjin.surfaces.exports.tests.test_rights import RunJobs
from genjin.testing.cast import Cast, limit

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://testserver/customers"}
DRAWN = {"drawn": "format,which,reason", "which": "shown", "format": "xlsx", "reason": ""}


def signed_in(cast: Cast, part: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, part))
    return client


def test_the_dialog_takes_the_list_as_it_is_shown(cast: Cast, files: Path) -> None:
    for number in range(3):
        make_customer(cast.actor("manager"), f"公司{number}", level="A" if number else "B")
    company(cast, reason_above=1)
    client = signed_in(cast, "manager")
    asked = client.get("/customers/export?view=all&f=1&level.in=A&sort=-updated_at", headers=HTMX).content.decode()
    assert "<html" not in asked
    assert "共 2 行" in asked
    sent = DRAWN | {"query": "level.in=A&sort=-updated_at", "ids": "", "shown": "name,level"}
    refused = client.post("/customers/export", sent, headers=HTMX)
    assert (refused.status_code, Export.objects.count()) == (422, 0)
    assert "要写明原因" in refused.content.decode()
    done = client.post("/customers/export", sent | {"reason": "对账"}, headers=HTMX)
    assert (done.status_code, "dialog:done" in done["HX-Trigger"]) == (204, True)
    file = client.get(done["HX-Redirect"])
    name = unquote(file["Content-Disposition"].partition("UTF-8''")[2])
    assert name.startswith("客户 林知夏 ")
    assert name.endswith(".xlsx")
    row = Export.objects.get()
    assert len(b"".join(file.streaming_content)) == row.size  # type: ignore[attr-defined]  # a file
    assert [cells[0] for cells in table(files, row)[1:]] == ["公司2", "公司1"]
    assert "客户等级 属于 " in client.get("/exports").content.decode()
    assert client.get("/exports?all=1").content.decode().count("公司") == 0
    ticked = client.get(f"/customers/export?ids={row.pk}&ids=5", headers=HTMX).content.decode()
    assert f'name="ids" value="{row.pk},5"' in ticked


def test_a_long_export_shows_its_progress_and_can_be_stopped(cast: Cast, run_jobs: RunJobs) -> None:
    make_customer(cast.actor("manager"))
    row = start_export(cast.actor("manager"), record_type="customers")
    client = signed_in(cast, "manager")
    assert "every 1s" in client.get(f"/exports/{row.pk}").content.decode()
    assert client.get(f"/exports/{row.pk}/file").status_code == 404
    run_jobs()
    assert "下载文件" in client.get(f"/exports/{row.pk}").content.decode()
    other = start_export(cast.actor("manager"), record_type="customers")
    assert client.post(f"/exports/{other.pk}/stop").status_code == 302
    assert "已取消" in client.get("/exports").content.decode()
    assert signed_in(cast, "administrator").post(f"/exports/{row.pk}/stop").status_code == 404


def test_paper_shows_what_the_reader_may_see_and_who_printed_it(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), "甲公司", phone="13812345678", remarks="<b>备注</b>")
    make_contact(cast.actor("owner"), customer, "陆怀瑾", phone="13912345678")
    make_customer(cast.actor("stranger"), "看不见的公司")
    client = signed_in(cast, "owner")
    page = client.get(f"/customers/{customer.pk}/print").content.decode()
    assert all(
        words in page for words in ("甲公司", "13812345678", "陆怀瑾", "139****5678", "打印：周牧远", "&lt;b&gt;备注")
    )
    listed = client.get("/customers/print?f=1&life=any").content.decode()
    assert "甲公司" in listed
    assert "138****5678" in listed
    assert "13812345678" not in listed
    assert "看不见" not in listed
    for path in ("customer.phone", "contact.phone"):
        limit("salesperson", path, Access.HIDDEN)
    assert "5678" not in client.get(f"/customers/{customer.pk}/print").content.decode()
    assert signed_in(cast, "stranger").get(f"/customers/{customer.pk}/print").status_code == 404


def test_what_is_printed_stands_in_the_log_of_exports(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), "甲公司")
    make_customer(cast.actor("owner"), "乙公司")
    client = signed_in(cast, "owner")
    assert client.post(f"/customers/{customer.pk}/print").status_code == 204
    assert client.post("/customers/print?f=1&life=any").status_code == 204
    assert signed_in(cast, "stranger").post(f"/customers/{customer.pk}/print").status_code == 404
    printed = Export.objects.order_by("id").values_list("member_id", "format", "rows", "ids")
    assert list(printed) == [(cast.owner.pk, "print", 1, [customer.pk]), (cast.owner.pk, "print", 2, [])]
    assert taken_on(cast.owner.pk, timezone.now()) == 3
    log = signed_in(cast, "administrator").get("/exports?all=1").content.decode()
    assert log.count("已打印") == 2


def test_cards_are_handed_out_by_post_and_noted(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), "甲公司")
    contact = make_contact(cast.actor("owner"), customer, "陆怀瑾", phone="13912345678")
    client = signed_in(cast, "owner")
    handed = {f"/contacts/{contact.pk}/vcard": "陆怀瑾.vcf", f"/customers/{customer.pk}/vcard": "甲公司 联系人.vcf"}
    for address, name in handed.items():
        assert name in client.get(address).content.decode()
        file = client.post(address)
        assert unquote(file["Content-Disposition"].partition("UTF-8''")[2]) == name
        assert "TEL;TYPE=CELL:13912345678" in file.content.decode()
        assert signed_in(cast, "stranger").post(address).status_code == 404
    taken = Event.objects.filter(action="exports.take_cards")
    told = {"rows": 1, "address": "127.0.0.1"}
    assert [(event.note, event.links.count()) for event in taken] == [(told, 1)] * 2


def test_the_json_door_starts_tells_and_hands_out(cast: Cast, run_jobs: RunJobs) -> None:
    make_customer(cast.actor("manager"), "=甲公司")
    client = signed_in(cast, "manager")

    def post(**asked: Any) -> Any:
        body = json.dumps({"record_type": "customers", **asked})
        return client.post("/api/v1/actions/exports.start", body, content_type="application/json")

    assert post(columns="password").json()["error"]["code"] == "hidden_column"
    assert post(query="password.is=1").json()["error"]["code"] == "bad_filter"
    made = post(format="csv", columns="name").json()["id"]
    address = f"/api/v1/exports/{made}"
    assert client.get(address).json()["state"] == "waiting"
    assert client.get(f"{address}/file").status_code == 404
    run_jobs()
    told = client.get(address).json()
    assert (told["state"], told["rows"], told["file"]) == ("ready", 1, f"{address}/file")
    file = client.get(told["file"])
    assert text_of(b"".join(file.streaming_content)) == "客户名称\r\n'=甲公司\r\n"  # type: ignore[attr-defined]  # a file
    assert signed_in(cast, "administrator").get(address).status_code == 404
    assert signed_in(cast, "owner").get(address).status_code == 403
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/exports/{id}", "/api/v1/exports/{id}/file", "/api/v1/actions/exports.start"} <= set(paths)


def test_the_command_line_writes_a_file_and_overwrites_none(cast: Cast, tmp_path: Path) -> None:
    make_customer(cast.actor("manager"), "甲公司", level="A")
    make_customer(cast.actor("manager"), "乙公司")
    wanted = Wanted("customers", tmp_path / "客户.csv", "manager", ["level.in=A"], "name")
    assert export_file(wanted) == 1
    assert text_of(wanted.out.read_bytes()) == "客户名称\r\n甲公司\r\n"
    assert list(tmp_path.glob("*.part")) == []
    for wrong in (
        wanted,
        Wanted("customers", tmp_path / "a.doc", "manager"),
        Wanted("nothing", tmp_path / "a.csv", "manager"),
        Wanted("customers", tmp_path / "a.csv", "nobody at all"),
        Wanted("customers", tmp_path / "a.csv", "owner"),
        Wanted("customers", tmp_path / "a.csv", "manager", ["level"]),
    ):
        with pytest.raises(Refused):
            export_file(wrong)
    assert not (tmp_path / "a.csv").exists()


def test_the_log_tells_from_where_a_file_went_and_what_it_holds_in_full(cast: Cast) -> None:
    make_customer(cast.actor("manager"), "甲", phone="13812345678")
    allow(cast, "manager", exports_full="")
    row = export(cast, "manager", columns="name,phone")
    client = signed_in(cast, "manager")
    answer = client.get(f"/exports/{row.pk}/file", REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Prüfer/1.0")
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    kept, fetched = Event.objects.filter(action__in=("exports.keep", "exports.fetch")).order_by("id")
    assert kept.note["full"] == ["电话"]
    assert (fetched.note["address"], fetched.note["device"]) == ("203.0.113.9", "Prüfer/1.0")
    page = signed_in(cast, "administrator").get("/exports?all=1").content.decode()
    assert "含完整的电话" in page
    assert "来自 203.0.113.9" in page
