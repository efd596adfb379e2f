"""Every rule of pools explains itself by an example from the company's own records (B4)."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, make_rule, pooled
from genjin.testing.cast import Cast


def test_b4_pools_and_limits_are_explained_by_ones_own_records(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, recycles=True)
    client = Client()
    client.force_login(cast.administrator)
    url = f"/settings/pools/examples/{pool.pk}"
    assert "现在公海里没有客户" in client.get(url).content.decode()
    make_rule(pool, "no_followup", 30)
    assert "90 天内没有客户会掉入" in client.get(url).content.decode()
    row = make_customer(cast.actor("owner"), name="常州远景风能")
    Customer.objects.filter(pk=row.pk).update(falls_at=timezone.now() + timedelta(days=30))
    fallen = pooled(cast, pool)
    told = client.get(url).content.decode()
    assert "例如「常州远景风能」（周牧远）" in told
    assert f"最近掉入的是「{fallen.name}」" in told
    limit = make_capacity(1, cast.owner.pk)
    limits = f"/settings/capacities/examples/{limit.pk}"
    assert "周牧远现在有 1 个客户" in client.get(limits).content.decode()
    assert client.get("/settings/pools/examples/99999999").status_code == 404
    client.force_login(cast.owner)
    assert client.get(url).status_code == client.get(limits).status_code == 403
