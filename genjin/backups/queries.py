"""Reads of backups: which there are, what the runs came to, how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from genjin.backups.grants import MANAGE
from genjin.backups.models import Run
from genjin.backups.rules import Copy, Retention, Standing, next_planned, standing
from genjin.backups.settings import AT, DAILY, DAYS, MONTHS, WEEKS
from genjin.backups.storage.archive import archive_in_use, bases_in
from genjin.backups.storage.places import Kept, kept_in
from genjin.kernel.actor import Actor
from genjin.kernel.environment import backup_folder, data_folder
from genjin.kernel.models.jobs import JobProgress
from genjin.org.queries import organisation

SHOWN_FAILURES = 5
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Work:
    """A run at work: how far its job is (None: a command's), and which step it says it does."""

    run: Run
    percent: int | None
    waiting: bool


@dataclass(frozen=True)
class Archive:
    """The archive of changes: the earliest moment to go back to, the last piece kept, and whether it is stuck."""

    folder: Path
    earliest: datetime | None
    last_kept: datetime | None
    stuck: bool


@dataclass(frozen=True)
class Overview:
    """What the page shows."""

    standing: Standing
    folder: Path
    same_disk: bool
    daily: bool
    next_at: datetime | None
    last_good: Kept | None
    kept: list[Kept] = field(default_factory=list)
    failures: list[Run] = field(default_factory=list)
    work: Work | None = None
    archive: Archive | None = None


def overview(actor: Actor) -> Overview:
    """Everything about backups. Raises Forbidden."""
    actor.demand(MANAGE)
    folder, now = backup_folder(), timezone.now()
    kept = kept_in(folder)
    good = next((each for each in kept if each.verified_at), None)
    daily = DAILY.at(actor.stamp)
    return Overview(
        standing=judge(actor, kept, now),
        folder=folder,
        same_disk=_same_disk(folder, data_folder()),
        daily=daily,
        next_at=next_planned(now, backup_time(actor), company_zone()) if daily else None,
        last_good=good,
        kept=kept,
        failures=list(Run.objects.filter(state=Run.State.FAILED).order_by("-began_at")[:SHOWN_FAILURES]),
        work=work(actor),
        archive=archive_facts(),
    )


def judge(actor: Actor, kept: list[Kept], now: datetime) -> Standing:
    """How it stands, from the backups that are there and the last run that ended."""
    good = next((each.manifest.at for each in kept if each.verified_at and each.manifest), None)
    ended = Run.objects.filter(state__in=(Run.State.DONE, Run.State.FAILED))
    last = ended.order_by("-began_at").first()
    failed = last is not None and last.state == Run.State.FAILED
    return standing(now, daily=DAILY.at(actor.stamp), last_good=good, failed=failed, installed=installed_at())


def work(actor: Actor) -> Work | None:
    """The run that is at work or waits for it."""
    actor.demand(MANAGE)
    run = Run.objects.filter(state__in=(Run.State.WAITING, Run.State.RUNNING)).order_by("-began_at").first()
    if run is None:
        return None
    job = JobProgress.objects.filter(pk=run.job_id or 0).first()
    if run.job_id and (job is None or job.finished_at):
        return None  # its worker died with it
    if run.job_id is None and timezone.now() - run.began_at > LONGEST:
        return None  # a command that was killed
    percent = min(99, int(job.done)) if job else None
    return Work(run, percent, run.state == Run.State.WAITING)


def archive_facts() -> Archive | None:
    """The archive of changes; None when it is off."""
    folder = archive_in_use()
    if folder is None:
        return None
    bases = bases_in(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_archived_time, last_failed_time FROM pg_stat_archiver")
        kept, failed = cursor.fetchone() or (None, None)
    stuck = failed is not None and (kept is None or failed > kept)
    return Archive(folder, bases[-1].finished_at if bases else None, kept, stuck)


def backup_time(actor: Actor) -> time:
    """The time of day of the daily backup."""
    return time.fromisoformat(AT.at(actor.stamp) or "02:30")


def company_zone() -> ZoneInfo:
    """The zone in which days are counted."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def installed_at() -> datetime:
    """When this installation was made: its first migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(applied), now()) FROM django_migrations")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def last_began() -> datetime | None:
    """When the last run began that was no command's into some other folder."""
    return Run.objects.order_by("-began_at").values_list("began_at", flat=True).first()


def copies(folder: Path) -> list[Copy]:
    """The whole backups of a folder as retention sees them; what is damaged is left for a person to look at."""
    return [
        Copy(each.name, each.manifest.at, each.verified_at is not None, each.manifest.reason)
        for each in kept_in(folder)
        if each.manifest is not None
    ]


def retention(actor: Actor) -> Retention:
    """How many are kept."""
    return Retention(DAYS.at(actor.stamp), WEEKS.at(actor.stamp), MONTHS.at(actor.stamp))


def administrators(actor: Actor) -> list[int]:
    """Ids of active administrators."""
    return [person.id for person in organisation(actor).people.values() if person.active and person.administrator]


def _same_disk(folder: Path, data: Path) -> bool:
    """Would one broken disk take both?"""
    try:
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        return there.stat().st_dev == data.stat().st_dev
    except OSError:
        return False
