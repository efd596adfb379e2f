"""A whole run: a backup is made, proved, noted; what is no longer needed goes; administrators hear of a failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from genjin.backups.actions import begin_backup, fail_run, finish_run
from genjin.backups.grants import RUN
from genjin.backups.queries import administrators, company_zone, copies, retention
from genjin.backups.rules import superfluous
from genjin.backups.storage.checking import verify_backup
from genjin.backups.storage.disk import remove_tree
from genjin.backups.storage.keys import fits
from genjin.backups.storage.making import make_backup
from genjin.backups.storage.places import Kept, kept_in
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.environment import backup_folder, data_folder, known_secret_key
from genjin.kernel.jobs import JobCancelled
from genjin.kernel.notices import notify
from genjin.kernel.postgres import DatabaseTrouble

logger = logging.getLogger(__name__)
Tell = Callable[[str, int], None]
MADE = 45
"""Hundredths of the whole when the backup is made and its trial begins."""


def run_backup(
    actor: Actor, *, reason: str, run_id: int | None = None, folder: Path | None = None, tell: Tell, prove: bool = True
) -> Kept:
    """Make a backup and prove it. Raises DatabaseTrouble with the reason, after it is noted and told; and what `tell`
    raises."""
    run = begin_backup(actor, reason=reason, run_id=run_id)
    kept: Kept | None = None
    try:
        kept = make_backup(reason, folder=folder, tell=lambda step, percent: tell(step, percent * MADE // 100))
        if prove:
            kept = verify_backup(kept.path, tell=lambda step, percent: tell(step, MADE + percent * (100 - MADE) // 100))
    except (JobCancelled, KeyboardInterrupt):
        fail_run(actor, run_id=run.pk, error=_("已取消"), cancelled=True)
        raise
    except Exception as error:
        words = str(error) if isinstance(error, DatabaseTrouble) else f"{type(error).__name__}: {error}"
        fail_run(actor, run_id=run.pk, error=words, name=kept.name if kept else "")
        tell_administrators(actor, "backup_failed", f"backup.{run.pk}", why=words)
        raise
    assert kept.manifest is not None
    finish_run(
        actor,
        run_id=run.pk,
        name=kept.name,
        size=kept.manifest.size,
        seconds=kept.manifest.seconds,
        verify_seconds=kept.verify_seconds,
        faults=len(kept.manifest.faults),
    )
    if folder is None:
        forget_old(actor)
    return kept


def forget_old(actor: Actor) -> list[str]:
    """Remove the backups that the company's settings no longer keep; their names. Those of another installation that
    uses the same folder are not ours to remove: our key does not fit them."""
    folder, secret = backup_folder(), known_secret_key(data_folder())
    names = superfluous(copies(folder), retention(actor), company_zone())
    ours = [
        kept for kept in kept_in(folder) if kept.name in names and kept.manifest and fits(secret, kept.manifest.key)
    ]
    for kept in ours:
        logger.info("backup %s is no longer kept", kept.name)
        remove_tree(kept.path)
    return sorted(kept.name for kept in ours)


def tell_administrators(actor: Actor, kind: str, once: str, **note: object) -> None:
    """A message to every administrator, once."""
    notify(administrators(actor), kind, None, once=once, note=note)


def maker(surface: Surface = Surface.JOB) -> Actor:
    """Who makes backups: the system."""
    return system(RUN, surface=surface)
