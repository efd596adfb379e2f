"""What the tests of the embedded server share: a folder that it can reach, and a question to it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from genjin.kernel import postgres


@contextlib.contextmanager
def reachable_folder() -> Iterator[Path]:
    """A data folder that the database's system user can reach, which pytest's tmp_path is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="genjin-data-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def ask(server: postgres.Server, question: str, *, role: str = "genjin") -> object:
    """The first value that the server answers."""
    with psycopg.connect(host=server.address.host, user=role, dbname="genjin") as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]
