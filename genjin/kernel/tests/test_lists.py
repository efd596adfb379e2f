"""Lists and search against brute force: who sees what in which order, however the rows are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.customers.actions.customers import add_customer_teammate, create_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel import frequencies
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.lists import ListQuery, ListRow, count_capped, ordering, page, planning, read_query, search
from genjin.kernel.lists.pages import ids_of
from genjin.kernel.models.rows import IN_ORDER, Life
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden
from genjin.kernel.search_text import matches, parse_query
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Department, Member, MemberRole, Role
from genjin.org.queries import actor_for
from genjin.ownership.models import Teammate
from genjin.testing.cast import Cast, make_cast, make_member, make_ready_role
from genjin.testing.keeping import kept

pytestmark = [pytest.mark.django_db, pytest.mark.long(about=30)]
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
ROWS = 150
CITIES, BRANDS = ("苏州", "上海", "深圳市"), ("岚川", "华新", "东海", "晨曦", "Kaitek")
TRADES, FORMS = ("科技", "精密机械", "光电"), ("有限公司", "股份有限公司")
SORTS = ("-id", "id", "next_contact_at", "-next_contact_at", "updated_at", "-updated_at", "last_followed_at")
TEXTS = ("", "", "", "科技", "岚川", "华新精密", "kait", "suzhou", "szhx", "0007", "KH-", "没有这样的")
FILTERS: tuple[dict[str, list[str]], ...] = (
    {},
    {},
    {"level.in": ["A"]},
    {"level.in": ["B,C"]},
    {"level.not": ["A"]},
    {"region.in": ["江苏"]},
    {"tags.in": ["重点"]},
    {"next_contact_at.empty": [""]},
    {"next_contact_at.to": ["2026-03-01"]},
    {"next_contact_at.between": ["2026-03-01,2026-03-03"]},
    {"owner.in": ["me"]},
    {"life": ["archived"]},
    {"life": ["any"]},
    {"name.contains": ["机械"]},
    {"level.in": ["A"], "source.in": ["event"]},
)
Known = dict[int, Customer]


@dataclass
class World:
    """Random customers and those who look at them."""

    cast: Cast
    customers: Known
    teams: dict[int, set[int]]
    readers: dict[str, Actor]

    def sees(self, actor: Actor, customer: Customer) -> bool:
        """B5 in words: owner or department in the scope, or a place in the team for him or one below him."""
        scope = actor.demand("customers.see")
        inside = scope.everything or customer.owner_id in scope.members or customer.department_id in scope.departments
        return inside or bool(self.teams.get(customer.pk, set()) & actor.people)


def make_world() -> World:
    """The cast, a head of a department, one of several roles, and random customers."""
    random = Random(5)  # noqa: S311
    cast = make_cast()
    first = Department.objects.get(name="销售一部")
    make_member("head", first, role=_role("department_head"))
    wide = make_member("wide", Department.objects.get(name="销售二部"), role=_role("salesperson"))
    MemberRole.objects.create(member=wide, role=_role("manager"))
    Member.objects.filter(pk=cast.stranger.pk).update(superior=wide)
    bump_stamp()
    names = ("owner", "stranger", "teammate", "manager", "head", "wide", "administrator")
    readers = {name: _actor(Member.objects.get(sign_in=name).pk) for name in names}
    owners = [readers[name] for name in ("owner", "owner", "stranger", "teammate", "manager", "head", "administrator")]
    customers = _customers(random, owners)
    teams = _teams(random, readers, customers)
    readers = {name: _actor(actor.member_id or 0) for name, actor in readers.items()}
    return World(cast, Customer.objects.in_bulk(), teams, readers)


def _role(key: str) -> Role:
    return Role.objects.filter(key=key).first() or make_ready_role(key)


def _actor(member_id: int) -> Actor:
    actor = actor_for(member_id, Surface.WEB)
    assert actor is not None
    return actor


def _customers(random: Random, owners: list[Actor]) -> Known:
    for owner in owners:
        rows = [(n, _raw(random)) for n in range(ROWS // len(owners))]
        assert not create_customer.run_rows(owner, rows).refused
    customers = list(Customer.objects.all())
    for customer in customers:
        planned = random.choice(
            [None, NOW, NOW, NOW + timedelta(days=1), NOW + timedelta(hours=random.randint(-90, 90))]
        )
        customer.next_contact_at = customer.last_followed_at = planned
        customer.life = random.choices(list(Life), (85, 10, 5))[0]
        customer.updated_at = NOW - timedelta(minutes=random.randint(0, 20))
    Customer.objects.bulk_update(customers, ["next_contact_at", "last_followed_at", "life", "updated_at"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    frequencies.forget()
    return Customer.objects.in_bulk()


def _raw(random: Random) -> dict[str, Any]:
    name = "".join(random.choice(part) for part in (CITIES, BRANDS, TRADES, FORMS))
    return {
        "name": name,
        "level": random.choice("ABC"),
        "source": random.choice(("event", "phone")),
        "region": random.choice(("320500", "310000")),
        "tags": random.choice(([], ["重点"], ["重点", "展会"])),
        "phone": f"1990000{random.randint(1, 20):04d}",
        "duplicate_known": "1",
    }


def _teams(random: Random, readers: dict[str, Actor], customers: Known) -> dict[int, set[int]]:
    teams: dict[int, set[int]] = {}
    administrator = readers["administrator"]
    for name in ("teammate", "stranger", "owner"):
        member_id = readers[name].member_id or 0
        for customer in random.sample(list(customers.values()), 25):
            if customer.owner_id == member_id or customer.life == Life.VOIDED:
                continue
            add_customer_teammate(administrator, customer.pk, member=member_id)
            if random.random() < 0.3:
                expired = Teammate.objects.filter(record_id=customer.pk, member_id=member_id)
                expired.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
            else:
                teams.setdefault(customer.pk, set()).add(member_id)
    return teams


world = kept(make_world)
WAYS: dict[str, dict[str, float]] = {
    "by estimate": {},
    "hits first, row by row": {"VISIT": 1e9, "HOP": 1e9, "NARROW": 0.0},
    "hits first, by branches": {"VISIT": 1e9, "HOP": 1e9, "NARROW": 1.0},
    "walking, row by row": {"VISIT": 0.0, "HOP": 0.0, "NARROW": 0.0},
    "walking, by branches": {"VISIT": 0.0, "HOP": 0.0, "MARK": 0.0, "NARROW": 1.0},
    "through small windows": {"VISIT": 0.0, "HOP": 0.0, "NARROW": 0.0, "WINDOW": 20},
    "through small windows, by branches": {"VISIT": 0.0, "HOP": 0.0, "MARK": 0.0, "NARROW": 1.0, "WINDOW": 20},
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Every way of finding the rows must give the same."""
    ordering.forget()
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(planning, name, value)
    yield str(request.param)
    ordering.forget()


@pytest.mark.long
def test_a_list_is_what_brute_force_finds(world: World, way: str) -> None:
    random = Random(way)  # noqa: S311
    for _n in range(30):
        actor = random.choice(list(world.readers.values()))
        parameters = dict(random.choice(FILTERS)) | {"sort": [random.choice(SORTS)], "q": [random.choice(TEXTS)]}
        wanted = brute(world, actor, parameters)
        seen = list(forward(actor, parameters, random.choice((3, 7, 50))))
        assert [row.id for row in seen] == wanted, (actor.name, parameters)
        assert list(backward(actor, parameters, random.choice((3, 7, 50)))) == wanted, (actor.name, parameters)
        query = read_query(actor, CUSTOMER, parameters)
        assert count_capped(actor, query) == len(wanted), parameters
        assert set(ids_of(actor, query, 1000)) == set(wanted), parameters


@pytest.mark.long
def test_search_gives_the_newest_true_hits(world: World, way: str) -> None:
    for actor in world.readers.values():
        for text in TEXTS:
            wanted = brute(world, actor, {"sort": ["-id"], "q": [text]})[:8]
            assert [hit.id for hit in search(actor, CUSTOMER, text)] == wanted, (way, actor.name, text)


def brute(world: World, actor: Actor, parameters: dict[str, list[str]]) -> list[int]:
    """Ids of the whole list, by looking at every row."""
    query = read_query(actor, CUSTOMER, parameters)
    rows = [row for row in world.customers.values() if world.sees(actor, row) and fits(actor, row, parameters)]
    path = query.sort.path if query.sort else "id"
    held = holding(parameters["q"][0])
    rows = [row for row in rows if held is None or row.pk in held]
    filled = [row for row in rows if getattr(row, path) is not None]
    empty = [row for row in rows if getattr(row, path) is None]
    filled.sort(key=lambda row: (getattr(row, path), row.pk), reverse=query.descending)
    empty.sort(key=lambda row: row.pk, reverse=query.descending)
    return [row.pk for row in (*filled, *empty)]


def fits(actor: Actor, row: Customer, parameters: dict[str, list[str]]) -> bool:
    """The filters of FILTERS, in Python."""
    day = row.next_contact_at.astimezone(actor.zone).date().isoformat() if row.next_contact_at else ""
    lives = {"live": {Life.LIVE}, "archived": {Life.ARCHIVED}, "any": set(Life)}
    tests: dict[str, Callable[[str], bool]] = {
        "level.in": lambda value: row.level in value.split(","),
        "level.not": lambda value: row.level != value,
        "source.in": lambda value: row.source == value,
        "region.in": lambda _value: row.region.startswith("32"),
        "tags.in": lambda value: value in row.tags,
        "next_contact_at.empty": lambda _value: row.next_contact_at is None,
        "next_contact_at.to": lambda value: "" < day <= value,
        "next_contact_at.between": lambda value: value.split(",")[0] <= day <= value.split(",")[1],
        "owner.in": lambda _value: row.owner_id == actor.member_id,
        "name.contains": lambda value: value in row.name,
    }
    life = parameters.get("life", ["live"])[0]
    return row.life in lives[life] and all(test(parameters[key][0]) for key, test in tests.items() if key in parameters)


def holding(text: str) -> set[int] | None:
    """Ids of the rows whose tokens and key hold the text; None without a text."""
    parsed = parse_query(text)
    if parsed is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, search_key FROM customers_customer WHERE search @@ %s::tsquery", [parsed.tsquery])
        return {row_id for row_id, key in cursor.fetchall() if matches(parsed, key)}


def forward(actor: Actor, parameters: dict[str, list[str]], size: int) -> Iterator[ListRow]:
    """All rows, page after page."""
    after: str | None = ""
    while after is not None:
        more = {"after": [after]} if after else {}
        found = page(actor, read_query(actor, CUSTOMER, {**parameters, **more}, size=size), CUSTOMER.columns)
        assert len(found.rows) <= size
        assert (found.previous is None) == (not after or not found.rows)
        yield from found.rows
        after = found.next


def backward(actor: Actor, parameters: dict[str, list[str]], size: int) -> list[int]:
    """All ids, from the last page back to the first."""
    last: str | None = None
    found = page(actor, read_query(actor, CUSTOMER, parameters, size=size), ())
    pages = [[row.id for row in found.rows]]
    while found.next:
        found = page(actor, read_query(actor, CUSTOMER, {**parameters, "after": [found.next]}, size=size), ())
    pages = [[row.id for row in found.rows]]
    last = found.previous
    while last:
        found = page(actor, read_query(actor, CUSTOMER, {**parameters, "before": [last]}, size=size), ())
        pages.append([row.id for row in found.rows])
        last = found.previous
    return [row_id for ids in reversed(pages) for row_id in ids]


def test_columns_hold_the_stored_values(world: World) -> None:
    found = page(
        world.readers["administrator"], read_query(world.readers["administrator"], CUSTOMER, {}), CUSTOMER.columns
    )
    for row in found.rows:
        customer = world.customers[row.id]
        assert (row.title, row.version, row.life) == (customer.name, customer.version, customer.life)
        assert row.values == {field.key: getattr(customer, field.path) for field in CUSTOMER.columns}


def test_who_holds_no_grant_gets_no_list(world: World) -> None:
    nobody = world.cast.actor("nobody")
    with pytest.raises(Forbidden):
        page(nobody, read_query(nobody, CUSTOMER, {}), ())
    assert search(nobody, CUSTOMER, "科技") == []


def test_a_list_costs_a_fixed_number_of_queries(world: World) -> None:
    for actor in world.readers.values():
        CUSTOMER.seen_by(actor)  # known from then on, until a setting changes
        for sort in SORTS:
            with CaptureQueriesContext(connection) as seen:
                page(
                    actor,
                    read_query(actor, CUSTOMER, {"sort": [sort], "level.in": ["A"], "q": ["科技"]}),
                    CUSTOMER.columns,
                )
            assert len(seen) <= 8, (actor.name, sort)


def test_the_index_of_a_sortable_column_tells_whose_a_row_is() -> None:
    """Otherwise a narrow scope fetches every row that it passes in that order."""
    for record_type in RECORD_TYPES.values():
        indexes = {tuple(index.fields) for index in record_type.model._meta.indexes if not index.condition}
        sorted_by = [field.path for field in record_type.fields if field.sortable and not field.beside]
        wanted = {path: (path, *IN_ORDER) for path in sorted_by}
        assert set(wanted.values()) <= indexes, record_type.key


def test_no_window_is_as_wide_as_the_table() -> None:
    """Its end would be looked up through the whole index, and found to be none."""
    assert planning._window(ListQuery(CUSTOMER), 10, 1_000_000) == planning.WINDOW
    assert 200_000 <= planning._window(ListQuery(CUSTOMER), 100_000, 1_000_000) < 250_000
    assert planning._window(ListQuery(CUSTOMER), 500_000, 1_000_000) == 0
    assert planning._window(ListQuery(CUSTOMER), 10, 5_000) == 0


def test_a_row_that_appears_between_two_pages_shifts_nothing(world: World) -> None:
    actor, named = world.cast.actor("owner"), {"name.contains": ["机械有限公司"], "q": ["第"]}
    names = [make_customer(actor, f"第{n}机械有限公司").pk for n in range(6)]
    first = page(actor, read_query(actor, CUSTOMER, named, size=3), ())
    make_customer(actor, "第七家机械有限公司")
    second = page(actor, read_query(actor, CUSTOMER, {**named, "after": [first.next or ""]}, size=3), ())
    assert [row.id for row in (*first.rows, *second.rows)] == sorted(names, reverse=True)
