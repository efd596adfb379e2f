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
        from django.core.management import call_command
        from django.db import connections

        if not is_built(data):
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
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        yield data
    finally:
        connections["default"].close()
        _close_pool()
        server.stop()


def _close_pool() -> None:
    from django.db import connection

    connection.close()
    close = getattr(connection, "close_pool", None)
    if close:
        close()
