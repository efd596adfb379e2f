"""A backup is restored into another PostgreSQL: the empty database of DATABASE_URL, and nothing but an empty one."""

from __future__ import annotations

import psycopg
import pytest

from genjin.backups.tests.company import PICTURE
from genjin.backups.tests.drill import COMPANY, finish, genjin, made, start
from genjin.kernel import postgres
from genjin.kernel.postgres.tests.trial import reachable_folder
from genjin.kernel.processes import LINUX

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LINUX, reason="runs servers of its own"),
    pytest.mark.enable_socket,
]


def test_a_backup_comes_back_into_an_empty_database_elsewhere() -> None:
    with reachable_folder() as place:
        finish(start(place / "data", COMPANY, "build"))
        backup = made(genjin(place / "data", "backup", "--to", str(place / "kept"), "--no-verify"))
        key = str(place / "data" / "secret-key")
        (place / "elsewhere").mkdir()
        elsewhere = postgres.start(place / "elsewhere")
        try:
            host = elsewhere.address.host
            with psycopg.connect(host=host, user="genjin", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE crm")
            url = f"postgresql://genjin@/crm?host={host}"
            said = genjin(place / "new", "restore", str(backup), "--key", key, DATABASE_URL=url)
            assert "与备份逐表一致" in said
            with psycopg.connect(host=host, user="genjin", dbname="crm") as connection:
                assert connection.execute("SELECT count(*) FROM customers_customer").fetchone() == (40,)
            stored = [path for path in (place / "new" / "files").rglob("*") if path.is_file()]
            assert [path.read_bytes() for path in stored] == [PICTURE]
            assert not (place / "new" / "pg").exists()
            refused = genjin(place / "again", "restore", str(backup), "--key", key, code=1, DATABASE_URL=url)
            assert "不是空的" in refused
        finally:
            elsewhere.stop()
