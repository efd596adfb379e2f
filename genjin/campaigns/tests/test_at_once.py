"""Nobody joins a campaign twice, also when two take him in at the same moment (B20, trust S3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from genjin.campaigns.joined import QUEUE, await_turn, members_known
from genjin.campaigns.models import Touch
from genjin.campaigns.tests.factories import make_campaign, touch
from genjin.kernel.actions import ACTIONS
from genjin.kernel.refusal import Refused
from genjin.leads.actions.joining import join_of_lead
from genjin.leads.tests.factories import make_lead
from genjin.testing.cast import Cast


@pytest.fixture
def other(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the same database."""
    facts = connection.settings_dict
    with psycopg.connect(host=facts["HOST"], port=facts["PORT"], user=facts["USER"], dbname=facts["NAME"]) as there:
        yield there


def free(other: psycopg.Connection[Any], campaign_id: int) -> bool:
    row = other.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [QUEUE, campaign_id]).fetchone()
    other.rollback()
    return bool(row and row[0])


def test_B20_who_takes_members_in_takes_turns(cast: Cast, other: psycopg.Connection[Any]) -> None:
    """Whoever joins many knows who is a member only when nobody else can join any more."""
    owner = cast.actor("owner")
    fair, salon = make_campaign(owner), make_campaign(owner, "沙龙")
    lead = make_lead(owner)
    with transaction.atomic(), members_known("lead", [lead.pk], salon.pk):
        assert not free(other, salon.pk)
    ACTIONS["leads.join_campaign"].run_many(owner, [lead.pk], {"campaign": str(fair.pk)})
    with pytest.raises(Refused) as refusal:
        join_of_lead.run(owner, lead.pk, {"campaign": str(fair.pk)})
    assert refusal.value.code == "already_member"
    assert not free(other, fair.pk)  # the transaction of this test is still open
    await_turn(fair.pk)  # and its own turn is still its own


def test_B20_a_member_that_joined_again_meanwhile_is_restored_once(cast: Cast) -> None:
    owner = cast.actor("owner")
    fair, lead = make_campaign(owner), make_lead(owner)
    first = touch(owner, fair, lead)
    ACTIONS["touches.void"].run(owner, first.pk, {})
    touch(owner, fair, lead)
    with pytest.raises(Refused) as refusal:
        ACTIONS["touches.restore"].run(owner, first.pk, {})
    assert refusal.value.code == "already_member"
    assert Touch.objects.filter(lead_id=lead.pk, life=0).count() == 1
