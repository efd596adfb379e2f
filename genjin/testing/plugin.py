"""The pytest plugin that gives the tests their database. Loaded by `-p genjin.testing.plugin`, before Django is set up.

One throw-away PostgreSQL for the whole run, started by the controller on a copy of a migrated cluster; xdist's workers
inherit its address. Not for fixtures: those live beside it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Generator

import pytest

from genjin.kernel.postgres import start_throwaway
from genjin.testing.migrated import migrated_cluster
from genjin.ui.catalogs import compile_catalogs

_open = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment that genjin.settings reads. A wrapper, to be ahead of pytest-django's own hook."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _prepare()
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the database."""
    _open.close()


def _prepare() -> None:
    """GENJIN_TEST_DATABASE_URL names another server to test against; DATABASE_URL is never used by a test."""
    for name in [name for name in os.environ if name.startswith("GENJIN_") and not name.startswith("GENJIN_TEST_")]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "genjin.settings"
    os.environ["GENJIN_TESTING"] = "1"
    atexit.register(_open.close)
    compile_catalogs()  # Django reads them once, before any test
    other = os.environ.get("GENJIN_TEST_DATABASE_URL")
    server = _open.enter_context(start_throwaway(None if other else migrated_cluster()))
    home = server.folder / "home"
    (home / "static").mkdir(parents=True)
    os.environ["GENJIN_DATA"] = str(home)
    if other:
        os.environ["DATABASE_URL"] = other
    else:
        os.environ["GENJIN_SOCKET"] = server.address.host
