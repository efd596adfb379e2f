"""Columns of boards against the doors, in random organisations: whoever sees what, in which order, however the rows are
found. And the same condition of sight for many rows as for each."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import visible_one_by_one, visible_to
from genjin.kernel.lists import columns
from genjin.kernel.lists.columns import Board, count_of, first_rows, parts
from genjin.kernel.models.rows import Life
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Forbidden
from genjin.org.queries import actor_for
from genjin.plans.models import Plan
from genjin.sharing.tests.worlds import LEVELS, RandomWorld, random_world

WAYS = {"side by side": (40, 400), "walking": (0, 400), "through small windows": (0, 2)}
ORDERS = ("id", "updated_at")


def test_columns_are_what_the_doors_show(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compared(Random(4), monkeypatch, members=6, customers=14)  # noqa: S311 - no secret


@pytest.mark.long
def test_columns_are_what_the_doors_show_in_larger_organisations(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compared(Random(5), monkeypatch, members=12, customers=40)  # noqa: S311 - no secret


def compared(chance: Random, monkeypatch: pytest.MonkeyPatch, *, members: int, customers: int) -> None:
    """Every member, every way of finding, all that may be asked for."""
    world = random_world(chance, members=members, customers=customers, rules=8)
    now = timezone.now()
    for customer in Customer.objects.all():  # many at the same moment
        at, life = now - timedelta(hours=chance.randint(0, 5)), chance.choice((Life.LIVE, Life.LIVE, Life.ARCHIVED))
        Customer.objects.filter(pk=customer.pk).update(updated_at=at, life=life)
    seen = 0
    for actor in acting(world):
        if not actor.may("customers.see"):
            with pytest.raises(Forbidden):
                first_rows(actor, Board(CUSTOMER, "level", Q()), LEVELS, ("id", "level"), most=3)
            continue
        for number, (way, order, whose) in enumerate(product(WAYS.values(), ORDERS, range(3))):
            monkeypatch.setattr(columns, "APART", way[0])
            monkeypatch.setattr(columns, "WINDOW", way[1])
            owners = frozenset({chance.choice(world.members).pk, actor.member_id or 0} if whose == 1 else ())
            departments = frozenset({chance.choice(world.departments).pk} if whose == 2 else ())
            board = Board(CUSTOMER, "level", Q(life=Life.LIVE), order, owners, departments)
            seen += agrees(actor, board, most=2 + number % 3)
    assert seen > 50
    models: tuple[type[Any], ...] = (Customer, Contact, Plan, FollowUp)
    for actor, model in product(acting(world), models):
        declared = type_of(model)
        if actor.may(declared.grant("see")):
            many = model._default_manager.filter(visible_one_by_one(actor, declared, many=True))
            assert set(many.values_list("pk")) == set(visible_to(actor, model).values_list("pk")), (actor.name, model)


def acting(world: RandomWorld) -> list[Actor]:
    """Who has not left."""
    return [actor for member in world.members if (actor := actor_for(member.pk, Surface.WEB)) is not None]


def agrees(actor: Actor, board: Board, most: int) -> int:
    """The columns, page by page, hold what the doors show; how many rows that are."""
    whose = Q(owner_id__in=board.owners) | Q(department_id__in=board.departments) if board.chosen else Q()
    rows = visible_to(actor, Customer).filter(board.fitting, whose).order_by(f"-{board.order}", "-id")
    wanted: dict[str, list[int]] = {}
    for level, row_id in rows.values_list("level", "pk"):
        wanted.setdefault(level, []).append(row_id)
    found = {level: ids for level, ids in pages(actor, board, most).items() if ids}
    assert found == wanted, (actor.name, board, columns.APART, columns.WINDOW)
    total = sum(map(len, wanted.values()))
    assert count_of(parts(actor, board), 1000) == total
    assert count_of(parts(actor, board), 3) == min(total, 4)
    return total


def pages(actor: Actor, board: Board, most: int) -> dict[str, list[int]]:
    """{level: ids}, the first page of all columns at once, each following one by itself."""
    names = tuple(dict.fromkeys(("level", "id", board.order)))
    ids: dict[str, list[int]] = {}
    for level, rows in first_rows(actor, board, LEVELS, names, most=most).items():
        ids[level] = [row[1] for row in rows[:most]]
        while len(rows) > most:
            place = (rows[most - 1][-1], rows[most - 1][1])
            rows = first_rows(actor, board, [level], names, most=most, after=place)[level]  # noqa: PLW2901 - the next page
            ids[level] += [row[1] for row in rows[:most]]
    return ids
