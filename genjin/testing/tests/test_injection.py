"""Hostile values in every query parameter of every page: never a fault, never another's record (trust flaw 7). The
JSON door has the same table of its own.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest

from genjin.customers.record import CUSTOMER
from genjin.kernel.records import RECORD_TYPES
from genjin.testing.inputs import traces
from genjin.testing.keeping import kept
from genjin.testing.walking import Walker, assert_nothing
from genjin.testing.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HOSTILE = (
    "'", '"', ")", ";--", "1;SELECT 1", "a.b", "_connector", "__class__", "\x00", "%00", "²", "٣", "１", "-1",
    "1e999999", "9" * 40, "NaN", "{}", "[]", "null", "0001-01-01", "9999-12-31", "2026-13-45", "9999", "me", "'||'",
    "\\", "%", "_", "\u202e", "\U0001f600", "x" * 9000, ",,,", "-", "--id", "owner__password", "' OR '1'='1",
)  # fmt: skip
FEW = ("'", "\x00", "²")
# the parameters of each page; {field} stands for each kind of field with each of its filters
PARAMETERS = {
    "/{plural}": ("q", "sort", "life", "size", "after", "before", "view", "f", "add", "op", "v", "drop", "{field}"),
    "/{plural}/count": ("q", "life", "view", "{field}"),
    "/{plural}/filter": ("field", "add", "op", "v", "drop"),
    "/{plural}/columns": ("view", "{field}"),
    "/{plural}/views": ("view", "{field}"),
    "/{plural}/new": ("name", "customer", "stay"),
    "/{plural}/{id}/timeline": ("before",),
    "/{plural}/{id}/facts/remarks": ("show",),
    "/customers/{customer}/followups": ("before",),
    "/customers/{customer}/actions/transfer": ("owner", "reason"),
    "/customers/bulk/transfer": ("ids", "all", "q", "view"),
    "/palette": ("q",),
    "/choices/customers/parent": ("q", "filter"),
    "/choices/customers/owner": ("q", "filter"),
    "/choices/customers/industry": ("q",),
    "/choices/customers/region": ("q",),
    "/regions": ("parent",),
    "/statistics/followups": ("from", "to", "department", "author", "method", "after", "before"),
    "/statistics/followups/tables": ("from", "to", "department", "author", "method"),
    "/statistics/followups/lines": ("after", "before"),
    "/statistics/followups/print": ("from", "to", "author"),
    "/inbox": ("all", "before"),
    "/settings/audit": ("member", "action", "type", "surface", "since", "until", "before"),
    "/settings/members": ("q", "state", "department", "role", "after"),
    "/settings/holidays": ("year",),
    "/settings/holidays/day": ("day", "date", "year"),
    "/settings/options": ("list",),
    "/settings/codes-preview": ("type", "pattern"),
    "/sign-in": ("next",),
    "/setup": ("token",),
}


def asked(world: World, *, every_type: bool) -> list[tuple[str, str]]:
    """[(path, parameter)]; filters once for each kind of field and operator. Pages that all types share are asked of
    every type, or of the first one alone and their filters of the list alone."""
    filters = {
        (type(field), operator.key): (record_type.plural, f"{field.key}.{operator.key}")
        for record_type in RECORD_TYPES.values()
        for field in record_type.fields
        for operator in field.operators()
    }
    found = []
    for path, names in PARAMETERS.items():
        for number, record_type in enumerate(RECORD_TYPES.values() if "{plural}" in path else [CUSTOMER]):
            known = {"plural": record_type.plural, "id": world.id("owner", record_type.key), **world.ids["owner"]}
            own = [name for plural, name in filters.values() if plural == record_type.plural]
            plain = [name for name in names if name != "{field}"] if every_type or not number else []
            filtered = own if "{field}" in names and (every_type or path == "/{plural}") else []
            found += [(path.format(**known), name) for name in (*plain, *filtered)]
    return found


def faults_of(
    world: World, part: str, payloads: tuple[str, ...], *, every_type: bool = True, htmx: bool = False
) -> list[str]:
    walker, found = Walker(world, part), []
    hidden = traces("stranger") if part == "owner" else ()
    for path, name in asked(world, every_type=every_type):
        for payload in payloads:
            answer = walker.get(f"{path}?{name}={quote(payload)}", htmx=htmx)
            body = answer.body.lower() if hidden else ""
            if answer.status >= 500 or any(word in body for word in hidden):
                found.append(f"{part} {path}?{name}={payload[:30]!r} → {answer.status}")
    return found


world = kept(lambda: make_world("owner", "stranger"))


def test_no_hostile_value_breaks_a_page(world: World) -> None:
    assert_nothing(faults_of(world, "administrator", FEW) + faults_of(world, "owner", FEW))


@pytest.mark.slow(about=60)
def test_no_value_at_all_breaks_a_part_of_a_page(world: World) -> None:
    assert_nothing(faults_of(world, "administrator", HOSTILE, every_type=False, htmx=True))


def test_no_name_of_a_parameter_breaks_a_list(world: World) -> None:
    walker = Walker(world, "owner")
    names = [*HOSTILE, *(f"{h}.in" for h in HOSTILE), *(f"name.{h}" for h in HOSTILE), "parent__name.contains"]
    answers = [walker.get(f"/customers?{quote(name)}=zqstranger") for name in names if "x" * 99 not in name]
    assert_nothing([str(answer)[:200] for answer in answers if answer.status >= 500])
    assert_nothing([str(a)[:200] for a in answers if any(word in a.body.lower() for word in traces("stranger"))])


def test_a_relation_is_no_way_round(world: World) -> None:
    walker = Walker(world, "owner")
    for asked_for in ("sort=owner__password", "owner__password.starts=p", "parent__name.contains=zq", "sort=parent"):
        answer = walker.get(f"/customers?f=1&{asked_for}")
        assert answer.status in {200, 422}, answer
        assert not any(word in answer.body.lower() for word in traces("stranger"))
