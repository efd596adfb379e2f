"""Versions as an actor knows them: a change of hidden fields only is none, on every door and for the version rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.models import OwnField
from genjin.kernel.refusal import Stale
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.kernel.versions import known_moments, known_version, real_version
from genjin.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _own(key: str) -> None:
    OwnField(id=7_000_000 + len(key), record_type="customer", key=key, kind="text", label=key, section="basic").save(
        force_insert=True
    )
    bump_stamp()


def test_a_change_of_hidden_fields_is_none(cast: Cast) -> None:
    _own("x_secret")
    _own("x_plain")
    owner = replace(cast.actor("owner"), stamp=current_stamp())
    boss = replace(cast.actor("administrator"), stamp=current_stamp())
    hidden = frozenset({("customer.address", Access.HIDDEN), ("customer.x_secret", Access.HIDDEN)})
    reader = replace(owner, rights=hidden)
    row_id = create_customer.run(owner, None, {"name": "甲公司", "address": "一号"}).row_id or 0

    def told(actor: Actor) -> tuple[int, Any]:
        row = Customer.objects.get(pk=row_id)
        return known_version(actor, row), known_moments(actor, CUSTOMER, [row])[row_id]

    before = told(reader)
    for raw in ({"address": "二号"}, {"x_secret": "甲"}, {"address": "三号", "x_secret": "乙"}):
        edit_customer.run(boss, row_id, raw)
        assert told(reader) == before, raw
    assert told(owner)[0] == 4
    assert real_version(reader, CUSTOMER, row_id, 1) == 1
    for raw in ({"x_plain": "丙"}, {"x_plain": "丁", "x_secret": "丙"}, {"short_name": "甲"}):
        edit_customer.run(boss, row_id, raw)
    assert (told(reader)[0], told(owner)[0]) == (4, 7), "no gap tells of them either"
    assert [real_version(reader, CUSTOMER, row_id, told) for told in (1, 2, 3, 4)] == [1, 5, 6, 7]
    assert "updated_at" not in CUSTOMER.seen_by(reader).own_fields
    assert "updated_at" in CUSTOMER.seen_by(owner).own_fields

    edit_customer.run(reader, row_id, {"website": "https://a.example"}, version=2)
    with pytest.raises(Stale) as stale:
        edit_customer.run(reader, row_id, {"short_name": "乙"}, version=2)
    assert stale.value.facts["version"] == 5, "as the reader counts"
    edit_customer.run(reader, row_id, {"short_name": "乙"}, version=5)
    assert Customer.objects.get(pk=row_id).short_name == "乙"
