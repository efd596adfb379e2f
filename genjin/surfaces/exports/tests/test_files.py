"""What the file holds: values that come back unchanged (trust flaw 9), whole or not at all (S8, S11), and cards."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.jobs import cancel_job
from genjin.kernel.models.events import Event
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Refused
from genjin.kernel.tables.writing import Sheet
from genjin.surfaces.exports import writing
from genjin.surfaces.exports.actions import keep_export, start_export
from genjin.surfaces.exports.jobs import make_export, sweep
from genjin.surfaces.exports.models import Export
from genjin.surfaces.exports.tests.conftest import allow, content, export, table
from genjin.surfaces.exports.vcards import cards
from genjin.surfaces.exports.writing import make_file
from genjin.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.long]
RunJobs = Callable[[], JobProgress]
RAW: dict[str, Any] = {
    "name": "=1+1 公司", "short_name": "-5", "phone": "+8613812345678", "level": "A", "external_code": "00123456789012",
    "industry": "C3562", "region": "320500", "satisfaction": "4.5", "remarks": "@第一行\n＝第二行", "website": "https://a.cn",
    "credit_code": "91320594MA1MCEEQ4E", "tags": ["老板直谈", "展会"],
}  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_flaw9_every_value_survives_being_taken_out_and_read_back(cast: Cast, files: Path, form: str) -> None:
    allow(cast, "manager", exports_full="")
    actor = cast.actor("manager")
    raw = {key: value for key, value in RAW.items() if key != "credit_code"}
    before = make_customer(actor, **raw)
    heading, row = table(files, export(cast, "manager", columns="*", format=form, query=f"code.is={before.code}"))
    by_label = dict(zip(heading, row, strict=True))
    wrong = {}
    for field in CUSTOMER.fields:
        if field.key in raw:
            back = field.parse(by_label[str(field.label)], actor)
            stored = getattr(before, field.attribute)
            if back != stored and not (isinstance(back, Decimal) and Decimal(stored) == back):
                wrong[field.key] = (stored, back)
    assert wrong == {}
    assert by_label["创建时间"] == before.created_at.astimezone(actor.zone).replace(tzinfo=None, microsecond=0) or (
        form == "csv"
        and str(by_label["创建时间"]).startswith(f"{before.created_at.astimezone(actor.zone):%Y-%m-%d %H:%M}")
    )


def test_references_and_dates_read_back_as_the_same(cast: Cast, files: Path) -> None:
    allow(cast, "manager", exports_full="")
    actor = cast.actor("manager")
    customer = make_customer(actor, "乙公司")
    contact = make_contact(actor, customer, "陆怀瑾", birthday="1988-02-29", primary="1")
    heading, row = table(files, export(cast, "manager", "contacts", columns="*"))
    by_label = dict(zip(heading, row, strict=True))
    for key in ("name", "customer", "birthday", "primary", "owner"):
        field = CONTACT.keys[key]
        assert field.parse(by_label[str(field.label)], actor) == getattr(contact, field.attribute), key
    hidden = make_customer(cast.actor("stranger"), "看不见的公司")
    Customer.objects.filter(pk=customer.pk).update(parent_id=hidden.pk)
    assert "看不见" not in str(table(files, export(cast, "manager", columns="*", format="csv")))


def test_order_filters_and_ticked_rows_are_those_of_the_list(
    cast: Cast, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "AT_A_TIME", 2)
    made = [make_customer(cast.actor("manager"), f"第{n}家", level="A" if n % 2 else "B") for n in range(5)]
    names = [row[0] for row in table(files, export(cast, "manager"))[1:]]
    assert names == [f"第{n}家" for n in (4, 3, 2, 1, 0)]
    names = [row[0] for row in table(files, export(cast, "manager", query="level.in=A&sort=updated_at"))[1:]]
    assert names == ["第1家", "第3家"]
    ids = f"{made[3].pk},{made[0].pk}"
    row = export(cast, "manager", ids=ids, columns="level", query="level.in=B")
    assert [cells[0] for cells in table(files, row)[1:]] == ["第3家", "第0家"]
    assert row.rows == 2


def stopped(wrote: Callable[[], None]) -> Callable[..., None]:
    """A writer that stops at its third row."""

    def row(self: Sheet, values: Any, look: Any = None) -> None:
        self.rows += 1
        if self.rows == 3:
            wrote()

    return row


def test_s8_a_full_disk_leaves_no_half_file(
    cast: Cast, files: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for number in range(4):
        make_customer(cast.actor("manager"), f"公司{number}")
    actor = cast.actor("manager")
    row = start_export(actor, record_type="customers")
    with monkeypatch.context() as failing:
        failing.setattr(Sheet, "row", stopped(full))
        job = run_jobs()
    row.refresh_from_db()
    assert (job.state, row.stored_as, list((files / "exports").iterdir())) == (JobProgress.State.FAILED, "", [])
    assert "磁盘" in job.error


def test_s11_a_killed_job_repeats_cleanly_and_a_second_run_does_nothing(
    cast: Cast, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What no except clause catches."""

    def kill() -> None:
        raise Killed

    for number in range(4):
        make_customer(cast.actor("manager"), f"公司{number}")
    actor = cast.actor("manager")
    row = start_export(actor, record_type="customers")
    part = files / "exports" / f"{row.pk}.xlsx.0000.part"
    part.parent.mkdir()
    part.write_bytes(b"half")  # what a killed worker leaves
    with monkeypatch.context() as failing:
        failing.setattr(Sheet, "row", stopped(kill))
        with pytest.raises(Killed):
            make_export(actor, row.job_id or 0, export=row.pk)
    row.refresh_from_db()
    assert row.stored_as == ""
    assert make_export(actor, row.job_id or 0, export=row.pk) == {"rows": 4}
    first = content(files, Export.objects.get(pk=row.pk))
    assert make_export(actor, row.job_id or 0, export=row.pk) == {"rows": 4}
    keep_export(actor, row.pk, made=make_file(actor, row))
    assert [event.note.get("rows") for event in Event.objects.filter(action="exports.keep").order_by("id")] == [4, None]
    assert len(first) > 0
    assert sorted(path.name for path in part.parent.iterdir()) == [f"{row.pk}.xlsx", part.name]
    old = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(part, (old, old))
    assert sweep() == 1


def test_a_cancelled_export_stops_and_leaves_nothing(cast: Cast, files: Path, run_jobs: RunJobs) -> None:
    make_customer(cast.actor("manager"))
    actor = cast.actor("manager")
    row = start_export(actor, record_type="customers")
    cancel_job(actor, row.job_id or 0)
    assert run_jobs().state == JobProgress.State.CANCELLED
    row.refresh_from_db()
    assert row.stored_as == ""
    with pytest.raises(Refused):
        cancel_job(actor, row.job_id or 0)


def test_cards_hold_what_phones_read(cast: Cast, files: Path) -> None:
    actor = cast.actor("manager")
    customer = make_customer(actor, "丙公司；分号, 逗号")
    contact = make_contact(
        actor, customer, "欧阳修", phone="13812345678", email="o@a.cn", position="总经理" * 12, birthday="1980-01-31",
        remarks="第一行\n第二行", wechat="wx1",
    )  # fmt: skip
    (text,) = cards(actor, [contact.pk])
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "").split("\r\n")
    assert {"VERSION:3.0", "FN:欧阳修", "TEL;TYPE=CELL:13812345678", "BDAY:1980-01-31", "X-WECHAT:wx1"} <= set(whole)
    assert f"TITLE:{'总经理' * 12}" in whole
    assert r"NOTE:第一行\n第二行" in whole
    assert next(line for line in whole if line.startswith("ORG:")).count(r"\,") == 1
    masked = content(files, export(cast, "manager", "contacts", format="vcf")).decode()
    assert "欧阳修" in masked
    assert "13812345678" not in masked
    assert ACTIONS["exports.take_cards"].run(actor, None, {"customer": str(customer.pk)}).event_id
