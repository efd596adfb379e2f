"""The statistics as people see them: numbers equal to the rows they lead to, rates, departments, lines, print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from genjin.customers.actions.customers import void_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.actions import create_followup
from genjin.followups.models import FollowUp
from genjin.followups.statistics import jobs
from genjin.followups.statistics import report as reports
from genjin.followups.statistics.asked import Asked, read_asked
from genjin.followups.statistics.period import choices
from genjin.followups.statistics.queries.lines import all_lines, page_of_lines
from genjin.followups.statistics.report import Report, Row, report, share
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.lists import count_capped, read_query
from genjin.kernel.records import by_plural
from genjin.org.models import Member
from genjin.testing.cast import PARTS, Cast

pytestmark = pytest.mark.long

OCTOBER = Asked(dt.date(2020, 10, 1), dt.date(2020, 10, 31))
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
FIGURES = "/statistics/followups"


@pytest.fixture
def october(cast: Cast) -> list[Customer]:
    """Three customers of the owner, one of them shared with the teammate, one voided; imported and written history."""
    owner, manager = cast.actor("owner"), cast.actor("manager")
    shared, own, gone = (make_customer(owner, f"{name}有限公司") for name in ("共享", "自有", "作废"))
    other = make_customer(cast.actor("stranger"), "陌生有限公司")
    ACTIONS["customers.add_teammate"].run(owner, shared.pk, {"member": str(cast.teammate.pk), "writes": "1"})
    for day, method, customer, actor in [
        (1, "phone", shared, owner), (2, "visit", shared, cast.actor("teammate")), (3, "", own, owner),
        (3, "phone", own, manager), (31, "wechat", gone, owner), (15, "phone", other, cast.actor("stranger")),
    ]:  # fmt: skip
        make_followup(actor, customer, occurred_at=f"2020-10-{day:02d}T23:30", method=method, outcome="deal")
    brought = [(n, {"customer": str(own.pk), "author": name, "occurred_at": "2020-10-05"}) for n, name in
               enumerate(["业务员3", "Amy", "amy"])]  # fmt: skip
    done = create_followup.run_rows(cast.actor("owner", Surface.IMPORT), brought)
    assert not done.refused
    FollowUp.objects.filter(method="phone").update(late_hours=0)
    FollowUp.objects.filter(method="visit").update(late_hours=30, effective=False)
    void_customer(owner, gone.pk, reason="重复")
    jobs.fold()
    return [shared, own, gone, other]


def listed(actor: Actor, url: str) -> int:
    """How many rows the generic list at this address has."""
    parts = urlsplit(url)
    declared = by_plural(parts.path.strip("/"))
    assert declared is not None
    return count_capped(actor, read_query(actor, declared, parse_qs(parts.query)))


def numbers_with_addresses(row: Row, methods: list[str]) -> Iterator[tuple[int | None, str]]:
    n = row.numbers
    yield from [
        (n.followups, row.held_url), (n.effective, row.effective_url), (n.on_time, row.on_time_url),
        (n.counted, row.counted_url), (n.customers, row.customers_url), (n.households, row.households_url),
    ]  # fmt: skip
    yield from ((n.methods.get(method, 0), row.method_url(method)) for method in methods)


def all_rows(found: Report) -> list[Row]:
    return [found.total, *found.people, *found.departments]


@pytest.mark.parametrize("part", PARTS[1:])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_S0_33_every_number_leads_to_exactly_as_many_rows(
    cast: Cast, october: list[Customer], part: str, zone: str
) -> None:
    actor = replace(cast.actor(part), time_zone=zone)
    group = cast.owner.department_id
    assert group is not None
    narrower: list[dict[str, Any]] = [{}]
    if zone == "Asia/Shanghai":
        authors = (cast.owner.pk, cast.teammate.pk)
        narrower += [{"methods": ("phone",)}, {"authors": authors}, {"departments": (group,)}]
    for more in narrower:
        found = report(actor, replace(OCTOBER, **more))
        for row in all_rows(found):
            for number, url in numbers_with_addresses(row, found.methods):
                assert listed(actor, url) == number, (row.label, url)


def test_S0_33_S0_42_numbers_of_the_owner(cast: Cast, october: list[Customer]) -> None:
    found = report(cast.actor("owner"), OCTOBER)
    n = found.total.numbers
    assert (n.followups, n.customers, n.households, n.effective, n.counted, n.on_time) == (8, 3, 3, 7, 5, 2)
    assert (n.effective_words, n.on_time_words) == ("87.5%", "40%")
    assert n.methods == {"phone": 2, "visit": 1, "wechat": 1, "": 4}
    people = {row.label: row.numbers.followups for row in found.people}
    assert people == {"周牧远": 3, "许星河": 1, "林知夏": 1, "业务员3": 1, "AMY": 2}


def test_departments_are_summed_up_the_tree(cast: Cast, october: list[Customer]) -> None:
    rows = report(cast.actor("administrator"), OCTOBER).departments
    assert [(row.label, row.depth, row.numbers.followups, row.numbers.customers) for row in rows] == [
        ("总部", 0, 9, 4), ("销售一部", 1, 8, 3), ("一组", 2, 8, 3), ("销售二部", 1, 1, 1),
    ]  # fmt: skip
    first = rows[1].asked.departments
    below = report(cast.actor("administrator"), replace(OCTOBER, departments=first)).departments
    assert [(row.label, row.depth) for row in below] == [("销售一部", 0), ("一组", 1)]


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(0, 0, "—"), (1, 1, "100%"), (9999, 10000, "99.9%"), (0, 3, "0%")]
)
def test_S3_20_rates_in_words(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


def test_quick_choices_are_whole_periods() -> None:
    found = [(one.start.isoformat(), one.end.isoformat()) for one in choices(dt.date(2024, 2, 29))]
    assert found == [
        ("2024-02-29", "2024-02-29"), ("2024-02-26", "2024-03-03"), ("2024-02-01", "2024-02-29"),
        ("2024-01-01", "2024-01-31"), ("2024-01-01", "2024-03-31"), ("2024-01-01", "2024-12-31"),
    ]  # fmt: skip
    assert choices(dt.date(2025, 1, 1))[3].start == dt.date(2024, 12, 1)


@pytest.mark.parametrize(
    ("given", "period"),
    [
        ({"from": ["2020-05-01"], "to": ["2020-04-01"]}, ("2020-04-01", "2020-05-01")),
        ({"from": ["1950-01-01"], "to": ["2090-12-31"]}, ("1950-01-01", "2090-12-31")),
        ({"to": ["2020-04-01"]}, ("2020-04-01", "2020-04-01")),
    ],
)
def test_periods_are_put_right(cast: Cast, given: dict[str, list[str]], period: tuple[str, str]) -> None:
    asked = read_asked(cast.actor("owner"), given)
    assert (asked.start.isoformat(), asked.end.isoformat()) == period
    assert report(cast.actor("owner"), asked).total.numbers.followups == 0


def test_lines_are_paged_by_key_and_complete(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    rows = [(n, {"customer": str(customer.pk), "occurred_at": f"2020-10-{n % 7 + 1:02d}"}) for n in range(120)]
    create_followup.run_rows(cast.actor("owner", Surface.IMPORT), rows)
    seen, after = [], ""
    while True:
        found = page_of_lines(actor, OCTOBER, after=after)
        seen += [line.id for line in found.lines]
        after = found.next
        if not after:
            break
    upward = [line.id for lines in all_lines(actor, OCTOBER) for line in lines]
    assert len(set(seen)) == len(seen) == 120
    assert seen == upward[::-1]


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_the_page_shows_numbers_filters_and_lines(cast: Cast, october: list[Customer]) -> None:
    asked = {"from": "2020-10-01", "to": "2020-10-31", "method": "phone"}
    html = client_of(cast.owner).get(FIGURES, asked).content.decode()
    assert '<span class="v num" id="deals">2</span>' in html
    assert '<option value="phone" selected' in html
    assert "自有有限公司" in html
    assert "陌生" not in html


def test_very_many_follow_ups_paint_first_and_count_customers_afterwards(
    cast: Cast, october: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "AT_ONCE", 3)
    client = client_of(cast.owner)
    first = client.get(FIGURES, {"from": "2020-10-01", "to": "2020-10-31"}).content.decode()
    assert 'hx-trigger="load"' in first
    assert "正在统计" in first
    then = client.get(f"{FIGURES}/tables", {"from": "2020-10-01", "to": "2020-10-31"}, headers=HTMX).content.decode()
    assert 'hx-trigger="load"' not in then
    assert "正在统计" not in then
    assert "<html" not in then


def test_the_print_names_company_period_and_who_printed(cast: Cast, october: list[Customer]) -> None:
    html = client_of(cast.owner).get(f"{FIGURES}/print", {"from": "2020-10-01", "to": "2020-10-31"}).content.decode()
    for words in ("澄湖智造", "2020-10-01 – 2020-10-31", "周牧远", "自有有限公司", "data-print"):
        assert words in html
    assert "陌生" not in html


@pytest.mark.parametrize("rows", [1, 4])
def test_more_rows_cost_no_more_queries(cast: Cast, count_queries: Callable[[], Any], rows: int) -> None:
    actor = cast.actor("owner")
    for n in range(rows):
        make_followup(actor, make_customer(actor, f"第{n}客户"), occurred_at="2020-10-01")
    client = client_of(cast.owner)
    asked = {"from": "2020-10-01", "to": "2020-10-31"}
    client.get(FIGURES, asked)
    with count_queries() as queries:
        client.get(FIGURES, asked)
    assert len(queries) == 10
