"""Who sees a record and why: equal to the doors for everybody, in whatever organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.queries import totals
from genjin.followups.statistics.queries.sight import ways
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import BRANCHES, OWN, PARTS, SEE, WRITE, may, row_for, scope_condition, visible_to
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, type_of
from genjin.kernel.refusal import NotFound
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.org.queries import actor_for
from genjin.ownership.models import Period, Teammate
from genjin.sharing.sight.reasons import EXPLAINERS, Kind
from genjin.sharing.sight.who import own_grant, sighting_of, who_sees
from genjin.sharing.tests.test_rules import declare
from genjin.sharing.tests.worlds import RandomWorld, random_world
from genjin.testing.cast import PARTS as CAST
from genjin.testing.cast import Cast

DECADE = (date(2020, 1, 1), date(2099, 12, 31))


def actors(members: Iterable[Member]) -> dict[int, Actor]:
    """As they act now; who has left does not act."""
    found = {member.pk: actor_for(member.pk, Surface.WEB) for member in members}
    return {member_id: actor for member_id, actor in found.items() if actor is not None}


def by_the_doors(of: dict[int, Actor], record: Record) -> dict[int, tuple[bool, bool]]:
    """{member who sees it: (may edit, may do what is the owner's)}, as the doors have it; they agree."""
    declared, found = type_of(record), {}
    for member_id, actor in of.items():
        listed = visible_to(actor, declared.model).filter(pk=record.pk).exists()
        try:
            row = row_for(actor, declared.model, record.pk, to=SEE)
        except NotFound:
            assert not listed
            continue
        assert listed
        found[member_id] = (
            may(actor, row, declared.grant("edit"), WRITE),
            may(actor, row, own_grant(declared), OWN),
        )
    return found


def assert_explained(of: dict[int, Actor], records: Iterable[Record]) -> int:
    """The page tells of exactly those whom the doors let in. Returns how many that were."""
    reader, total = next(iter(of.values())), 0
    for record in records:
        told = {s.person.id: (s.writes, s.owns) for s in who_sees(reader, record)}
        assert told == by_the_doors(of, record), record
        total += len(told)
    return total


def earlier(world: RandomWorld, chance: Random) -> None:
    """Whose the records were, lately and long ago, for long and for a moment; who wrote the follow-ups."""
    now = timezone.now()
    FollowUp.objects.update(author=world.members[-1])
    for row in world.records:
        row.refresh_from_db()
        for lost, held in ((1, 30), (40, 30), (2, 0.1)):
            until = now - timedelta(days=lost)
            owner = chance.choice(world.members) if lost > 1 else world.members[-1]
            Period.objects.create(
                record_type=row.row_type, record_id=row.pk, owner=owner, since=until - timedelta(days=held), until=until
            )


def test_every_way_beyond_the_scopes_is_explained() -> None:
    assert set(EXPLAINERS) == {*BRANCHES, *PARTS}


@pytest.mark.parametrize("seed", [6, 15])  # worlds in which, together, leaving any kind of reason out shows
def test_random_organisations_are_explained_as_the_doors_have_them(db: Any, seed: int) -> None:
    world = random_world(Random(seed), members=9, customers=4, rules=8)  # noqa: S311 - no secret
    assert assert_explained(actors(world.members), world.records) > 20


@pytest.mark.parametrize("sight", ["read", "own"])
def test_previous_owners_are_explained_as_the_doors_have_them(cast: Cast, sight: str) -> None:
    world = random_world(chance := Random(6), members=6, customers=3, rules=0)  # noqa: S311 - no secret
    earlier(world, chance)
    change_settings.run(cast.actor("administrator"), None, {"changes": {"ownership.former_sight": sight}})
    everybody = actors([*world.members, cast.administrator])
    assert assert_explained(everybody, world.records) > 10
    reader = cast.actor("administrator")
    words = {reason.words for row in world.records for one in who_sees(reader, row) for reason in one.reasons}
    wanted = {"read": {"前负责人", "所属的「客户」的前负责人"}, "own": {"自己写的跟进，曾是客户的负责人"}}
    assert {one for one in words if ("负责人" in one and "曾" in one) or "前负责人" in one} == wanted[sight]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_many_random_organisations_are_explained_as_the_doors_have_them(db: Any, seed: int) -> None:
    world = random_world(Random(seed), members=24, customers=12, rules=14)  # noqa: S311 - no secret
    assert assert_explained(actors(world.members), world.records) > 100


def test_each_of_the_cast_is_told_with_the_reason(cast: Cast, django_assert_num_queries: Any) -> None:
    customer = make_customer(cast.actor("owner"))
    contact = make_contact(cast.actor("owner"), customer)
    Teammate.objects.create(id=1, record_type="customer", record_id=customer.pk, member=cast.teammate)
    declare(cast, writes=True, conditions={"level.in": ["A"]})
    declare(cast, name="给陌路人", to_departments=[], to_members=[cast.stranger.pk])
    reader = cast.actor("administrator")
    everybody = actors(getattr(cast, part) for part in CAST)
    assert_explained(everybody, [customer, contact])
    with django_assert_num_queries(2):  # the team, the rules with conditions
        found = who_sees(reader, customer)
    assert [(s.person.id, s.first.kind, s.writes, s.owns) for s in found] == [
        (cast.owner.pk, Kind.OWNER, True, True),
        (cast.manager.pk, Kind.SUPERIOR, True, True),
        (cast.teammate.pk, Kind.TEAM, False, False),
        (cast.stranger.pk, Kind.SHARING, False, False),
        (cast.administrator.pk, Kind.ADMINISTRATOR, True, True),
    ]
    assert found[3].first.words == "共享规则「给陌路人」"
    above = sighting_of(reader, contact, cast.teammate.pk)
    assert above is not None
    assert above.first.words == "所属的「客户」的团队成员"
    assert sighting_of(reader, customer, cast.nobody.pk) is None
    assert len(RECORD_TYPES) >= 4


def test_statistics_count_what_is_shared_once(db: Any) -> None:
    world = random_world(Random(15), members=9, customers=6, rules=8)  # noqa: S311 - no secret
    beyond_scopes = 0
    for actor in actors(world.members).values():
        if not actor.may("followups.see"):
            continue
        seen = set(visible_to(actor, FollowUp).values_list("pk", flat=True))
        found = [set(FollowUp.objects.filter(way).values_list("pk", flat=True)) for way in ways(actor)]
        assert set().union(*found) == seen
        inside = FollowUp.objects.filter(scope_condition(actor.demand("followups.see")))
        outside = totals._beyond(actor, Asked(*DECADE), actor.demand("followups.see"))
        assert sum(one.followups for one in outside) == len(seen) - inside.count()
        beyond_scopes += len(seen) - inside.count()
    assert beyond_scopes
