"""An upgrade's new grants reach the ready-made roles once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from genjin.kernel.actor import system
from genjin.kernel.models.events import Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.learning import decide_offers, learn_grants
from genjin.org.actions.roles import copy_role, edit_role
from genjin.org.models import KnownGrant, OfferedGrant, Role
from genjin.org.queries.offers import offers_to_roles
from genjin.testing.cast import Cast


def grants_of(key: str) -> dict[str, str]:
    return dict(Role.objects.get(key=key).grants)


def forget(key: str, grant: str) -> None:
    """As if an older version had made the role."""
    role = Role.objects.get(key=key)
    role.grants.pop(grant)
    Role.objects.filter(pk=role.pk).update(grants=role.grants)


def test_a_new_grant_reaches_the_ready_made_roles_that_it_is_meant_for(cast: Cast) -> None:
    learn_grants(system("org.set_up"))
    for key in ("manager", "department_head"):
        forget(key, "today.watch")
    KnownGrant.objects.filter(key="today.watch").delete()
    learn_grants(system("org.set_up"))
    assert "today.watch" in grants_of("manager")
    assert "today.watch" not in grants_of("salesperson")


def test_what_somebody_took_away_stays_away(cast: Cast) -> None:
    learn_grants(system("org.set_up"))
    forget("manager", "today.watch")
    learn_grants(system("org.set_up"))
    assert "today.watch" not in grants_of("manager")


def test_an_installation_that_kept_no_list_takes_what_any_role_holds_as_met(cast: Cast) -> None:
    for role in Role.objects.exclude(key=""):
        if "plans.see" in role.grants:
            forget(role.key, "plans.see")
    forget("manager", "customers.see")
    learn_grants(system("org.set_up"))
    assert "plans.see" in grants_of("salesperson")
    assert "customers.see" not in grants_of("manager")


NEW = {"customers.claim", "customers.assign", "allocation.take"}
"""What an area adds that was not there before."""


@dataclass(frozen=True)
class Shaped:
    """A company of an older version with roles that it shaped."""

    narrowed: int
    wider: int
    own: int


@pytest.fixture
def shaped(cast: Cast) -> Shaped:
    learn_grants(system("org.set_up"))
    for role in Role.objects.exclude(key=""):
        Role.objects.filter(pk=role.pk).update(grants={k: v for k, v in role.grants.items() if k not in NEW})
    renamed = edited(cast, "salesperson", name="业务员")
    grants = {k: v for k, v in grants_of("manager").items() if k != "customers.void"}
    narrowed, wider = edited(cast, "manager", grants=grants), edited(cast, "department_head", scope="all")
    own = copy_role(cast.actor("administrator"), renamed).pk
    KnownGrant.objects.filter(key__in=NEW).delete()
    return Shaped(narrowed, wider, own)


def edited(cast: Cast, key: str, **changes: object) -> int:
    """A ready-made role changed as on its page."""
    role = Role.objects.get(key=key)
    facts = {name: getattr(role, name) for name in ("name", "note", "scope", "departments", "grants", "fields")}
    edit_role.run(cast.actor("administrator"), role.pk, facts | changes)
    return role.pk


def test_roles_that_the_company_shaped_are_asked_about_and_never_widened(cast: Cast, shaped: Shaped) -> None:
    for _twice in range(2):
        learn_grants(system("org.set_up"))
    assert {"customers.claim", "allocation.take"} <= grants_of("salesperson").keys(), "a name is no right"
    assert "customers.assign" not in grants_of("salesperson")
    assert grants_of("operations").keys() >= NEW
    own = Role.objects.get(pk=shaped.own)
    assert not NEW & {*grants_of("manager"), *grants_of("department_head"), *own.grants}
    found = offers_to_roles(cast.actor("administrator"))
    offers = {offer.role_id: {grant.key for grant in offer.grants} for offer in found}
    assert offers == {shaped.narrowed: NEW, shaped.wider: NEW, shaped.own: {"customers.claim", "allocation.take"}}
    assert Notification.objects.get(kind="new_grants", member=cast.administrator).note == {"roles": 3}
    with pytest.raises(Forbidden):
        offers_to_roles(cast.actor("manager"))
    with pytest.raises(Refused, match="已经决定过了"):
        decide_offers.run(cast.actor("administrator"), own.pk, {"given": {"customers.assign": ""}})
    decide_offers.run(cast.actor("administrator"), own.pk, {"given": {"customers.claim": ""}})
    assert NEW & Role.objects.get(pk=own.pk).grants.keys() == {"customers.claim"}
    # somebody who manages roles gives no more than he holds himself
    Role.objects.filter(pk=shaped.narrowed).update(grants=grants_of("manager") | {"org.manage": ""})
    bump_stamp()
    with pytest.raises(Forbidden, match="您自己没有"):
        decide_offers.run(cast.actor("manager"), shaped.wider, {"given": {"customers.assign": ""}})


def test_what_a_new_version_offers_to_roles_is_decided_on_a_page(cast: Cast, shaped: Shaped, client: Client) -> None:
    learn_grants(system("org.set_up"))
    client.force_login(cast.administrator)
    message = next(each for each in notices(cast.actor("administrator"))[0] if each.kind == "new_grants")
    assert client.post(f"/inbox/{message.id}/opening").headers["Location"] == "/settings/roles/offers"
    assert "3 个角色由您决定" in client.get("/settings/roles").content.decode()
    page = client.get("/settings/roles/offers").content.decode()
    assert "从公海指派" in page
    assert "参照预置角色「销售主管」" in page
    client.post(f"/settings/roles/{shaped.narrowed}/offers", {"given": ["customers.claim", "customers.assign"]})
    assert NEW & grants_of("manager").keys() == {"customers.claim", "customers.assign"}
    for role_id in (shaped.wider, shaped.own):
        client.post(f"/settings/roles/{role_id}/offers", {})
    assert not NEW & grants_of("department_head").keys()
    assert not OfferedGrant.objects.exists()
    assert "没有等您决定的权限" in client.get("/settings/roles/offers").content.decode()
    learn_grants(system("org.set_up"))
    assert not OfferedGrant.objects.exists()
