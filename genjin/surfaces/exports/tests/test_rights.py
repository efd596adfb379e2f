"""Whose rows and fields leave, and who gets the file (trust flaw 5, ASVS V8.3.3, V8.2.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.fields.base import Access
from genjin.kernel.models.events import Event
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.surfaces.exports.actions import fetch_export, start_export
from genjin.surfaces.exports.jobs import sweep
from genjin.surfaces.exports.models import Export
from genjin.surfaces.exports.queries import line_of
from genjin.surfaces.exports.tests.conftest import allow, content, export, table, text_of
from genjin.testing.cast import Cast, limit
from genjin.testing.fingerprints import table_fingerprints

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], JobProgress]


def queued(cast: Cast, part: str = "owner", **asked: Any) -> Export:
    """An export that waits for a worker."""
    actor = cast.actor(part)
    return start_export(actor, **start_export.parse(actor, {"record_type": "customers", **asked}))


def test_flaw5_only_rows_in_sight_and_inside_the_right_to_export_leave(cast: Cast, files: Path) -> None:
    for part in ("owner", "stranger", "manager"):
        customer = make_customer(cast.actor(part), f"CANARY-{part} 公司", phone="13812345678")
        make_contact(cast.actor(part), customer, f"CANARY-{part} 人")
    with pytest.raises(Forbidden):
        export(cast)
    seen = [row[0] for row in table(files, export(cast, "manager"))[1:]]
    assert seen == ["CANARY-manager 公司", "CANARY-owner 公司"]
    allow(cast, "manager", exports_run="self")
    for form in ("xlsx", "csv"):
        rows = table(files, export(cast, "manager", query="life=any", format=form, columns="*"))
        assert [row[0] for row in rows[1:]] == ["CANARY-manager 公司"]
        assert "CANARY-owner" not in str(rows)
    own = export(cast, "manager", "contacts", format="vcf")
    assert b"CANARY-manager" in content(files, own)
    assert b"CANARY-owner" not in content(files, own)
    hidden = make_customer(cast.actor("stranger"), "CANARY-stranger 二")
    with pytest.raises(Refused):
        export(cast, "manager", ids=str(hidden.pk), columns="nothing")
    assert table(files, export(cast, "manager", ids=str(hidden.pk)))[1:] == []


def test_flaw5_masked_fields_leave_masked_without_the_grant_to_see_them_whole(cast: Cast, files: Path) -> None:
    make_customer(cast.actor("manager"), phone="13812345678", email="zhang@example.com")
    masked = table(files, export(cast, "manager", columns="phone,email"))[1]
    assert masked[1:] == ["138****5678", "z***@example.com"]
    allow(cast, "manager", exports_full="")
    assert table(files, export(cast, "manager", columns="phone,email"))[1][1:] == ["13812345678", "zhang@example.com"]


def test_flaw5_columns_are_those_readable_when_the_job_runs(cast: Cast, files: Path, run_jobs: RunJobs) -> None:
    make_customer(cast.actor("manager"), "甲公司", phone="13812345678")
    every, named = queued(cast, "manager", columns="*", format="csv"), queued(cast, "manager", columns="name,phone")
    limit("manager", "customer.phone", Access.HIDDEN)
    failed = run_jobs()
    every.refresh_from_db()
    named.refresh_from_db()
    assert "5678" not in text_of(content(files, every))
    assert "甲公司" in text_of(content(files, every))
    assert (failed.state, named.stored_as) == (JobProgress.State.FAILED, "")
    assert "电话" in failed.error
    assert line_of(cast.actor("manager"), named).state == "failed"
    with pytest.raises(Refused) as hidden:
        queued(cast, "manager", query="phone.contains=138")
    assert hidden.value.code == "bad_filter"


@pytest.mark.parametrize("lost", ["exports_run", "customers_see"])
def test_flaw5_a_right_lost_between_queue_and_run_fails_the_export(cast: Cast, run_jobs: RunJobs, lost: str) -> None:
    make_customer(cast.actor("manager"))
    row = queued(cast, "manager")
    allow(cast, "manager", **{lost: "-"})
    job = run_jobs()
    row.refresh_from_db()
    assert (job.state, row.stored_as, bool(job.error)) == (JobProgress.State.FAILED, "", True)


def test_flaw5_a_member_who_left_gets_nothing_made(cast: Cast, run_jobs: RunJobs) -> None:
    make_customer(cast.actor("manager"))
    row = queued(cast, "manager")
    cast.manager.is_active = False
    cast.manager.save()
    allow(cast, "manager")
    assert run_jobs().state == JobProgress.State.FAILED
    row.refresh_from_db()
    assert row.stored_as == ""


def test_flaw5_the_file_is_for_its_asker_alone_and_expires(cast: Cast, files: Path, client: Client) -> None:
    make_customer(cast.actor("manager"))
    row = export(cast, "manager")
    address = f"/exports/{row.pk}/file"
    for part, status in (("administrator", 404), ("owner", 403), ("manager", 200)):
        client.force_login(getattr(cast, part))
        answer = client.get(address)
        assert answer.status_code == status
        assert "".join(map(str, answer.streaming_content)) if status == 200 else "x"  # type: ignore[attr-defined]  # a file
    fetched = Event.objects.get(action="exports.fetch")
    assert (fetched.member_id, fetched.note["downloaded"]) == (cast.manager.pk, row.name)
    Export.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    before = table_fingerprints()
    assert client.get(address).status_code == 404
    with pytest.raises(NotFound):
        fetch_export(cast.actor("manager"), row.pk)
    assert table_fingerprints() == before
    assert (sweep(), list((files / "exports").iterdir())) == (1, [])


def test_flaw5_a_lost_right_closes_the_link(cast: Cast, client: Client) -> None:
    make_customer(cast.actor("manager"))
    row = export(cast, "manager")
    allow(cast, "manager", exports_run="-")
    client.force_login(cast.manager)
    assert client.get(f"/exports/{row.pk}/file").status_code == 403
