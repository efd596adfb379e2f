"""A data folder in use: its PostgreSQL runs, Django is set up on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def bench_data(total: int) -> Iterator[Path]:
    """The folder with so many customers, built when it is not there. One per process: Django is set up once."""
    from genjin.kernel import postgres

    base = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench")
    data = base / f"{total}"
    data.mkdir(parents=True, exist_ok=True)
    os.environ["GENJIN_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "genjin.settings"
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    from bench.building import FAST, build, is_built

    server = postgres.start(data)
    try:
        import django

        django.setup()
        if not is_built(data):
            _close_pool()
            server.stop()
            shutil.rmtree(data)
            data.mkdir(parents=True)
            postgres.start(data).stop()
            (data / "pg" / "postgresql.auto.conf").write_text(FAST)
            server = postgres.start(data)
            print(f"Building {total:,} customers (kept in {data})", flush=True)
            build(data, total)
            _close_pool()
            server.stop()
            (data / "pg" / "postgresql.auto.conf").write_text("")
            server = postgres.start(data)
        read_all(data)
        _ready_assets()
        yield data
        _close_pool()
    finally:
        server.stop()


@contextmanager
def copied_data() -> Iterator[Path]:
    """A copy of the folder with a million customers, var/bench/recycling, made when it is not there: for what is done
    for good (nights, handovers) or needs a company of its own making (pools, schemes)."""
    from genjin.kernel import postgres

    base = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench")
    data = base / "recycling"
    if not data.exists():
        copy_folder(base / "1000000", data)
    os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    server = postgres.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=1, skip_checks=True)
        read_all(data)
        _ready_assets()
        yield data
        _close_pool()
    finally:
        server.stop()


def copy_folder(base: Path, target: Path) -> None:
    """Copy a data folder, whose server must not run, with the owners of its files: PostgreSQL never runs as root."""
    if (base / "pg" / "postmaster.pid").exists():
        raise SystemExit(f"{base} is in use")
    shutil.copytree(base, target, symlinks=True)
    for folder, _folders, files in os.walk(base):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            told = path.lstat()
            os.chown(target / path.relative_to(base), told.st_uid, told.st_gid, follow_symlinks=False)


def _ready_assets() -> None:
    from genjin.surfaces.cli.assets import assets_are_current, make_assets

    if not assets_are_current():
        make_assets()


def read_all(data: Path) -> None:
    """Read the tables once, so that no disk is measured: a server that has run for a day holds them in memory."""
    for path in (data / "pg" / "base").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 22):
                    pass


def _close_pool() -> None:
    from django.db import connection

    connection.close()
    close = getattr(connection, "close_pool", None)
    if close:
        close()
