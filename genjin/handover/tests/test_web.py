"""The pages of handovers (B16): the steps without scripts, progress, report, list; who may not sees nothing."""

from __future__ import annotations

import io
import re
from typing import Any

from django.test import Client
from openpyxl import load_workbook  # type: ignore[import-untyped]

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.handover.models import Handover
from genjin.handover.rules import State
from genjin.handover.tests.factories import handed_over, prepared
from genjin.org.models import Member
from genjin.testing.cast import Cast


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_b16_the_steps_lead_from_the_leaver_to_the_report_and_back(cast: Cast) -> None:
    mine = cast.actor("owner")
    names = [f"苏州第{n}家" for n in range(3)]
    for name in names:
        make_customer(mine, name, level="A" if name.endswith("0家") else "B")
    client = client_of(cast.manager)
    assert "去交接" not in client.get("/handovers").text
    page = client.get(f"/handovers/new?leaver={cast.owner.pk}")
    assert "周牧远" in page.text
    for wrong, words in (({}, "请填写「交接人」"), ({"leaver": cast.owner.pk, "leaves_on": "2020-01-01"}, "不能早于")):
        again = client.post("/handovers/new", {"kind": "resignation", **wrong})
        assert (again.status_code, words in again.text) == (422, True)
    answer = client.post("/handovers/new", {"leaver": cast.owner.pk, "kind": "resignation", "reason": "回老家"})
    row = Handover.objects.get()
    assert answer.headers["Location"] == f"/handovers/{row.pk}?step=receivers"
    here = f"/handovers/{row.pk}"
    assert "不填的，跟上面一样" in client.get(f"{here}?step=receivers").text
    refused = client.post(f"{here}/receivers", {"everything": cast.owner.pk, "step": "receivers"})
    assert (refused.status_code, "接收人不能是交接人自己" in refused.text) == (422, True)
    _what_was_filled_in_stays(client, cast, here)
    share = {"add": "customer", "share_customer_level": "A", "share_customer_to": cast.manager.pk, "share_lead_to": ""}
    client.post(f"{here}/receivers", {"everything_names": "许星河、陌路人", **share})
    shown = client.get(f"{here}?step=receivers").text
    assert "客户等级" in shown
    assert "移除" in shown
    client.post(f"{here}/receivers", {"everything": [cast.manager.pk, cast.teammate.pk]})
    client.post(f"{here}/options", {"stays": "", "teams": "mine", "along": "on", "notice": "{客户}，接替人{接收人}"})
    preview = client.get(f"{here}?step=preview").text
    assert "开始交接" in preview
    assert "林知夏 1 客户 其余 2 林知夏 1 许星河 1" in re.sub(r"(<[^>]+>|\s)+", " ", preview)
    client.post(f"{here}/begin")
    row.refresh_from_db()
    assert row.state == State.DONE
    report = client.get(here).text
    assert "交接完成" in report
    assert "苏州第0家，接替人林知夏" in report
    assert "苏州第2家" not in report  # out of the manager's sight now
    file: Any = client.post(f"{here}/report.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert sheet is not None
    assert {sheet.cell(n, 2).value for n in range(2, 5)} == {names[0], names[1], "—"}
    client.post(f"{here}/undo")
    assert set(Customer.objects.values_list("owner_id", flat=True)) == {cast.owner.pk}
    assert "交接已撤销" in client.get(here).text


def _what_was_filled_in_stays(client: Client, cast: Cast, here: str) -> None:
    everybody = {"everything": [cast.manager.pk], "none_customer": "on"}
    half = {"add": "customer", "share_customer_level": "A", "share_lead_level": "", **everybody, "step": "receivers"}
    again = client.post(f"{here}/receivers", half)
    assert (again.status_code, "请为这个条件选择接收人" in again.text) == (422, True)
    assert re.search(r'name="share_customer_level".*?<option value="A" selected', again.text, re.DOTALL)
    assert f'name="everything" value="{cast.manager.pk}"' in again.text
    assert re.search(r'name="none_customer"[^>]* checked', again.text)
    late = {"stays": "read", "stays_until": "2020-01-01", "teams": "all", "notice": "写到一半", "step": "options"}
    again = client.post(f"{here}/options", late)
    assert (again.status_code, "不能早于今天" in again.text, "写到一半" in again.text) == (422, True, True)


def test_b16_the_list_names_who_left_with_records_and_who_is_leaving(cast: Cast) -> None:
    make_customer(cast.actor("owner"))
    row = prepared(cast.actor("manager"), cast.owner, cast.teammate, parts={"customer": ()})
    client = client_of(cast.manager)
    shown = client.get("/handovers").text
    assert "离职通知期内" in shown
    assert "已禁止导出" in shown
    client.post(f"/handovers/{row.pk}/begin")
    assert "还有 1 条记录无人接收" in client_of(cast.manager).get("/handovers").text


def test_b16_canary_nobody_else_learns_of_a_handover(cast: Cast) -> None:
    row = handed_over(cast.actor("administrator"), cast.owner, cast.teammate)
    for part, status in (("stranger", 403), ("nobody", 403), ("teammate", 403)):
        client = client_of(getattr(cast, part))
        assert client.post(f"/handovers/{row.pk}/report.xlsx").status_code == status
        for path in ("/handovers", f"/handovers/{row.pk}", "/handovers/new"):
            assert client.get(path).status_code == status
    other = handed_over(cast.actor("administrator"), cast.stranger, cast.teammate)
    client = client_of(cast.manager)
    assert client.get(f"/handovers/{row.pk}").status_code == 200
    assert "陌路人" not in client.get("/handovers").text
    absent = client.get("/handovers/999999999")
    for path in (f"/handovers/{other.pk}", f"/handovers/{other.pk}/progress"):
        assert (client.get(path).status_code, absent.status_code) == (404, 404)
    assert client.post(f"/handovers/{other.pk}/undo").status_code == 404
