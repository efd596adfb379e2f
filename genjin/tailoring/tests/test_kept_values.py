"""The values of deleted fields: fetched by who may, written down, gone after a while."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import system
from genjin.kernel.fields import Access
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.events import Event
from genjin.kernel.stamps import bump_stamp
from genjin.tailoring.actions import add_field
from genjin.tailoring.actions.fetching import drop_kept
from genjin.tailoring.grants import WORK
from genjin.tailoring.queries import keeping
from genjin.tailoring.queries.kept import KEPT, expired, kept_values, may_fetch
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

PAGE = "/settings/fields/customers"


@pytest.mark.django_db
def test_the_values_of_a_deleted_field_are_fetched_and_expire(cast: Cast) -> None:
    boss = cast.actor("administrator")
    add_field.run(boss, None, {"record_type": "customer", "kind": "text", "label": "验收单号", "key": "yanshou"})
    row = OwnField.objects.get()
    customer = make_customer(boss, name="甲公司")
    customer.custom = {row.key: "YS-1"}
    customer.save(update_fields=["custom"])
    keeping.write(row)
    client = visitor(cast.administrator)
    assert "已删除字段的值" not in client.get(PAGE).content.decode(), "the field is there"
    OwnField.objects.all().delete()
    bump_stamp()
    assert "验收单号" in client.get(PAGE).content.decode()
    [kept] = kept_values(boss, CUSTOMER)
    answer = client.post(f"{PAGE}/kept/{row.pk}")
    assert "YS-1" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it is a streamed one
    assert Event.objects.latest("id").note == {"downloaded": kept.path.name, "field": "验收单号"}
    assert client.post(f"{PAGE}/kept/999").status_code == 404
    assert client.post(f"/settings/fields/contacts/kept/{row.pk}").status_code == 404, "of another type"
    assert visitor(cast.manager).post(f"{PAGE}/kept/{row.pk}").status_code == 403
    hidden = replace(boss, rights=frozenset({("customer." + row.key, Access.HIDDEN)}))
    own = replace(boss, grants={**boss.grants, "customers.see": cast.actor("owner").grants["customers.see"]})
    assert [may_fetch(actor, kept) for actor in (boss, hidden, own)] == [True, False, False]
    assert expired() == []
    old = kept.path.stat().st_mtime - KEPT.total_seconds() - 60
    os.utime(kept.path, (old, old))
    assert drop_kept(system(WORK)) == 1
    assert kept_values(boss, CUSTOMER) == []
