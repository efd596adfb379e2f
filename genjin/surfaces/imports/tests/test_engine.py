"""From a file to records: what rows bring, duplicates, mending, stopping half-way, failed rows, undoing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from genjin.customers.actions.customers import edit_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.models import FollowUp
from genjin.kernel.actor import system
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import NotFound, Refused
from genjin.surfaces.imports.actions import (
    begin_run,
    cancel_import,
    decide_row,
    decide_rows,
    drop_files,
    mend_row,
    pause_import,
    running,
    skip_row,
)
from genjin.surfaces.imports.actions.bringing import Bringing
from genjin.surfaces.imports.failures import failed_file
from genjin.surfaces.imports.models import Decision, Import, ImportRow, RowState, State, Why
from genjin.surfaces.imports.queries import counts, duplicate_groups, import_for, kept_rows, rows_of, shown_as
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.storage import path_of
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.surfaces.imports.work import check_import, go_on, run_import, undo
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

TALKS = ["编号", "客户名称", "联系人", "手机", "跟进日期", "跟进内容"]


def test_a_row_brings_customer_contact_and_followup_and_further_rows_join_it(cast: Cast) -> None:
    actor = cast.actor("owner")
    batch = brought(
        actor,
        TALKS,
        ["B1", "苏州甲科技有限公司", "张三", "13800138000", "2020-1-1", "谈了"],
        ["B1", "苏州甲科技有限公司", "李四", "13800138001", "2020-1-2", "又谈了"],
        ["B1", "", "", "", "2020-1-3", "再谈"],
        ["B2", "", "", "", "2020-1-3", "没有名字"],
        ["", "苏州乙科技有限公司", "", "", "", ""],
    )
    made = {key: batch.counts.get(key, 0) for key in ("customers", "contacts", "followups", "refused")}
    assert made == {"customers": 2, "contacts": 2, "followups": 3, "refused": 1}
    assert batch.state == State.DONE
    first = Customer.objects.get(external_code="B1")
    assert (first.imported, first.owner_id) == (True, cast.owner.pk)
    assert set(Contact.objects.values_list("customer_id", "name")) == {(first.pk, "张三"), (first.pk, "李四")}
    talks = FollowUp.objects.filter(customer=first, imported=True).order_by("occurred_at")
    assert list(talks.values_list("contact__name", flat=True)) == ["张三", "李四", None], "with whom its row names"
    [bad] = rows_of(batch, RowState.BAD)
    assert (bad.number, bad.problems[0][1]) == (5, "没有客户名称")
    assert counts(batch)[RowState.BROUGHT] == 4
    assert Event.objects.filter(action="customers.create", surface="import").count() == 1, "one for the rows together"


def test_what_becomes_of_duplicates_is_said_once_per_kind_or_row_by_row(cast: Cast) -> None:
    actor = cast.actor("owner")
    known = {name: make_customer(actor, name) for name in ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")}
    Customer.objects.filter(pk=known["丙公司"].pk).update(address="旧址")
    hidden = make_customer(cast.actor("stranger"), "己公司")
    header = ["客户名称", "详细地址", "跟进日期", "跟进内容"]
    rows = [[name, "新址 1 号", "2020-10-01", "谈了"] for name in (*known, "己公司", "庚公司")]
    batch = checked(actor, header, *rows)
    assert [(g.why, g.rows, g.decision) for g in duplicate_groups(batch)] == [
        ("name", 5, "skip"),
        ("hidden", 1, "skip"),
    ]
    decide_rows(actor, batch.pk, why=Why.NAME, decision=Decision.FILL)
    for number, decision in ((3, Decision.SKIP), (4, Decision.OVERWRITE), (5, Decision.ATTACH)):
        decide_row(actor, batch.pk, number=number, decision=decision)
    with pytest.raises(Refused) as unexplained:
        decide_row(actor, batch.pk, number=6, decision=Decision.CREATE)
    assert unexplained.value.code == "reason_needed"
    decide_row(actor, batch.pk, number=6, decision=Decision.CREATE, reason="两家公司同名，已电话核实")
    for number, refused in ((7, Decision.FILL), (7, "nonsense")):
        with pytest.raises(Refused) as refusal:
            decide_row(actor, batch.pk, number=number, decision=refused)
        assert refusal.value.code == "bad_decision"
    batch = run_import(actor, batch.pk)
    addresses = dict(Customer.objects.values_list("pk", "address"))
    assert addresses[known["甲公司"].pk] == "新址 1 号", "filled"
    assert addresses[known["乙公司"].pk] == "", "skipped"
    assert addresses[known["丙公司"].pk] == "新址 1 号", "overwritten"
    assert addresses[known["丁公司"].pk] == "", "only the follow-up is attached"
    assert (Customer.objects.filter(name="戊公司").count(), Customer.objects.filter(name="己公司").count()) == (2, 1)
    assert not FollowUp.objects.filter(customer=hidden).exists()
    assert set(FollowUp.objects.values_list("customer__name", flat=True)) == {
        "甲公司", "丙公司", "丁公司", "戊公司", "庚公司",
    }  # fmt: skip
    assert (batch.counts["customers"], batch.counts["changed"], batch.counts["duplicates"]) == (2, 2, 2)
    again = brought(actor, header, *rows, policy={"otherwise": "attach"})
    assert again.counts["followups"] == 1, "only what was skipped: what is there already is not brought twice"
    undone = undo(actor, batch.pk)
    assert (undone.state, undone.counts["kept"]) == (State.UNDONE, 0)
    stands = dict(Customer.objects.filter(life=Life.LIVE).values_list("pk", "address"))
    assert stands[known["甲公司"].pk] == ""
    assert stands[known["丙公司"].pk] == "旧址"
    assert list(FollowUp.objects.filter(life=Life.LIVE).values_list("customer__name", flat=True)) == ["乙公司"]


def test_rows_are_mended_in_place_left_out_and_told_why_they_stay_behind(cast: Cast) -> None:
    actor = cast.actor("owner")
    header = ["客户名称", "电话", "客户等级"]
    rows = [
        ["甲公司", "138", "优质客户"],
        ["乙公司", "13800138000", "天字号"],
        ["丙公司", "13800138000", ""],
        ["丁公司", "", ""],
    ]
    batch = checked(actor, header, *rows)
    assert {row.number: row.problems[0][0] for row in rows_of(batch, RowState.BAD)} == {2: 1, 3: 2}
    mended = mend_row(actor, batch.pk, number=2, fixes={"1": "13900139000"})
    assert (mended.state, mended.fixes, mended.cells[1]) == (RowState.READY, {"1": "13900139000"}, "138")
    mend_row(actor, batch.pk, number=3, fixes={"2": ""})
    [alike] = rows_of(batch, RowState.DUPLICATE)
    assert (alike.number, alike.duplicate_why, alike.duplicate_row) == (4, Why.FILE_PHONE, 3)
    mend_row(actor, batch.pk, number=3, fixes={"1": "138"})
    assert not rows_of(batch, RowState.DUPLICATE), "the row it looked like is bad now"
    skip_row(actor, batch.pk, number=5)
    for call in (
        lambda: mend_row(actor, batch.pk, number=99, fixes={}),
        lambda: import_for(cast.actor("manager"), batch.pk),
    ):
        with pytest.raises(NotFound):
            call()
    batch = run_import(actor, batch.pk)
    assert set(Customer.objects.values_list("name", "phone")) == {("甲公司", "13900139000"), ("丙公司", "13800138000")}
    shown = {row.number: shown_as(batch, row, brought=row.number in (2, 4)) for row in rows_of(batch)}
    expected = {2: RowState.BROUGHT, 3: RowState.BAD, 4: RowState.BROUGHT, 5: RowState.SKIPPED}
    assert shown == expected
    stream = BytesIO()
    assert failed_file(actor, batch, stream) == 1
    again = upload_file(actor, filename="未导入.xlsx", content=BytesIO(stream.getvalue()))
    assert [rule["target"] for rule in again.rules if rule.get("target")] == [
        "customer.name",
        "customer.phone",
        "customer.level",
    ]
    again = check_import(actor, again.pk)
    [left] = rows_of(again)
    assert (left.title, left.state) == ("乙公司", RowState.BAD)
    mend_row(actor, again.pk, number=left.number, fixes={"1": "13700137000"})
    assert run_import(actor, again.pk).counts["customers"] == 1


def test_an_import_pauses_goes_on_and_is_cancelled_with_what_is_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 3)
    actor = cast.actor("owner")
    batch = checked(actor, ["客户名称"], *([f"第{n}号客户"] for n in range(9)))
    batch = begin_run(actor, batch.pk, waiting=True)
    running.bring_next(actor, batch.pk, bringing=Bringing(actor, batch))
    pause_import(actor, batch.pk)
    paused = running.bring_next(actor, batch.pk, bringing=Bringing(actor, batch))
    assert (paused.state, paused.counts["done"], Customer.objects.count()) == (State.PAUSED, 3, 3)
    other = checked(actor, ["客户名称"], ["别的客户"])
    begin_run(actor, other.pk, waiting=True)
    with pytest.raises(Refused) as busy:
        go_on(actor, batch.pk, waiting=True)
    assert busy.value.code == "busy"
    cancelled = cancel_import(actor, other.pk)
    assert (cancelled.state, Customer.objects.count()) == (State.CANCELLED, 3)
    done = go_on(actor, batch.pk, waiting=True)
    assert (done.state, done.counts["customers"], Customer.objects.count()) == (State.DONE, 9, 9)
    with pytest.raises(Refused):
        run_import(actor, batch.pk)


def test_a_customer_somebody_entered_meanwhile_is_not_doubled(cast: Cast) -> None:
    actor = cast.actor("owner")
    batch = checked(actor, ["客户名称"], ["甲公司"], ["乙公司"])
    batch = begin_run(actor, batch.pk, waiting=True)
    make_customer(cast.actor("manager"), "甲公司")
    batch = go_on(actor, batch.pk, waiting=True)
    assert (batch.counts["customers"], batch.counts["refused"]) == (1, 1)
    assert "校验之后" in rows_of(batch, RowState.FAILED)[0].problems[0][1]


def test_undoing_keeps_what_was_changed_since_and_tells_it(cast: Cast) -> None:
    actor = cast.actor("owner")
    batch = brought(
        actor, TALKS, ["1", "甲公司", "张三", "", "2020-1-1", "谈了"], ["2", "乙公司", "李四", "", "2020-1-1", "谈了"]
    )
    first = Customer.objects.get(name="甲公司")
    edit_customer(actor, first.pk, values=Values(address="新址"))
    batch = undo(actor, batch.pk)
    assert (batch.state, batch.counts["taken_back"], batch.counts["kept"]) == (State.UNDONE, 3, 3)
    assert {(row.record_type, row.kept) for row in kept_rows(batch)} == {
        (record_type, "之后又被修改") for record_type in ("customer", "contact", "followup")
    }
    assert dict(Customer.objects.values_list("name", "life")) == {"甲公司": Life.LIVE, "乙公司": Life.VOIDED}
    assert list(FollowUp.objects.filter(life=Life.LIVE).values_list("customer__name", flat=True)) == ["甲公司"]
    with pytest.raises(Refused):
        undo(actor, batch.pk)


def test_files_go_after_some_days_and_what_was_brought_stays_known(cast: Cast) -> None:
    actor = cast.actor("owner")
    batch = brought(actor, ["客户名称"], ["甲公司"])
    left = checked(actor, ["客户名称"], ["乙公司"])
    assert drop_files(system("imports.drop")) == 0
    past = timezone.now() - timedelta(days=8)
    Import.objects.filter(pk=batch.pk).update(ended_at=past)
    Import.objects.filter(pk=left.pk).update(updated_at=past)
    paths = [path_of(row.stored_as) for row in (batch, left)]
    assert all(path.exists() for path in paths)
    assert drop_files(system("imports.drop")) == 2
    assert not any(path.exists() for path in paths)
    assert dict(Import.objects.values_list("pk", "state")) == {batch.pk: State.DONE, left.pk: State.CANCELLED}
    assert not ImportRow.objects.exists()
    assert undo(actor, batch.pk).counts["taken_back"] == 1


def test_contacts_and_followups_of_their_own_find_their_customers(cast: Cast) -> None:
    actor = cast.actor("owner")
    known = make_customer(actor, "苏州甲科技有限公司")
    make_customer(cast.actor("stranger"), "同事的公司")
    header = ["姓名", "所属客户", "手机"]
    people = [
        ["张三", "苏州甲科技有限公司", "13800138000"],
        ["李四", "同事的公司", "13800138001"],
        ["王五", "新公司", "13800138002"],
    ]
    batch = brought(actor, header, *people, kind="contacts")
    assert set(Contact.objects.values_list("name", "customer__name")) == {("张三", known.name), ("王五", "新公司")}
    assert [(row.number, row.problems[0][1][:9]) for row in rows_of(batch, RowState.BAD)] == [(3, "这个客户是同事的，")]
    talks = [["苏州甲科技有限公司", "2020-1-1", "谈了"], ["苏州甲科技有限公司", "2020-1-2", "又谈了"]]
    batch = brought(actor, ["客户名称", "跟进日期", "跟进内容"], *talks, kind="followups")
    assert (batch.counts["followups"], FollowUp.objects.filter(customer=known).count()) == (2, 2)
    assert undo(actor, batch.pk).counts["taken_back"] == 2
    assert Customer.objects.get(pk=known.pk).life == Life.LIVE
