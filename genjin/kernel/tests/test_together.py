"""Writes in bulk: few statements, and yet the same rows and events as one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS, Action, action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.together import Torn, kin, together
from genjin.ownership.models import Period
from genjin.testing.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
CREDIT_CODE = "91320594MA1MYG2X40"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def unregistered(function: Callable[..., Any]) -> Action[..., Any]:
    """An action that no surface and no guard knows of."""
    made = action(f"tests.{function.__name__}", on=None, needs="customers.create")(function)
    return ACTIONS.pop(made.name)


@unregistered
def break_off(actor: Actor) -> None:
    record(actor, Customer(name="半途而废"))
    raise Refused("tests", "写了一半")


@unregistered
def rename(actor: Actor, *, customer: Customer, name: str) -> Customer:
    customer.name = name
    record(actor, customer)
    return customer


def raw(number: int, **more: Any) -> tuple[int, dict[str, Any]]:
    return number, {"name": f"第{number}机械有限公司", "duplicate_known": "1", **more}


def test_a_batch_takes_few_statements(cast: Cast) -> None:
    actor = cast.actor("owner")
    create_customer.run_rows(actor, [raw(0)])
    with CaptureQueriesContext(connection) as seen:
        outcome = create_customer.run_rows(actor, [raw(n) for n in range(1, 101)])
    assert len(outcome.done) == 100
    assert len(seen) < 15
    assert EventLink.objects.filter(event_id=outcome.event_id or 0).count() == 100
    assert EventPayload.objects.filter(event_id=outcome.event_id or 0).count() == 100
    assert Period.objects.filter(record_id__in=outcome.done, until=None).count() == 100


def test_rows_of_a_batch_have_rising_ids_and_codes_and_are_found(cast: Cast) -> None:
    actor = cast.actor("owner")
    done = create_customer.run_rows(actor, [raw(n) for n in range(30)]).done
    customers = Customer.objects.in_bulk(done)
    codes = [customers[row_id].code for row_id in done]
    assert done == sorted(done)
    assert codes == sorted(set(codes))
    assert all(customers[row_id].search_key and customers[row_id].version == 1 for row_id in done)


def test_a_row_refused_before_it_writes_does_not_slow_the_others_down(cast: Cast) -> None:
    actor = cast.actor("owner")
    with CaptureQueriesContext(connection) as seen:
        outcome = create_customer.run_rows(actor, [raw(1), raw(2, level="没有"), raw(3)])
    assert len(outcome.done) == 2
    assert [number for number, _refused in outcome.refused] == [2]
    assert not any("ROLLBACK" in query["sql"] for query in seen)


def test_a_row_that_breaks_a_constraint_is_refused_alone(cast: Cast) -> None:
    rows = [raw(1, credit_code=CREDIT_CODE), raw(2, credit_code=CREDIT_CODE), raw(3)]
    outcome = create_customer.run_rows(cast.actor("owner"), rows)
    assert [(number, refused.code) for number, refused in outcome.refused] == [(2, "duplicate")]
    assert set(Customer.objects.values_list("name", flat=True)) == {"第1机械有限公司", "第3机械有限公司"}
    assert EventLink.objects.filter(event_id=outcome.event_id or 0).count() == 2


def test_what_waits_is_seen_by_reads(cast: Cast) -> None:
    actor = cast.actor("owner")
    with together():
        row_id = create_customer.run(actor, None, raw(1)[1]).row_id
        assert Customer.objects.filter(pk=row_id or 0).exists()
        create_contact.run(actor, None, {"name": "陆怀瑾", "customer": str(row_id)})
        create_contact.run(actor, None, {"name": "顾清和", "customer": str(row_id)})
    assert list(Contact.objects.order_by("id").values_list("primary", flat=True)) == [True, False]


def test_a_waiting_row_that_changes_again_is_written_once(cast: Cast) -> None:
    actor = cast.actor("owner")
    with together(), CaptureQueriesContext(connection) as seen:
        customer = create_customer(actor, values=Values(name="云岭自动化有限公司"), duplicate_known=True)
        renamed = rename(actor, customer=customer, name="云岭智能有限公司")
    assert not any(query["sql"].startswith("UPDATE") for query in seen)
    kept = Customer.objects.get(pk=customer.pk)
    assert (kept.name, kept.version) == ("云岭智能有限公司", 2)
    assert renamed is customer


def test_changes_of_stored_rows_wait_and_are_written_together(cast: Cast) -> None:
    actor = cast.actor("owner")
    rows = [make_customer(actor, name) for name in ("甲方机械有限公司", "乙方机械有限公司", "丙方机械有限公司")]
    with CaptureQueriesContext(connection) as seen, together():
        for row in rows:
            rename(actor, customer=row, name=f"新{row.name}")
        rename(actor, customer=rows[0], name="又一个\t'名字'\\有限公司")
    assert sum("UPDATE" in query["sql"] for query in seen) == 1
    kept = list(Customer.objects.order_by("id").values_list("name", "version", "name_key"))
    assert [(name, version) for name, version, _key in kept] == [
        ("又一个\t'名字'\\有限公司", 3), ("新乙方机械有限公司", 2), ("新丙方机械有限公司", 2),
    ]  # fmt: skip
    assert all(_key and row.search and row.search_key for (*_told, _key), row in zip(kept, rows, strict=True))
    links = EventLink.objects.filter(row_id=rows[0].pk).order_by("row_version")
    assert list(links.values_list("row_version", flat=True)) == [1, 2, 3]
    with together():
        rename(actor, customer=rows[1], name="看得见的有限公司")
        assert Customer.objects.filter(name="看得见的有限公司").exists(), "a read sees what waits"
        rows[1].tags, rows[1].custom = ["老朋友", "展会"], {"x_a": None, "x_b": {"名": [1, "二"]}}
        rename(actor, customer=rows[1], name="带标签的有限公司")
    kept_row = Customer.objects.get(pk=rows[1].pk)
    assert (kept_row.tags, kept_row.custom) == (rows[1].tags, rows[1].custom)
    with pytest.raises(DataError), together():  # no text is cut
        rename(actor, customer=rows[2], name="长" * 500)
    with pytest.raises(Torn):
        _rename_and_break_off(actor, rows[2])
    assert Customer.objects.get(pk=rows[2].pk).name == "新丙方机械有限公司"


def _rename_and_break_off(actor: Actor, row: Customer) -> None:
    with together():
        rename(actor, customer=row, name="不算数的有限公司")
        with pytest.raises(Refused):
            break_off(actor)


def test_each_action_keeps_its_event_in_order_of_the_moments(cast: Cast) -> None:
    actor = cast.actor("owner", Surface.SETUP)
    noon = datetime(2026, 3, 2, 4, tzinfo=UTC)
    with together():
        create_customer.run(actor.as_of(noon), None, raw(2)[1])
        create_customer.run(actor.as_of(noon - timedelta(hours=1)), None, raw(1)[1])
    events = list(Event.objects.filter(action="customers.create").order_by("id").values_list("at", flat=True))
    assert events == [noon - timedelta(hours=1), noon]
    second = Customer.objects.get(name="第2机械有限公司")
    assert (second.created_at, second.updated_at) == (noon, noon)
    assert Period.objects.get(record_id=second.pk).since == noon


def test_a_refusal_after_writing_tears_all_that_was_written_together(cast: Cast) -> None:
    with pytest.raises(Torn):
        _create_and_break_off(cast.actor("owner"))
    assert not Customer.objects.exists()


def _create_and_break_off(actor: Actor) -> None:
    with together():
        create_customer.run(actor, None, raw(1)[1])
        with pytest.raises(Refused):
            break_off(actor)


def test_a_refusal_before_writing_does_no_harm(cast: Cast) -> None:
    actor = cast.actor("owner")
    with together():
        create_customer.run(actor, None, raw(1)[1])
        with pytest.raises(Refused):
            create_customer.run(actor, None, raw(2, level="没有")[1])
    assert Customer.objects.count() == 1


def test_an_edit_inside_a_batch_sees_what_others_wrote(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    with together():
        edit_customer.run(actor, customer.pk, {"background": "半导体封装"})
        edit_customer.run(actor, customer.pk, {"remarks": "年底再谈"})
    customer.refresh_from_db()
    assert (customer.background, customer.remarks, customer.version) == ("半导体封装", "年底再谈", 3)


def test_only_what_is_brought_in_has_a_moment_of_its_own(cast: Cast) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    with pytest.raises(ValueError, match="brought in"):
        cast.actor("owner").as_of(yesterday)
    with pytest.raises(ValueError, match="ahead of time"):
        cast.actor("owner", Surface.IMPORT).as_of(timezone.now() + timedelta(days=1))


def test_what_belongs_to_a_row_made_here_is_known_without_asking(cast: Cast) -> None:
    actor = cast.actor("owner")
    old = make_customer(actor, name="早已在册有限公司")
    with together():
        customer = create_customer(actor, values=Values(name="新来的机械有限公司"), duplicate_known=True)
        contacts = [create_contact(actor, values=Values(name=name, customer=customer.pk)) for name in ("甲", "乙")]
        with CaptureQueriesContext(connection) as asked:
            assert kin(Contact, "customer_id", customer.pk) == contacts
        assert not asked.captured_queries
        assert kin(Contact, "customer_id", old.pk) is None
        assert kin(Contact, "owner_id", customer.pk) is None
    assert kin(Contact, "customer_id", customer.pk) is None
    assert list(Contact.objects.order_by("pk").values_list("name", "primary")) == [("甲", True), ("乙", False)]


def test_what_is_copied_in_stands_as_it_was_given(cast: Cast) -> None:
    words = "制表\t换行\n反斜杠\\N 'quoted' {braces}"
    done = create_customer.run_rows(
        cast.actor("owner"), [raw(number, background=words, tags=[], level="A") for number in range(5)]
    )
    found = Customer.objects.filter(pk__in=done.done)
    assert {(row.background, row.level, tuple(row.tags)) for row in found} == {(words, "A", ())}
    assert found.filter(search__isnull=False).count() == 5
