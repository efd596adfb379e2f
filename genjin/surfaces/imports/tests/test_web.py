"""Pages of imports as people click them: upload, columns, check, mend, duplicates, run, undo; and who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genjin.customers.actions.customers import edit_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.models import FollowUp
from genjin.kernel.fields import Values
from genjin.org.models import Member
from genjin.surfaces.imports.models import Import, ImportRow, State
from genjin.surfaces.imports.tests.files import SHEET, csv_file
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

Unchanged = Callable[[], AbstractContextManager[None]]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def upload(client: Client, content: bytes, name: str = "表.csv", kind: str = "customers") -> str:
    answer = client.post("/imports", {"file": SimpleUploadedFile(name, content), "kind": kind})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return answer.headers["Location"]


def check(client: Client, address: str) -> str:
    """The page after the check."""
    answer = client.post(f"{address}/columns", {"check": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    return client.get(address).content.decode()


def count(page: str, key: str) -> int:
    found = re.search(rf'id="count-{key}">([\d,]+)<', page)
    assert found, key
    return int(found[1].replace(",", ""))


def test_the_real_sheet_goes_through_the_steps(cast: Cast, unchanged: Unchanged) -> None:
    client = client_of(cast.owner)
    assert "还没有导入过" in client.get("/imports").content.decode()
    address = upload(client, SHEET.read_bytes(), SHEET.name)
    with unchanged():
        columns = client.get(address).content.decode()
    assert 'value="customer.level"' in columns
    assert "自动匹配 10 / 10" in columns
    assert "客户跟进记录统计表" in columns, "the sheet is shown as it is, above the header too"
    page = check(client, address)
    assert (count(page, "ready"), count(page, "bad")) == (15, 1)
    assert "没有编号和姓名" in page
    assert Customer.objects.count() == 0
    client.post(f"{address}/run")
    result = client.get(address).content.decode()
    assert 'id="made-customers">15<' in result
    assert 'id="made-followups">15<' in result
    assert (Customer.objects.count(), FollowUp.objects.count()) == (15, 15)
    brought = client.get(f"{address}/rows?tab=brought", headers=HTMX).content.decode()
    assert f'href="/customers/{Customer.objects.get(name="客户7").pk}"' in brought
    for days, deals in (
        ({"from": "2020-02-01", "to": "2020-04-25"}, 10),
        ({"from": "2020-03-02", "to": "2020-04-03"}, 1),
    ):
        statistics = client.get("/statistics/followups", days).content.decode()
        assert f'<span class="v num" id="deals">{deals}</span>' in statistics
    failed = client.get(f"{address}/failed")
    assert b"".join(failed.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]  # it is a streamed one
    assert "客户 15、跟进记录 15" in client.get("/imports").content.decode()
    changed = Customer.objects.get(name="客户7")
    edit_customer(cast.actor("owner"), changed.pk, values=Values(short_name="七"))
    client.post(f"{address}/undo")
    undone = client.get(address).content.decode()
    assert "已经撤销" in undone
    assert "留着没动的记录" in undone
    assert list(Customer.objects.filter(life=0).values_list("name", flat=True)) == ["客户7"]


def test_a_row_is_mended_in_its_place_and_the_counts_follow(cast: Cast) -> None:
    client = client_of(cast.owner)
    rows = [["甲公司", "13800138000", "Q"], ["", "13800138001", "A"], ["丙公司", "13800138002", "B"]]
    address = upload(client, csv_file(["客户名称", "联系电话", "客户等级"], *rows))
    columns = client.get(address).content.decode()
    assert "138****8000" in columns
    assert "13800138000" not in columns, "numbers are masked on the page of columns"
    page = check(client, address)
    assert count(page, "bad") == 2
    form = client.get(f"{address}/rows/3", headers=HTMX).content.decode()
    assert 'name="fix-0"' in form
    mended = client.post(
        f"{address}/rows/3", {"fix-0": "乙公司", "fix-1": "13800138001"}, headers=HTMX
    ).content.decode()
    assert 'id="count-bad">1<' in mended
    assert 'id="tab-bad" hx-swap-oob="true">1<' in mended
    assert ImportRow.objects.get(number=3).fixes == {"0": "乙公司"}
    still = client.post(f"{address}/rows/2", {"fix-2": "也不是"}, headers=HTMX).content.decode()
    assert 'aria-invalid="true"' in still
    client.post(f"{address}/rows/2", {"skip": "1"}, headers=HTMX)
    client.post(f"{address}/run")
    assert set(Customer.objects.values_list("name", flat=True)) == {"乙公司", "丙公司"}


def test_a_field_taken_by_another_column_leaves_the_first_and_the_choice_is_kept(cast: Cast) -> None:
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称", "简写"], ["甲公司", "甲"], ["乙公司", "乙"]))
    row = Import.objects.get()
    sent = {"target-0": "customer.name", "target-1": "customer.name", "version": row.version}
    answer = client.post(f"{address}/columns", sent, headers=HTMX)
    assert (answer.status_code, "<html" in answer.content.decode()) == (200, False)
    row.refresh_from_db()
    assert [rule.get("target", "") for rule in row.rules] == ["", "customer.name"]
    stale = client.post(f"{address}/columns", sent, headers=HTMX)
    assert stale.status_code == 422, "another window changed it meanwhile"
    assert "别的窗口" in stale.content.decode()
    fields = client.get(f"{address}/fields?q=简称", headers=HTMX).content.decode()
    assert 'data-value="customer.short_name"' in fields


def test_duplicates_stand_side_by_side_and_are_decided_once_per_kind(cast: Cast) -> None:
    known = make_customer(cast.actor("owner"), "甲公司")
    client = client_of(cast.owner)
    rows = [["甲公司", "江苏省", "2020-10-01", "电话"], ["乙公司", "", "2020-10-02", "微信"]]
    address = upload(client, csv_file(["客户名称", "地址", "跟进日期", "跟进方式"], *rows))
    page = check(client, address)
    assert (count(page, "ready"), count(page, "duplicate")) == (1, 1)
    assert "表格第 2 行" in page
    assert f'href="/customers/{known.pk}"' in page
    again = client.post(f"{address}/decide", {"number": "2", "decision": "create"}, headers=HTMX)
    assert again.status_code == 422, "why it is created all the same is asked for beside it"
    assert 'value="create" checked' in again.content.decode()
    answer = client.post(f"{address}/decide", {"number": "2", "decision": "fill", "all": "1"}, headers=HTMX)
    assert 'id="go" hx-swap-oob="true"' in answer.content.decode()
    client.post(f"{address}/run")
    known.refresh_from_db()
    assert known.address == "江苏省"
    assert set(FollowUp.objects.values_list("customer__name", flat=True)) == {"甲公司", "乙公司"}


def test_whose_the_customers_are_is_one_choice_of_three(cast: Cast) -> None:
    client = client_of(cast.administrator)
    address = upload(client, csv_file(["客户名称", "负责人"], ["甲公司", "teammate"], ["乙公司", ""]))
    row = Import.objects.get()
    for assign, share, chosen in (("turns", [cast.manager.pk], "turns"), ("mine", [], "mine"), ("sheet", [], "sheet")):
        sent = {"assign": assign, "share": share, "switches": "1", "version": row.version}
        page = client.post(f"{address}/columns", sent, headers=HTMX).content.decode()
        assert re.findall(r'name="assign" value="(\w+)" checked', page) == [chosen]
        row.refresh_from_db()
        assert (row.policy["assign"], row.policy["share"]) == (assign, share)
    check(client, address)
    assert client.post(f"{address}/policy", {"assign": "mine"}, headers=HTMX).status_code == 200
    client.post(f"{address}/run")
    assert set(Customer.objects.values_list("owner_id", flat=True)) == {cast.administrator.pk}


def test_a_colleagues_customer_is_told_but_not_shown(cast: Cast) -> None:
    hidden = make_customer(cast.actor("owner"), "甲公司")
    client = client_of(cast.stranger)
    page = check(client, upload(client, csv_file(["客户名称"], ["甲公司"])))
    assert "您看不到" in page
    assert f"/customers/{hidden.pk}" not in page


def test_others_imports_are_absent_on_every_door(cast: Cast) -> None:
    address = upload(client_of(cast.owner), csv_file(["客户名称"], ["甲公司"]))
    doors = ("", "/progress", "/rows", "/rows/2", "/duplicates", "/failed", "/fields")
    verbs = ("columns", "layout", "policy", "decide", "stop", "run", "pause", "resume", "cancel", "undo", "rows/2")
    for member in (cast.stranger, cast.administrator):
        client = client_of(member)
        assert {client.get(f"{address}{door}").status_code for door in doors} == {404}
        assert {client.post(f"{address}/{verb}").status_code for verb in verbs} == {404}
    assert client_of(cast.nobody).get("/imports").status_code == 403
    assert Client().post(f"{address}/run").headers["Location"].startswith("/sign-in")
    assert "匹配列" in client_of(cast.owner).get(f"{address}/run").content.decode(), "after signing in again"
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"", "空.csv", "空"), (b"%PDF-1.7", "a.pdf", "xlsx"), (csv_file(["客户名称"]), "a.csv", "没有找到表格")],
)
def test_unusable_files_are_refused_in_words(cast: Cast, content: bytes, name: str, words: str) -> None:
    answer = client_of(cast.owner).post("/imports", {"file": SimpleUploadedFile(name, content), "kind": "customers"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Import.objects.count() == 0


def test_long_files_are_checked_by_a_job_with_a_bar_and_can_be_stopped(cast: Cast) -> None:
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称"], *([f"第{n}公司"] for n in range(201))))
    page = check(client, address)
    assert "正在校验与查重" in page
    assert 'hx-trigger="every 1s"' in page
    assert "<html" not in client.get(f"{address}/progress", headers=HTMX).content.decode()
    client.post(f"{address}/stop")
    assert Import.objects.get().state == State.UPLOADED
    assert client.get(f"{address}/progress", headers=HTMX).headers["HX-Redirect"] == address


def test_what_does_not_fit_the_state_is_told_on_the_page_as_it_is_now(cast: Cast) -> None:
    client = client_of(cast.owner)
    address = upload(client, csv_file(["客户名称"], ["甲公司"]))
    for verb in ("run", "pause", "resume", "undo", "stop"):
        answer = client.post(f"{address}/{verb}")
        assert (answer.status_code, answer.headers["Location"]) == (302, address), verb
        assert "flash" in answer.cookies, verb
    assert Customer.objects.count() == 0
