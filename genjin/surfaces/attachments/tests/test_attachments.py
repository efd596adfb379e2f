"""Attachments: let in by content, kept under generated names, fetched only through a record in sight."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from genjin.customers.actions.customers import transfer_customer, void_customer
from genjin.kernel.files import FOLDER, path_of, sweep
from genjin.kernel.models.files import File
from genjin.kernel.tests.test_file_kinds import SCRIPT, jpeg, png
from genjin.surfaces.api.tests.conftest import World, make_world
from genjin.testing.fingerprints import table_fingerprints

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES", tmp_path)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def browser(world: World, part: str) -> Any:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(getattr(world.cast, part).pk)
    session.save()
    return client


def stored() -> list[Path]:
    return [path for path in Path(settings.FILES).rglob("*") if path.is_file()]


def send(client: Any, customer_id: int, name: str, content: bytes, **fields: str) -> Any:
    sent = {"upload": SimpleUploadedFile(name, content), **fields}
    return client.post(f"/customers/{customer_id}/files", sent, headers=HTMX)


def attached(world: World) -> File:
    assert send(browser(world, "owner"), world.own.pk, "CANARY合同.png", png()).status_code == 200
    return File.objects.get()


def test_an_attached_file_is_listed_and_comes_back_whole(world: World) -> None:
    client = browser(world, "owner")
    answer = send(client, world.own.pk, "../../合同\u202e 最终.png", png())
    assert answer.status_code == 200
    assert "合同 最终.png" in answer.content.decode()
    file = File.objects.get()
    (path,) = stored()
    assert path == path_of(file.stored_as)
    assert "." not in path.name
    assert path.stat().st_mode & 0o077 == 0
    got = client.get(f"/files/{file.pk}")
    assert b"".join(got.streaming_content) == png()
    assert got["Content-Disposition"].startswith("attachment; ")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert got["Content-Type"] == "image/png"
    cards = client.get(f"/customers/{world.own.pk}/related").content.decode()
    assert "合同 最终.png" in cards


def status_of_download(world: World, part: str, file: File) -> int:
    answer = browser(world, part).get(f"/files/{file.pk}")
    if answer.streaming:
        list(answer.streaming_content)  # closes the file
    return int(answer.status_code)


def test_a_file_is_fetched_only_by_whom_the_record_is_shown_to_now(world: World) -> None:
    file = attached(world)
    for part in ("owner", "teammate", "manager", "administrator"):
        assert status_of_download(world, part, file) == 200
    for part in ("stranger", "nobody"):
        hidden = browser(world, part).get(f"/files/{file.pk}", headers=HTMX)
        absent = browser(world, part).get("/files/999999999", headers=HTMX)
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content
    assert Client().get(f"/files/{file.pk}").status_code == 302
    transfer_customer(world.cast.actor("administrator"), world.own.pk, owner=world.cast.stranger.pk)
    assert status_of_download(world, "owner", file) == 404
    assert status_of_download(world, "stranger", file) == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", SCRIPT), ("a.svg", b"<svg onload=alert(1)>"), ("a.png", SCRIPT), ("a.png", png() + SCRIPT),
        ("a.exe", b"MZ"), ("a.html.png", png()), ("a.png", jpeg()), ("a.png", b""), ("a", png()), ("a.js", b"alert(1)"),
        ("a.jpg", jpeg(comment=SCRIPT)), ("a.png", png(30_000, 30_000)), ("a.txt", b"<html>"), ("a.pdf", b"%PDF-1.4"),
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_leaves_no_trace(world: World, name: str, content: bytes) -> None:
    client = browser(world, "owner")
    before = table_fingerprints()
    answer = send(client, world.own.pk, name, content)
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert stored() == []
    assert table_fingerprints() == before


def test_only_whoever_may_edit_the_record_attaches_and_removes(world: World) -> None:
    file = attached(world)
    before = table_fingerprints()
    for part, status in (("teammate", 403), ("stranger", 404), ("nobody", 404)):
        client = browser(world, part)
        assert send(client, world.own.pk, "b.png", png()).status_code == status
        assert client.post(f"/files/{file.pk}/removal", headers=HTMX).status_code == status
    assert send(browser(world, "owner"), world.foreign.pk, "b.png", png()).status_code == 404
    assert table_fingerprints() == before
    assert len(stored()) == 1
    card = browser(world, "teammate").get(f"/customers/{world.own.pk}/files", headers=HTMX).content.decode()
    assert "CANARY合同.png" in card
    assert "<form" not in card


def test_a_removed_file_is_gone_at_once_and_its_bytes_after_a_month(world: World) -> None:
    file = attached(world)
    client = browser(world, "owner")
    assert client.post(f"/files/{file.pk}/removal", headers=HTMX).status_code == 200
    assert client.get(f"/files/{file.pk}").status_code == 404
    assert sweep() == 0
    File.objects.update(removed_at=timezone.now() - timedelta(days=31))
    assert sweep() == 1
    assert stored() == []


def test_bytes_that_were_never_attached_are_swept(world: World) -> None:
    attached(world)
    stray = path_of(f"{FOLDER}/ab/stray")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    assert sweep() == 0
    for path in stored():
        os.utime(path, (0, 0))
    assert sweep() == 1
    assert len(stored()) == 1


def test_a_repeated_upload_attaches_once(world: World) -> None:
    client = browser(world, "owner")
    for _n in range(2):
        assert send(client, world.own.pk, "a.png", png(), idempotency_key="k").status_code == 200
    assert File.objects.count() == len(stored()) == 1
    assert send(client, world.own.pk, "a.png", jpeg(), idempotency_key="k").status_code == 422


def test_limits_of_size_quota_and_voided_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(world, "owner")
    monkeypatch.setattr(settings, "FILE_MOST_BYTES", len(png()) - 1)
    too_large = send(client, world.own.pk, "a.png", png())
    assert too_large.status_code == 413
    announced = client.post(
        f"/customers/{world.own.pk}/files", b"x" * (2 << 20), content_type="application/octet-stream"
    )
    assert announced.status_code == 413
    monkeypatch.setattr(settings, "FILE_MOST_BYTES", 1 << 20)
    monkeypatch.setattr(settings, "FILE_QUOTA_BYTES", len(png()))
    assert send(client, world.own.pk, "a.png", png()).status_code == 200
    assert send(client, world.own.pk, "b.png", png()).status_code == 422
    assert len(stored()) == 1


def test_a_voided_record_takes_no_more_files(world: World) -> None:
    void_customer(world.cast.actor("owner"), world.own.pk, reason="重复")
    assert send(browser(world, "owner"), world.own.pk, "a.png", png()).status_code == 422


def test_the_json_door_lists_attaches_and_gives(world: World) -> None:
    caller = world.caller("owner")
    headers = {"Authorization": f"Bearer {caller.raw}"}
    path = f"/api/v1/customers/{world.own.pk}/files"
    made: Any = Client().post(path, {"upload": SimpleUploadedFile("a.png", png())}, headers=headers)
    assert made.status_code == 201
    (item,) = caller.get(f"/customers/{world.own.pk}/files").json()["items"]
    assert (item["name"], item["href"]) == ("a.png", made.json()["href"])
    got: Any = Client().get(item["href"], headers=headers)
    assert b"".join(got.streaming_content) == png()
    stranger = {"Authorization": f"Bearer {world.caller('stranger').raw}"}
    for address in (item["href"], path):
        hidden: Any = Client().get(address, headers=stranger)
        assert (hidden.status_code, hidden.json()["error"]["code"]) == (404, "not_found")
    assert caller.post(f"/customers/{world.own.pk}/files", {}).status_code == 415
    assert caller.post("/actions/files.attach", {"record_type": "customer"}).status_code == 403
