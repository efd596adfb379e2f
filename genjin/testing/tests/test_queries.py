"""No page asks the database once per row: with one row and with three the same number of queries, and few of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.kernel.actions import ACTIONS
from genjin.kernel.records import RECORD_TYPES
from genjin.testing.doors import addresses, doors
from genjin.testing.inputs import filled, mark
from genjin.testing.walking import Walker, unlimited
from genjin.testing.world import World, add_records, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.long(about=40)]
LIST, DETAIL, WORKBENCH = 10, 15, 12
MORE = {
    "related": 20,
    "inbox": 13,
    "clash": 12,
    "member-sight": 13,
    "api-handover": 15,
    "record-print": 16,
    "risk-settings-example": 23,
    "": 14,
}
"""Pages that name records of several types ask once for each type (the inbox and a member's sight for eight), the
example of risks once for each rule and type; `related` comes after the first paint."""
HANDOVER = 19
"""What four types with pools, and each further part, hold for the leaver, and by which views they may be chosen."""
DETAILS = {
    "record",
    "record-print",
    "customer-followups",
    "edit",
    "today-side",
    "related",
    "field-retirement",
    "field-removal",
}


@pytest.fixture
def world() -> Iterator[World]:
    with unlimited():
        yield make_world("owner")


def test_no_page_queries_per_row(world: World) -> None:
    walker = Walker(world, "administrator")
    paths = {
        address.path: address.door.name
        for door in doors()
        if "GET" in door.methods and door.name not in {"file", "bulk"}
        for address in addresses(door, world, "owner")
    }
    palette = f"/palette?q={mark('owner')}"
    paths |= dict.fromkeys([palette, "/inbox?all=1", "/settings/audit"], "")
    paths |= {f"/{t.plural}?f=1": "list" for t in RECORD_TYPES.values()}
    one = {path: counted(walker, path) for path in paths}
    more_rows(world)
    three = {path: counted(walker, path) for path in paths}
    one[palette] += 1  # customers of the contacts found are asked for once when they are not among those found
    one["/settings/risks/example"] += 1  # names are asked for once where something was found
    assert {path: (one[path], three[path]) for path in paths if one[path] < three[path]} == {}
    most = {path: MORE.get(name, DETAIL if name in DETAILS else LIST) for path, name in paths.items()}
    most |= {path: HANDOVER for path, name in paths.items() if name.startswith("handover")}
    most["/today"] = WORKBENCH
    assert {path: three[path] for path in paths if three[path] > most[path]} == {}


def counted(walker: Walker, path: str) -> int:
    """The queries of the second visit: the first one fills what is kept between requests."""
    walker.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = walker.get(path)
    assert answer.status < 500, answer
    return len(queries)


def more_rows(world: World) -> None:
    """Two more of everything, most of it on the same customer and of different people."""
    for part in ("stranger", "manager"):
        add_records(world, part)
    owner, known = world.actor("owner"), world.ids["owner"]
    made: dict[str, str] = {}
    for number in range(2):
        for record_type in RECORD_TYPES.values():
            create = ACTIONS[record_type.grant("create")]
            raw = filled(create.inputs(owner), "owner", owner, known)
            inputs = {f.key for f in create.inputs(owner)}
            own = {
                "name": f"第{number}个",
                "credit_code": "",
                "duplicate_known": "1",
                "owner": "",
                "author": "",
                "plan": "",
                **({} if record_type.key == "customer" else {"pool": ""}),  # the pool of this world is one of customers
                **({"campaign": made["campaign"]} if record_type.key == "touch" else {}),  # nobody joins one twice
            }
            outcome = create.run(owner, None, raw | {key: value for key, value in own.items() if key in inputs})
            made[record_type.key] = str(outcome.row_id)
        note = {"label": f"分{number}", "detail": "某路"}
        ACTIONS["customers.add_address"].run(owner, known["customer"], note)
