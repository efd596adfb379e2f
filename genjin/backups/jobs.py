"""The work of backups: the job that makes one, the daily plan, the archive of changes, the word when it is late."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.backups.actions import JOB, plan_backup
from genjin.backups.changing import run_backup, tell_administrators
from genjin.backups.grants import RUN
from genjin.backups.models import Reason, Run
from genjin.backups.queries import backup_time, company_zone, installed_at, judge, last_began
from genjin.backups.rules import Standing, is_due
from genjin.backups.settings import DAILY
from genjin.backups.storage.archive import archive_in_use, base_is_due, keep_new_files, take_base
from genjin.backups.storage.places import kept_in
from genjin.kernel.actor import Actor
from genjin.kernel.environment import backup_folder
from genjin.kernel.jobs import job, periodic, progress
from genjin.kernel.notices import declare_notice
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.refusal import Refused

_LABEL = gettext_lazy("备份故障")
_SECONDS = 2.0

declare_notice(
    "backup_failed",
    gettext_lazy("备份失败：%(why)s"),
    "alert-triangle",
    label=_LABEL,
    facts=lambda _reader, note: {"why": str(note.get("why", ""))},
)
declare_notice(
    "backup_late",
    gettext_lazy("超过 36 小时没有成功的备份，请到设置 → 备份查看原因"),
    "alert-triangle",
    label=_LABEL,
)


@job(JOB, title=gettext_lazy("备份"), grants=(RUN,), attempts=2)
def take_backup(actor: Actor, job_id: int, *, run_id: int) -> dict[str, object]:
    """Make the backup that was asked for, and prove it. Killed half-way it begins anew: half a backup is nowhere."""
    known = Run.objects.filter(pk=run_id).first()
    try:
        kept = run_backup(
            actor,
            reason=known.reason if known else Reason.DAILY,
            run_id=run_id,
            tell=_teller(job_id),
        )
    except DatabaseTrouble as trouble:
        raise Refused("backup", str(trouble)) from trouble
    return {"name": kept.name}


def _teller(job_id: int) -> Callable[[str, int], None]:
    """Notes how far the job is, and hears of a wish to stop it, every two seconds."""
    noted = [0.0]

    def tell(_step: str, percent: int) -> None:
        if monotonic() - noted[0] >= _SECONDS:
            progress(job_id, percent, 100)
            noted[0] = monotonic()

    return tell


@periodic("* * * * *", "backups.plan", grants=(RUN,))
def plan(actor: Actor) -> None:
    """Begin the daily backup when its time has come, also hours later when nothing ran at that time."""
    now = timezone.now()
    if not DAILY.at(actor.stamp):
        return
    began = [installed_at(), *filter(None, [last_began()])]
    if is_due(now, backup_time(actor), company_zone(), began):
        plan_backup(actor)


@periodic("11 * * * *", "backups.watch")
def watch(actor: Actor) -> None:
    """Say so when no backup has succeeded for too long, once a day."""
    now = timezone.now()
    if judge(actor, kept_in(backup_folder()), now) in (Standing.LATE, Standing.MISSING):
        day = now.astimezone(company_zone()).date()
        tell_administrators(actor, "backup_late", f"backup.late.{day}")


@periodic("* * * * *", "backups.follow")
def follow(actor: Actor) -> None:
    """With an archive of changes: new stored files go there too, and once a week the whole server."""
    archive = archive_in_use()
    if archive is None:
        return
    now = timezone.now()
    try:
        keep_new_files(archive)
        if base_is_due(archive, now):
            take_base(archive)
    except (DatabaseTrouble, OSError) as trouble:
        tell_administrators(actor, "backup_failed", f"archive.{now.date()}", why=str(trouble))
