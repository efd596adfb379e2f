"""What killed processes leave behind, and that the next start copes with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from genjin.kernel import postgres
from genjin.kernel.postgres.leftovers import parts_of, written_pid
from genjin.kernel.postgres.tests.trial import ask
from genjin.kernel.processes import LINUX, wait_until
from genjin.testing.served import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
def started(data: Path) -> Iterator[list[postgres.Server]]:
    """Servers started by the test; all are stopped at the end."""
    servers: list[postgres.Server] = []
    yield servers
    for server in servers:
        server.stop(patience=5)


def start(data: Path, started: list[postgres.Server]) -> postgres.Server:
    server = postgres.start(data, create_account=False)
    started.append(server)
    return server


def owner(data: Path) -> int:
    return (data / "pg").stat().st_uid


def test_after_kill_9_of_the_server_nothing_acknowledged_is_lost(data: Path, started: list[postgres.Server]) -> None:
    first = start(data, started)
    with psycopg.connect(host=first.address.host, user="genjin", dbname="genjin") as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    os.kill(first.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not first.is_alive(), PATIENCE)
    second = start(data, started)
    assert ask(second, "SELECT count(*) FROM kept") == 1000


def test_a_killed_server_that_nobody_has_reaped_does_not_block(data: Path, started: list[postgres.Server]) -> None:
    first = start(data, started)
    os.kill(first.process.pid, signal.SIGKILL)  # it stays a zombie: we do not poll
    assert ask(start(data, started), "SELECT 1") == 1


def test_a_busy_child_of_a_killed_server_is_ended_before_the_next_start(
    data: Path, started: list[postgres.Server]
) -> None:
    first = start(data, started)
    busy = threading.Thread(target=_count_for_long, args=(first.address.host,), daemon=True)
    busy.start()
    assert wait_until(
        lambda: ask(first, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate%'") == 2, PATIENCE
    )
    children = set(parts_of(data / "pg", owner(data))) - {first.process.pid}
    os.kill(first.process.pid, signal.SIGKILL)
    second = start(data, started)
    assert not children & set(parts_of(data / "pg", owner(data)))
    assert ask(second, "SELECT 1") == 1


def _count_for_long(host: str) -> None:
    try:
        with psycopg.connect(host=host, user="genjin", dbname="genjin") as connection:
            connection.execute("SELECT count(*) FROM generate_series(1, 2000000000)")
    except psycopg.Error:
        pass


@pytest.mark.parametrize("content", ["", "not a number\n", "999999\n/nowhere\n"])
def test_a_broken_or_dead_lock_file_does_not_block(data: Path, started: list[postgres.Server], content: str) -> None:
    start(data, started).stop()
    (data / "pg" / "postmaster.pid").write_text(content)
    assert ask(start(data, started), "SELECT 1") == 1


def test_a_lock_file_with_the_number_of_another_process_does_not_block(
    data: Path, started: list[postgres.Server]
) -> None:
    start(data, started).stop()
    uid = owner(data)
    stranger = subprocess.Popen(["/bin/sleep", "600"], user=uid if uid != os.geteuid() else None)
    try:
        lines = f"{stranger.pid}\n{data / 'pg'}\n1700000000\n5432\n{data / 'run'}\n\n123 456\nready\n"
        (data / "pg" / "postmaster.pid").write_text(lines)
        (data / "run" / ".s.PGSQL.5432.lock").write_text(lines)
        assert ask(start(data, started), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_orphaned_server_is_stopped_and_replaced(data: Path, started: list[postgres.Server]) -> None:
    """As on macOS, where a server outlives its killed parent; here its parent is us, only forgetful."""
    orphan = start(data, started)
    second = start(data, started)
    assert not orphan.is_alive()
    assert written_pid(data / "pg") == second.process.pid


@pytest.mark.skipif(not LINUX, reason="needs the parent-death signal")
def test_when_our_process_is_killed_the_server_stops_cleanly(data: Path, started: list[postgres.Server]) -> None:
    program = (
        "import sys, time, pathlib; from genjin.kernel import postgres;"
        "postgres.start(pathlib.Path(sys.argv[1]), create_account=False); print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    assert parts_of(data / "pg", owner(data))
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: not parts_of(data / "pg", owner(data)), PATIENCE)
    assert ask(start(data, started), "SELECT 1") == 1


def test_a_claim_keeps_a_second_process_out_and_ends_with_its_holder(data: Path) -> None:
    taken, done = multiprocessing.Event(), multiprocessing.Event()
    other = multiprocessing.get_context("fork").Process(target=_hold, args=(data, taken, done))
    other.start()
    assert taken.wait(PATIENCE)
    with pytest.raises(BlockingIOError):
        postgres.Claim.take(data)
    other.kill()
    other.join()
    postgres.Claim.take(data).release()


def _hold(data: Path, taken: object, done: object) -> None:
    claim = postgres.Claim.take(data)
    taken.set()  # type: ignore[attr-defined]
    done.wait(2 * PATIENCE)  # type: ignore[attr-defined]
    claim.release()


def test_a_new_data_folder_cannot_be_listed_by_others(data: Path) -> None:
    postgres.Claim.take(data / "new").release()
    assert (data / "new").stat().st_mode & 0o066 == 0


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(data: Path) -> None:
    (data / "file").write_text("")
    with pytest.raises(postgres.DatabaseTrouble, match="GENJIN_DATA"):
        postgres.Claim.take(data / "file" / "below")
