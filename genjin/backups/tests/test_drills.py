"""The drills: a company that is being used is backed up, lost, and brought back; what must be refused is refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from genjin.backups.storage.manifest import Manifest
from genjin.backups.tests.company import PICTURE
from genjin.backups.tests.drill import AS_ROOT, CLI, COMPANY, Browser, ask, copied, finish, flip, genjin, made, start
from genjin.kernel import postgres
from genjin.kernel.postgres import Address
from genjin.kernel.postgres.tests.trial import reachable_folder
from genjin.kernel.processes import LINUX, wait_until
from genjin.surfaces.cli.network import answers
from genjin.testing.served import PATIENCE, Serving, free_port

pytestmark = [
    pytest.mark.slow(about=80),
    pytest.mark.skipif(not LINUX, reason="kills processes and mounts a disk"),
    pytest.mark.enable_socket,
]
WRITTEN = "SELECT count(*) FROM customers_customer WHERE id = ANY (ARRAY[{}]::bigint[])"


@dataclass(frozen=True)
class Lived:
    """A company that was backed up while it was used: its folder, the backup, ids acknowledged before the backup and
    before the chosen moment, the archive of changes, that moment; a mishap followed."""

    data: Path
    backup: Path
    before: list[int]
    archive: Path
    moment: datetime
    until: list[int]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Everything of the drills."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def lived(place: Path) -> Lived:
    """Build it, write into it, back it up meanwhile; then a moment, and somebody overwrites every name."""
    data, archive = place / "data", place / "archive"
    on = {"GENJIN_WAL_ARCHIVE": str(archive)}
    finish(start(data, COMPANY, "build", **on))
    with postgres.Claim.take(data):
        server = _start_with(data, archive)
        try:
            finish(start(data, COMPANY, "base", **on))
            writing = start(data, COMPANY, "write")
            before = [_next_id(writing) for _n in range(3)]
            said = genjin(data, "backup", "--to", str(place / "kept"), "--no-verify")
            writing.send_signal(signal.SIGTERM)
            until = [*before, *map(int, finish(writing).split())]
            moment = datetime.now(UTC)
            with psycopg.connect(host=Address.of(data).host, user="genjin", dbname="genjin") as mishap:
                mishap.execute("UPDATE customers_customer SET name = 'MISHAP'")
            _archive_all(data, archive)
        finally:
            server.stop()
    return Lived(data, made(said), before, archive, moment, until)


@pytest.fixture(scope="module")
def restored(place: Path, lived: Lived) -> Path:
    """The backup, brought back into an empty folder with the key."""
    data = place / "back"
    said = genjin(data, "restore", str(lived.backup), "--key", str(lived.data / "secret-key"))
    assert "逐表一致" in said
    return data


def _start_with(data: Path, archive: Path) -> postgres.Server:
    data.mkdir(exist_ok=True)
    os.environ |= {"GENJIN_WAL_ARCHIVE": str(archive), "GENJIN_LANGUAGE": "zh"}
    try:
        return postgres.start(data, create_account=False)
    finally:
        del os.environ["GENJIN_WAL_ARCHIVE"], os.environ["GENJIN_LANGUAGE"]


def _next_id(writing: subprocess.Popen[str]) -> int:
    assert writing.stdout is not None
    return int(writing.stdout.readline())


def _archive_all(data: Path, archive: Path) -> None:
    """As if a minute had passed: the server gives the piece of the log at hand to the archive."""
    with psycopg.connect(host=Address.of(data).host, user="postgres", dbname="postgres", autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    assert wait_until((archive / "wal" / f"{row[0]}.gz").exists, PATIENCE)


def test_a_backup_under_load_holds_every_write_acknowledged_before_it(lived: Lived, restored: Path) -> None:
    with postgres.Claim.take(restored):
        server = postgres.start(restored, create_account=False)
        try:
            ids = ",".join(map(str, lived.before))
            assert ask(restored, WRITTEN.format(ids)) == [(len(lived.before),)]
            manifest = Manifest.read(lived.backup)
            rows = ask(restored, "SELECT count(*)::text FROM customers_customer")
            assert rows[0][0] == manifest.contents.tables["public.customers_customer"][0]
            assert int(rows[0][0]) >= 40 + len(lived.before)
        finally:
            server.stop()


def test_what_came_back_works_as_before(lived: Lived, restored: Path) -> None:
    """Sign in, search, the attachment's bytes, a job: the next backup, from the page's button."""
    serving = Serving(restored, free_port())
    try:
        assert wait_until(lambda: answers(serving.port, "/-/ready"), PATIENCE)
        owner = Browser(serving.port)
        owner.sign_in("owner")
        assert "澄湖智造7号客户" in owner.get("/palette?q=澄湖智造7号&from=/")
        file_id = ask(restored, "SELECT id FROM kernel_file")[0][0]
        assert hashlib.sha256(owner.fetch(f"/files/{file_id}")).digest() == hashlib.sha256(PICTURE).digest()
        administrator = Browser(serving.port)
        administrator.sign_in("administrator")
        administrator.post("/settings/backups", "/settings/backups/start")
        ended = "SELECT state, verified, error FROM backups_run WHERE state <> 'waiting' AND state <> 'running'"
        assert wait_until(lambda: ask(restored, ended) != [], PATIENCE)
        assert ask(restored, ended) == [("done", True, "")]
        assert "已试恢复" in administrator.get("/settings/backups")
    finally:
        assert serving.stop() == 0
    assert list((restored / "scratch").iterdir()) == [restored / "scratch" / "genjin.lock"]


def test_a_restore_never_overwrites(lived: Lived, restored: Path) -> None:
    said = genjin(restored, "restore", str(lived.backup), "--key", str(lived.data / "secret-key"), code=1)
    assert "不是空的" in said
    assert "mv " in said
    assert (restored / "pg" / "PG_VERSION").exists()


def test_a_missing_or_wrong_key_is_told_before_anything_is_written(place: Path, lived: Lived) -> None:
    empty = place / "no-key"
    assert "缺少密钥" in genjin(empty, "restore", str(lived.backup), code=1)
    wrong = place / "wrong-key"
    wrong.write_text("somebody else's")
    assert "密钥不对" in genjin(empty, "restore", str(lived.backup), "--key", str(wrong), code=1)
    assert [path.name for path in empty.iterdir()] == ["genjin.lock"]
    texts = [path.read_bytes() for path in lived.backup.rglob("*") if path.is_file()]
    key = (lived.data / "secret-key").read_bytes()
    assert not [text for text in texts if key in text]


@pytest.mark.parametrize("part", ["database/toc.dat", "manifest.json", "SHA256SUMS", "a table", "an attachment"])
def test_one_damaged_byte_is_refused_with_its_place(place: Path, tmp_path: Path, lived: Lived, part: str) -> None:
    backup = copied(lived.backup, tmp_path)
    tables = sorted((backup / "database").glob("*.dat.gz"), key=lambda path: path.stat().st_size)
    special = {"a table": tables[-1], "an attachment": next(p for p in (backup / "files").rglob("*") if p.is_file())}
    damaged = special.get(part, backup / part)
    flip(damaged)
    said = genjin(place / "damaged", "restore", str(backup), code=1)
    assert "已损坏" in said
    assert damaged.name in said


def test_a_copied_data_folder_is_no_backup(place: Path, lived: Lived) -> None:
    assert "不是备份" in genjin(place / "copied", "restore", str(lived.data), code=1)
    assert "不是备份" in genjin(place / "copied", "backup", "verify", str(lived.data / "pg"), code=1)


def test_a_full_disk_leaves_no_half_backup_and_the_old_one_whole(place: Path, lived: Lived) -> None:
    disk = place / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if not AS_ROOT or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk, and not in every container")
    try:
        old = copied(lived.backup, disk)
        (disk / "filler").write_bytes(bytes(_room(disk) - (128 << 10)))
        before = sorted(path.name for path in disk.iterdir())
        said = genjin(lived.data, "backup", "--to", str(disk), "--no-verify", code=1)
        assert "磁盘已满" in said
        assert sorted(path.name for path in disk.iterdir() if path.name != "genjin.lock") == before
        assert hashlib.sha256((old / "manifest.json").read_bytes()).digest() == _digest(lived.backup / "manifest.json")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def _room(disk: Path) -> int:
    facts = os.statvfs(disk)
    return facts.f_bavail * facts.f_frsize


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def test_back_to_a_moment(place: Path, lived: Lived) -> None:
    data = place / "moment"
    key = ["--key", str(lived.data / "secret-key")]
    early = genjin(data, "restore", str(lived.archive), "--until", "2020-01-01 10:00", *key, code=1)
    assert "最早只能恢复到" in early
    late = genjin(data, "restore", str(lived.archive), "--until", "2090-01-01 10:00", *key, code=1)
    assert "--until latest" in late
    damaged = place / "damaged-archive"
    shutil.copytree(lived.archive, damaged)
    flip(max(damaged.glob("bases/*/base.tar.gz")))  # a later one may have been made meanwhile
    assert "已损坏" in genjin(data, "restore", str(damaged), "--until", "latest", *key, code=1)
    genjin(data, "restore", str(lived.archive), "--until", lived.moment.isoformat(), *key)
    with postgres.Claim.take(data):
        server = postgres.start(data, create_account=False)
        try:
            assert ask(data, WRITTEN.format(",".join(map(str, lived.until)))) == [(len(lived.until),)]
            assert ask(data, "SELECT count(*) FROM customers_customer WHERE name = 'MISHAP'") == [(0,)]
        finally:
            server.stop()
    with pytest.raises(postgres.DatabaseTrouble, match="另一个数据库"):
        _start_with(place / "another", lived.archive)
    assert [path.read_bytes() for path in (data / "files").rglob("*") if path.is_file()] == [PICTURE]


def test_an_upgrade_that_was_killed_goes_on_with_the_backup_it_took(lived: Lived) -> None:
    """Somebody holds the list of migrations: the upgrade waits in the midst of one, and is killed there."""
    data = lived.data
    with postgres.Claim.take(data):
        server = postgres.start(data, create_account=False)
        try:
            _make_older(data)
            customers = ask(data, "SELECT count(*), sum(hashtextextended(c::text, 0)) FROM customers_customer c")
            with psycopg.connect(host=Address.of(data).host, user="genjin", dbname="genjin") as connection:
                connection.execute("LOCK TABLE django_migrations IN SHARE MODE")
                first = start(data, CLI, "upgrade")
                waits = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'INSERT INTO \"django_migrations\"%'"
                assert wait_until(lambda: ask(data, waits) != [], PATIENCE)
                first.send_signal(signal.SIGKILL)
                first.communicate()
            told = genjin(data, "upgrade", "--status", code=1)
            assert "没有完成" in told
            assert wait_until(lambda: ask(data, waits) == [], PATIENCE)
            assert ask(data, "SELECT to_regclass('backups_run') IS NULL") == [(True,)]
            genjin(data, "upgrade")
            assert "已完成" in genjin(data, "upgrade", "--status")
            assert len(list((data / "backups").glob("genjin-*"))) == 1
            assert ask(data, "SELECT count(*) FROM backups_run") == [(0,)]
            again = ask(data, "SELECT count(*), sum(hashtextextended(c::text, 0)) FROM customers_customer c")
            assert again == customers
        finally:
            server.stop()


def _make_older(data: Path) -> None:
    """The database as it was before there were backups."""
    with psycopg.connect(host=Address.of(data).host, user="genjin", dbname="genjin") as connection:
        connection.execute("DROP TABLE backups_run")
        connection.execute("DELETE FROM django_migrations WHERE app = 'backups'")
