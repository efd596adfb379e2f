"""Hostile values in every query parameter: an answer in JSON, never a fault (trust flaw 7)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from genjin.kernel.lists.reading import Cursor
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.api import limits
from genjin.surfaces.api.tests.conftest import World

pytestmark = pytest.mark.long(about=30)

PAYLOADS = (
    "'", '"', ")", ";--", "1;SELECT 1", "a.b", "_connector", "__class__", "\x00", "%00", "²", "٣", "１", "-1",
    "1e999999", "9" * 40, "NaN", "Infinity", "{}", "[]", "null", "0001-01-01", "9999-12-31", "9999", "2026-13-45",
    "me", "'||'", "\\", "%", "_", "\u202e", "\U0001f600", "\ud7ff", "x" * 1900, "x" * 9000, ",", ",,,", "a,b", "-",
    "--id", "id", "owner__password",
)  # fmt: skip
PLAIN = ("q", "sort", "life", "after", "before", "size", "fields")


@pytest.fixture(autouse=True)
def _many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLS", 100_000)


def every_kind_of_filter() -> list[tuple[str, str]]:
    """(plural, parameter): each operator of each kind of field once."""
    found = {
        (type(field), operator.key): (record_type.plural, f"{field.key}.{operator.key}")
        for record_type in RECORD_TYPES.values()
        for field in record_type.fields
        if field.filterable
        for operator in field.operators()
    }
    return list(found.values())


def test_no_hostile_value_breaks_a_list(world: World) -> None:
    assert faults_of(world, ("'", "\x00", "²", "9999-12-31", "9" * 40)) == []


@pytest.mark.slow
def test_no_value_at_all_breaks_a_list(world: World) -> None:
    assert faults_of(world, PAYLOADS) == []


def faults_of(world: World, payloads: Iterable[str]) -> list[tuple[str, str, int]]:
    caller = world.caller("administrator")
    faults = []
    for plural, name in (*(("customers", name) for name in PLAIN), *every_kind_of_filter()):
        for payload in payloads:
            answer = caller.get(f"/{plural}", {name: payload})
            if answer.status_code not in {200, 400}:
                faults.append((name, payload[:40], answer.status_code))
    return faults


def test_no_cursor_breaks_a_list(world: World) -> None:
    caller = world.caller("administrator")
    values = (None, 5, 1.5, "x", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "\x00", "9" * 40)
    for sort in ("id", "-id", "updated_at", "-next_contact_at"):
        for value in values:
            for row_id in (0, 1, 2**63 - 1):
                answer = caller.get("/customers", {"sort": sort, "after": Cursor(value, row_id).text()})
                assert answer.status_code in {200, 400}, (sort, value)


def test_no_name_of_a_parameter_breaks_a_list(world: World) -> None:
    caller = world.caller("owner")
    for name in (*PAYLOADS, *(f"{p}.in" for p in PAYLOADS), *(f"name.{p}" for p in PAYLOADS)):
        answer = caller.get("/customers", {name: "1"})
        assert answer.status_code == 400, name
    assert caller.get("/customers", {f"level.in{n}": "A" for n in range(50)}).status_code == 400


def test_nothing_of_another_is_found_by_guessing_at_relations(world: World) -> None:
    caller = world.caller("owner")
    for parameters in (
        {"fields": "owner.password"}, {"fields": "parent__name"}, {"sort": "owner__password"},
        {"owner__password.starts": "p"}, {"parent__name.contains": "CANARY"}, {"filter[owner]": "1"},
    ):  # fmt: skip
        answer = caller.get("/customers", parameters)
        assert answer.status_code == 400
        assert "CANARY" not in answer.content.decode()
    hidden = caller.get("/customers", {"parent.in": str(world.foreign.pk)})
    absent = caller.get("/customers", {"parent.in": "999999999"})
    assert hidden.status_code == absent.status_code == 400
