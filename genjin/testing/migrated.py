"""A cluster whose database has all migrations, kept in var/ from one test run to the next: each run copies it, each of
its processes copies the database. Made anew when a migration or a package changes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from genjin.kernel.postgres import start_throwaway

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "var" / "migrated"
DECIDES = ("genjin/*/apps.py", "genjin/*/migrations/*.py", "genjin/kernel/codes_store.py", "uv.lock")


def migrated_cluster() -> Path:
    """The folder of a stopped cluster; the database in it is `genjin`. Raises CalledProcessError when a migration
    fails."""
    kept = KEPT / _state()
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time():
            if not kept.exists():
                _make_whole(kept)
                _remove_old()
    return kept


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Runs that begin together wait for the first of them."""
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_whole(kept: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(dir=KEPT))
    try:
        _make(unfinished / "pg")
        (unfinished / "pg").rename(kept)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _remove_old() -> None:
    """Those of other states and of broken runs, unless a run of today may still be copying them."""
    for folder in KEPT.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - 24 * 3600:
            shutil.rmtree(folder, ignore_errors=True)


def _state() -> str:
    """Changes with whatever decides about the tables."""
    digest = hashlib.sha256(sys.version.encode())
    for pattern in DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _make(target: Path) -> None:
    with start_throwaway() as server:
        home = server.folder / "home"
        home.mkdir()
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"],
            cwd=ROOT,
            env=os.environ | {"GENJIN_DATA": str(home), "GENJIN_SOCKET": server.address.host},
            check=True,
        )
        server.stop()
        shutil.copytree(server.folder / "pg", target, ignore=shutil.ignore_patterns("postmaster.*"))
