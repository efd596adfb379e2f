"""The embedded server: first start, second start, stop, and who may connect."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from genjin.kernel import postgres
from genjin.kernel.postgres import account as accounts
from genjin.kernel.postgres.account import Account, check_reach
from genjin.kernel.postgres.cluster import programs
from genjin.kernel.postgres.tests.trial import ask, reachable_folder

pytestmark = pytest.mark.long
AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def running() -> Iterator[postgres.Server]:
    """One server for the tests that only look."""
    with reachable_folder() as folder:
        server = postgres.start(folder, create_account=False)
        yield server
        server.stop()


def test_first_start_makes_a_cluster_with_checksums_and_utf8(running: postgres.Server) -> None:
    assert ask(running, "SHOW data_checksums") == "on"
    assert ask(running, "SHOW server_encoding") == "UTF8"
    assert str(ask(running, "SHOW server_version")).startswith("18")
    assert ask(running, "SHOW fsync") == "on"


def test_application_role_is_no_superuser_and_owns_its_database(running: postgres.Server) -> None:
    assert ask(running, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(running, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'genjin'") == "genjin"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "SELECT pg_read_file('/etc/passwd')")


def test_what_was_committed_is_there_after_a_second_start(data: Path) -> None:
    first = postgres.start(data, create_account=False)
    with psycopg.connect(host=first.address.host, user="genjin", dbname="genjin") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    assert not first.is_alive()
    second = postgres.start(data, create_account=False)
    try:
        assert ask(second, "SELECT answer FROM kept") == 42
    finally:
        second.stop()


def test_stopping_twice_does_no_harm(data: Path) -> None:
    server = postgres.start(data, create_account=False)
    server.stop()
    server.stop()
    assert not (data / "pg" / "postmaster.pid").exists()


def test_an_unfinished_cluster_is_made_anew(data: Path) -> None:
    (data / "pg.new").mkdir()
    (data / "pg.new" / "PG_VERSION").write_text("18\n")
    server = postgres.start(data, create_account=False)
    server.stop()
    assert not (data / "pg.new").exists()


def test_nothing_listens_on_the_network(running: postgres.Server) -> None:
    assert ask(running, "SHOW listen_addresses") == ""
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=5432, user="genjin", dbname="genjin", connect_timeout=2)


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_another_user_of_the_machine_is_not_let_in(running: postgres.Server) -> None:
    stranger = pwd.getpwnam("daemon")
    folder = Path(running.address.host)
    folder.chmod(0o711)
    (folder / ".s.PGSQL.5432").chmod(0o777)
    psql = [str(programs() / "psql"), "-h", str(folder), "-U", "genjin", "-c", "SELECT 1", "genjin"]
    # As ourselves first, so that the refusal below is the stranger's and not the command's.
    assert subprocess.run(psql, check=False, capture_output=True, cwd="/").returncode == 0
    refused = subprocess.run(
        psql, check=False, capture_output=True, cwd="/", user=stranger.pw_uid, group=stranger.pw_gid, extra_groups=[]
    )
    assert refused.returncode != 0
    assert b"Peer authentication failed" in refused.stderr


@pytest.mark.skipif(not AS_ROOT, reason="only root starts it as somebody else")
def test_as_root_it_runs_as_a_system_user(running: postgres.Server) -> None:
    owner = Path(f"/proc/{running.process.pid}").stat().st_uid
    assert owner == (running.folder / "pg").stat().st_uid
    assert owner != 0


@pytest.mark.skipif(not AS_ROOT, reason="only root can become an ordinary user")
def test_an_ordinary_user_starts_it_as_himself(data: Path) -> None:
    person = pwd.getpwnam("nobody")
    os.chown(data, person.pw_uid, person.pw_gid)
    pid = os.fork()
    if pid == 0:
        answer: object = None
        try:
            os.setgroups([])
            os.setgid(person.pw_gid)
            os.setuid(person.pw_uid)
            server = postgres.start(data)
            answer = ask(server, "SELECT current_user")
            server.stop()
        finally:
            os._exit(0 if answer == "genjin" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (data / "pg").stat().st_uid == person.pw_uid


@pytest.mark.skipif(not AS_ROOT, reason="only root has this trouble")
def test_a_place_that_the_system_user_cannot_reach_is_told_in_one_sentence(data: Path) -> None:
    hidden = data / "home"
    hidden.mkdir(mode=0o700)
    with pytest.raises(postgres.DatabaseTrouble, match="GENJIN_DATA=/var/lib/genjin"):
        postgres.start(hidden, create_account=False)
    assert not (hidden / "pg").exists()


def test_reach_is_not_asked_for_ourselves(data: Path) -> None:
    ourselves = Account("me", os.geteuid(), os.getegid(), other=False)
    check_reach(ourselves, data)


def test_the_owner_of_a_cluster_stays_the_one_who_runs_it(data: Path) -> None:
    cluster = data / "pg"
    cluster.mkdir()
    if AS_ROOT:
        os.chown(cluster, pwd.getpwnam("daemon").pw_uid, -1)
        assert accounts.choose_account(cluster, create=False).name == "daemon"
    else:
        assert accounts.choose_account(cluster, create=False).uid == os.geteuid()


def test_a_long_path_gets_a_short_socket_folder(data: Path) -> None:
    deep = data / ("很深的目录" * 5) / ("x" * 60)
    deep.mkdir(parents=True)
    server = postgres.start(deep, create_account=False)
    try:
        assert postgres.Address.of(deep).host != str(deep / "run")
        assert ask(server, "SELECT 1") == 1
        short = Path(server.address.host)
        assert short.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
    assert not short.exists()
    assert postgres.Address.of(deep).host == str(deep / "run")
