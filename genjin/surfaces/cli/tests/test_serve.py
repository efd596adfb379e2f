"""`genjin serve` as a user runs it: starts, answers, survives killed parts, stops without a trace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from genjin.kernel.postgres import Address
from genjin.kernel.postgres.tests.trial import reachable_folder
from genjin.kernel.processes import LINUX, wait_until
from genjin.surfaces.cli.network import answers
from genjin.surfaces.cli.state import State
from genjin.testing.served import PATIENCE, Serving, children_of, clean_environment, free_port, read_until

pytestmark = [
    pytest.mark.slow(about=120),
    pytest.mark.skipif(not LINUX, reason="looks into /proc"),
    pytest.mark.enable_socket,
]
READY = "/-/ready"


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for the whole story."""
    folder = Path(tempfile.mkdtemp(prefix="genjin-serve-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def first_words(data: Path) -> str:
    """What the very first start on this folder prints; it makes database and structure."""
    serving = Serving(data, free_port())
    try:
        return read_until(serving.process, "Ctrl-C")
    finally:
        serving.stop()


@pytest.fixture
def serving(data: Path, first_words: str) -> Iterator[Serving]:
    """A running installation that has been started before."""
    assert first_words
    serving = Serving(data, free_port())
    assert wait_until(lambda: answers(serving.port, READY) and serving.child(" worker") > 0, PATIENCE)
    yield serving
    serving.stop()


def status(serving: Serving, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}{path}", timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def query(serving: Serving, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=Address.of(serving.data).host, user="genjin", dbname="genjin") as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_first_start_prints_address_and_one_time_setup_page(first_words: str) -> None:
    assert "http://127.0.0.1:" in first_words
    assert "/setup?token=" in first_words


def test_killed_database_comes_back_with_what_was_committed(serving: Serving) -> None:
    query(serving, "CREATE TABLE IF NOT EXISTS trial_kept (number int)")
    query(serving, "INSERT INTO trial_kept VALUES (42)")
    old = serving.child("/postgres -D")
    os.kill(old, signal.SIGKILL)
    assert wait_until(lambda: serving.child("/postgres -D") not in {0, old} and _answers_query(serving), PATIENCE)
    assert query(serving, "SELECT number FROM trial_kept") == [(42,)]
    query(serving, "DROP TABLE trial_kept")
    assert wait_until(lambda: status(serving, "/") < 500, PATIENCE)


def _answers_query(serving: Serving) -> bool:
    try:
        return query(serving, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_killed_web_process_comes_back_and_leaves_no_worker(serving: Serving) -> None:
    old = serving.child("cli.web")
    workers = children_of(old)
    assert workers
    os.kill(old, signal.SIGKILL)
    assert wait_until(lambda: serving.child("cli.web") not in {0, old} and answers(serving.port, READY), PATIENCE)
    assert not workers & children_of(serving.child("cli.web"))
    assert not [pid for pid in workers if Path(f"/proc/{pid}/exe").exists()]


def test_killed_granian_worker_is_replaced(serving: Serving) -> None:
    web = serving.child("cli.web")
    before = children_of(web)
    os.kill(max(before), signal.SIGKILL)
    assert wait_until(lambda: len(children_of(web) - before) == 1 and answers(serving.port, READY), PATIENCE)


def test_killed_worker_comes_back(serving: Serving) -> None:
    old = serving.child(" worker")
    os.kill(old, signal.SIGKILL)
    assert wait_until(lambda: serving.child(" worker") not in {0, old}, PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_signal_stops_everything_cleanly(serving: Serving, number: signal.Signals) -> None:
    assert serving.stop(number) == 0
    assert serving.left_over() == []
    assert not (serving.data / "pg" / "postmaster.pid").exists()


def test_stop_while_starting_does_not_hang(data: Path, first_words: str) -> None:
    assert first_words
    for delay in (0.2, 0.6, 1.0):
        serving = Serving(data, free_port())
        time.sleep(delay)
        serving.stop(signal.SIGINT)  # or raises, after a minute
        assert serving.left_over() == []


def test_after_kill_9_of_everything_the_next_start_recovers(data: Path, first_words: str) -> None:
    assert first_words
    first = Serving(data, free_port())
    assert wait_until(lambda: answers(first.port, READY), PATIENCE)
    query(first, "CREATE TABLE trial_kill AS SELECT 7 AS number")
    os.kill(first.child("/postgres -D"), signal.SIGKILL)
    first.stop(signal.SIGKILL)
    second = Serving(data, first.port)
    try:
        assert wait_until(lambda: _answers_query(second) and answers(second.port, READY), PATIENCE)
        assert query(second, "SELECT number FROM trial_kill") == [(7,)]
        query(second, "DROP TABLE trial_kill")
    finally:
        second.stop()
    assert second.left_over() == []


def test_second_start_reaches_the_first_page(data: Path, first_words: str) -> None:
    assert first_words
    serving = Serving(data, free_port())
    assert wait_until(lambda: answers(serving.port, READY) and status(serving, "/") < 500, PATIENCE)
    serving.stop()


def test_second_serve_on_the_same_folder_is_refused_and_the_first_unharmed(serving: Serving) -> None:
    other = Serving(serving.data, free_port())
    assert wait_until(lambda: other.process.poll() == 1, PATIENCE)
    other.stop()
    assert wait_until(lambda: answers(serving.port, READY), PATIENCE)


def test_port_in_use_is_told_in_one_sentence(serving: Serving) -> None:
    command = ["serve", "--port", str(serving.port)]
    said = _genjin(serving.data, *command)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "--port" in said.stderr


def test_doctor_finds_a_running_installation_well(serving: Serving) -> None:
    fresh = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
    assert wait_until(lambda: query(serving, fresh) != [], PATIENCE)  # the worker loads after the web
    said = _genjin(serving.data, "doctor", GENJIN_ADDRESS=f"http://127.0.0.1:{serving.port}")
    assert said.returncode == 0, said.stdout
    assert "一切正常" in said.stdout


def test_doctor_says_how_to_mend_a_stopped_installation(data: Path, first_words: str) -> None:
    assert first_words
    said = _genjin(data, "doctor", GENJIN_ADDRESS=f"http://127.0.0.1:{free_port()}")
    assert said.returncode == 1
    assert "genjin serve" in said.stdout


def test_nonsense_in_a_setting_stops_the_start_with_its_name(data: Path) -> None:
    said = _genjin(data, "serve", GENJIN_TIME_ZONE="Mars/Base")
    assert said.returncode == 1
    assert "GENJIN_TIME_ZONE" in said.stderr
    assert "Traceback" not in said.stderr


def _genjin(data: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "genjin.surfaces.cli", *arguments]
    environment = clean_environment(GENJIN_DATA=str(data), **env)
    return subprocess.run(
        command, cwd="/", env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE
    )


def test_demo_company_that_was_interrupted_is_begun_anew(data: Path, first_words: str) -> None:
    assert first_words
    half = Serving(data, free_port())
    assert wait_until(lambda: answers(half.port, READY), PATIENCE)
    query(half, "CREATE TABLE trial_half AS SELECT 1")
    half.stop()
    state = State.read(data)
    state.seeding = True
    state.write(data)
    again = Serving(data, free_port())
    try:
        assert "/setup?token=" in read_until(again.process, "/setup?token=")
        assert query(again, "SELECT to_regclass('trial_half')") == [(None,)]
        assert not State.read(data).seeding
    finally:
        again.stop()


def test_database_url_is_used_and_no_server_is_started(first_words: str) -> None:
    assert first_words
    host = os.environ["GENJIN_SOCKET"]
    with psycopg.connect(host=host, user="genjin", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS trial_outside")
        connection.execute("CREATE DATABASE trial_outside")
    with reachable_folder() as folder:
        serving = Serving(folder, free_port(), DATABASE_URL=f"postgresql://genjin@/trial_outside?host={host}")
        try:
            assert "/setup?token=" in read_until(serving.process, "Ctrl-C")
            assert status(serving, "/") < 500
            assert not (folder / "pg").exists()
        finally:
            assert serving.stop() == 0
    with psycopg.connect(host=host, user="genjin", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE trial_outside")
