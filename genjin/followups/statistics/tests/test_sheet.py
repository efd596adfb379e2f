"""The statistics as a file: the sheet's layout, brought in again without a change, no formulas, grant, event, job."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from genjin.customers.tests.factories import make_customer
from genjin.followups.actions import create_followup
from genjin.followups.models import FollowUp
from genjin.followups.statistics import actions as exporting
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.jobs import forget_sheets, make_sheet
from genjin.followups.statistics.models import Sheet
from genjin.followups.statistics.report import report
from genjin.followups.statistics.sheet import write_sheet
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actor import Surface, system
from genjin.kernel.files import path_of
from genjin.kernel.models.events import Event
from genjin.kernel.tables.writing import letters, workbook
from genjin.testing.cast import Cast

SPRING = Asked(dt.date(2020, 2, 1), dt.date(2020, 4, 25))
FIGURES = "/statistics/followups"
Unchanged = Callable[[], AbstractContextManager[None]]


def client_of(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def written(cast: Cast, part: str = "owner", asked: Asked = SPRING) -> bytes:
    file = io.BytesIO()
    write_sheet(cast.actor(part), asked, file)
    return file.getvalue()


def test_S0_32_S0_33_the_file_is_laid_out_like_the_sheet(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, "昆山祺耀五金有限公司", level="A", external_code="A001")
    make_followup(
        actor, customer, occurred_at="2020-02-01", method="visit", progress="45", intention="wavering", outcome="deal",
        result_date="2020-02-02",
    )  # fmt: skip
    content = written(cast)
    rows = cells(content)
    assert rows[0] == ["客户跟进记录统计表", *[""] * 9]
    start, end = dt.date(2020, 2, 1), dt.date(2020, 4, 25)
    assert rows[1] == ["查询日期(起)", "", start, "查询日期(止)", "", end, "", "成交户数统计", "", 1.0]
    assert rows[2] == ["编号", "姓名", "客户类型", "跟进情况记录", "", "", "", "跟进结果", "成交日期", "业务员"]
    assert rows[3] == ["", "", "", "跟进日期", "跟进方式", "跟进进度", "客户意向", "", "", ""]
    assert rows[4][0:2] == ["A001", "昆山祺耀五金有限公司"]
    assert rows[4][3:] == [start, "现场跟进", 0.45, "有意向徘徊犹豫", "成交", dt.date(2020, 2, 2), "周牧远"]
    merged = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).merged_cell_ranges
    assert merged is not None
    assert ((0, 0), (0, 9)) in merged
    assert ((2, 3), (2, 6)) in merged


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=cmd", '=HYPERLINK("http://x")', "<b>&\"'"])
def test_no_cell_becomes_a_formula(cast: Cast, name: str) -> None:
    actor = cast.actor("owner")
    make_followup(actor, make_customer(actor, name), occurred_at="2020-02-01")
    content = written(cast)
    assert cells(content)[4][1] == name.strip()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet, styles = (archive.read(f"xl/{part}").decode() for part in ("worksheets/sheet1.xml", "styles.xml"))
    assert "<f" not in sheet
    assert styles.count('quotePrefix="1"') == styles.count("<xf ") - 1, "every format of cells marks text as text"


def test_what_xml_cannot_hold_is_left_out_and_columns_have_their_names() -> None:
    file = io.BytesIO()
    with workbook(file, "a/b[1]") as sheet:
        sheet.row(["甲\x01\ud800乙￿", 3, None, 0.5])
    assert cells(file.getvalue()) == [["甲乙", 3.0, "", 0.5]]
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_download_needs_a_grant_of_its_own_and_changes_nothing_without(cast: Cast, unchanged: Unchanged) -> None:
    for part in ("owner", "stranger", "nobody"):
        client = client_of(getattr(cast, part))
        with unchanged():
            answer = client.post(f"{FIGURES}/sheets", {"asked": SPRING.query()})
        assert answer.status_code == 403
    assert 'id="download"' not in client_of(cast.owner).get(FIGURES).content.decode()


def test_a_short_table_is_the_answer_and_an_event(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_followup(actor, make_customer(actor), occurred_at="2020-02-01")
    answer = client_of(cast.manager).post(f"{FIGURES}/sheets", {"asked": SPRING.query()})
    content = b"".join(answer)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert len(cells(content)) == 5
    event = Event.objects.get(action="followups.export")
    assert event.member_id == cast.manager.pk
    assert event.note == {"from": "2020-02-01", "to": "2020-04-25", "lines": 1}


def test_a_long_table_is_made_by_a_job_for_who_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr("genjin.followups.web.sheets.AT_ONCE", 1)
    actor = cast.actor("owner")
    customer = make_customer(actor)
    for day in (1, 2, 3):
        make_followup(actor, customer, occurred_at=f"2020-02-0{day}")
    client = client_of(cast.manager)
    answer = client.post(f"{FIGURES}/sheets", {"asked": SPRING.query()})
    sheet = Sheet.objects.get()
    assert answer.headers["Location"] == f"{FIGURES}/sheets/{sheet.pk}"
    assert 'hx-trigger="every 1s"' in client.get(f"{FIGURES}/sheets/{sheet.pk}").content.decode()
    assert client.get(f"{FIGURES}/sheets/{sheet.pk}/file").status_code == 404
    for _twice in range(2):
        make_sheet(cast.actor("manager", Surface.JOB), sheet.job_id or 0, sheet=sheet.pk)
    assert f"{FIGURES}/sheets/{sheet.pk}/file" in client.get(f"{FIGURES}/sheets/{sheet.pk}").content.decode()
    fetched = client.get(f"{FIGURES}/sheets/{sheet.pk}/file")
    assert len(cells(b"".join(fetched))) == 7
    assert client_of(cast.administrator).get(f"{FIGURES}/sheets/{sheet.pk}/file").status_code == 404
    forget_sheets(system())
    sheet.refresh_from_db()
    assert path_of(sheet.stored_as).exists(), "it is kept for a week"


def test_too_many_lines_and_nonsense_are_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, unchanged: Unchanged
) -> None:
    monkeypatch.setattr(exporting, "MOST", 0)
    actor = cast.actor("owner")
    make_followup(actor, make_customer(actor), occurred_at="2020-02-01")
    client = client_of(cast.manager)
    for asked in (SPRING.query(), "from=昨天的昨天"):
        with unchanged():
            answer = client.post(f"{FIGURES}/sheets", {"asked": asked})
        assert answer.status_code == 302


def test_lines_of_others_are_not_in_the_file(cast: Cast) -> None:
    actor = cast.actor("stranger")
    make_followup(actor, make_customer(actor, "陌生有限公司"), occurred_at="2020-02-01")
    assert len(cells(written(cast))) == 4
    assert len(cells(written(cast, "administrator"))) == 5


def test_followups_that_were_imported_count_for_no_rate(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    raw = [(1, {"customer": str(customer.pk), "occurred_at": "2020-02-01"})]
    create_followup.run_rows(cast.actor("owner", Surface.IMPORT), raw)
    assert FollowUp.objects.get().late_hours is None
    numbers = report(cast.actor("owner"), SPRING).total.numbers
    assert (numbers.followups, numbers.counted, numbers.on_time_words) == (1, 0, "—")
