"""Random fields with random values: what was brought in by form, JSON door and sheet is found the same in detail, list,
filter, order, export and import, and after editing, undoing, retiring and converting.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel import regions
from genjin.kernel.actor import Actor, system
from genjin.kernel.conditions import NOTHING
from genjin.kernel.editing import get_value
from genjin.kernel.files import hold_upload
from genjin.kernel.jobs import JOBS, start_job
from genjin.kernel.lists import page, read_query
from genjin.kernel.models import EventPayload, OwnField
from genjin.kernel.stamps import current_stamp
from genjin.kernel.tables.writing import workbook
from genjin.surfaces.exports.command import Wanted, export_file
from genjin.surfaces.exports.tests.conftest import allow
from genjin.surfaces.imports.command import Wish, import_file
from genjin.surfaces.imports.models import Decision
from genjin.tailoring.actions import add_field, change_kind, restore_field, retire_field
from genjin.tailoring.grants import WORK
from genjin.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow(about=60)]
EXAMPLES = 12
ZONE = ZoneInfo("Asia/Shanghai")
SIGNS = st.sampled_from("值轴甲铣床（）%_'\"=+-@\\/<>&;:，。、 aZ09éß𠮷😀👨‍👩‍👧")
TEXTS = st.text(SIGNS, min_size=0, max_size=40).map(lambda text: " ".join(f"值{text}".split()))
LINES = st.lists(TEXTS, min_size=1, max_size=4).map("\n".join)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
REGIONS = st.sampled_from([city.code for top in regions.children()[:6] for city in regions.children(top.code)[:3]])
LABELS = st.lists(st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=6), min_size=2, max_size=5, unique=True)


def numbers(places: int, most: int = 15) -> st.SearchStrategy[Any]:
    """Numbers of so many digits in all, extremes more often."""
    top = 10**most - 1
    whole = st.integers(-top, top) | st.sampled_from([0, 1, -1, top, -top])
    return whole.map(lambda n: n if places == 0 else Decimal(n).scaleb(-places))


def percentages(places: int) -> st.SearchStrategy[Any]:
    whole = st.integers(0, 100 * 10**places)
    return whole if places == 0 else whole.map(lambda n: Decimal(n).scaleb(-places))


def moments() -> st.SearchStrategy[dt.datetime]:
    return DAYS.flatmap(
        lambda day: st.integers(0, 1439).map(
            lambda minute: (dt.datetime.combine(day, dt.time(), ZONE) + dt.timedelta(minutes=minute)).astimezone(dt.UTC)
        )
    )


@dataclass
class Drawn:
    """A field as drawn, and the values of three records."""

    key: str
    raw: dict[str, Any]
    values: list[Any]

    @property
    def kind(self) -> str:
        """As surfaces see it: of a formula, that of its result."""
        return str(self.raw["facts"]["result"] if self.alone else self.raw["kind"])

    @property
    def alone(self) -> bool:
        return bool(self.raw["kind"] == "formula")

    @property
    def typed(self) -> bool:
        """Whether a cell of a sheet can hold it."""
        return not self.alone and self.kind != "file"


@st.composite
def fields(draw: st.DrawFn) -> list[Drawn]:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=4, max_size=10))
    made: list[Drawn] = []
    for number, kind in enumerate(kinds):
        raw: dict[str, Any] = {"record_type": "customer", "kind": kind, "label": f"自有{number}号", "key": f"n{number}"}
        strategy = VALUES[kind]
        if kind in ("number", "percent"):
            places = draw(st.integers(0, 4 if kind == "number" else 2))
            raw["facts"] = {"places": places}
            strategy = numbers(places) if kind == "number" else percentages(places)
        if kind in ("choice", "multichoice"):
            labels = draw(LABELS)
            keys = [f"k{place}" for place, _label in enumerate(labels)]
            raw["options"] = [{"label": label, "key": key} for label, key in zip(labels, keys, strict=True)]
            strategy = st.sampled_from(keys) if kind == "choice" else st.lists(
                st.sampled_from(keys), min_size=1, unique=True
            )  # fmt: skip
        if kind in ("text", "phone") and draw(st.booleans()):
            raw["searched"] = "1"
        if kind == "file":
            raw["facts"] = {"most": 3}
        if kind == "formula":
            made.append(_formula(draw, raw, made))
            continue
        made.append(Drawn(f"x_n{number}", raw, [draw(st.none() | strategy) for _row in range(3)]))
    return made


NAMES = st.text("甲乙丙abc9 _-（）", min_size=1, max_size=20).map(lambda name: f"文{name.strip()}.txt")


def _formula(draw: st.DrawFn, raw: dict[str, Any], made: list[Drawn]) -> Drawn:
    """A formula over one of the fields before it, with what it has to come to."""
    known = [one for one in made if one.kind in WORKED]
    key = f"x_{raw['key']}"
    if not known:
        return Drawn(key, raw | {"facts": {"formula": "1 + 1", "result": "number"}}, [Decimal(2)] * 3)
    read = draw(st.sampled_from(known))
    text, result, worked = WORKED[read.kind]
    name = draw(st.sampled_from([read.key, str(read.raw["label"])]))
    facts: dict[str, Any] = {"formula": text % name, "result": result} | ({"places": 4} if result == "number" else {})
    return Drawn(key, raw | {"facts": facts}, [worked(value) for value in read.values])


def _more(value: Any) -> Any:
    """One more, if fifteen digits with four decimals hold it."""
    return None if value is None or abs(value + 1) >= 10**11 else Decimal(value) + 1


WORKED: dict[str, tuple[str, str, Any]] = {
    "number": ("{%s} + 1", "number", _more),
    "money": ("{%s} + 1", "number", _more),
    "percent": ("{%s} * 100 + 1", "number", _more),
    "text": ('连接({%s}, "！")', "text", lambda value: f"{value or ''}！"),
    "date": ("{%s} + 1", "date", lambda value: value and value + dt.timedelta(days=1)),
    "yesno": ("非{%s}", "yesno", lambda value: not value),
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "file": st.lists(NAMES, min_size=1, max_size=3, unique=True),
    "formula": st.nothing(),
    "text": TEXTS,
    "longtext": LINES,
    "number": st.nothing(),
    "money": numbers(2),
    "percent": st.nothing(),
    "date": DAYS,
    "datetime": moments(),
    "choice": st.nothing(),
    "multichoice": st.nothing(),
    "yesno": st.booleans(),
    "person": st.just("owner"),
    "department": st.just("department"),
    "phone": st.integers(0, 10**8 - 1).map(lambda n: f"139{n:08d}"),
    "email": st.text("abc.xyz09", min_size=1, max_size=20).map(lambda name: f"a{name.replace('.', '')}z@example.com"),
    "url": st.text("abc/-_09", max_size=30).map(lambda path: f"https://example.com/{path}x"),
    "region": REGIONS,
}


def sent(value: Any) -> Any:
    """A value as a form or a JSON caller sends it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, dt.datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [str(one["id"]) if isinstance(one, dict) else one for one in value]
    return str(value)


def kept(actor: Actor, name: str) -> dict[str, Any]:
    """The values of a record, empty ones left out."""
    row = Customer.objects.get(name=name)
    own = [f for f in CUSTOMER.seen_by(actor).fields if f.own]
    return {f.key: value for f in own if (value := get_value(row, f)) not in NOTHING}


def wanted(drawn: list[Drawn], row: int) -> dict[str, Any]:
    return {one.key: one.values[row] for one in drawn if one.values[row] not in NOTHING}


@pytest.fixture
def members(cast: Cast) -> Cast:
    allow(cast, "salesperson", exports_full="", exports_run="", imports_run="")
    return cast


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(drawn=fields())
def test_random_fields_and_values_are_the_same_everywhere(
    drawn: list[Drawn], members: Cast, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    settings.FILES = str(tmp_path_factory.mktemp("files"))
    with transaction.atomic():
        for one in drawn:
            named = {"owner": members.owner.pk, "department": members.owner.department_id}
            one.values = [named.get(v, v) if isinstance(v, str) else v for v in one.values]
        _walk(members, drawn, tmp_path_factory.mktemp("out"))
        transaction.set_rollback(True)


def _walk(cast: Cast, drawn: list[Drawn], folder: Path) -> None:
    boss = cast.actor("administrator")
    rows = [OwnField.objects.get(pk=add_field.run(boss, None, one.raw).row_id or 0) for one in drawn]
    _upload(_now(cast.actor("owner")), drawn)
    client = Client()
    client.force_login(cast.owner)
    _bring_in(client, drawn, folder)
    actor = _now(cast.actor("owner"))
    for row in range(3):
        assert kept(actor, f"客户{row}") == wanted(drawn, row), row
    _read(client, actor, drawn)
    _filter_and_sort(actor, drawn)
    _out_and_in_again(client, actor, drawn, folder)
    _edit_and_undo(client, actor, drawn)
    for row_ in rows:
        retire_field.run(_now(boss), row_.pk, {})
    assert kept(_now(actor), "客户0") == {}
    for row_ in rows:
        restore_field.run(_now(boss), row_.pk, {})
    for row_ in rows:
        _convert_and_back(_now(boss), row_)
    for row in range(3):
        assert kept(_now(actor), f"客户{row}") == wanted(drawn, row), row


def _upload(actor: Actor, drawn: list[Drawn]) -> None:
    """Files by names become files that wait for their records."""
    for one in drawn:
        if one.kind == "file":
            one.values = [names and [_held(actor, one.key, name) for name in names] for names in one.values]


def _held(actor: Actor, key: str, name: str) -> dict[str, Any]:
    file = hold_upload(actor, "customer", key, SimpleUploadedFile(name, b"text", "text/plain"))
    return {"id": file.pk, "name": file.name, "size": file.size}


def _put_files(client: Client, drawn: list[Drawn], *rows: int) -> None:
    """No sheet brings files: they are put into these records by their ids."""
    for row in rows:
        files = {one.key: one.values[row] for one in drawn if one.kind == "file" and one.values[row]}
        url = f"/api/v1/customers/{Customer.objects.get(name=f'客户{row}').pk}/actions/edit"
        answer = client.post(url, json.dumps(files), content_type="application/json") if files else None
        assert answer is None or answer.status_code == 200, answer.content.decode()


def _work_out() -> None:
    job = start_job(system(), "tailoring.formulas", record_type="customer")
    JOBS["tailoring.formulas"].function(system(WORK), job.pk, record_type="customer")


def _now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


def _bring_in(client: Client, drawn: list[Drawn], folder: Path) -> None:
    """The first record by the form, the second by the JSON door, the third by a sheet."""
    first = {"name": "客户0", "kind": "company", **{one.key: sent(one.values[0]) for one in drawn if not one.alone}}
    form = client.get("/customers/new").content.decode()
    drawn_keys = re.findall(r'name="drawn" value="([^"]*)"', form)[0]
    assert {one.key for one in drawn if not one.alone} <= set(drawn_keys.split(","))
    assert not {one.key for one in drawn if one.alone} & set(drawn_keys.split(","))
    sent_ = {key: value for key, value in first.items() if value != ""}
    answer = client.post("/customers/new", sent_ | {"drawn": drawn_keys})
    assert answer.status_code in (200, 204, 302), re.findall(
        r"data-error[^>]*>([^<]+)|class=\"err[^>]*>(?:<svg.*?</svg>)?([^<]+)", answer.content.decode()
    )
    given = {one.key: _as_json(one.values[1]) for one in drawn if not one.alone}
    second = {"name": "客户1", "kind": "company", **given}
    text = json.dumps(second, default=str)
    answer = client.post("/api/v1/actions/customers.create", text, content_type="application/json")
    assert answer.status_code == 201, answer.content.decode()
    owner = _now_of(client)
    shown = {f.key: f for f in CUSTOMER.seen_by(owner).fields}
    path = folder / "表.xlsx"
    with path.open("wb") as file, workbook(file, "客户") as sheet:
        typed = [one for one in drawn if one.typed]
        sheet.row(["客户名称", "客户类型", *(one.raw["label"] for one in typed)])
        cells = [_cell(shown[one.key], one.values[2], owner) for one in typed]
        sheet.row(["客户2", "企业", *cells])
    mapping = {one.raw["label"]: f"customer.{one.key}" for one in drawn if one.typed}
    report = import_file(path, "owner", Wish(mapping=mapping))
    assert (report.customers, report.rejected) == (1, [])
    _put_files(client, drawn, 2)


def _now_of(client: Client) -> Actor:
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(int(client.session["_auth_user_id"]), Surface.WEB)
    assert actor is not None
    return actor


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _cell(field: Any, value: Any, actor: Actor) -> Any:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(ZONE).replace(tzinfo=None)
    if isinstance(value, dt.date | Decimal | int) and not isinstance(value, bool) and field.kind in ("number", "date"):
        return value
    return str(value) if field.kind in ("text", "longtext", "phone", "email", "url") else field.text(value, actor)


def _read(client: Client, actor: Actor, drawn: list[Drawn]) -> None:
    """Detail page, list values, JSON."""
    shown = CUSTOMER.seen_by(actor).own_fields
    columns = [shown[one.key] for one in drawn]
    listed = {row.title: row.values for row in page(actor, read_query(actor, CUSTOMER, {}), columns).rows}
    for row in range(3):
        name = f"客户{row}"
        full = {key: value for key, value in listed[name].items() if value not in NOTHING}
        assert full == wanted(drawn, row)
        pk = Customer.objects.get(name=name).pk
        assert client.get(f"/customers/{pk}").status_code == 200
        found = client.get(f"/api/v1/customers/{pk}").json()["fields"]
        for one in drawn:
            field, value = shown[one.key], one.values[row]
            back = found[one.key]
            raw = back.get("id", back.get("code")) if isinstance(back, dict) else back
            parsed = field.parse(raw, actor)
            assert (parsed or None) == (value or None) or parsed == value, (one.kind, back, value)


def _filter_and_sort(actor: Actor, drawn: list[Drawn]) -> None:
    shown = CUSTOMER.seen_by(actor).own_fields
    for one in drawn:
        for value in one.values:
            asked = None if value in NOTHING or one.kind == "file" else _filter(one.kind, value)
            if asked:
                hits = {n for n, other in enumerate(one.values) if _same(one.kind, value, other)}
                assert _titles(actor, {f"{one.key}.{asked[0]}": [asked[1]]}) == hits, (one.kind, asked, one.values)
        empty = {n for n, value in enumerate(one.values) if value in NOTHING}
        if one.kind != "yesno":
            assert _titles(actor, {f"{one.key}.empty": [""]}) == empty
        if shown[one.key].sortable:
            query = read_query(actor, CUSTOMER, {"sort": [one.key]})
            order = [one.values[int(row.title[-1])] for row in page(actor, query, ()).rows]
            there = [value for value in order if value is not None]
            assert there == sorted(there)
            assert order[len(there) :] == [None] * (3 - len(there))


def _titles(actor: Actor, asked: dict[str, list[str]]) -> set[int]:
    return {int(row.title[-1]) for row in page(actor, read_query(actor, CUSTOMER, asked), ()).rows}


def _filter(kind: str, value: Any) -> tuple[str, str]:
    if kind in ("number", "money", "percent"):
        return "eq", str(value)
    if kind in ("date", "datetime"):
        day = value.astimezone(ZONE).date() if isinstance(value, dt.datetime) else value
        return "between", f"{day},{day}"
    if kind == "yesno":
        return "is", "1"
    if kind in ("text", "longtext", "phone", "email", "url"):
        return "is", str(value)
    return "in", str(value[0] if isinstance(value, list) else value)


def _same(kind: str, value: Any, other: Any) -> bool:
    if other is None:
        return False
    if kind == "datetime":
        return bool(value.astimezone(ZONE).date() == other.astimezone(ZONE).date())
    if kind == "multichoice":
        return value[0] in other
    if kind in ("text", "longtext", "email", "url"):
        return bool(value.upper() == other.upper())
    return bool(value == other)


def _out_and_in_again(client: Client, actor: Actor, drawn: list[Drawn], folder: Path) -> None:
    """Exported and imported over it nothing changes; with the values emptied they come back, but files, which are put
    back."""
    before = {row: kept(actor, f"客户{row}") for row in range(3)}
    for ending in ("xlsx", "csv"):
        file = folder / f"out.{ending}"
        export_file(Wanted("customers", file, "owner", columns=",".join(["name", *(one.key for one in drawn)])))
        report = import_file(file, "owner", Wish(duplicates=Decision.OVERWRITE))
        assert report.rejected == []
        assert {row: kept(actor, f"客户{row}") for row in range(3)} == before, (ending, drawn)
        assert report.changed == 0, (ending, _last_changes())
        Customer.objects.update(custom={})
        again = import_file(_copy(file), "owner", Wish(duplicates=Decision.OVERWRITE))
        assert again.rejected == []
        _put_files(client, drawn, 0, 1, 2)
        _work_out()
        assert {row: kept(actor, f"客户{row}") for row in range(3)} == before, (ending, drawn)


def _last_changes() -> list[Any]:
    return list(EventPayload.objects.order_by("-event_id").values_list("changes", flat=True)[:3])


def _copy(file: Path) -> Path:
    copied = file.with_stem("again")
    copied.write_bytes(file.read_bytes())
    return copied


def _edit_and_undo(client: Client, actor: Actor, drawn: list[Drawn]) -> None:
    """The first record gets the values of the second, but no files, and back."""
    row = Customer.objects.get(name="客户0")
    if all(one.values[0] == one.values[1] for one in drawn if one.kind != "file"):
        return
    given = {one.key: [] if one.kind == "file" else _as_json(one.values[1]) for one in drawn if not one.alone}
    raw = json.dumps(given, default=str)
    url = f"/api/v1/customers/{row.pk}/actions/edit"
    answer = client.post(url, raw, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    files = {one.key for one in drawn if one.kind == "file"}
    assert kept(actor, "客户0") == {key: value for key, value in wanted(drawn, 1).items() if key not in files}
    undone = client.post(f"/api/v1/events/{answer.json()['event']}/undo", content_type="application/json")
    assert undone.status_code == 200, undone.content.decode()
    assert kept(actor, "客户0") == wanted(drawn, 0)


AND_BACK = {
    "text": "longtext",
    "phone": "text",
    "email": "text",
    "url": "text",
    "choice": "multichoice",
    "date": "text",
}


def _convert_and_back(boss: Actor, row: OwnField) -> None:
    facts = row.facts
    if row.kind not in AND_BACK:
        return
    for kind in (AND_BACK[row.kind], row.kind):
        change_kind.run(_now(boss), row.pk, {"kind": kind, "facts": facts if kind == row.kind else {}})
        job = start_job(system(), "tailoring.convert", field=row.pk)
        JOBS["tailoring.convert"].function(system(WORK), job.pk, field=row.pk)
