"""A delegated manager of the organisation (org.manage, no administrator) gains and gives nothing beyond his own
rights: mass assignment and privilege change (trust flaw 11)."""

from __future__ import annotations

from typing import Any

import pytest

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden, Refused
from genjin.org.actions.departments import create_department, move_department
from genjin.org.actions.members import (
    assign_roles,
    create_member,
    deactivate_member,
    edit_member,
    place_member,
    reactivate_member,
    set_administrator,
)
from genjin.org.actions.passwords import issue_reset_code
from genjin.org.actions.profile import edit_profile
from genjin.org.actions.roles import copy_role, create_role, edit_role
from genjin.org.models import Department, Member, MemberRole, Role, ScopeKind
from genjin.testing.cast import Cast


def department(name: str) -> int:
    return Department.objects.get(name=name).pk


def role(key: str) -> Role:
    return Role.objects.get(key=key)


@pytest.fixture
def delegate(cast: Cast) -> Actor:
    """The stranger of 销售二部: manages the organisation, sees customers of his own department."""
    made = create_role(
        cast.actor("administrator"),
        name="人事",
        scope=ScopeKind.DEPT,
        grants={"org.see": "", "org.manage": "", "customers.see": "", "customers.create": "self"},
    )
    assign_roles(cast.actor("administrator"), cast.stranger.pk, roles=[made.pk])
    return cast.actor("stranger")


def test_he_may_add_people_and_departments_and_give_what_he_holds(cast: Cast, delegate: Actor) -> None:
    made = create_department(delegate, name="三组", parent=department("销售二部"))
    delegate = cast.actor("stranger")
    narrow = create_role(delegate, name="见习", scope=ScopeKind.SELF, grants={"customers.see": "", "org.see": ""})
    delegate = cast.actor("stranger")
    member = create_member(delegate, name="新人", sign_in="new", department=made.pk, roles=[narrow.pk])
    issue_reset_code(cast.actor("stranger"), member.pk)
    assert MemberRole.objects.filter(member=member).count() == 1


def test_he_gives_no_grant_that_he_does_not_hold(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    with unchanged():
        for attempt in (
            lambda: create_role(delegate, name="x", scope="self", grants={"audit.see": ""}),
            lambda: edit_role(
                delegate, role("salesperson").pk, name="销售", scope="all", grants={"settings.manage": ""}
            ),
            lambda: copy_role(delegate, role("operations").pk),
            lambda: assign_roles(delegate, cast.nobody.pk, roles=[role("operations").pk]),
            lambda: assign_roles(delegate, cast.stranger.pk, roles=[role("operations").pk]),
            lambda: create_member(
                delegate, name="x", sign_in="x", department=department("总部"), roles=[role("operations").pk]
            ),
        ):
            with pytest.raises(Forbidden) as refused:
                attempt()
            assert refused.value.code == "escalation"


def test_he_gives_no_wider_scope_than_his_own(cast: Cast, delegate: Actor) -> None:
    wide = create_role(delegate, name="宽", scope=ScopeKind.ALL, grants={"customers.see": ""})
    heads = create_role(cast.actor("stranger"), name="主管", scope=ScopeKind.DEPT_SUB, grants={"customers.see": ""})
    for wanted, where in ((wide, "销售二部"), (heads, "总部"), (heads, "销售一部")):
        with pytest.raises(Forbidden) as refused:
            create_member(
                cast.actor("stranger"), name="x", sign_in="x", department=department(where), roles=[wanted.pk]
            )
        assert refused.value.code == "escalation"
    create_member(cast.actor("stranger"), name="x", sign_in="x", department=department("销售二部"), roles=[heads.pk])


def test_he_does_not_widen_a_role_that_others_hold(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    held = create_role(delegate, name="见习", scope=ScopeKind.SELF, grants={"customers.see": ""})
    assign_roles(cast.actor("stranger"), cast.nobody.pk, roles=[held.pk])
    with unchanged(), pytest.raises(Forbidden):
        edit_role(cast.actor("stranger"), held.pk, name="见习", scope=ScopeKind.ALL, grants={"customers.see": ""})


def test_he_does_not_move_himself_or_others_to_where_more_is_seen(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    with unchanged():
        for attempt in (
            lambda: place_member(delegate, cast.stranger.pk, department=department("销售一部")),
            lambda: place_member(
                delegate, cast.stranger.pk, department=department("销售二部"), further=[department("一组")]
            ),
            lambda: place_member(delegate, cast.owner.pk, department=department("销售二部")),
        ):
            with pytest.raises(Forbidden):
                attempt()  # type: ignore[no-untyped-call]


def test_he_does_not_draw_departments_under_his_own_eyes(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    below = create_role(
        cast.actor("administrator"), name="及下属", scope="dept_sub", grants={"org.manage": "", "customers.see": ""}
    )
    assign_roles(cast.actor("administrator"), cast.stranger.pk, roles=[below.pk])
    with unchanged(), pytest.raises(Forbidden):
        move_department(cast.actor("stranger"), department("一组"), parent=department("销售二部"))


def test_he_makes_no_administrator_and_touches_none(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    boss = cast.administrator
    with unchanged():
        for attempt in (
            lambda: set_administrator(delegate, cast.stranger.pk, administrator=True),
            lambda: set_administrator(delegate, cast.owner.pk, administrator=True),
            lambda: issue_reset_code(delegate, boss.pk),
            lambda: edit_member(delegate, boss.pk, name="管理员", sign_in="administrator", email="mine@example.com"),
            lambda: deactivate_member(delegate, boss.pk),
            lambda: assign_roles(delegate, boss.pk, roles=[]),
            lambda: place_member(delegate, boss.pk, department=department("销售二部")),
        ):
            with pytest.raises(Forbidden):
                attempt()
    Member.objects.filter(pk=cast.manager.pk).update(administrator=True, is_active=False)
    with unchanged(), pytest.raises(Forbidden):
        reactivate_member(cast.actor("stranger"), cast.manager.pk)


def test_he_takes_over_nobody_who_may_do_more(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    """Whoever sets somebody's password or mail address can act as him."""
    with unchanged():
        with pytest.raises(Forbidden) as refused:
            issue_reset_code(delegate, cast.manager.pk)
        assert refused.value.code == "outranked"
        with pytest.raises(Forbidden):
            edit_member(delegate, cast.manager.pk, name="林知夏", sign_in="manager", email="mine@example.com")
    edit_member(delegate, cast.manager.pk, name="林知夏", sign_in="manager", title="主管")


FIELDS = [field.attname for field in Member._meta.concrete_fields]


@pytest.mark.parametrize("field", sorted({*FIELDS, "owner", "role", "is_staff", "is_superuser", "status", "grants"}))
def test_flaw_11_no_field_comes_in_that_is_not_declared(cast: Cast, unchanged: Any, field: str) -> None:
    admin = cast.actor("administrator")
    own = {f.key for f in edit_member.own_inputs}
    facts = {"name": "周牧远", "sign_in": "owner"}
    if field not in own:
        with unchanged(), pytest.raises(Refused) as refused:
            edit_member.run(admin, cast.owner.pk, facts | {field: "1"})
        assert refused.value.code == "unknown_field"
    profile = {"name": "周牧远", "language": "en", "time_zone": "Asia/Shanghai"}
    if field not in {f.key for f in edit_profile.own_inputs}:
        with unchanged(), pytest.raises(Refused):
            edit_profile.run(cast.actor("owner"), None, profile | {field: "1"})
