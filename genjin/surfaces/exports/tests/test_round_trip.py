"""What was exported and is imported again, overwriting, changes nothing (trust flaw 9, issue 4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.models.events import Event
from genjin.surfaces.exports.command import Wanted, export_file
from genjin.surfaces.exports.tests.conftest import allow
from genjin.surfaces.exports.tests.test_files import RAW
from genjin.surfaces.imports.command import Wish, import_file
from genjin.surfaces.imports.models import Decision
from genjin.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_flaw9_exported_and_imported_again_nothing_changes(cast: Cast, tmp_path: Path, ending: str) -> None:
    allow(cast, "manager", exports_full="")
    actor = cast.actor("manager")
    raw = {key: value for key, value in RAW.items() if key != "credit_code"}
    customer = make_customer(actor, **raw)
    make_customer(actor, "'-1 公司", parent=str(customer.pk), phone="0512-66668888")
    make_contact(actor, customer, "陆怀瑾", phone="13912345678", birthday="1988-02-29", remarks="=备注", primary="1")
    before = list(Customer.objects.order_by("id").values()), list(Contact.objects.order_by("id").values())
    for plural in ("customers", "contacts"):
        file = tmp_path / f"{plural}.{ending}"
        rows = export_file(Wanted(plural, file, "manager", columns="*"))
        report = import_file(file, "manager", Wish(kind=plural, duplicates=Decision.OVERWRITE))
        assert (report.duplicates, report.customers, report.changed, report.rejected) == (rows, 0, 0, [])
    after = list(Customer.objects.order_by("id").values()), list(Contact.objects.order_by("id").values())
    assert after == before
    assert not Event.objects.filter(surface="import", action__in=["customers.edit", "contacts.edit"]).exists()
