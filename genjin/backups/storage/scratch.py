"""A database server that lives as long as a restore: made beside the data, filled as fast as the machine can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genjin.backups.storage.disk import only_one, remove_tree
from genjin.backups.storage.manifest import DATABASE
from genjin.backups.storage.running import Watch, run
from genjin.backups.storage.source import Source, cores
from genjin.backups.storage.trouble import BackupTrouble, disk_troubles
from genjin.kernel import postgres
from genjin.kernel.words import _

# A restored database against its compressed dump, with indexes and the changes written meanwhile.
_GROWS = 16


@contextmanager
def trial_server(data: Path) -> Iterator[Source]:
    """A server in `<data>/scratch`, gone at the end. One at a time. Raises BackupTrouble."""
    place = data / "scratch"
    with disk_troubles(place):
        data.mkdir(parents=True, exist_ok=True)
        with only_one(place, _("另一个备份正在校验，请等它结束。")):
            _empty(place)
            try:
                server = postgres.start_for_restore(place)
                try:
                    yield Source.at(server.address)
                finally:
                    server.stop(patience=10)
            finally:
                _empty(place)


def fill(source: Source, backup: Path, place: Path, watch: Watch = lambda: None) -> None:
    """Bring the database of a backup into an empty database. Raises BackupTrouble."""
    run(
        "pg_restore",
        f"--dbname={source.address}",
        f"--jobs={cores()}",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--no-password",
        backup / DATABASE,
        environment=source.environment,
        place=place,
        watch=watch,
    )


def check_space(place: Path, backup: Path) -> None:
    """Raises BackupTrouble when the restored database would not fit."""
    dumped = sum(path.stat().st_size for path in (backup / DATABASE).iterdir())
    needed = dumped * _GROWS
    present = next(parent for parent in (place, *place.parents) if parent.exists())
    free = shutil.disk_usage(present).free
    if free < needed:
        text = _("%(path)s 所在的磁盘空间不足：恢复约需 %(needed)s MB，只剩 %(free)s MB。请清理磁盘，或换一个目录。")
        raise BackupTrouble(text % {"path": present, "needed": needed >> 20, "free": free >> 20})


def _empty(place: Path) -> None:
    for path in place.iterdir():
        if path.is_dir():
            remove_tree(path)
        elif path.name != "genjin.lock":
            path.unlink(missing_ok=True)
