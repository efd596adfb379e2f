"""Contacts from phones: a vCard file becomes contacts of the customers it names."""

from __future__ import annotations

from io import BytesIO

import pytest

from genjin.customers.models import Contact, Customer
from genjin.kernel.fields.times import NO_YEAR
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.tests.engine import brought
from genjin.surfaces.imports.work import check_import, run_import
from genjin.testing.cast import Cast

CARDS = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5;=CE=B0;;;\r\n"
    "TEL;CELL;PREF:138-1234-5678\r\nTEL;WORK:0512-62881234\r\nBDAY:--0523\r\n"
    "ORG;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=BE=A7=ED=C2;=B2=C9=B9=BA=B2=BF\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:李娜\r\nTEL;VALUE=uri;TYPE=cell:tel:+86-139-0000-1111\r\nORG:晶砺\r\n"
    "EMAIL:lina@example.com\r\nTITLE:经理\r\nBDAY:19900203\r\nX-WECHAT:lina_66\r\nEND:VCARD\r\n"
)


@pytest.mark.django_db
def test_cards_become_contacts_of_the_customer_they_name(cast: Cast) -> None:
    actor = cast.actor("owner")
    brought(actor, ["客户名称"], ["晶砺"])
    batch = upload_file(actor, filename="联系人.vcf", content=BytesIO(CARDS.encode()), kind="contacts")
    check_import(actor, batch.pk, waiting=True)
    run_import(actor, batch.pk, waiting=True)
    found = {contact.name: contact for contact in Contact.objects.filter(customer=Customer.objects.get(name="晶砺"))}
    assert set(found) == {"张伟", "李娜"}
    assert found["张伟"].birthday
    assert (found["张伟"].phone, found["张伟"].birthday.isoformat()) == ("13812345678", f"{NO_YEAR}-05-23")
    assert found["张伟"].telephone.replace("-", "").endswith("62881234")
    assert (found["李娜"].email, found["李娜"].wechat, found["李娜"].position) == (
        "lina@example.com",
        "lina_66",
        "经理",
    )
