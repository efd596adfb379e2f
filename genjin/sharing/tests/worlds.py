"""Random organisations with records, teams, rules: for asking the doors and the page that explains them the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.kernel.codes_store import new_ids
from genjin.kernel.grants import GRANTS
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Company, Department, FurtherDepartment, Member, MemberRole, Role, ScopeKind
from genjin.ownership.models import Teammate
from genjin.plans.models import Plan
from genjin.sharing.models import SharingRule
from genjin.sharing.queries import company_day
from genjin.sharing.rules import SharingState

REGIONS = ("", "320500", "320100", "440300", "310000")
LEVELS = ("", "A", "B", "C")
GIVEN = [f"{t}.{verb}" for t in ("customers", "contacts", "plans", "followups") for verb in ("see", "edit", "transfer")]


@dataclass
class RandomWorld:
    """What was made."""

    members: list[Member] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


def random_world(chance: Random, *, members: int, customers: int, rules: int) -> RandomWorld:
    """People in a tree with roles of all scopes; customers with contacts, plans and follow-ups of anybody; teams, some
    over; rules, some of them off or over."""
    world = RandomWorld()
    Company(id=new_ids(1)[0], name="随机公司").save(force_insert=True)
    _people(world, chance, members)
    for _n in range(customers):
        _customer(world, chance)
    _teams(world, chance, customers)
    for _n in range(rules):
        _rule(world, chance)
    bump_stamp()
    return world


def _people(world: RandomWorld, chance: Random, count: int) -> None:
    for n in range(max(3, count // 3)):
        parent = chance.choice(world.departments) if world.departments else None
        (row_id,) = new_ids(1)
        path = f"{parent.path if parent else '/'}{row_id}/"
        world.departments.append(Department.objects.create(id=row_id, name=f"部门{n}", parent=parent, path=path))
    for n, kind in enumerate((*ScopeKind.values, *ScopeKind.values[:3])):
        held = chance.sample(GIVEN, chance.randint(6, len(GIVEN)))
        grants = {key: chance.choice(("", "", *ScopeKind.values)) for key in held if key in GRANTS}
        chosen = [d.pk for d in chance.sample(world.departments, 2)]
        values: dict[str, Any] = {"name": f"角色{n}", "scope": kind, "departments": chosen, "grants": grants}
        world.roles.append(Role.objects.create(id=new_ids(1)[0], **values))
    for n in range(count):
        world.members.append(_member(world, chance, n))


def _member(world: RandomWorld, chance: Random, n: int) -> Member:
    superior = chance.choice(world.members) if world.members and chance.random() < 0.7 else None
    department = chance.choice(world.departments) if chance.random() < 0.9 else None
    member = Member.objects.create(
        id=new_ids(1)[0],
        name=f"成员{n}",
        sign_in=f"m{n}",
        department=department,
        superior=superior,
        administrator=n == 0,
        is_active=n == 0 or chance.random() < 0.9,
    )
    for role in chance.sample(world.roles, chance.choice((0, 1, 1, 2))):
        MemberRole.objects.create(member=member, role=role)
    if chance.random() < 0.3:
        FurtherDepartment.objects.create(member=member, department=chance.choice(world.departments))
    return member


def _owned(world: RandomWorld, chance: Random) -> dict[str, Any]:
    owner = chance.choice(world.members) if chance.random() < 0.9 else None
    same = owner is not None and chance.random() < 0.8
    department = owner.department_id if owner and same else chance.choice(world.departments).pk
    row_id = new_ids(1)[0]
    return {"id": row_id, "code": f"X{row_id}", "owner": owner, "department_id": department}


def _customer(world: RandomWorld, chance: Random) -> None:
    facts = {"region": chance.choice(REGIONS), "level": chance.choice(LEVELS)}
    customer = Customer.objects.create(name=f"客户{len(world.records)}", **_owned(world, chance), **facts)
    contact = Contact.objects.create(customer=customer, name="联系人", **_owned(world, chance))
    now = timezone.now()
    asked = chance.choice(world.departments) if chance.random() < 0.5 else None
    plan = Plan.objects.create(
        customer=chance.choice((customer, None)),
        assignee=chance.choice(world.members),
        content="计划",
        starts_at=now,
        support_department=asked,
        **_owned(world, chance),
    )
    talk = FollowUp.objects.create(customer=customer, occurred_at=now, summary="跟进", **_owned(world, chance))
    world.records += [customer, contact, plan, talk]


def _teams(world: RandomWorld, chance: Random, count: int) -> None:
    now = timezone.now()
    for row in chance.sample(world.records, count):
        Teammate.objects.create(
            id=new_ids(1)[0],
            record_type=row.row_type,
            record_id=row.pk,
            member=chance.choice(world.members),
            writes=chance.random() < 0.5,
            expires_at=chance.choice((None, now + timedelta(days=1), now - timedelta(days=1))),
        )


def _rule(world: RandomWorld, chance: Random) -> None:
    def some(rows: Iterable[Any], most: int) -> list[int]:
        return [row.pk for row in chance.sample(list(rows), chance.randint(0, most))]

    record_type = chance.choice(("customer", "customer", *RECORD_TYPES))
    conditions: tuple[dict[str, list[str]], ...] = (
        {"region.in": ["320000"]},
        {"level.in": ["A", "B"], "region.in": ["440300", "310000"]},
        {},
    )
    SharingRule.objects.create(
        id=new_ids(1)[0],
        name=f"规则{chance.random()}",
        record_type=record_type,
        departments=some(world.departments, 2) or [world.departments[0].pk],
        below=chance.random() < 0.5,
        conditions=chance.choice(conditions) if record_type == "customer" else {},
        to_departments=some(world.departments, 1),
        to_members=some(world.members, 2),
        to_roles=some(world.roles, 1),
        writes=chance.random() < 0.5,
        until=chance.choice((None, company_day(), company_day() - timedelta(days=1))),
        state=chance.choice((SharingState.ON, SharingState.ON, SharingState.OFF)),
    )
