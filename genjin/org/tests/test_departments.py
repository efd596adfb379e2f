"""The department tree: S2-26 (base of the organisation), S2-28 (any depth, any re-organisation)."""

from __future__ import annotations

from typing import Any

import pytest

from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from genjin.org.actions.departments import (
    close_department,
    create_department,
    move_department,
    rename_department,
    reopen_department,
)
from genjin.org.models import Department, Member
from genjin.org.queries import organisation, tree
from genjin.testing.cast import Cast


def named(name: str) -> Department:
    return Department.objects.get(name=name)


def shape(cast: Cast) -> list[tuple[int, str]]:
    return [(branch.depth, branch.node.name) for branch in tree(cast.actor("administrator"))]


def test_S2_26_a_department_is_made_below_another_at_any_depth(cast: Cast) -> None:
    admin = cast.actor("administrator")
    parent = named("一组")
    for name in ("一班", "甲队", "先锋"):
        parent = create_department(admin, name=name, parent=parent.pk)
        admin = cast.actor("administrator")

    assert parent.path == "/".join(
        ["", *(str(named(n).pk) for n in ("总部", "销售一部", "一组", "一班", "甲队", "先锋")), ""]
    )
    assert named("先锋").path == parent.path
    assert shape(cast)[2:6] == [(2, "一组"), (3, "一班"), (4, "甲队"), (5, "先锋")]
    assert Event.objects.filter(action="departments.create").count() == 3


def test_S2_28_moving_rewrites_the_paths_of_the_whole_subtree(cast: Cast) -> None:
    admin = cast.actor("administrator")
    deep = create_department(admin, name="一班", parent=named("一组").pk)

    move_department(cast.actor("administrator"), named("一组").pk, parent=named("销售二部").pk)

    deep.refresh_from_db()
    assert deep.path == f"{named('销售二部').path}{named('一组').pk}/{deep.pk}/"
    org = organisation(cast.actor("administrator"))
    assert deep.pk in org.subtree(named("销售二部").pk)
    assert deep.pk not in org.subtree(named("销售一部").pk)


@pytest.mark.parametrize("target", ["销售一部", "一组"])
def test_a_department_cannot_be_moved_below_itself(cast: Cast, unchanged: Any, target: str) -> None:
    with unchanged(), pytest.raises(Refused) as refused:
        move_department(cast.actor("administrator"), named("销售一部").pk, parent=named(target).pk)
    assert refused.value.code == "below_itself"


def test_the_root_stays_and_stays_open(cast: Cast, unchanged: Any) -> None:
    admin, root = cast.actor("administrator"), named("总部").pk
    with unchanged():
        with pytest.raises(Refused, match="不能移动"):
            move_department(admin, root, parent=named("一组").pk)
        with pytest.raises(Refused, match="不能停用"):
            close_department(admin, root)


def test_siblings_are_put_in_order(cast: Cast) -> None:
    root = named("总部").pk
    third = create_department(cast.actor("administrator"), name="市场部", parent=root)

    move_department(cast.actor("administrator"), third.pk, parent=root, place=0)

    assert [name for depth, name in shape(cast) if depth == 1] == ["市场部", "销售一部", "销售二部"]


def test_siblings_have_different_names(cast: Cast, unchanged: Any) -> None:
    admin = cast.actor("administrator")
    with unchanged():
        with pytest.raises(Refused, match="已有部门"):
            create_department(admin, name="销售一部", parent=named("总部").pk)
        with pytest.raises(Refused, match="已有部门"):
            rename_department(admin, named("销售二部").pk, name="销售一部")
    create_department(admin, name="销售一部", parent=named("一组").pk)


def test_only_an_empty_department_is_closed_and_reopened(cast: Cast) -> None:
    admin, group = cast.actor("administrator"), named("一组").pk
    with pytest.raises(Refused) as refused:
        close_department(admin, named("销售一部").pk)
    assert refused.value.code == "has_members"
    Member.objects.filter(department_id=group).update(department_id=named("销售二部").pk)

    close_department(cast.actor("administrator"), group)
    with pytest.raises(Refused) as refused:
        create_department(cast.actor("administrator"), name="新组", parent=group)
    assert refused.value.code == "closed"
    assert organisation(cast.actor("administrator")).departments[group].closed

    reopen_department(cast.actor("administrator"), group)
    assert not organisation(cast.actor("administrator")).departments[group].closed


def test_renaming_keeps_what_was_before_in_the_ledger(cast: Cast) -> None:
    group = named("一组")
    rename_department(cast.actor("administrator"), group.pk, name="华东组")

    event = Event.objects.get(action="departments.rename")
    assert EventLink.objects.get(event=event).row_id == group.pk
    assert named("华东组").version == group.version + 1


def test_inputs_are_checked_at_the_edge(cast: Cast, unchanged: Any) -> None:
    admin = cast.actor("administrator")
    with unchanged():
        with pytest.raises(Invalid):
            create_department.run(admin, None, {"name": " ", "parent": str(named("总部").pk)})
        with pytest.raises(Invalid):
            create_department.run(admin, None, {"name": "x" * 61, "parent": "nowhere"})
        with pytest.raises(Refused) as refused:
            rename_department.run(admin, named("一组").pk, {"name": "二组", "path": "/", "parent_id": "1"})
        assert refused.value.code == "unknown_field"
        with pytest.raises(NotFound):
            rename_department(admin, 999_999, name="x")


@pytest.mark.parametrize("part", ["nobody", "stranger", "owner", "manager"])
def test_only_those_with_the_grant_change_the_tree(cast: Cast, unchanged: Any, part: str) -> None:
    actor, group = cast.actor(part), named("一组").pk
    with unchanged():
        for attempt in (
            lambda: create_department(actor, name="x", parent=group),
            lambda: rename_department(actor, group, name="x"),
            lambda: move_department(actor, group, parent=group),
            lambda: close_department(actor, group),
            lambda: reopen_department(actor, group),
        ):
            with pytest.raises(Forbidden):
                attempt()  # type: ignore[no-untyped-call]
