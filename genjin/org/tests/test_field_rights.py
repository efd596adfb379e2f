"""What roles allow of fields: given on the role's page and over the JSON door, within the giver's own rights."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from genjin.customers.record import CUSTOMER
from genjin.kernel.fields import Access
from genjin.kernel.models import OwnField
from genjin.kernel.models.definitions import Layout
from genjin.kernel.refusal import Forbidden, Invalid
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.members import assign_roles
from genjin.org.actions.roles import copy_role, create_role, edit_role
from genjin.org.models import Role, ScopeKind
from genjin.testing.cast import Cast, limit

SALES = {"customers.see": "", "customers.edit": "", "org.see": ""}


def role(key: str) -> Role:
    return Role.objects.get(key=key)


def made(cast: Cast, part: str, fields: Any, **more: Any) -> Role:
    raw = {"name": "只看", "scope": ScopeKind.SELF, "grants": SALES, "fields": fields, **more}
    outcome = create_role.run(cast.actor(part), None, raw)
    return Role.objects.get(pk=outcome.row_id or 0)


def test_rights_are_kept_copied_and_told_in_the_audit_log(cast: Cast, client: Client) -> None:
    OwnField(id=900_001, record_type="customer", key="x_price", kind="money", label="底价").save()
    bump_stamp()
    fields = {
        "customer.phone": "masked",
        "customer.x_price": "hidden",
        "customer.level": "read",
        "customer.kind": "edit",
    }
    row = made(cast, "administrator", fields)
    assert row.fields == {"customer.level": "read", "customer.phone": "masked", "customer.x_price": "hidden"}
    assert copy_role(cast.actor("administrator"), row.pk).fields == row.fields
    edit_role.run(cast.actor("administrator"), row.pk, {"name": "只看2", "scope": "self", "grants": SALES})
    assert Role.objects.get(pk=row.pk).fields == row.fields
    client.force_login(cast.administrator)
    log = client.get("/settings/audit").content.decode()
    assert "客户 · 底价：隐藏" in log
    assert "客户 · 电话：遮掩" in log


@pytest.mark.parametrize(
    "fields",
    [
        {"customer.nothing": "hidden"}, {"nothing.phone": "hidden"}, {"phone": "hidden"}, {"customer.phone": "secret"},
        {"customer.name": "hidden"}, {"customer.owner": "masked"}, {"contact.customer": "hidden"},
        {"followup.content": "hidden"}, {"customer.level": "masked"}, ["customer.phone"],
    ],
)  # fmt: skip
def test_what_does_not_exist_or_cannot_be_limited_is_refused(cast: Cast, fields: Any) -> None:
    with pytest.raises(Invalid) as refused:
        made(cast, "administrator", fields)
    assert set(refused.value.errors) == {"fields"}


@pytest.fixture
def delegate(cast: Cast) -> Cast:
    """The manager manages the organisation too and sees phone numbers of customers masked."""
    limit("manager", "customer.phone", Access.MASKED)
    row = role("manager")
    row.grants["org.manage"] = ""
    row.save()
    bump_stamp()
    return cast


def test_nobody_gives_more_than_he_has(delegate: Cast) -> None:
    for fields in ({}, {"customer.phone": "read"}, {"customer.email": "hidden"}):
        with pytest.raises(Forbidden):
            made(delegate, "manager", fields)
    with pytest.raises(Forbidden):
        copy_role(delegate.actor("manager"), role("salesperson").pk)
    with pytest.raises(Forbidden):
        edit_role.run(
            delegate.actor("manager"), role("manager").pk,
            {"name": "销售主管", "scope": "self_sub", "grants": role("manager").grants, "fields": {}},
        )  # fmt: skip
    assert made(delegate, "manager", {"customer.phone": "hidden"}).fields == {"customer.phone": "hidden"}


def test_nobody_gives_more_through_roles_that_stand(delegate: Cast) -> None:
    with pytest.raises(Forbidden) as refused:
        assign_roles(delegate.actor("manager"), delegate.manager.pk, roles=[role("manager").pk, role("salesperson").pk])
    assert refused.value.code == "escalation"
    with pytest.raises(Forbidden):
        assign_roles(delegate.actor("manager"), delegate.nobody.pk, roles=[role("salesperson").pk])


def test_rights_of_fields_that_rest_stay_with_the_role(cast: Cast, client: Client) -> None:
    limit("salesperson", "customer.website", Access.HIDDEN)
    limit("salesperson", "customer.x_old", Access.HIDDEN)
    Layout(id=900_001, record_type="customer", overlays={"website": {"off": True}}).save()
    OwnField(id=900_002, record_type="customer", key="x_old", kind="text", label="旧", state="retired").save()
    bump_stamp()
    client.force_login(cast.administrator)
    sent = {"name": "销售", "scope": "self", "grants": list(SALES), "field:customer.phone": "read"}
    assert client.post(f"/settings/roles/{role('salesperson').pk}", sent).status_code == 302
    kept = {"customer.phone": "read", "customer.website": "hidden", "customer.x_old": "hidden"}
    assert role("salesperson").fields == kept


def test_the_page_offers_each_field_and_saves_what_is_chosen(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    page = client.get(f"/settings/roles/{role('salesperson').pk}").content.decode()
    offered = re.findall(r'<select class="in sm acc"[^>]* name="field:([\w.]+)"', page)
    assert {"customer.phone", "contact.wechat", "followup.outcome", "plan.result"} <= set(offered)
    assert not {"customer.name", "customer.owner", "contact.customer"} & set(offered)
    phone = re.search(r'name="field:customer.phone".*?</select>', page, re.DOTALL)
    level = re.search(r'name="field:customer.level".*?</select>', page, re.DOTALL)
    assert phone
    assert "遮掩" in phone[0]
    assert level
    assert "遮掩" not in level[0]
    sent = {
        "name": "销售", "scope": "self", "grants": list(SALES), "field:customer.phone": "hidden",
        "field:customer.level": "read", "field:customer.kind": "edit",
    }  # fmt: skip
    assert client.post(f"/settings/roles/{role('salesperson').pk}", sent).status_code == 302
    assert role("salesperson").fields == {"customer.phone": "hidden", "customer.level": "read"}
    seen = CUSTOMER.seen_by(cast.actor("owner"))
    assert "phone" not in seen.keys
    assert seen.accesses["level"] is Access.READ
    assert "2 个字段受限" in client.get("/settings/roles").content.decode()
