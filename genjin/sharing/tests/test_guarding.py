"""Nobody gives or gains by sharing rules what is not his (trust flaw 11), on pages, over JSON or by moving people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden
from genjin.org.actions.members import assign_roles, create_member, place_member
from genjin.org.actions.passwords import issue_reset_code
from genjin.org.actions.roles import create_role
from genjin.org.models import ScopeKind
from genjin.ownership.tests.test_visibility import sees
from genjin.sharing.actions import declare_sharing
from genjin.sharing.models import SharingRule
from genjin.sharing.tests.test_rules import declare
from genjin.testing.cast import Cast


@pytest.fixture
def delegate(cast: Cast) -> Actor:
    """The manager: manages the organisation and sharing, sees and edits what is his department's and below."""
    grants = dict.fromkeys(("org.see", "org.manage", "sharing.manage", "customers.see"), "") | {
        "customers.edit": "self"
    }
    made = create_role(cast.actor("administrator"), name="人事", scope=ScopeKind.DEPT_SUB, grants=grants)
    assign_roles(cast.actor("administrator"), cast.manager.pk, roles=[made.pk])
    return cast.actor("manager")


def own(cast: Cast, **more: Any) -> dict[str, Any]:
    """A rule that gives what the delegate sees."""
    given = {"name": "给二部", "record_type": "customer", "departments": [cast.manager.department_id]}
    return given | {"to_departments": [cast.stranger.department_id]} | more


def group(cast: Cast) -> int:
    """The owner's department."""
    assert cast.owner.department_id
    return cast.owner.department_id


def test_he_shares_only_what_he_sees_and_lets_edit_only_what_he_edits(
    cast: Cast, delegate: Actor, unchanged: Any
) -> None:
    wrong = (
        own(cast, departments=[cast.stranger.department_id]),
        own(cast, departments=[cast.administrator.department_id]),
        own(cast, writes=True),
        own(cast, record_type="contact"),
    )
    for given in wrong:
        with unchanged(), pytest.raises(Forbidden) as refusal:
            declare_sharing.run(delegate, None, given)
        assert refusal.value.code == "escalation"
    assert declare_sharing.run(delegate, None, own(cast)).row_id


def test_he_moves_nobody_to_where_more_is_shared_than_he_sees(cast: Cast, delegate: Actor, unchanged: Any) -> None:
    declare(
        cast, name="二部给一组", departments=[cast.stranger.department_id], to_departments=[cast.owner.department_id]
    )
    delegate = cast.actor("manager")
    with unchanged(), pytest.raises(Forbidden) as refusal:
        place_member(delegate, cast.manager.pk, department=group(cast), superior=None)
    assert refusal.value.code == "escalation"
    with unchanged(), pytest.raises(Forbidden):
        create_member(delegate, name="新人", sign_in="new", department=group(cast), roles=[])
    with unchanged(), pytest.raises(Forbidden):
        issue_reset_code(delegate, cast.owner.pk)


def test_what_he_sees_himself_he_may_let_others_receive(cast: Cast, delegate: Actor) -> None:
    declare(cast, name="一部给一组", to_departments=[cast.owner.department_id])
    made = create_member(cast.actor("manager"), name="新人", sign_in="new", department=group(cast), roles=[])
    assert made.department_id == group(cast)


def test_a_rule_is_declared_and_ended_over_the_json_door(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = Client()
    client.force_login(cast.administrator)
    address = "/api/v1/actions/sharing.declare"
    made = client.post(address, json.dumps(own(cast)), content_type="application/json")
    assert made.status_code in (200, 201), made.content
    rule = SharingRule.objects.get()
    assert sees(cast.actor("stranger"), customer)
    ended = client.post(f"/api/v1/actions/sharing.end/{rule.pk}", "{}", content_type="application/json")
    assert ended.status_code == 200, ended.content
    assert not sees(cast.actor("stranger"), customer)
    client.force_login(cast.owner)
    assert client.post(address, json.dumps(own(cast)), content_type="application/json").status_code == 403
