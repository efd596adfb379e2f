"""`genjin restore`: a backup, or an archive until a moment, into an empty data folder. Loads no Django."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genjin.backups.storage.restoring import Key, restore
from genjin.backups.storage.until import read_moment, restore_until
from genjin.kernel.environment import company_zone, data_folder
from genjin.kernel.words import _


def run(options: argparse.Namespace) -> int:
    """Restore and say what came back. Raises DatabaseTrouble with what is wrong and how to mend it."""
    key = Key(Path(options.key) if options.key else None, new=options.new_key)
    source = Path(options.path).absolute()
    if options.until:
        return _until(source, options.until, key)
    restored = restore(source, key=key, tell=_tell)
    made = restored.manifest
    facts = {
        "at": made.at.astimezone(company_zone()).strftime("%Y-%m-%d %H:%M:%S"),
        "rows": f"{made.contents.rows():,}",
        "files": made.files,
        "seconds": round(restored.seconds),
    }
    print(_("已恢复到 %(at)s：%(rows)s 行、%(files)s 个附件，与备份逐表一致（%(seconds)s 秒）。") % facts)
    _tell_faults(made.faults)
    _tell_next()
    return 0


def _until(archive: Path, text: str, key: Key) -> int:
    reached = restore_until(archive, read_moment(text), key=key, tell=_tell)
    at = reached.at.astimezone(company_zone()).strftime("%Y-%m-%d %H:%M:%S") if reached.at else "—"
    print(_("已恢复，最后一笔变更在 %(at)s（%(seconds)s 秒）。") % {"at": at, "seconds": round(reached.seconds)})
    _tell_faults(reached.faults)
    _tell_next()
    return 0


def _tell(step: str) -> None:
    print(f"  {step}", file=sys.stderr, flush=True)


def _tell_faults(faults: list[str]) -> None:
    for fault in faults:
        print(f"      → {fault}", file=sys.stderr)


def _tell_next() -> None:
    print(_("数据目录 %s 可以使用了：运行 genjin serve。") % data_folder())
