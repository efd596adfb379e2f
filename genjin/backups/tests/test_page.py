"""The page of backups: who sees it, what it says, what its button does; what a run leaves behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from genjin.backups import changing, jobs
from genjin.backups.actions import JOB, begin_backup, fail_run, finish_run, start_backup
from genjin.backups.changing import forget_old, maker, run_backup
from genjin.backups.models import Reason, Run
from genjin.backups.storage.keys import fingerprint_of
from genjin.backups.storage.manifest import Contents, Manifest
from genjin.backups.storage.places import note_verified
from genjin.backups.storage.trouble import BackupTrouble
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, Refused
from genjin.testing.cast import Cast

PAGE = "/settings/backups"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENJIN_BACKUPS", str(tmp_path))
    return tmp_path


@pytest.fixture
def page(cast: Cast) -> Any:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(cast.administrator.pk)
    session.save()
    return lambda path=PAGE, **sent: client.post(path, sent) if sent else client.get(path)


def a_backup(
    folder: Path, at: datetime, *, wrong: str = "", faults: tuple[str, ...] = (), key: dict[str, str] | None = None
) -> str:
    """What a backup's folder looks like to those who only list it."""
    place = folder / at.astimezone(UTC).strftime("genjin-%Y%m%dT%H%M%SZ")
    place.mkdir()
    contents = Contents({"public.customers_customer": ["1234", "5"]}, {}, [])
    manifest = Manifest(
        at.isoformat(), "daily", "0.1", "18.4", [], contents, 3, 5 << 20, "parts", key or {}, 12.0, list(faults)
    )
    manifest.write(place)
    note_verified(place, manifest, at, 20.0, wrong)
    return place.name


def test_only_who_has_the_grant_sees_it(cast: Cast) -> None:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(cast.manager.pk)
    session.save()
    assert client.get(PAGE).status_code == 403
    with pytest.raises(Forbidden):
        start_backup(cast.actor("manager"))
    assert not Run.objects.exists()


def test_it_says_what_there_is_and_how_old(page: Any, folder: Path) -> None:
    empty = page().content.decode()
    assert "还没有备份" in empty
    a_backup(folder, timezone.now() - timedelta(hours=3), faults=("附件「合同」的文件不见了",))
    (folder / "genjin-20260101T000000Z").mkdir()
    full = page().content.decode()
    assert "备份正常" in full
    assert "已试恢复" in full
    assert "1,234" in full
    assert "附件「合同」的文件不见了" in full
    assert "已损坏" in full  # the folder without a manifest


def test_what_is_late_failed_or_wrong_is_red(page: Any, folder: Path, cast: Cast) -> None:
    a_backup(folder, timezone.now() - timedelta(hours=40), wrong="表 a：应有 2 行，实际 1 行，或内容不同")
    a_backup(folder, timezone.now() - timedelta(hours=41))
    said = page().content.decode()
    assert 'role="alert"' in said
    assert "超过 36 小时没有成功的备份" in said
    assert "应有 2 行" in said
    run = begin_backup(maker(), reason=Reason.DAILY)
    fail_run(maker(), run_id=run.pk, error="磁盘已满")
    assert "上次备份失败" in page().content.decode()
    assert "磁盘已满" in page().content.decode()


def test_the_button_starts_a_job_once(page: Any, cast: Cast) -> None:
    assert page(f"{PAGE}/start", go="1").status_code == 302
    run = Run.objects.get()
    assert (run.reason, run.state) == (Reason.BUTTON, Run.State.WAITING)
    assert ProcrastinateJob.objects.filter(task_name=JOB).count() == 1
    assert Event.objects.filter(action="backups.start", member=cast.administrator).count() == 1
    assert "backup-progress" in page().content.decode()
    assert "every 2s" in page(f"{PAGE}/progress").content.decode()
    with pytest.raises(Refused, match="正在进行"):
        start_backup(cast.actor("administrator"))
    assert Run.objects.count() == 1
    JobProgress.objects.update(state="done", finished_at=timezone.now())
    Run.objects.update(state=Run.State.DONE, ended_at=timezone.now())
    ended = page(f"{PAGE}/progress?at-work=1")
    assert ended.headers["HX-Refresh"] == "true"


def test_a_failure_is_noted_and_told_to_administrators_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_more: Any) -> None:
        raise BackupTrouble("磁盘已满：/b")

    monkeypatch.setattr(changing, "make_backup", refuse)
    with pytest.raises(BackupTrouble):
        run_backup(maker(), reason=Reason.DAILY, tell=lambda _step, _percent: None)
    run = Run.objects.get()
    assert (run.state, run.error) == (Run.State.FAILED, "磁盘已满：/b")
    assert list(Notification.objects.values_list("member_id", flat=True)) == [cast.administrator.pk]
    words = [notice.words for notice in notices(cast.actor("administrator"))[0]]
    assert words == ["备份失败：磁盘已满：/b"]
    assert Event.objects.filter(action="backups.fail").count() == 1


def test_one_that_ends_well_closes_those_that_were_cut_off(cast: Cast) -> None:
    lost = begin_backup(maker(), reason=Reason.COMMAND)
    run = begin_backup(maker(), reason=Reason.DAILY)
    finish_run(maker(), run_id=run.pk, name="genjin-x", size=5, seconds=1.0, verify_seconds=2.0, faults=0)
    lost.refresh_from_db()
    assert lost.state == Run.State.FAILED
    note = Event.objects.get(action="backups.finish").note
    assert (note["name"], note["seconds"]) == ("genjin-x", 3)


def test_old_ones_go_and_damaged_and_strange_ones_stay(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENJIN_SECRET_KEY", "ours")
    ours, theirs = fingerprint_of("ours"), fingerprint_of("another installation's")
    names = [a_backup(folder, timezone.now() - timedelta(days=n, hours=n), key=ours) for n in range(12)]
    strange = a_backup(folder, timezone.now() - timedelta(days=10, hours=1), key=theirs)
    (folder / "genjin-20200101T000000Z").mkdir()
    (folder / "somebody's notes").mkdir()
    gone = forget_old(maker())
    assert gone
    assert set(gone) <= set(names[7:])
    left = {path.name for path in folder.iterdir()}
    assert left >= {*names[:7], strange, "genjin-20200101T000000Z", "somebody's notes"}


def test_the_daily_plan_begins_once_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.plan(maker())
    assert not Run.objects.exists()  # installed just now
    monkeypatch.setattr(jobs, "installed_at", lambda: timezone.now() - timedelta(days=2))
    jobs.plan(maker())
    jobs.plan(maker())
    assert [run.reason for run in Run.objects.all()] == [Reason.DAILY]


def test_a_manifest_that_was_touched_is_no_backup(folder: Path, page: Any) -> None:
    name = a_backup(folder, timezone.now())
    path = folder / name / "manifest.json"
    facts = json.loads(path.read_text())
    facts["files"] += 1
    path.write_text(json.dumps(facts))
    assert f"备份 {name} 已损坏" in page().content.decode()
