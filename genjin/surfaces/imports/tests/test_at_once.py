"""The last choice of a column and the check that Ctrl Enter asks for right after it come at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from genjin.kernel.processes import wait_until
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.tests.test_web import HTMX, client_of, upload
from genjin.surfaces.imports.work import check_import
from genjin.testing.cast import make_cast
from genjin.testing.served import PATIENCE, somebody_waits_for_us

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CHOICE = {"target-1": "customer.short_name"}


def test_a_choice_that_comes_after_the_check_leaves_the_check_as_it_is() -> None:
    cast = make_cast()
    first, second = client_of(cast.owner), client_of(cast.owner)
    address = upload(first, csv_file(["客户名称", "备注2"], ["甲公司", "要双回路"]))
    batch = Import.objects.get()
    answers: list[int] = []

    def choose() -> None:
        sent = CHOICE | {"version": str(batch.version)}
        answers.append(second.post(f"{address}/columns", sent, headers=HTMX).status_code)
        connections.close_all()

    with transaction.atomic():
        Import.objects.select_for_update().get(pk=batch.pk)
        late = threading.Thread(target=choose)
        late.start()
        assert wait_until(somebody_waits_for_us, PATIENCE)
        assert first.post(f"{address}/columns", CHOICE | {"version": str(batch.version)}).status_code == 200
        check_import(cast.actor("owner"), batch.pk, waiting=True)
    late.join()
    batch.refresh_from_db()
    assert (answers, batch.state) == ([200], State.CHECKED)
    assert batch.rules[1]["target"] == "customer.short_name"
