"""B5: what a previous owner still sees is what the company set, on every door, and for so many days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import visible_to
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.ownership.models import Period
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.ownership.tests.test_visibility import sees
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def let(cast: Cast, **changes: str) -> None:
    wanted = {f"ownership.{key}": value for key, value in changes.items()}
    ACTIONS["settings.change"].run(cast.actor("administrator"), None, {"changes": wanted})


def lost(cast: Cast, *, held: float = 30, ago: float = 0) -> Customer:
    """A customer that the owner had for some days and lost to the stranger some days ago."""
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    row = make_customer(owner)
    make_contact(owner, row)
    make_followup(owner, row)
    ACTIONS["customers.transfer"].run(administrator, row.pk, {"owner": str(cast.stranger.pk)})
    at = timezone.now() - timedelta(days=ago)
    Period.objects.filter(until__isnull=False).update(since=at - timedelta(days=held), until=at)
    return row


def test_b5_a_previous_owner_sees_on_every_door_what_the_company_lets_him(cast: Cast, unchanged: Unchanged) -> None:
    row = lost(cast)
    assert not sees(cast.actor("owner"), row), "nothing, unless the company says otherwise"
    let(cast, former_sight="read", former_days="30")
    owner = cast.actor("owner")
    assert sees(owner, row)
    assert visible_to(owner, FollowUp).exists()
    assert not sees(cast.actor("teammate"), row)
    client = Client()
    client.force_login(cast.owner)
    assert client.get(f"/customers/{row.pk}").status_code == 200
    with unchanged(), pytest.raises(Forbidden):
        ACTIONS["customers.edit"].run(owner, row.pk, {"remarks": "x"})
    with unchanged(), pytest.raises(Forbidden):
        ACTIONS["customers.transfer"].run(owner, row.pk, {"owner": str(cast.owner.pk)})
    # so many days; whoever had it for a moment never was its owner; what is in a pool is seen there
    began, ended = timezone.now() - timedelta(days=60), timezone.now() - timedelta(days=30, minutes=1)
    Period.objects.filter(until__isnull=False).update(since=began, until=ended)
    assert not sees(owner, row)
    let(cast, former_days="31")
    assert sees(cast.actor("owner"), row)
    Period.objects.filter(until__isnull=False).update(since=timezone.now() - timedelta(days=31))
    assert not sees(cast.actor("owner"), row)
    again = lost(cast)
    assert sees(cast.actor("owner"), again)
    drop(again, make_pool("华东公海", cast.stranger.pk))
    assert not sees(cast.actor("owner"), again)
    assert not sees(replace(cast.actor("nobody"), member_id=cast.owner.pk), row)


def test_b5_or_only_the_ledger_and_his_own_follow_ups(cast: Cast) -> None:
    row = lost(cast)
    make_followup(cast.actor("stranger"), row)
    let(cast, former_sight="own")
    owner, client = cast.actor("owner"), Client()
    client.force_login(cast.owner)
    assert not sees(owner, row)
    assert [one.author_id for one in visible_to(owner, FollowUp)] == [cast.owner.pk]
    assert client.get(f"/customers/{row.pk}").status_code == 404
    page = client.get("/customers/former").content.decode()
    assert row.name in page
    assert cast.stranger.name in page
    assert f'href="/customers/{row.pk}"' not in page
    told = client.get("/api/v1/customers/former").json()["items"]
    assert [one["id"] for one in told] == [row.pk]
    let(cast, former_sight="nothing")
    assert not visible_to(cast.actor("owner"), FollowUp).exists()
    assert row.name not in client.get("/customers/former").content.decode()
    with pytest.raises(NotFound):
        ACTIONS["customers.edit"].run(cast.actor("owner"), row.pk, {"remarks": "x"})
