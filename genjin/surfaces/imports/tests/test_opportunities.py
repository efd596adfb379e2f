"""Opportunities come in with their customers, products, stages and outcomes (B9), as their area declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.opportunities.models import Closing, Line, Opportunity, Stay
from genjin.opportunities.totals.jobs import fold, mend
from genjin.opportunities.totals.queries import Narrowed, Sums, sums_by_stage
from genjin.surfaces.imports.actions import set_policy, set_rules
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Decision, Import, RowState, State, Why
from genjin.surfaces.imports.policy import LEFT_OUT
from genjin.surfaces.imports.queries import counts, duplicate_groups, rows_of
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.receiving import look_at, upload_file
from genjin.surfaces.imports.rules import answered, rules_from_json
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import check_import, run_import, undo
from genjin.testing.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

HEADER = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
ROWS = (
    ("1C1I7A6R", "Moses Frase", "GTX Plus Basic", "Cancity", "Won", "2016-10-20", "2017-03-01", "1054"),
    ("Z063OYW0", "Darcel Schlecht", "GTXPro", "Isdom", "Won", "2016-10-25", "2017-03-11", "4514"),
    ("EC4QE1BX", "Darcel Schlecht", "MG Special", "Cancity", "Lost", "2016-10-25", "2017-03-07", "0"),
    ("HAXMC4IX", "Moses Frase", "MG Advanced", "", "Engaging", "2016-11-03", "", ""),
    ("NL3JZH1Z", "Darcel Schlecht", "GTXPro", "", "Prospecting", "", "", ""),
    ("KWVA7VR1", "Moses Frase", "GTXPro", "Isdom", "Engaging", "2016-11-04", "", "700"),
)
GIVEN = {"customer.name": "待确认客户", "opportunity.reason": "price"}


def uploaded(actor: Actor, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Import:
    """A file of opportunities."""
    return upload_file(actor, filename="p.csv", content=BytesIO(csv_file(header, *rows)), kind="opportunities")


def answer(cast: Cast, actor: Actor, batch: Import) -> Import:
    """Answers to what a file of this shape asks; the answers for all rows as well."""
    people = {"Moses Frase": str(cast.owner.pk), "Darcel Schlecht": str(cast.teammate.pk)}
    said: Mapping[str, Any] = {
        "opportunity.standing": ("options", {"Engaging": "need", "Prospecting": "contact", "Lost": "=lost:need"}),
        "opportunity.product": ("names", {"GTXPro": "GTX Pro"}),
        "owner": ("people", people),
    }
    rules = rules_from_json(batch.rules)
    set_rules(actor, batch.pk, rules=[answered(r, *said[r.target]) if r.target in said else r for r in rules])
    return set_policy(actor, batch.pk, policy={"given": GIVEN})


def asked(actor: Actor, batch: Import) -> dict[str, set[str]]:
    """{heading: values that are asked about}."""
    found = questions(actor, KINDS[batch.kind], rules_from_json(batch.rules), look_at(actor, batch).samples)
    return {question.heading: set(question.values) for question in found}


def made(batch: Import) -> dict[str, int]:
    """What came of it."""
    return {key: n for key, n in batch.counts.items() if n and key != "done"}


def test_a_pipeline_of_another_system_comes_in_whole_and_is_taken_back_whole() -> None:
    cast = make_cast()
    actor = cast.actor("administrator")
    batch = uploaded(actor, *ROWS)
    assert asked(actor, batch) == {
        "sales_agent": {"Moses Frase", "Darcel Schlecht"},
        "product": {"GTXPro", "GTX Plus Basic", "MG Special", "MG Advanced"},
        "deal_stage": {"Engaging", "Prospecting"},
    }
    batch = check_import(actor, answer(cast, actor, batch).pk, waiting=True)
    batch = run_import(actor, batch.pk, waiting=True)
    assert [row.problems for state in (RowState.BAD, RowState.FAILED) for row in rows_of(batch, state)] == []
    assert made(batch) == {"customers": 3, "opportunities": 6}
    _as_the_file_says(cast)
    stages = {"contact": Sums(1), "need": Sums(2, Decimal(700), Decimal(210))}
    assert _board(actor) == stages
    _second_time(cast, actor)
    batch = undo(actor, batch.pk, waiting=True)
    assert (batch.state, batch.counts["kept"], batch.counts["taken_back"]) == (State.UNDONE, 0, 9)
    assert not Opportunity.objects.exclude(life=Life.VOIDED).exists()
    assert not Customer.objects.exclude(life=Life.VOIDED).exists()
    assert _board(actor) == {}


def _as_the_file_says(cast: Cast) -> None:
    told = Opportunity.objects.order_by("id").values_list(
        "external_code", "customer__name", "owner_id", "stage", "outcome", "amount", "closed_on", "lost_stage"
    )
    moses, darcel = cast.owner.pk, cast.teammate.pk
    assert list(told) == [
        ("1C1I7A6R", "Cancity", moses, "won", "won", Decimal(1054), date(2017, 3, 1), ""),
        ("Z063OYW0", "Isdom", darcel, "won", "won", Decimal(4514), date(2017, 3, 11), ""),
        ("EC4QE1BX", "Cancity", darcel, "need", "lost", Decimal(0), date(2017, 3, 7), "need"),
        ("HAXMC4IX", "待确认客户", moses, "need", "open", None, None, ""),
        ("NL3JZH1Z", "待确认客户", darcel, "contact", "open", None, None, ""),
        ("KWVA7VR1", "Isdom", moses, "need", "open", Decimal(700), None, ""),
    ]
    lines = Line.objects.order_by("opportunity_id").values_list("product", "total")
    assert list(lines)[1:3] == [("GTX Pro", Decimal(4514)), ("MG Special", Decimal(0))]
    closings = Closing.objects.order_by("opportunity_id").values_list("outcome", "stage", "reason", "on", "amount")
    assert list(closings) == [
        ("won", "negotiation", "", date(2017, 3, 1), Decimal(1054)),
        ("won", "negotiation", "", date(2017, 3, 11), Decimal(4514)),
        ("lost", "need", "price", date(2017, 3, 7), Decimal(0)),
    ]
    stays = Stay.objects.order_by("opportunity_id").values_list("stage", "entered_at__date", "left_at__date")
    assert stays[0] == ("negotiation", date(2016, 10, 20), date(2017, 3, 1))
    assert dict(Customer.objects.values_list("name", "deal_date")) == {
        "Cancity": date(2017, 3, 1), "Isdom": date(2017, 3, 11), "待确认客户": None,
    }  # fmt: skip


def _board(actor: Actor) -> dict[str, Sums]:
    """The totals by stage, equal to a recount (B9)."""
    fold()
    assert mend() == 0
    found = sums_by_stage(actor, ["contact", "need", "proposal", "negotiation"], Narrowed())
    return {stage: sums for stage, sums in found.items() if sums.count}


def _second_time(cast: Cast, actor: Actor) -> None:
    """The next file of this shape asks nothing; what is there already stays out, what is new goes to its customer."""
    fresh = ("NEW00001", "Moses Frase", "GTXPro", "Cancity", "Engaging", "2017-01-03", "", "100")
    again = uploaded(actor, *ROWS[:2], fresh, fresh, (*fresh[:3], "", "Lost", *fresh[5:]))
    assert asked(actor, again) == {}
    again = check_import(actor, again.pk, waiting=True)
    groups = {group.why: (group.rows, group.decision) for group in duplicate_groups(again)}
    assert groups == {Why.SAME: (2, Decision.SKIP), Why.FILE_SAME: (2, Decision.SKIP)}
    again = run_import(actor, again.pk, waiting=True)
    assert made(again) == {"opportunities": 1, "duplicates": 4}
    assert undo(actor, again.pk, waiting=True).counts["taken_back"] == 1
    other = uploaded(actor, ("N2", "GTXPro", "Isdom"), header=("Deal ID", "商品", "Account"))
    assert asked(actor, other) == {}, "a name that was mapped is known in files of other shapes too"
    del cast


def test_rows_that_cannot_come_in_say_what_is_missing_and_rows_without_customer_go_where_they_are_told() -> None:
    cast = make_cast()
    actor = cast.actor("administrator")
    batch = answer(
        cast, actor, uploaded(actor, *ROWS, ("X1", "Moses Frase", "", "Cancity", "Won", "2017-01-01", "", ""))
    )
    set_policy(actor, batch.pk, policy={"given": {}})
    batch = check_import(actor, batch.pk, waiting=True)
    told = {row.number: row.problems[0][1] for row in rows_of(batch, RowState.BAD)}
    nobody, reason, amount = "没有编号和姓名，不知道是哪位客户", "请选择原因", "赢单前请填写商机金额"
    assert told == {4: reason, 5: nobody, 6: nobody, 8: amount}
    batch = set_policy(actor, batch.pk, policy={"given": {"customer.name": LEFT_OUT}, "makes": False})
    assert batch.state == State.UPLOADED, "rows are checked anew"
    batch = check_import(actor, batch.pk, waiting=True)
    assert counts(batch)[RowState.SKIPPED] == 2
    assert {row.problems[0][1] for row in rows_of(batch, RowState.BAD)} == {reason, amount, "没有找到这位客户"}
    assert counts(batch)[RowState.READY] == 0
