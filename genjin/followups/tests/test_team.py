"""The manager's card of his people: each number opens a list of as many rows (S0-82)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.actions.customers import add_customer_teammate
from genjin.customers.tests.factories import make_customer
from genjin.followups.load.queries import loads
from genjin.followups.models import FirstContact
from genjin.kernel import sealing
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Role
from genjin.plans.tests.factories import make_plan, set_time
from genjin.testing.cast import Cast


def test_S0_82_overdue_and_todays_numbers_open_lists_of_as_many_rows(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = cast.actor("owner")
    noon = datetime.now(owner.zone).replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    owner, customer = cast.actor("owner"), make_customer(cast.actor("owner"), name="甲")
    for hours in (-30, -26, -2, 3, 4, 30):  # three are overdue, one of them since this morning; two are left for today
        set_time(make_plan(owner, customer, content=f"计划{hours}"), due_at=noon + timedelta(hours=hours))
    client = Client()
    client.force_login(cast.manager)
    page = client.get("/today").content.decode()
    found = re.findall(rf'href="(/plans\?[^"]*assignee.in={cast.owner.pk}[^"]*)">(\d+)<', page)
    assert [number for _, number in found] == ["3", "2"]
    for href, number in found:
        rows = client.get(href.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r"<tr[^>]* data-id=", rows)) == int(number), href


def test_S0_82_those_who_wait_for_a_first_contact_open_as_a_list_of_as_many(cast: Cast) -> None:
    owner = cast.actor("owner")
    for name in ("甲", "乙", "丙"):
        make_customer(owner, name=name)
    make_customer(cast.actor("manager"), name="别人的")
    while sealing.seal() + sealing.deliver():
        pass
    FirstContact.objects.filter(customer__name="甲").update(due_at=timezone.now() - timedelta(hours=1))
    client = Client()
    client.force_login(cast.manager)
    page = client.get("/today").content.decode()
    found = re.findall(rf'href="(/customers\?[^"]*first_contact\.(\w+)={cast.owner.pk})">[^\d<]*(\d+)', page)
    assert [(which, number) for _href, which, number in found] == [("running", "3"), ("late", "1")]
    for href, _which, number in found:
        rows = client.get(href.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r"<tr[^>]* data-id=", rows)) == int(number), href


def test_B5_what_one_may_not_see_is_not_counted_either(cast: Cast) -> None:
    """Whose day one may look at says nothing about whose customers one sees."""
    owner = cast.actor("owner")
    customer = make_customer(owner, name="甲")
    set_time(make_plan(owner, customer), due_at=timezone.now() - timedelta(days=2))
    while sealing.seal() + sealing.deliver():
        pass
    (load,), _more = loads(cast.actor("manager"), [cast.owner.pk], 5)
    assert (load.overdue, load.first_contacts) == (1, 1)
    role = Role.objects.get(key="manager")
    narrow = role.grants | dict.fromkeys(("customers.see", "plans.see"), "self")
    Role.objects.filter(pk=role.pk).update(grants=narrow)
    bump_stamp()
    (load,), _more = loads(cast.actor("manager"), [cast.owner.pk], 5)
    assert (load.overdue, load.today, load.first_contacts, load.late, load.cold) == (0, 0, 0, 0, 0)
    add_customer_teammate.run(owner, customer.pk, {"member": str(cast.manager.pk), "role": "ordinary"})
    (load,), _more = loads(cast.actor("manager"), [cast.owner.pk], 5)
    assert (load.overdue, load.first_contacts) == (1, 1)
