"""Rows that are brought in together leave behind what they leave when they are written one after the other: every row
of every table, but for salts, clocks of the wall and gaps between numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from psycopg import sql

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel import actions as kernel_actions
from genjin.kernel.together import Torn
from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions import bringing, by_rules, running, set_policy, set_rules
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import check_import, run_import
from genjin.testing.cast import Cast, make_cast

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
ROWS = 120
HEADER = [
    "客户名称", "外部编号", "客户等级", "客户类型", "标签", "所在地区", "电话", "统一社会信用代码", "满意度",
    "其他说明", "联系人姓名", "手机", "跟进日期", "跟进内容", "意向程度", "跟进结果", "负责人", "简称", "邮箱",
    "下次联系时间", "下一步计划",
]  # fmt: skip
KNOWN, HIDDEN = "早已在册的机械有限公司", "陌生同事的贸易公司"
POLICY = {"name": "overwrite", "hidden": "skip"}
CREDIT_CODE = "91320594MA1MYG2X40"
NAMES = (
    "苏州{n}号机械有限公司", "曾{n}", "Müller & Söhne {n} GmbH", "北京·{n}（上海）研究院", "株式会社ヤマダ{n}",
    "1{n}2", "㎡臺灣{n}電子", "O'Neill \\ {n}\\N Ltd.", "😀{n}𠮷野家", "单{n}解区",
)  # fmt: skip
REMARKS = ("", "一行\n两行\t制表", "\\N", "反斜杠\\ 'quoted' {braces} \"双引号\"", "普通的说明")
# Numbers that the database gives: ids of rows, ids of events. Only their order counts.
ROW_IDS, EVENT_IDS = 1_000_000_000, 2_000_000_000
LEFT_OUT = frozenset({"salt", "digest", "position", "chain", "clock", "stored_as", "stamp"})
OWN_IDS = frozenset(
    {
        "ownership_period", "surfaces_brought", "surfaces_importshape", "kernel_option", "opportunities_stay",
        "opportunities_closing",
    }
)  # fmt: skip
DELTAS = {
    "followups_totaldelta": ("counted", "effective", "followups", "on_time"),
    "opportunities_opendelta": ("opportunities", "amount", "weighted"),
    "opportunities_staydelta": ("entered", "inside", "seconds"),
}
TABLES = (
    "surfaces_brought", "surfaces_importrow", "surfaces_import", "surfaces_importshape", "followups_followup",
    "customers_contact", "customers_customer", "ownership_period", "kernel_eventpayload", "kernel_eventlink",
    "kernel_event", "kernel_option", "plans_plan", "followups_totaldelta", "opportunities_opportunity",
    "opportunities_opendelta", "opportunities_staydelta", "scoring_opportunityscore",
)  # fmt: skip
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d")
CODE = re.compile(r"\b([A-Za-z]{2})-?(\d{6})\b")


def test_rows_brought_in_together_and_ahead_are_those_of_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 25)
    monkeypatch.setattr(work, "MANY", 1)
    monkeypatch.setattr(by_rules, "WORTH_SHARING", -1)
    cast = _cast()
    with time_machine.travel(NOON, tick=False):
        together = _world(cast)
        told = _all_rows()
        with _one_by_one(monkeypatch):
            apart = _world(cast)
        expected = _all_rows()
    assert together.state == apart.state == State.DONE
    assert together.counts == apart.counts
    assert {key for key, n in apart.counts.items() if n} == {
        "done", "customers", "contacts", "followups", "changed", "refused", "duplicates",
    }  # fmt: skip
    for table, rows in expected.items():
        assert told[table] == rows, table


def test_deals_made_ahead_of_customers_that_others_before_them_changed_are_those_of_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "CHUNK", 25)
    monkeypatch.setattr(work, "MANY", 1)
    cast = _cast()
    ahead: list[bool] = []
    bring_next = running.bring_next

    def seen(*args: Any, **more: Any) -> Import:
        ahead.append(more.get("prepared") is not None)
        return bring_next(*args, **more)

    with time_machine.travel(NOON, tick=False):
        monkeypatch.setattr(work, "bring_next", seen)
        together = _world(cast, _deals)
        told, steps = _all_rows(), list(ahead)
        with _one_by_one(monkeypatch):
            apart = _world(cast, _deals)
        expected = _all_rows()
    assert steps == [True] * 5 + [False], "five steps, all of them ahead; then nothing is left"
    assert together.counts == apart.counts
    assert {key: n for key, n in apart.counts.items() if n} == {"done": ROWS, "customers": 8, "opportunities": ROWS}
    for table, rows in expected.items():
        assert told[table] == rows, table


def _cast() -> Cast:
    """The cast, with numbers below those that imports are given, whatever was numbered before."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE kernel_row_id RESTART WITH {ROW_IDS // 2}")
    return make_cast()


@contextmanager
def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is written together: each row as its action writes it."""

    def torn(*_rows: object, **_more: object) -> None:
        raise Torn

    with monkeypatch.context() as patch:
        patch.setattr(kernel_actions, "together", torn)
        patch.setattr(bringing, "together", torn)
        patch.setattr(work, "MANY", ROWS + 1)
        yield


def _world(cast: Cast, upload: Callable[[Cast], Import] | None = None) -> Import:
    """An import into a company that knows two customers, from the same start."""
    actor = cast.actor("owner")
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE sequencename LIKE 'kernel_code_%'")
        starts = {name: 1 for (name,) in cursor.fetchall()}
        for name, start in {**starts, "kernel_row_id": ROW_IDS, "kernel_event_id_seq": EVENT_IDS}.items():
            cursor.execute(f"ALTER SEQUENCE {name} RESTART WITH {start}")
    known = make_customer(actor, KNOWN, credit_code=CREDIT_CODE)
    make_contact(actor, known, "老联系人")
    make_customer(cast.actor("stranger"), HIDDEN)
    batch = (upload or _customers)(cast)
    return run_import(actor, check_import(actor, batch.pk, waiting=True).pk, waiting=True)


def _deals(cast: Cast) -> Import:
    """Won ones, each later than those before, lost and open ones, of a customer that is there and of new ones."""
    rows: list[list[Any]] = [["商机编号", "客户名称", "阶段", "金额", "成交日期", "产品", "预计成交日期"]]
    for n in range(ROWS):
        name = KNOWN if n % 9 == 4 else f"第{n % 9}号贸易公司"
        ended = f"2020-{n // 28 + 1}-{n % 28 + 1}" if n % 3 != 1 else ""
        expected = "2026-9-1" if n % 3 == 1 else ""
        rows.append([f"D{n}", name, ("成交", "需求确认", "输单")[n % 3], n + 1, ended, f"产品{n % 5}", expected])
    actor = cast.actor("owner")
    batch = upload_file(actor, filename="商机.csv", content=BytesIO(csv_file(*rows)), kind="opportunities")
    return set_policy(actor, batch.pk, policy={"given": {"opportunity.reason": "price"}})


def _customers(cast: Cast) -> Import:
    actor = cast.actor("owner")
    batch = upload_file(actor, filename="客户.csv", content=BytesIO(csv_file(HEADER, *map(_row, range(ROWS)))))
    rules = rules_from_json(batch.rules)
    named = [rule.with_(target="contact.name") if rule.heading == "联系人姓名" else rule for rule in rules]
    set_rules(actor, batch.pk, rules=named)
    return set_policy(actor, batch.pk, policy={"duplicates": POLICY, "otherwise": "create", "reason": "另一家"})


def _row(n: int) -> list[Any]:
    name = NAMES[n % len(NAMES)].format(n=n)
    if n in (17, 41):
        name = KNOWN
    if n in (19, 44):
        name = HIDDEN
    if n % 50 == 23:
        name = NAMES[0].format(n=n - n % 10 - 10)
    return [
        name,
        f"W{n}" if n % 2 else "",
        ["优质客户", "超级VIP客户", "", "一般客户"][n % 4],
        ["企业客户", ""][n % 2],
        "老朋友、展会" if n in (7, 14) else "",
        "苏州" if n % 3 else "",
        f"1380013{9000 + n}" if n % 5 else "",
        CREDIT_CODE if n == 61 else "",
        "4.5" if n % 6 == 0 else "",
        REMARKS[n % len(REMARKS)],
        ["张三", "", "李四"][n % 3] if n % 4 else "",
        f"1390013{9000 + n}" if n % 4 == 1 else "",
        "2026-1-2" if n % 2 else "",
        f"谈了第 {n} 次\n约好再谈" if n % 2 else "",
        "",
        "成交" if n % 10 == 1 else "",
        ["", "", "天字号"][n % 3] if n == 71 else "",
        f"简{n}" if n % 8 == 0 else "",
        f"a{n}@example.com" if n % 9 == 0 else "",
        "2026-12-1" if n % 5 == 1 else "",
        "再去一次" if n % 5 == 1 else "",
    ]


def _all_rows() -> dict[str, list[str]]:
    """{table: its rows as texts, in order}, with ids and codes by their ranks, each payload proved by its digest."""
    names = {model._meta.db_table for model in apps.get_models()} - {"kernel_stamp"}
    tables = {name: _rows(name) for name in sorted(names)}
    tables |= {name: _summed(tables[name], counted) for name, counted in DELTAS.items()}
    payloads = {(row["row_id"], row["event_id"]): row for row in tables["kernel_eventpayload"]}
    for link in tables["kernel_eventlink"]:
        payload = payloads[link["row_id"], link["event_id"]]
        said = json.dumps(payload["changes"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        salt = bytes.fromhex(payload["salt"].removeprefix("\\x"))
        assert link["digest"] == "\\x" + hashlib.sha256(salt + said.encode()).hexdigest()
    ranks = _Ranks(tables)
    return {
        table: sorted(json.dumps(ranks.of_row(table, row), sort_keys=True, ensure_ascii=False) for row in rows)
        for table, rows in tables.items()
    }


def _rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(table)))
        return [json.loads(row[0]) for row in cursor.fetchall()]


def _summed(deltas: list[dict[str, Any]], counted: Sequence[str]) -> list[dict[str, Any]]:
    """What statistics are to count, however many statements told it."""
    totals: dict[str, Counter[str]] = {}
    for row in deltas:
        counts = {key: row.pop(key) for key in counted}
        del row["id"]
        totals.setdefault(json.dumps(row, sort_keys=True), Counter()).update(counts)
    return [{"of": key, **counts} for key, counts in totals.items()]


class _Ranks:
    """What is numbered, by its place in the order of numbers."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]]) -> None:
        self.seen: set[Any] = set()
        self.ranks: dict[Any, int] | None = None
        for rows in tables.values():
            for row in rows:
                self.of({key: value for key, value in row.items() if key != "search"})
        self.ranks = {value: place for place, value in enumerate(sorted(self.seen, key=str))}

    def of_row(self, table: str, row: dict[str, Any]) -> Any:
        """A row as it is compared."""
        kept = {key: value for key, value in row.items() if key not in LEFT_OUT and key != "search"}
        if table in OWN_IDS:
            del kept["id"]
        if "search" in row:
            code = row["code"].replace("-", "").lower()
            tokens = set(row["search"].removeprefix("'").removesuffix("'").split("' '"))
            assert tokens >= {f"c.{code}", f"d.{code[-4:]}"}
            kept["search"] = sorted(tokens - {f"c.{code}", f"d.{code[-4:]}"})
        return self.of(kept)

    def of(self, value: Any) -> Any:
        """A value with ranks in the place of numbers."""
        if isinstance(value, dict):
            return {key: self.of(each) for key, each in value.items() if key not in LEFT_OUT}
        if isinstance(value, list):
            return [self.of(each) for each in value]
        if isinstance(value, str) and MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        if isinstance(value, str):
            return CODE.sub(lambda found: self._rank(found[1].lower() + found[2]), value)
        if isinstance(value, int) and value >= ROW_IDS:
            return self._rank(value)
        return value

    def _rank(self, value: Any) -> str:
        self.seen.add(value)
        return f"#{self.ranks[value]}" if self.ranks else ""
