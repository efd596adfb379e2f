"""File fields: uploaded before the record is saved, kept by a refused form, fetched through record and field only, told
by name in lists, history and exports; taken off, put back, merged.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.files import attach_upload, file_for, files_of
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.events import EventPayload
from genjin.kernel.models.files import File
from genjin.kernel.refusal import Invalid, NotFound, Refused
from genjin.kernel.stamps import current_stamp
from genjin.kernel.timeline import timeline
from genjin.merging.models import Merge
from genjin.tailoring.actions import add_field
from genjin.testing.cast import Cast, limit

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HTMX = {"HX-Request": "true"}


def upload(name: str, text: str = "正文") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/plain")


def now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


@pytest.fixture
def client(cast: Cast, settings: Any, tmp_path: Path) -> Client:
    settings.FILES = str(tmp_path)
    raw = {"record_type": "customer", "kind": "file", "label": "合同", "key": "x_deed"}
    add_field.run(cast.actor("administrator"), None, raw | {"facts": {"most": 2, "allowed": ["文档", "文本"]}})
    client = Client()
    client.force_login(cast.owner)
    return client


def fetched(client: Client, path: str) -> int:
    answer = client.get(path)
    b"".join(getattr(answer, "streaming_content", ()))
    return answer.status_code


def hold(client: Client, name: str) -> int:
    answer = client.post("/customers/held-files/x_deed", {"upload": upload(name)}, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()
    assert name in answer.content.decode()
    return File.objects.latest("id").pk


def create(client: Client, name: str, ids: list[int]) -> Any:
    sent = {"name": name, "kind": "company", "x_deed": ids, "drawn": "name,kind,x_deed"}
    return client.post("/customers/new", sent, headers=HTMX)


def made(client: Client, name: str, ids: list[int]) -> Customer:
    assert create(client, name, ids).status_code in (200, 204, 302)
    return Customer.objects.get(name=name)


def test_files_are_kept_by_a_refused_form_and_belong_to_the_record_once_it_is_saved(cast: Cast, client: Client) -> None:
    first, second = hold(client, "甲合同.txt"), hold(client, "附件.txt")
    refused = create(client, "", [second, first])
    assert refused.status_code == 422
    body = refused.content.decode()
    assert body.index(f'name="x_deed" value="{second}"') < body.index(f'name="x_deed" value="{first}"')
    with pytest.raises(NotFound):
        file_for(now(cast.actor("manager")), first)
    row = made(client, "甲厂", [second, first])
    assert [one["name"] for one in row.custom["x_deed"]] == ["附件.txt", "甲合同.txt"]
    owner = now(cast.actor("owner"))
    assert files_of(owner, row) == []
    assert fetched(client, f"/files/{first}") == 200
    assert "甲合同.txt" in client.get(f"/customers/{row.pk}").content.decode()
    titles = {key: [r.title for r in page(owner, read_query(owner, CUSTOMER, {key: [""]}), ()).rows] for key in FILTERS}
    assert titles == {"x_deed.filled": ["甲厂"], "x_deed.empty": []}
    fact = client.get(f"/customers/{row.pk}/facts/x_deed", headers=HTMX).content.decode()
    sent = {"drawn": "x_deed", "version": row.version, "x_deed": [first]}
    assert f'data-held="{second}"' in fact
    saved = client.post(f"/customers/{row.pk}/facts/x_deed", sent, headers=HTMX)
    assert saved.status_code == 200
    assert fetched(client, f"/files/{second}") == 404


FILTERS = ("x_deed.filled", "x_deed.empty")


def test_too_many_other_kinds_and_files_of_others_are_refused(cast: Cast, client: Client) -> None:
    place = "/customers/held-files/x_deed"
    picture = SimpleUploadedFile("图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, "image/png")
    assert client.post(place, {"upload": picture}, headers=HTMX).status_code == 422
    assert client.post(place, {}, headers=HTMX).status_code == 422
    assert client.post("/customers/held-files/x_none", {"upload": upload("a.txt")}).status_code == 404
    ids = [hold(client, f"{n}.txt") for n in range(3)]
    assert "最多 2 个文件" in create(client, "甲厂", ids).content.decode()
    theirs = Client()
    theirs.force_login(cast.stranger)
    for taken in ([ids[0]], [999]):
        assert "没有找到文件" in create(theirs, "乙厂", taken).content.decode()
    row = made(client, "甲厂", ids[:1])
    other = made(client, "丙厂", [])
    with pytest.raises(Invalid, match="已经不在"):
        ACTIONS["customers.edit"].run(now(cast.actor("owner")), other.pk, {"x_deed": [ids[0]]})
    row.refresh_from_db()
    assert len(row.custom["x_deed"]) == 1


def test_the_json_door_takes_ids_of_files_of_the_record_and_tells_where_they_are(cast: Cast, client: Client) -> None:
    row = made(client, "甲厂", [])
    attached = attach_upload(now(cast.actor("owner")), "customer", row.pk, upload("旧合同.txt")).row_id
    url = f"/api/v1/customers/{row.pk}"

    def edit(files: Any) -> Any:
        return client.post(f"{url}/actions/edit", json.dumps({"x_deed": files}), content_type="application/json")

    assert edit([attached]).status_code == 200
    shown = client.get(url).json()["fields"]["x_deed"]
    assert shown == [{"id": attached, "name": "旧合同.txt", "size": 6, "href": f"/api/v1/files/{attached}"}]
    assert edit(shown).status_code == 200
    assert client.get(f"{url}/files").json()["items"] == []
    assert client.post(f"/files/{attached}/removal", headers=HTMX).status_code == 422
    gone = edit([]).json()
    assert fetched(client, f"/files/{attached}") == 404
    undone = client.post(f"/api/v1/events/{gone['event']}/undo", content_type="application/json")
    assert undone.status_code == 200, undone.content.decode()
    assert fetched(client, f"/files/{attached}") == 200
    row.refresh_from_db()
    entries = timeline(now(cast.actor("owner")), row)[0]
    changes = [(c.before, c.after) for entry in entries for c in entry.changes if str(c.field.label) == "合同"]
    assert changes == [("", "旧合同.txt"), ("旧合同.txt", ""), ("", "旧合同.txt")]


@pytest.mark.parametrize("right", [Access.HIDDEN, Access.MASKED])
def test_files_of_a_field_that_is_hidden_or_masked_are_not_there(cast: Cast, client: Client, right: Access) -> None:
    file_id = hold(client, "甲合同.txt")
    row = made(client, "甲厂", [file_id])
    limit("salesperson", "customer.x_deed", right)
    assert fetched(client, f"/files/{file_id}") == 404
    assert fetched(client, f"/api/v1/files/{file_id}") == 404
    assert client.post(f"/files/{file_id}/removal").status_code == 404
    for path in (f"/customers/{row.pk}", "/customers", f"/api/v1/customers/{row.pk}", f"/customers/{row.pk}/files"):
        assert "甲合同" not in client.get(path, headers=HTMX).content.decode()
    assert client.get(f"/customers/held-files/x_deed?ids={file_id}").status_code == 404
    owner = now(cast.actor("owner"))
    assert not any("合同" in str(c.field.label) for e in timeline(owner, row)[0] for c in e.changes)
    with pytest.raises(Refused):
        ACTIONS["customers.edit"].run(owner, row.pk, {"x_deed": []})
    payloads = EventPayload.objects.filter(row_id=file_id).values_list("changes", flat=True)
    assert "甲合同" not in json.dumps(list(payloads), ensure_ascii=False)


def test_records_that_become_one_keep_their_files_and_give_them_back(cast: Cast, client: Client) -> None:
    one = made(client, "甲厂", [hold(client, "甲.txt")])
    two = made(client, "甲厂二", [hold(client, "乙.txt")])
    boss = now(cast.actor("administrator"))
    ACTIONS["customers.merge"].run(boss, one.pk, {"others": [two.pk], "reason": "重复"})
    one.refresh_from_db()
    assert [f["name"] for f in one.custom["x_deed"]] == ["甲.txt", "乙.txt"]
    assert set(File.objects.values_list("record_id", "removed_at")) == {(one.pk, None)}
    ACTIONS["customers.unmerge"].run(boss, one.pk, {"merge": Merge.objects.get().pk})
    assert set(File.objects.values_list("record_id", "name", "removed_at")) == {
        (one.pk, "甲.txt", None), (two.pk, "乙.txt", None),
    }  # fmt: skip
