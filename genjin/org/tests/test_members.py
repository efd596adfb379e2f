"""Members: joining, moving, leaving; B5 and trust V7 (leaving ends everything at once)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface, system
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Forbidden, Invalid, Refused, Stale
from genjin.kernel.sealing import deliver, seal
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
from genjin.org.actions.tokens import create_token
from genjin.org.models import AccessToken, Department, FurtherDepartment, Member, ResetCode, Role, Session
from genjin.org.queries import Asked, actor_for, actor_of_token, members_page
from genjin.ownership.jobs import follow_member
from genjin.ownership.models import Period
from genjin.testing.cast import PASSWORD, Cast


def department(name: str) -> int:
    return Department.objects.get(name=name).pk


def role(key: str) -> int:
    return Role.objects.get(key=key).pk


def facts_of(member: Member) -> dict[str, Any]:
    return {"name": member.name, "sign_in": member.sign_in, "phone": member.phone, "email": member.email}


def test_a_new_member_gets_place_roles_and_no_password(cast: Cast) -> None:
    outcome = create_member.run(
        cast.actor("administrator"),
        None,
        {
            "name": "沈听澜",
            "sign_in": " ShenTL ",
            "phone": "138 0013 8000",
            "email": "Shen@Example.com",
            "department": str(department("一组")),
            "further": [str(department("销售二部"))],
            "superior": str(cast.manager.pk),
            "roles": [str(role("salesperson"))],
        },
    )

    assert outcome.row_id is not None
    member = Member.objects.get(pk=outcome.row_id)
    assert (member.sign_in, member.phone, member.email) == ("shentl", "13800138000", "shen@example.com")
    assert not member.has_usable_password()
    assert member.superior_id == cast.manager.pk
    assert list(FurtherDepartment.objects.values_list("member_id", "department_id")) == [
        (member.pk, department("销售二部"))
    ]
    actor = actor_for(member.pk, Surface.WEB)
    assert actor is not None
    assert actor.may("customers.create")
    assert member.pk in cast.actor("manager").people


@pytest.mark.parametrize(
    ("field", "value"),
    [("sign_in", "OWNER"), ("sign_in", "13800138000"), ("phone", "13800138000"), ("email", "A@b.cn")],
)
def test_sign_in_names_phones_and_mails_are_apart_from_each_other(
    cast: Cast, unchanged: Any, field: str, value: str
) -> None:
    Member.objects.filter(pk=cast.owner.pk).update(phone="13800138000", email="a@b.cn")
    with unchanged(), pytest.raises(Refused) as refused:
        create_member.run(
            cast.actor("administrator"),
            None,
            {"name": "新人", "sign_in": "new", "department": str(department("一组")), field: value},
        )
    assert (refused.value.code, refused.value.field) == ("taken", field)


def test_editing_sees_that_somebody_else_saved_meanwhile(cast: Cast) -> None:
    admin, facts = cast.actor("administrator"), facts_of(cast.owner)
    edit_member.run(admin, cast.owner.pk, facts | {"title": "顾问"}, version=0)
    with pytest.raises(Stale):
        edit_member.run(cast.actor("administrator"), cast.owner.pk, facts | {"title": "经理"}, version=0)
    assert Member.objects.get(pk=cast.owner.pk).title == "顾问"


def test_a_changed_address_ends_codes_sent_to_the_old_one(cast: Cast) -> None:
    """Trust flaw 12."""
    issue_reset_code(cast.actor("administrator"), cast.owner.pk)
    edit_member.run(cast.actor("administrator"), cast.owner.pk, facts_of(cast.owner) | {"email": "zmy@example.com"})
    assert not ResetCode.objects.exists()


def test_the_reporting_line_has_no_ring(cast: Cast, unchanged: Any) -> None:
    admin = cast.actor("administrator")
    for below, above in ((cast.manager, cast.owner), (cast.owner, cast.owner)):
        with unchanged(), pytest.raises(Refused) as refused:
            place_member(admin, below.pk, department=below.department_id or 0, superior=above.pk)
        assert refused.value.code == "ring"


def test_records_follow_their_owner_to_another_department_and_the_past_stays(cast: Cast) -> None:
    customer = create_customer(cast.actor("owner"), values=Values({"name": "苏州晶砺半导体"}))
    before = department("一组")

    place_member(cast.actor("administrator"), cast.owner.pk, department=department("销售二部"), superior=None)
    seal()
    deliver()
    job = JobProgress.objects.get(name="ownership.follow_member")
    follow_member(system("ownership.follow"), job.pk, member=cast.owner.pk)
    follow_member(system("ownership.follow"), job.pk, member=cast.owner.pk)

    customer = Customer.objects.get(pk=customer.pk)
    assert (customer.owner_id, customer.department_id) == (cast.owner.pk, department("销售二部"))
    periods = Period.objects.filter(record_id=customer.pk).order_by("id")
    kept = [(p.department_id, p.until is None, p.rule) for p in periods]
    assert kept == [(before, False, "created"), (department("销售二部"), True, "moved")]
    follow = EventLink.objects.get(row_id=customer.pk, event__action="ownership.follow_department")
    moved = EventPayload.objects.get(row_id=customer.pk, event_id=follow.event_id)
    assert moved.changes["department_id"] == [before, department("销售二部")]


def test_V7_leaving_ends_sessions_tokens_and_codes_at_once(cast: Cast, client: Any) -> None:
    _row, token = create_token(cast.actor("owner"), name="脚本", days="30", current=PASSWORD)
    issue_reset_code(cast.actor("administrator"), cast.owner.pk)
    client.post("/sign-in", {"name": "owner", "password": PASSWORD})
    assert Session.objects.filter(member_id=cast.owner.pk).count() == 1
    assert actor_of_token(token, Surface.API) is not None

    deactivate_member(cast.actor("administrator"), cast.owner.pk)

    assert actor_for(cast.owner.pk, Surface.WEB) is None
    assert actor_of_token(token, Surface.API) is None
    assert not Session.objects.filter(member_id=cast.owner.pk).exists()
    assert not ResetCode.objects.exists()
    assert AccessToken.objects.get().revoked_at is not None
    assert client.get("/profile").status_code == 302
    assert Member.objects.get(pk=cast.owner.pk).left_at is not None


def test_who_left_keeps_records_and_roles_and_comes_back_with_them(cast: Cast) -> None:
    create_customer(cast.actor("owner"), values=Values({"name": "苏州晶砺半导体"}))
    deactivate_member(cast.actor("administrator"), cast.owner.pk)
    assert visible_to(cast.actor("manager"), Customer).count() == 1
    with pytest.raises(Refused):
        deactivate_member(cast.actor("administrator"), cast.owner.pk)

    reactivate_member(cast.actor("administrator"), cast.owner.pk)

    assert visible_to(cast.actor("owner"), Customer).count() == 1
    with pytest.raises(Refused):
        reactivate_member(cast.actor("administrator"), cast.owner.pk)


def test_administrators_cannot_lock_everybody_out(cast: Cast, unchanged: Any) -> None:
    admin = cast.actor("administrator")
    with unchanged():
        with pytest.raises(Refused) as refused:
            deactivate_member(admin, cast.administrator.pk)
        assert refused.value.code == "self"
        with pytest.raises(Refused) as refused:
            set_administrator(admin, cast.administrator.pk, administrator=False)
        assert refused.value.code == "last_administrator"

    set_administrator(admin, cast.manager.pk, administrator=True)
    deactivate_member(cast.actor("manager"), cast.administrator.pk)
    with pytest.raises(Refused):
        set_administrator(cast.actor("manager"), cast.manager.pk, administrator=False)


def test_permission_changes_are_in_force_at_the_next_request(cast: Cast, client: Any) -> None:
    """ASVS 8.3.2."""
    client.post("/sign-in", {"name": "stranger", "password": PASSWORD})
    assert client.get("/settings/options").status_code == 403
    assign_roles(cast.actor("administrator"), cast.stranger.pk, roles=[role("operations")])
    assert client.get("/settings/options").status_code == 200
    assign_roles(cast.actor("administrator"), cast.stranger.pk, roles=[])
    assert client.get("/settings/options").status_code == 403


def test_the_list_finds_by_name_pinyin_initials_and_phone_and_pages_by_key(cast: Cast) -> None:
    Member.objects.filter(pk=cast.owner.pk).update(phone="13800135678")
    edit_member.run(cast.actor("administrator"), cast.owner.pk, facts_of(cast.owner) | {"phone": "13800135678"})
    admin = cast.actor("administrator")
    for text in ("牧远", "zhoumuyuan", "zmy", "5678", "owner"):
        people, _more = members_page(admin, Asked(text=text))
        assert [p.id for p in people] == [cast.owner.pk], text
    seen: list[int] = []
    after = None
    while True:
        people, after = members_page(admin, Asked(after=after), most=2)
        seen += [p.id for p in people]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("name", [n for n in ACTIONS if n.startswith(("members.", "roles.", "departments."))])
def test_every_action_of_the_organisation_is_refused_without_the_grant(cast: Cast, unchanged: Any, name: str) -> None:
    for part in ("nobody", "stranger", "manager"):
        with unchanged(), pytest.raises(Forbidden):
            ACTIONS[name].run(cast.actor(part), cast.owner.pk, {})


def test_a_reset_code_is_shown_once_stored_hashed_and_lasts_an_hour(cast: Cast) -> None:
    code = issue_reset_code(cast.actor("administrator"), cast.owner.pk)
    second = issue_reset_code(cast.actor("administrator"), cast.owner.pk)
    kept = ResetCode.objects.get()
    assert code != second
    assert code not in kept.code_hash
    assert kept.expires_at - timezone.now() <= timedelta(hours=1)
    assert code not in str(list(Event.objects.values_list("note", flat=True)))
    with pytest.raises(Invalid):
        create_member.run(cast.actor("administrator"), None, {})
