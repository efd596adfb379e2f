"""The page of the audit log: what of it one sees, its filters, and paging by key."""

from __future__ import annotations

import re

import pytest

from genjin.customers.actions.customers import create_customer
from genjin.kernel.fields import Values
from genjin.org.actions.roles import create_role
from genjin.org.tests.test_pages import signed_in
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long


def test_the_audit_log_shows_changes_only_of_what_one_may_see(cast: Cast) -> None:
    """Trust flaws 2-4: the log is no way around the data scope."""
    create_customer(cast.actor("owner"), values=Values({"name": "苏州晶砺机密", "phone": "13800135678"}))
    auditor = create_role(
        cast.actor("administrator"), name="审计", scope="self", grants={"audit.see": "", "customers.see": ""}
    )
    cast.nobody.member_roles.create(role=auditor)
    client = signed_in("administrator")
    client.post(f"/settings/members/{cast.nobody.pk}/roles", {"roles": [auditor.pk]})
    everything = client.get("/settings/audit").content.decode()
    assert "苏州晶砺机密" in everything
    assert "13800135678" not in everything
    limited = signed_in("nobody").get("/settings/audit").content.decode()
    assert "新建" in limited
    assert "晶砺" not in limited


def test_the_audit_log_is_filtered_and_paged_by_key(cast: Cast) -> None:
    for number in range(60):
        create_customer(cast.actor("owner"), values=Values({"name": f"客户{number}"}))
    client = signed_in("administrator")
    first = client.get(f"/settings/audit?member={cast.owner.pk}&action=customers.create").content.decode()
    assert first.count("<article") == 50
    more = re.findall(r'href="(/settings/audit\?[^"]*before=\d+)"', first)[0].replace("&amp;", "&")
    assert client.get(more).content.decode().count("<article") == 10
    assert client.get("/settings/audit?type=department").content.decode().count("<article") == 0
    assert client.get("/settings/audit?surface=api").content.decode().count("<article") == 0
    assert client.get("/settings/audit?since=2030-01-01").content.decode().count("<article") == 0
    assert client.get("/settings/audit?since=x&member='&before=1e9&action=%00").status_code == 200
