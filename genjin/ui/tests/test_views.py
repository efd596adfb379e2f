"""Saved views: keeping, sharing, changing, removing, opening; and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from genjin.customers.tests.factories import make_customer
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.models import Member, MemberRole, Role
from genjin.testing.cast import Cast
from genjin.ui.models import SavedView
from genjin.ui.tests.visitors import HTMX, visitor
from genjin.ui.views.actions import change_view, keep_view, open_with, remove_view

Unchanged = Callable[[], AbstractContextManager[None]]


def test_list_is_kept_as_a_view_and_opens_as_it_was(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_customer(actor, name="甲", level="A")
    make_customer(actor, name="乙", level="B")
    client = visitor(cast.owner)
    answer = client.post("/customers/views/new?f=1&level.in=A", {"name": "A 类"}, headers=HTMX)
    view = SavedView.objects.get()
    assert answer.headers["HX-Redirect"] == f"/customers?view=v{view.pk}"
    html = client.get(f"/customers?view=v{view.pk}").content.decode()
    assert "甲" in html
    assert ">乙<" not in html
    assert "A 类" in html


def test_private_views_are_seen_by_nobody_else(cast: Cast) -> None:
    view = keep_view(cast.actor("owner"), record_type="customer", name="私人视图", query="level.in=A")
    html = visitor(cast.manager).get("/customers").content.decode()
    assert "私人视图" not in html
    with pytest.raises(NotFound):
        change_view(cast.actor("manager"), view.pk, name="夺走")


def test_shared_views_are_seen_but_not_changed_by_others(cast: Cast, unchanged: Unchanged) -> None:
    view = keep_view(cast.actor("manager"), record_type="customer", name="共享视图", query="", shared=True)
    assert "共享视图" in visitor(cast.owner).get("/customers").content.decode()
    with unchanged(), pytest.raises(Forbidden):
        change_view(cast.actor("owner"), view.pk, name="改名")
    with unchanged(), pytest.raises(Forbidden):
        remove_view(cast.actor("owner"), view.pk)


def test_sharing_needs_its_grant(cast: Cast, unchanged: Unchanged) -> None:
    with unchanged(), pytest.raises(Forbidden):
        keep_view(cast.actor("owner"), record_type="customer", name="x", shared=True)


def test_filters_of_a_view_must_fit_its_type(cast: Cast, unchanged: Unchanged) -> None:
    with unchanged(), pytest.raises(Refused):
        keep_view(cast.actor("owner"), record_type="customer", name="x", query="password.is=1")
    with unchanged(), pytest.raises(NotFound):
        keep_view(cast.actor("owner"), record_type="nonsense", name="x")


def test_same_name_twice_is_refused(cast: Cast) -> None:
    client = visitor(cast.owner)
    client.post("/customers/views/new?f=1", {"name": "重名"}, headers=HTMX)
    answer = client.post("/customers/views/new?f=1", {"name": "重名"}, headers=HTMX)
    assert answer.status_code == 422
    assert "不能重复" in answer.content.decode()


def test_view_takes_over_the_filters_the_list_has_now(cast: Cast) -> None:
    view = keep_view(cast.actor("owner"), record_type="customer", name="视图", query="level.in=A")
    client = visitor(cast.owner)
    client.post(f"/customers/views/{view.pk}/filters?view=v{view.pk}&f=1&level.in=B", headers=HTMX)
    view.refresh_from_db()
    assert view.query == "level.in=B"


def test_removed_view_is_gone_and_leaves_its_event(cast: Cast) -> None:
    view = keep_view(cast.actor("owner"), record_type="customer", name="视图")
    client = visitor(cast.owner)
    client.post("/customers/views/opening", {"view": f"v{view.pk}"}, headers=HTMX)
    answer = client.post(f"/customers/views/{view.pk}/removal", headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/customers"
    assert not SavedView.objects.exists()
    assert client.get("/customers").status_code == 200


def test_list_opens_with_the_chosen_view(cast: Cast) -> None:
    owner = cast.actor("owner")
    open_with(owner, record_type="customer", view="due")
    open_with(owner, record_type="customer", view="all")
    html = visitor(cast.owner).get("/customers").content.decode()
    current = html.split('aria-current="page"')
    assert "全部客户" in current[2][:40]


def test_without_the_grant_no_view_is_kept(cast: Cast, unchanged: Unchanged) -> None:
    role = Role.objects.get(pk=MemberRole.objects.get(member=Member.objects.get(sign_in="owner")).role_id)
    assert "views.keep" in role.grants
    with unchanged(), pytest.raises(Forbidden):
        keep_view(cast.actor("nobody"), record_type="customer", name="x")


def test_the_views_menu_leads_to_archive_and_recycle_bin(cast: Cast) -> None:
    client = visitor(cast.owner)
    menu = client.get("/customers/views", headers=HTMX).content.decode()
    assert 'href="/customers?f=1&amp;life=voided"' in menu
    assert 'href="/customers?f=1&amp;life=archived"' in menu
    assert "life=archived" not in client.get("/contacts/views", headers=HTMX).content.decode()
