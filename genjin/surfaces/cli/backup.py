"""`genjin backup`: make one and prove it; list those that are kept; prove one that lies anywhere."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from genjin.backups.storage.checking import verify_backup
from genjin.backups.storage.making import make_backup
from genjin.backups.storage.places import Kept, kept_in
from genjin.kernel.environment import backup_folder, company_zone
from genjin.kernel.words import _
from genjin.surfaces.cli.database import database, embedded_database

Tell = Callable[[str, int], None]


def run(options: argparse.Namespace) -> int:
    """Do what was asked for. Raises DatabaseTrouble (also for a backup that is none)."""
    if options.verb == "verify":
        kept = verify_backup(Path(options.path).absolute(), tell=teller())
        print(_("备份完好：试恢复后逐表一致（%(name)s，%(seconds)s 秒）。") % _facts(kept))
    elif options.verb == "list":
        _list()
    else:
        kept = backup_now(options.to, reason="command", prove=not options.no_verify)
        print(_("备份完成：%(path)s（%(size)s MB，%(made)s 秒）。") % _facts(kept))
        if kept.verified_at:
            print(_("试恢复并逐表比对一致（%(seconds)s 秒）。") % _facts(kept))
        for fault in kept.manifest.faults if kept.manifest else ():
            print(f"      → {fault}", file=sys.stderr)
    return 0


def backup_now(to: str | None, *, reason: str, prove: bool = True) -> Kept:
    """A backup of the database in use, noted among the runs. Raises DatabaseTrouble."""
    if to:
        with embedded_database():
            kept = make_backup(reason, folder=Path(to).absolute(), tell=teller())
            return verify_backup(kept.path, tell=teller()) if prove else kept
    with database():
        from genjin.backups.changing import maker, run_backup  # slow: needs Django
        from genjin.kernel.actor import Surface  # slow: needs Django

        return run_backup(maker(Surface.CLI), reason=reason, tell=teller(), prove=prove)


def teller() -> Tell:
    """Says each step once, on standard error."""
    told: list[str] = []

    def tell(step: str, _percent: int) -> None:
        if step not in told:
            told.append(step)
            print(f"  {step}……", file=sys.stderr, flush=True)

    return tell


def _list() -> None:
    zone = company_zone()
    for kept in kept_in(backup_folder()):
        if kept.manifest is None:
            print(f"{kept.path}\t{_('已损坏')}\t{kept.trouble}")
            continue
        state = kept.wrong or (_("已试恢复") if kept.verified_at else _("未试恢复"))
        at = kept.manifest.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        print(f"{kept.path}\t{at}\t{kept.manifest.size >> 20} MB\t{state}")


def _facts(kept: Kept) -> dict[str, object]:
    made = kept.manifest
    size = round(made.size / (1 << 20), 1) if made else 0
    facts = {"name": kept.name, "path": kept.path, "size": size, "seconds": round(kept.verify_seconds)}
    return {**facts, "made": round(made.seconds, 1) if made else 0}
