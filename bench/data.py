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
