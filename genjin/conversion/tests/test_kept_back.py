"""Conversion brings nothing to light that a role keeps back, and loses nothing (B2-7, trust flaws 4 and 5)."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from genjin.conversion.actions import convert_lead
from genjin.conversion.models import Conversion
from genjin.customers.models import Contact, Customer
from genjin.kernel.fields import Access
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead
from genjin.testing.cast import Cast, limit
from genjin.ui.tests.visitors import visitor

PERSON = {"company": "苏州晶砺半导体", "contact_name": "陆怀瑾", "mobile": "13800138000", "address": "星湖街 1 号"}


def parts_of(lead: Lead) -> tuple[Customer, Contact]:
    fact = Conversion.objects.get(lead_id=lead.pk)
    return Customer.objects.get(pk=fact.customer_id), Contact.objects.get(pk=fact.contact_id or 0)


@pytest.mark.parametrize("access", [Access.MASKED, Access.HIDDEN])
def test_B2_7_what_is_kept_back_on_both_sides_goes_over_unseen(cast: Cast, access: Access) -> None:
    lead = make_lead(cast.actor("owner"), **PERSON)
    for path in ("lead.mobile", "contact.phone", "customer.phone"):
        limit("salesperson", path, access)
    convert_lead.run(cast.actor("owner"), lead.pk, {})
    customer, contact = parts_of(lead)
    assert (contact.phone, customer.phone, customer.address) == ("13800138000", "13800138000", "星湖街 1 号")
    for address in (f"/customers/{customer.pk}", f"/contacts/{contact.pk}", f"/api/v1/contacts/{contact.pk}"):
        assert "13800138000" not in visitor(cast.owner).get(address).content.decode()


def test_flaw_4_what_is_kept_back_of_a_lead_is_not_shown_by_its_customer(cast: Cast) -> None:
    lead = make_lead(cast.actor("owner"), **PERSON)
    for path in ("lead.mobile", "lead.company", "lead.address"):
        limit("salesperson", path, Access.HIDDEN)
    convert_lead.run(cast.actor("owner"), lead.pk, {})
    customer, contact = parts_of(lead)
    assert (customer.name, customer.phone, customer.address, contact.phone) == (lead.name, "", "", "")
    assert Lead.objects.get(pk=lead.pk).mobile == "13800138000"  # nothing is lost


def test_B2_13_the_day_of_a_conversion_is_the_company_s(cast: Cast) -> None:
    """Converted by somebody who travels, in the first hours of a month: the number of the month opens its row."""
    cast.owner.time_zone = "America/Los_Angeles"
    cast.owner.save()
    with time_machine.travel("2026-12-01 02:00:00+08:00", tick=False):
        lead = make_lead(cast.actor("owner"), **PERSON)
        convert_lead.run(cast.actor("owner"), lead.pk, {})
        assert Lead.objects.get(pk=lead.pk).deal_date == date(2026, 12, 1)
        for member in (cast.owner, cast.manager):
            page = visitor(member).get("/leads/conversions?period=month").content.decode()
            assert "converted_on.from=2026-12-01" in page
            assert "周牧远" in page.partition("<tbody>")[2]
