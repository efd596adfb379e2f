"""Pages of imports: upload, preview, confirm, result; long files as a job; and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.models import FollowUp
from genjin.kernel import jobs
from genjin.kernel.actor import Surface
from genjin.kernel.models.jobs import JobProgress
from genjin.org.models import Member
from genjin.surfaces.imports.actions import bring_rows
from genjin.surfaces.imports.jobs import run_import_job
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.earlier_running import planned
from genjin.surfaces.imports.tests.files import SHEET, csv_file
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def upload(client: Client, content: bytes, name: str = "表.csv") -> str:
    answer = client.post("/imports", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return answer.headers["Location"]


def test_the_real_sheet_by_hand(cast: Cast, unchanged: Unchanged) -> None:
    client = client_of(cast.owner)
    assert "上传表格" in client.get("/imports").content.decode()
    address = upload(client, SHEET.read_bytes(), SHEET.name)
    with unchanged():
        preview = client.get(address).content.decode()
    assert '<b class="num" id="ready">15</b>' in preview
    assert "没有编号和姓名" in preview
    assert "客户等级" in preview
    assert Customer.objects.count() == 0
    answer = client.post(f"{address}/run", {"duplicates": "skip"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    result = client.get(address).content.decode()
    assert '<span class="v num" id="made">15</span>' in result
    assert "没有编号和姓名" in result
    assert f'href="/customers/{Customer.objects.get(name="客户7").pk}"' in result
    assert (Customer.objects.count(), FollowUp.objects.count()) == (15, 15)
    assert bytes(Import.objects.get().content) == b"", "the file is dropped when it is done"
    statistics = client.get("/statistics/followups", {"from": "2020-02-01", "to": "2020-04-25"}).content.decode()
    assert '<span class="v num" id="deals">10</span>' in statistics
    statistics = client.get("/statistics/followups", {"from": "2020-03-02", "to": "2020-04-03"}).content.decode()
    assert '<span class="v num" id="deals">1</span>' in statistics


def test_a_file_is_brought_in_once(cast: Cast, unchanged: Unchanged) -> None:
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称"], ["甲公司"]))
    client.post(f"{address}/run")
    with unchanged():
        assert client.post(f"{address}/run").status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "空.csv", "文件是空的"),
        (b"%PDF-1.7", "a.pdf", "只能读取"),
        (csv_file(["电话", "备注"], ["13800138000", "x"]), "a.csv", "没有找到「客户名称」"),
        (csv_file(["客户名称"]), "a.csv", "没有找到表格"),
    ],
)
def test_unusable_files_are_refused_in_words(cast: Cast, content: bytes, name: str, words: str) -> None:
    answer = client_of(cast.owner).post("/imports", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Import.objects.count() == 0


def test_no_file_is_refused(cast: Cast) -> None:
    assert client_of(cast.owner).post("/imports").status_code == 422


def test_duplicates_are_told_and_skipped_unless_chosen_otherwise(cast: Cast) -> None:
    known = make_customer(cast.actor("owner"), "甲公司")
    content = csv_file(
        ["客户名称", "跟进日期", "跟进方式"], ["甲公司", "2020-10-01", "电话"], ["乙公司", "2020-10-02", "微信"]
    )
    client = client_of(cast.owner)
    address = upload(client, content)
    assert "已有同名客户" in client.get(address).content.decode()
    client.post(f"{address}/run")
    assert set(Customer.objects.values_list("name", flat=True)) == {"甲公司", "乙公司"}
    assert list(FollowUp.objects.values_list("customer__name", flat=True)) == ["乙公司"]
    client.post(f"{upload(client, content)}/run", {"duplicates": "attach"})
    assert list(FollowUp.objects.filter(customer=known).values_list("method", flat=True)) == ["phone"]
    assert Customer.objects.count() == 2
    client.post(f"{upload(client, content)}/run", {"duplicates": "create"})
    assert Customer.objects.count() == 4


def test_a_colleagues_customer_of_this_name_is_told_but_not_shown(cast: Cast) -> None:
    hidden = make_customer(cast.actor("owner"), "甲公司")
    client = client_of(cast.stranger)
    address = upload(client, csv_file(["客户名称"], ["甲公司"]))
    html = client.get(address).content.decode()
    assert "同事的" in html
    assert f"/customers/{hidden.pk}" not in html
    client.post(f"{address}/run", {"duplicates": "attach"})
    assert Customer.objects.count() == 1


def test_imports_of_others_and_without_grant_are_refused(cast: Cast) -> None:
    address = upload(client_of(cast.owner), csv_file(["客户名称"], ["甲公司"]))
    for member in (cast.stranger, cast.administrator):
        assert client_of(member).get(address).status_code == 404
        assert client_of(member).post(f"{address}/run").status_code == 404
    nobody = client_of(cast.nobody)
    assert [nobody.get("/imports").status_code, nobody.get(address).status_code] == [403, 403]
    assert nobody.post(f"{address}/run").status_code == 403
    assert Client().get("/imports").headers["Location"].startswith("/sign-in")
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(("count", "queued"), [(50, False), (51, True)])
def test_at_most_fifty_rows_are_brought_in_at_once(cast: Cast, count: int, queued: bool) -> None:
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称"], *([f"第{n}公司"] for n in range(count))))
    client.post(f"{address}/run")
    row = Import.objects.get()
    assert (row.job_id is not None) == queued
    assert Customer.objects.count() == (0 if queued else count)


def test_the_bar_shows_how_far_the_job_is(cast: Cast) -> None:
    client = client_of(cast.owner)
    content = csv_file(["客户名称"], *([f"第{n}公司"] for n in range(80)))
    address = upload(client, content)
    client.post(f"{address}/run")
    row = Import.objects.get()
    bring_rows(cast.actor("owner", Surface.JOB), row.pk, plan=planned(cast.actor("owner"), row))
    html = client.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).content.decode()
    assert "50 / 80" in html
    assert 'width="62%"' in html


def test_a_long_file_runs_as_a_job_and_twice_brings_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"第{n}公司", "2020-10-01"] for n in range(301)]
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称", "跟进日期"], *rows))
    client.post(f"{address}/run")
    row = Import.objects.get()
    assert (row.state, row.position, Customer.objects.count()) == (State.RUNNING, 0, 0)
    waiting = client.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "<html" not in waiting
    assert row.job_id is not None
    jobs.cancel_job(cast.actor("owner"), row.job_id)
    with pytest.raises(jobs.JobCancelled):
        run_import_job(cast.actor("owner"), row.job_id, import_id=row.pk)
    assert "继续导入" in client.get(address).content.decode()
    client.post(f"{address}/run")
    row.refresh_from_db()
    assert JobProgress.objects.count() == 2
    assert row.job_id is not None
    run_import_job(cast.actor("owner"), row.job_id, import_id=row.pk)
    run_import_job(cast.actor("owner"), row.job_id, import_id=row.pk)
    assert (Customer.objects.count(), FollowUp.objects.count()) == (301, 301)
    assert "导入完成" in client.get(address).content.decode()
