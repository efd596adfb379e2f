"""The database for a command that runs once: the one of a running `serve`, else started for as long as it takes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from genjin.kernel import postgres
from genjin.kernel.environment import data_folder, uses_embedded_database


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Inside, Django is set up and its database answers. Raises DatabaseTrouble."""
    with embedded_database():
        import django  # slow

        django.setup()
        yield


@contextlib.contextmanager
def embedded_database() -> Iterator[None]:
    """Inside, the embedded server runs, when it is the one in use."""
    data = data_folder()
    if not uses_embedded_database() or os.environ.get("GENJIN_SOCKET"):
        yield
        return
    try:
        claim = postgres.Claim.take(data)
    except BlockingIOError:
        yield  # somebody serves this folder
        return
    with claim:
        server = postgres.start(data)
        try:
            yield
        finally:
            server.stop()
