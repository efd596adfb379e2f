"""One walk through every door as each of the cast, made once per run; the guards look at what was answered."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from playwright.sync_api import Browser

from genjin.kernel import frequencies
from genjin.kernel.actor import Actor
from genjin.kernel.environment import POOL_SIZE
from genjin.testing.asking import queries
from genjin.testing.browsing import chromium
from genjin.testing.doors import Address, absent, addresses, doors
from genjin.testing.fingerprints import table_fingerprints
from genjin.testing.walking import Answer, Walker, unlimited
from genjin.testing.world import OWNERS, PARTS, World, add_records, make_world

# stranger has records but need not walk: he would get what owner gets
WALKING = (*(part for part in PARTS if part != "stranger"), "anonymous")


@dataclass
class Walk:
    """What every one got at every address: {part: {path: (address, answer)}}."""

    world: World
    actors: dict[str, Actor] = field(default_factory=dict)
    answers: dict[str, dict[str, tuple[Address, Answer]]] = field(default_factory=dict)
    before: dict[str, Answer] = field(default_factory=dict)  # what owner got while nobody else had records
    # what was got with an id that nothing has: {part: {owner of the id asked before: [(path, answer)]}}
    absent: dict[str, dict[str, list[tuple[str, Answer]]]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)  # tables that reading changed

    def all(self) -> Iterator[tuple[Address, Answer]]:
        """Every address with its answer, of all parts."""
        for of_part in self.answers.values():
            yield from of_part.values()


@pytest.fixture(scope="session")
def walk(django_db_setup: None, django_db_blocker: Any) -> Walk:
    """The walk. Time stands still in it; everything is rolled back at its end."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with django_db_blocker.unblock(), time_machine.travel(now, tick=False), transaction.atomic(), unlimited():
        logging.disable(logging.WARNING)
        try:
            return _walk()
        finally:
            logging.disable(logging.NOTSET)
            transaction.set_rollback(True)


def _walk() -> Walk:
    frequencies.forget()
    walk = Walk(make_world("owner"))
    walkers = {part: Walker(walk.world, part) for part in WALKING}
    walk.before = {path: walkers["owner"].get(path) for _address, path in places(walk.world, ("owner",))}
    for part in OWNERS[1:]:
        add_records(walk.world, part)
    walk.actors = {part: walk.world.actor(part) for part in PARTS}
    told = table_fingerprints()
    where = places(walk.world, OWNERS)
    for part, walker in walkers.items():
        walk.answers[part] = {path: (address, walker.get(path)) for address, path in where}
    for part in ("owner", "teammate", "nobody"):
        walk.absent[part] = _absent(walkers[part], where)
    after = table_fingerprints()
    walk.changed = [table for table in after if told[table] != after[table]]
    return walk


def _absent(walker: Walker, where: list[tuple[Address, str]]) -> dict[str, list[tuple[str, Answer]]]:
    """What is answered where nothing is, at the address of every record."""
    got: dict[str, Answer] = {}
    found: dict[str, list[tuple[str, Answer]]] = {owner: [] for owner in OWNERS}
    for address, path in where:
        if address.belongs and "?" not in path:
            elsewhere = absent(address)
            if elsewhere not in got:
                got[elsewhere] = walker.get(elsewhere)
            found[address.belongs].append((path, got[elsewhere]))
    return found


def places(world: World, owners: tuple[str, ...]) -> list[tuple[Address, str]]:
    """Every address that is served to GET, with ids of what these have."""
    found: dict[str, Address] = {}
    for door in doors():
        if "GET" in door.methods:
            for part in owners:
                for address in addresses(door, world, part):
                    found |= {path: address for path in queries(address, world) if path not in found}
    return [(address, path) for path, address in found.items()]


@pytest.fixture(scope="session")
def browser(django_db_setup: None, django_db_blocker: Any) -> Iterator[Browser]:
    """Chromium, and a server beside it that keeps its connections, as the real one does."""
    with django_db_blocker.unblock(), pooled(), chromium() as started:
        yield started


@contextmanager
def pooled() -> Iterator[None]:
    """Each request of the live server would open a connection of its own, which knows no table yet."""
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    options["pool"] = {"min_size": 1, "max_size": POOL_SIZE, "timeout": 20}
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone
        del options["pool"]
