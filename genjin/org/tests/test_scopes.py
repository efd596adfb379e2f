"""Data permission (B5): six scopes, several roles, re-organisation, teams; each with its rule in the name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import Values
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.org.actions.departments import move_department
from genjin.org.actions.members import assign_roles, place_member
from genjin.org.actions.roles import create_role, edit_role
from genjin.org.models import Department, Role, ScopeKind
from genjin.ownership.models import Teammate
from genjin.testing.cast import Cast


def department(name: str) -> int:
    return Department.objects.get(name=name).pk


@pytest.fixture
def company(cast: Cast) -> Cast:
    """One customer of each of owner (一组), stranger and teammate (销售二部), manager (销售一部)."""
    for part in ("owner", "stranger", "teammate", "manager"):
        create_customer(cast.actor(part), values=Values({"name": f"{part}的客户"}))
    return cast


def seen(cast: Cast, part: str) -> set[str]:
    names = visible_to(cast.actor(part), Customer).values_list("name", flat=True)
    return {name.removesuffix("的客户") for name in names}


def give(cast: Cast, part: str, scope: str, departments: tuple[int, ...] = ()) -> None:
    role = create_role(
        cast.actor("administrator"),
        name=f"{part}-{scope}",
        scope=scope,
        departments=list(departments),
        grants={"customers.see": ""},
    )
    assign_roles(cast.actor("administrator"), getattr(cast, part).pk, roles=[role.pk])


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (ScopeKind.SELF, {"manager"}),
        (ScopeKind.SELF_SUB, {"manager", "owner"}),
        (ScopeKind.DEPT, {"manager"}),
        (ScopeKind.DEPT_SUB, {"manager", "owner"}),
        (ScopeKind.ALL, {"manager", "owner", "stranger", "teammate"}),
    ],
)
def test_B5_scope_of_the_manager(company: Cast, scope: str, expected: set[str]) -> None:
    give(company, "manager", scope)
    assert seen(company, "manager") == expected


def test_B5_dept_takes_colleagues_and_further_departments_along(company: Cast) -> None:
    give(company, "stranger", ScopeKind.DEPT)
    assert seen(company, "stranger") == {"stranger", "teammate"}
    place_member(
        company.actor("administrator"),
        company.stranger.pk,
        department=department("销售二部"),
        further=[department("销售一部")],
    )
    assert seen(company, "stranger") == {"stranger", "teammate", "manager"}


def test_B5_dept_custom_takes_the_chosen_departments_with_what_is_below(company: Cast) -> None:
    give(company, "nobody", ScopeKind.DEPT_CUSTOM, (department("销售一部"),))
    assert seen(company, "nobody") == {"manager", "owner"}


def test_B5_own_records_stay_visible_under_department_scopes(company: Cast) -> None:
    give(company, "owner", ScopeKind.DEPT_CUSTOM, (department("销售二部"),))
    assert seen(company, "owner") == {"owner", "stranger", "teammate"}


def test_B5_several_roles_unite_and_all_wins(company: Cast) -> None:
    admin = company.actor("administrator")
    one = create_role(admin, name="一", scope=ScopeKind.SELF, grants={"customers.see": ""})
    two = create_role(
        admin,
        name="二",
        scope=ScopeKind.DEPT_CUSTOM,
        departments=[department("一组")],
        grants={"customers.see": "", "org.see": ""},
    )
    assign_roles(company.actor("administrator"), company.teammate.pk, roles=[one.pk, two.pk])
    assert seen(company, "teammate") == {"teammate", "owner"}
    everything = create_role(
        company.actor("administrator"), name="三", scope=ScopeKind.ALL, grants={"customers.see": ""}
    )
    assign_roles(company.actor("administrator"), company.teammate.pk, roles=[one.pk, two.pk, everything.pk])
    assert seen(company, "teammate") == {"owner", "stranger", "teammate", "manager"}


def test_B5_a_role_scopes_only_the_operations_it_contains(company: Cast) -> None:
    admin = company.actor("administrator")
    wide = create_role(
        admin, name="看", scope=ScopeKind.ALL, grants={"customers.see": "", "customers.edit": ScopeKind.SELF}
    )
    assign_roles(company.actor("administrator"), company.owner.pk, roles=[wide.pk])
    actor = company.actor("owner")
    mine, other = (Customer.objects.get(name=f"{part}的客户").pk for part in ("owner", "stranger"))
    ACTIONS["customers.edit"].run(actor, mine, {"name": "改名"})
    with pytest.raises(Forbidden):
        ACTIONS["customers.edit"].run(actor, other, {"name": "改名"})


def test_S2_28_moving_a_department_moves_visibility_at_once(company: Cast) -> None:
    give(company, "stranger", ScopeKind.DEPT_SUB)
    assert "owner" not in seen(company, "stranger")
    move_department(company.actor("administrator"), department("一组"), parent=department("销售二部"))
    assert seen(company, "stranger") == {"stranger", "teammate", "owner"}


def test_B5_the_reporting_line_is_transitive_and_moves_at_once(company: Cast) -> None:
    place_member(
        company.actor("administrator"),
        company.teammate.pk,
        department=department("销售二部"),
        superior=company.owner.pk,
    )
    assert seen(company, "manager") == {"manager", "owner", "teammate"}
    place_member(company.actor("administrator"), company.owner.pk, department=department("一组"), superior=None)
    assert seen(company, "manager") == {"manager"}


def test_B5_a_teammate_sees_until_his_place_expires(company: Cast) -> None:
    customer = Customer.objects.get(name="owner的客户")
    ACTIONS["customers.add_teammate"].run(
        company.actor("manager"), customer.pk, {"member": str(company.teammate.pk), "writes": ""}
    )
    assert seen(company, "teammate") == {"teammate", "owner"}
    with pytest.raises(Forbidden):
        ACTIONS["customers.edit"].run(company.actor("teammate"), customer.pk, {"name": "改名"})
    Teammate.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert seen(company, "teammate") == {"teammate"}
    with pytest.raises(NotFound):
        ACTIONS["customers.edit"].run(company.actor("teammate"), customer.pk, {"name": "改名"})


def test_S2_33_create_only_people_cannot_archive_or_void(company: Cast) -> None:
    role = Role.objects.get(key="create_only")
    assign_roles(company.actor("administrator"), company.owner.pk, roles=[role.pk])
    actor = company.actor("owner")
    assert actor.may("customers.create")
    assert not actor.may("customers.void")
    assert not actor.may("customers.archive")


def test_S3_03_reviewers_see_and_do_not_edit(company: Cast) -> None:
    role = Role.objects.get(key="reviewer")
    assign_roles(company.actor("administrator"), company.manager.pk, roles=[role.pk])
    actor = company.actor("manager")
    assert seen(company, "manager") == {"manager", "owner"}
    assert not actor.may("customers.edit")
    assert not actor.may("customers.create")


def test_V8_3_2_a_changed_role_is_in_force_at_the_next_look(company: Cast) -> None:
    give(company, "nobody", ScopeKind.ALL)
    role = Role.objects.get(name="nobody-all")
    assert len(seen(company, "nobody")) == 4
    edit_role(
        company.actor("administrator"), role.pk, name=role.name, scope=ScopeKind.SELF, grants={"customers.see": ""}
    )
    assert seen(company, "nobody") == set()


def test_V8_2_1_nobody_sees_nothing(company: Cast) -> None:
    assert seen(company, "nobody") == set()
    assert not company.actor("nobody").grants
