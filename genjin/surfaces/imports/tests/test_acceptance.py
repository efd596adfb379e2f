"""The follow-up sheet of the sources, brought in exactly as it is (S0-32 … S0-42)."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Count

from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.followups.actions import create_followup
from genjin.followups.models import FollowUp
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.report import report
from genjin.followups.statistics.sheet import write_sheet
from genjin.kernel.actor import Surface
from genjin.kernel.lists import search
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.records import RECORD_TYPES
from genjin.ownership.models import Period
from genjin.surfaces.imports.command import Report, import_file
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.tests.files import SHEET
from genjin.testing.cast import Cast, make_member

pytestmark = pytest.mark.long

SPRING = Asked(date(2020, 2, 1), date(2020, 4, 25))


@pytest.fixture
def imported(cast: Cast) -> Report:
    return import_file(SHEET, "owner")


def test_S0_32_columns_are_matched_by_name_and_by_content(cast: Cast) -> None:
    row = upload_file(cast.actor("owner"), filename=SHEET.name, content=SHEET)
    matched = {rule.heading: (rule.target, rule.how) for rule in rules_from_json(row.rules) if rule.target}
    assert matched == {
        "编号": ("customer.external_code", "name"),
        "姓名": ("customer.name", "name"),
        "客户类型": ("customer.level", "content"),
        "跟进日期": ("followup.occurred_at", "name"),
        "跟进方式": ("followup.method", "name"),
        "跟进进度": ("followup.progress", "name"),
        "客户意向": ("followup.intention", "name"),
        "跟进结果": ("followup.outcome", "name"),
        "成交日期": ("followup.result_date", "name"),
        "业务员": ("followup.author", "name"),
    }
    assert row.layout["title"] == "客户跟进记录统计表"


def test_S0_32_S0_34_fifteen_customers_nine_with_a_level(imported: Report) -> None:
    assert (imported.customers, imported.followups) == (15, 15)
    levels = dict(Customer.objects.values_list("level").annotate(n=Count("id")))
    assert levels == {"A": 2, "B": 3, "C": 4, "": 6}
    codes = list(Customer.objects.order_by("external_code").values_list("external_code", "name"))
    assert codes == [(f"A{n:03d}", f"客户{n}") for n in range(1, 16)]


def test_the_importer_owns_what_is_imported_and_it_is_marked(cast: Cast, imported: Report) -> None:
    assert set(Customer.objects.values_list("owner_id", "imported")) == {(cast.owner.pk, True)}
    assert set(FollowUp.objects.values_list("owner_id", "imported")) == {(cast.owner.pk, True)}
    assert set(Period.objects.values_list("rule", flat=True)) == {"imported"}


def test_S0_35_S0_36_four_methods_and_ten_intentions(imported: Report) -> None:
    methods = FollowUp.objects.exclude(method="").order_by("occurred_at").values_list("method", flat=True)
    assert list(methods) == ["visit", "wechat", "phone", "visit"]
    intentions = dict(FollowUp.objects.exclude(intention="").values_list("intention").annotate(n=Count("id")))
    assert intentions == {"wavering": 6, "certain": 4}


def test_S0_38_progress_is_a_whole_percentage(imported: Report) -> None:
    progress = list(FollowUp.objects.order_by("occurred_at").values_list("progress", flat=True))
    assert progress == [45, 85, 65, 75, 95, 35, 25, 75, 88, 36, 100, 45, 45, 45, 45]


def test_S0_37_S0_39_ten_deals_two_lost_three_open(imported: Report) -> None:
    outcomes = dict(FollowUp.objects.values_list("outcome").annotate(n=Count("id")))
    assert outcomes == {"deal": 10, "no_deal": 2, "": 3}


def test_S0_40_a_deal_date_stands_only_where_the_result_is_a_deal(imported: Report) -> None:
    assert FollowUp.objects.exclude(result_date=None).count() == 15
    assert FollowUp.objects.exclude(deal_date=None).count() == 10
    assert Customer.objects.exclude(deal_date=None).count() == 10
    second = FollowUp.objects.get(customer__external_code="A002")
    assert second.deal_date == date(2020, 3, 2)
    lost = FollowUp.objects.get(customer__external_code="A005")
    assert (lost.result_date, lost.deal_date) == (date(2020, 4, 6), None)


def test_S0_41_the_row_without_number_and_name_is_rejected_with_its_reason(imported: Report) -> None:
    assert imported.rejected == [(20, "", "没有编号和姓名，不知道是哪位客户")]
    assert (imported.refused, imported.duplicates) == (1, 0)


@pytest.mark.parametrize(
    ("start", "end", "deals"),
    [
        (date(2020, 2, 1), date(2020, 4, 25), 10),
        (date(2020, 3, 2), date(2020, 4, 3), 1),
        (date(2021, 1, 1), date(2021, 2, 1), 0),
    ],
)
def test_S0_33_S0_39_closed_households_of_a_period(
    cast: Cast, imported: Report, start: date, end: date, deals: int
) -> None:
    for part, expected in [("owner", deals), ("manager", deals), ("stranger", 0)]:
        assert report(cast.actor(part), Asked(start, end)).total.numbers.households == expected


def test_S0_42_the_salespeople_are_listed(cast: Cast, imported: Report) -> None:
    found = report(cast.actor("owner"), SPRING)
    assert (found.total.numbers.followups, found.total.numbers.customers) == (15, 15)
    assert {line.label for line in found.people} == {f"业务员{n}" for n in range(1, 16)}


def test_S0_32_what_is_downloaded_is_brought_in_again_without_a_change(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "统计表.xlsx"
    with contextlib.suppress(_Undone), transaction.atomic():
        import_file(SHEET, "owner")
        kept = _facts()
        with file.open("wb") as stream:
            assert write_sheet(cast.actor("owner"), SPRING, stream) == 15
        again = import_file(file, "owner")
        assert (again.customers, again.followups, again.duplicates) == (0, 0, 15), "it is all there already"
        raise _Undone
    brought = import_file(file, "owner")
    assert (brought.customers, brought.followups, brought.rejected) == (15, 15, [])
    assert _facts() == kept
    for asked, deals in [(SPRING, 10), (Asked(date(2020, 3, 2), date(2020, 4, 3)), 1)]:
        assert report(cast.actor("owner"), asked).total.numbers.households == deals


def test_a_salesperson_who_is_a_member_becomes_the_author(cast: Cast) -> None:
    make_member("业务员3", None)
    two = [make_member(part, None) for part in ("x", "y")]
    type(two[0]).objects.filter(pk__in=[m.pk for m in two]).update(name="业务员4")
    import_file(SHEET, "owner")
    third = FollowUp.objects.get(customer__external_code="A003")
    assert third.author is not None
    assert (third.author.name, third.author_name) == ("业务员3", "")
    fourth = FollowUp.objects.get(customer__external_code="A004")
    assert (fourth.author_id, fourth.author_name) == (None, "业务员4"), "two bear the name: nobody is guessed"


def test_an_imported_customer_is_found_by_its_number(cast: Cast, imported: Report) -> None:
    assert [hit.title for hit in search(cast.actor("owner"), RECORD_TYPES["customer"], "A007")] == ["客户7"]


def test_the_same_actions_leave_the_same_events_as_the_pages_do(cast: Cast, imported: Report) -> None:
    actor = cast.actor("owner")
    created = create_customer.run(actor, None, {"name": "客户十六", "external_code": "A016", "level": "一般客户"})
    create_followup.run(
        actor,
        None,
        {
            "customer": str(created.row_id), "content": "谈了", "late_reason": "补录旧事", "occurred_at": "2020-02-01",
            "method": "现场跟进",
            "progress": "45%", "intention": "有意向徘徊犹豫", "outcome": "成交", "result_date": "2020-02-02",
        },
    )  # fmt: skip
    assert created.row_id is not None
    typed, brought = Customer.objects.get(pk=created.row_id), Customer.objects.get(external_code="A001")
    assert _story(brought) == [
        (action, surface, fields | ({"imported"} if action == "customers.create" else set()))
        for action, _web, fields in _story(typed)
        for surface in [Surface.IMPORT]
    ]


def test_a_second_import_of_the_file_brings_nothing_twice(cast: Cast, imported: Report) -> None:
    again = import_file(SHEET, "owner")
    assert (again.customers, again.followups, again.duplicates, again.refused) == (0, 0, 15, 1)
    assert (Customer.objects.count(), FollowUp.objects.count()) == (15, 15)


def _story(customer: Customer) -> list[tuple[str, str, set[str]]]:
    """What the ledger tells of a customer: action, surface, changed columns."""
    links = EventLink.objects.filter(row_id=customer.pk).order_by("event_id").values_list("event_id", flat=True)
    story = []
    for event in Event.objects.filter(pk__in=list(links)).order_by("id"):
        changes = EventPayload.objects.get(row_id=customer.pk, event_id=event.pk).changes
        story.append((event.action, event.surface, set(changes)))
    return story


class _Undone(Exception):
    """Ends a transaction as if it had not been."""


def _facts() -> list[tuple[object, ...]]:
    """What the sheet says of each follow-up."""
    rows = FollowUp.objects.order_by("occurred_at", "customer__external_code")
    return list(
        rows.values_list(
            "customer__external_code", "customer__name", "customer__level", "occurred_at", "method", "progress",
            "intention", "outcome", "result_date", "deal_date", "author_name",
        )
    )  # fmt: skip
