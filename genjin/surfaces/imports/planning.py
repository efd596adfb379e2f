"""What an import would do with each row before anything is written: ready, rejected with reasons, or a duplicate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.customers.queries import customers_named
from genjin.followups.rules import check_moment
from genjin.kernel import normal
from genjin.kernel.actions import parse_fields
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date
from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Cell, Table, Unreadable, find_table, read_sheets
from genjin.kernel.wording import clauses, labelled
from genjin.surfaces.imports.matching import CUSTOMER, FOLLOWUP, Column, is_percentage, match_columns

MOST_ROWS = 20_000
SERIALS = range(20_000, 80_000)  # days since 1899-12-30: from 1954 to 2119
FIRST_DAY = dt.date(1899, 12, 30)
NAME, CODE = ("customer", "name"), ("customer", "external_code")

READY, REJECTED, DUPLICATE = "ready", "rejected", "duplicate"


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported: the column it is about ('' for the row) and the reason."""

    heading: str
    reason: str


@dataclass(frozen=True)
class RowPlan:
    """One row: its number in the sheet, raw inputs of the customer and the follow-up it brings."""

    number: int
    cells: tuple[Cell, ...]
    customer: dict[str, Any]
    followup: dict[str, Any]
    name: str = ""
    state: str = READY
    problems: tuple[Problem, ...] = ()
    follows: bool = False  # the customer stands in an earlier row
    existing: int | None = None  # the customer that was there already, when the actor may see it

    @property
    def reason(self) -> str:
        """All problems in one sentence."""
        return clauses(labelled(p.heading, p.reason) if p.heading else p.reason for p in self.problems)


@dataclass(frozen=True)
class Plan:
    """A whole table: its columns and rows, and where it was found."""

    sheet: str
    title: str
    columns: list[Column]
    rows: list[RowPlan]
    notes: list[str] = field(default_factory=list)

    def count(self, state: str) -> int:
        """How many rows are in a state."""
        return sum(row.state == state for row in self.rows)

    @property
    def brings_customers(self) -> bool:
        """Whether a column tells the customer's name."""
        return any(c.target and (c.target.part, c.target.field.key) == NAME for c in self.columns)


def plan_import(actor: Actor, content: bytes, filename: str, *, before: datetime | None = None) -> Plan:
    """Read a file and plan its rows. Customers made after `before` (when this import began) are no duplicates.

    Raises Refused("unreadable"), Refused("no_table"), Refused("no_name"), Refused("too_many").
    """
    sheet, table = _fullest_table(content, filename)
    if not table.rows:
        raise Refused("no_table", _("文件里没有找到表格：需要一行列名（如 姓名、跟进日期），下面是数据"))
    if len(table.rows) > MOST_ROWS:
        raise Refused("too_many", _("一次最多导入 %d 行，请分成几个文件") % MOST_ROWS)
    columns = match_columns(actor, table)
    plan = Plan(sheet, table.title, columns, [], table.notes)
    if not plan.brings_customers:
        raise Refused("no_name", _("没有找到「客户名称」或「姓名」列，请在表头写上列名后再上传"))
    rows = _joined(_row(actor, columns, number, cells) for number, cells in table.rows)
    return replace(plan, rows=_compared(actor, rows, before or timezone.now()))


def _fullest_table(content: bytes, filename: str) -> tuple[str, Table]:
    """The visible sheet with most rows."""
    try:
        sheets = read_sheets(content, filename)
    except Unreadable as unreadable:
        raise Refused("unreadable", str(unreadable), "file") from None
    found = [(s.name, find_table(s)) for s in sheets if not s.hidden]
    return max(found, key=lambda pair: len(pair[1].rows), default=("", Table([], [])))


def _row(actor: Actor, columns: list[Column], number: int, cells: list[Cell]) -> RowPlan:
    raw: dict[str, dict[str, Any]] = {CUSTOMER.key: {}, FOLLOWUP.key: {}}
    headings: dict[tuple[str, str], str] = {}
    for column in columns:
        value = cells[column.index] if column.index < len(cells) else None
        if column.target is not None and value is not None:
            raw[column.target.part][column.target.field.key] = _raw(column, value)
            headings[column.target.part, column.target.field.key] = column.heading
    plan = RowPlan(number, tuple(cells), raw[CUSTOMER.key], _followup(raw[FOLLOWUP.key]))
    plan = replace(plan, name=str(plan.customer.get("name", "")).strip())
    problems = [*_invalid_customer(actor, plan, headings), *_invalid_followup(actor, plan, headings)]
    return replace(plan, problems=tuple(problems), state=REJECTED if problems else READY)


def _raw(column: Column, value: Cell) -> Any:
    """A cell as the field reads it: dates from serial numbers, percentages from fractions, numbers as text."""
    assert column.target is not None
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | float):
        if isinstance(column.target.field, Date) and int(value) in SERIALS:
            day = FIRST_DAY + dt.timedelta(days=int(value))
            minutes = round((value - int(value)) * 1440)
            return day if not minutes else dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
        if is_percentage(column):
            return str(round(value * 100))
        return str(value)
    return value


def _followup(raw: dict[str, Any]) -> dict[str, Any]:
    """A row with nothing but a salesperson brings no follow-up."""
    return raw if raw.keys() - {"author"} else {}


def _invalid_customer(actor: Actor, plan: RowPlan, headings: dict[tuple[str, str], str]) -> Iterable[Problem]:
    if not plan.name and "external_code" not in plan.customer:
        yield Problem("", _("没有编号和姓名，不知道是哪位客户"))  # S0-41
        return
    inputs = CUSTOMER.inputs(actor)
    given = {key: plan.customer[key] for key in plan.customer if plan.name or key != "name"}
    _parsed, errors = parse_fields({key: inputs[key] for key in given}, given, actor, partial=True)
    for key, reason in errors.items():
        yield Problem(headings.get((CUSTOMER.key, key), ""), reason)


def _invalid_followup(actor: Actor, plan: RowPlan, headings: dict[tuple[str, str], str]) -> Iterable[Problem]:
    if not plan.followup or not (plan.name or "external_code" in plan.customer):
        return
    inputs = FOLLOWUP.inputs(actor)
    parsed, errors = parse_fields({key: inputs[key] for key in plan.followup}, plan.followup, actor, partial=True)
    for key, reason in errors.items():
        yield Problem(headings.get((FOLLOWUP.key, key), ""), reason)
    if "occurred_at" not in plan.followup:
        yield Problem("", _("没有跟进日期"))
    elif parsed.get("occurred_at"):
        try:
            check_moment(parsed["occurred_at"], timezone.now())
        except Refused as refusal:
            yield Problem(headings.get((FOLLOWUP.key, "occurred_at"), ""), refusal.message)


def _joined(rows: Iterable[RowPlan]) -> list[RowPlan]:
    """Several rows about one customer make one customer; a row with a number alone needs an earlier one with a name."""
    by_name: set[str] = set()
    by_code: dict[str, str] = {}
    joined = []
    for row in rows:
        code = str(row.customer.get("external_code", "")).strip()
        name = row.name or by_code.get(code, "")
        if row.state == READY and not name:
            joined.append(replace(row, state=REJECTED, problems=(Problem("", _("没有客户名称")),)))
            continue
        key = normal.company_key(name)
        joined.append(replace(row, name=name, follows=key in by_name))
        if row.state == READY:
            by_name.add(key)
            by_code.setdefault(code, name)
    return joined


def _compared(actor: Actor, rows: list[RowPlan], before: datetime) -> list[RowPlan]:
    """Rows whose customer was there before are duplicates."""
    known = customers_named(actor, {row.name for row in rows if row.state == READY}, before=before)
    return [_compared_row(row, known) for row in rows]


def _compared_row(row: RowPlan, known: dict[str, int | None]) -> RowPlan:
    key = normal.company_key(row.name)
    if row.state != READY or key not in known:
        return row
    reason = _("已有同名客户") if known[key] else _("已有同名客户（同事的，或在回收站里）")
    return replace(row, state=DUPLICATE, existing=known[key], problems=(Problem("", reason),))
