"""The team's card and the earlier owners on a record's page."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from genjin.customers.actions.customers import add_customer_teammate, transfer_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.followups.tests.factories import make_followup
from genjin.org.models import Member
from genjin.ownership.models import Teammate, TeamRole
from genjin.testing.cast import Cast
from genjin.ui.forms.finding import offered_on

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def with_teammate(cast: Cast) -> Customer:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    until = actor.now() + timedelta(days=1)
    add_customer_teammate(
        actor, customer.pk, member=cast.teammate.pk, writes=True, expires_at=until, role=TeamRole.AFTER_SALES
    )
    return customer


def test_team_shows_role_right_and_expiry(cast: Cast) -> None:
    customer = with_teammate(cast)
    html = client_of(cast.owner).get(f"/customers/{customer.pk}/related", headers=HTMX).content.decode()
    assert "许星河" in html
    assert "售后服务人员 · 读写 · 至 明天" in html
    assert f'hx-post="/customers/{customer.pk}/actions/remove_teammate"' in html


def test_who_owns_the_record_adds_and_removes(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    url = f"/customers/{customer.pk}/actions"
    form = client.get(f"{url}/add_teammate", headers=HTMX).content.decode()
    assert '<option value="joint"' in form, "roles are chosen, not typed"
    sent = {"drawn": "member,role", "member": str(cast.teammate.pk), "role": "joint"}
    assert client.post(f"{url}/add_teammate", sent, headers=HTMX).status_code == 204
    assert Teammate.objects.get().role == TeamRole.JOINT
    sent = {"drawn": "member", "member": str(cast.teammate.pk)}
    assert client.post(f"{url}/remove_teammate", sent, headers=HTMX).status_code == 204
    assert not Teammate.objects.exists()


def test_an_unknown_role_is_refused(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    sent = {"drawn": "member,role", "member": str(cast.teammate.pk), "role": "boss"}
    answer = client_of(cast.owner).post(f"/customers/{customer.pk}/actions/add_teammate", sent, headers=HTMX)
    assert answer.status_code == 422
    assert not Teammate.objects.exists()


def test_a_teammate_sees_the_team_and_does_not_run_it(cast: Cast) -> None:
    customer = with_teammate(cast)
    html = client_of(cast.teammate).get(f"/customers/{customer.pk}/related", headers=HTMX).content.decode()
    assert 'id="team"' in html
    assert "remove_teammate" not in html


def test_earlier_owners_are_told_with_rule_and_reason(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    transfer_customer(cast.actor("manager"), customer.pk, owner=cast.manager.pk, reason="调岗交接")
    lines = client_of(cast.manager).get(f"/customers/{customer.pk}/owners", headers=HTMX).content.decode()
    assert lines.index("林知夏") < lines.index("周牧远")
    assert "转移" in lines
    assert "调岗交接" in lines


def test_owners_are_hidden_like_the_record(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    followup = make_followup(actor, customer)
    assert client_of(cast.stranger).get(f"/customers/{customer.pk}/owners").status_code == 404
    assert client_of(cast.owner).get(f"/followups/{followup.pk}/owners").status_code == 404


def test_b5_a_read_write_teammate_is_not_offered_what_only_the_owner_may(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    add_customer_teammate.run(owner, customer.pk, {"member": str(cast.teammate.pk), "writes": "1"})
    offered = {a.name for a in offered_on(cast.actor("teammate"), CUSTOMER, customer)}
    assert "customers.edit" in offered
    assert not offered & {"customers.transfer", "customers.void", "customers.add_teammate"}
