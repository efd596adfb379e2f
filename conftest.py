"""Fixtures shared by all suites: the cast, its actors, and tables counted before and after a refusal."""

from __future__ import annotations

import gc
import hashlib
import inspect
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import jinja2
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template import engines
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import settings as property_tests
from jinja2 import FileSystemBytecodeCache

from genjin.kernel import frequencies
from genjin.testing.cast import Cast, make_cast
from genjin.testing.fingerprints import table_fingerprints
from genjin.testing.sharing_out import group_of, pytest_xdist_make_scheduler
from genjin.ui.jinja import PageEnvironment
from genjin.ui.rendering import PageCode

__all__ = ["pytest_xdist_make_scheduler"]

# The suite gives the same answer twice; GENJIN_EXPLORE=1 looks for new examples. No time limit per example: the first
# one loads dictionaries, and machines may be busy.
property_tests.register_profile("house", deadline=None, derandomize=True)
property_tests.register_profile("exploring", deadline=None, max_examples=1000)
property_tests.load_profile("exploring" if "GENJIN_EXPLORE" in os.environ else "house")

if "GENJIN_SOCKET" in os.environ:

    @pytest.fixture(scope="session")
    def django_db_setup(django_test_environment: None, django_db_modify_db_settings: None) -> None:
        """A copy of the migrated database for this process, instead of migrating one; it goes with the server."""
        facts = settings.DATABASES["default"]
        name = connection.settings_dict["TEST"]["NAME"] or f"test_{facts['NAME']}"
        where = {"host": facts["HOST"], "port": facts["PORT"], "user": facts["USER"], "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{facts["NAME"]}"')
        facts["NAME"] = connection.settings_dict["NAME"] = name


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins, with all that goes to the same process (`testing.sharing_out`)."""
    longest: defaultdict[str, float] = defaultdict(float)
    for item in items:
        group = group_of(item.nodeid)
        longest[group] = max(longest[group], _seconds(item))
    items.sort(key=lambda item: -longest[group_of(item.nodeid)])


def _seconds(item: pytest.Item) -> float:
    """About how long its group takes, as a mark says of those that take long."""
    return max((float(mark.kwargs.get("about", 0)) for mark in item.iter_markers()), default=0.0)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once() -> None:
    """By one process for all, and for the runs that follow. Made anew when a template or what compiles it changes."""
    decides = b"".join(Path(inspect.getfile(part)).read_bytes() for part in (PageCode, PageEnvironment))
    compiler = hashlib.sha256(decides + jinja2.__version__.encode()).hexdigest()[:16]
    kept = Path(__file__).resolve().parent / "var" / "templates" / compiler
    kept.mkdir(parents=True, exist_ok=True)
    engines["jinja2"].env.bytecode_cache = FileSystemBytecodeCache(str(kept))


@pytest.fixture(scope="session", autouse=True)
def statistics_stay() -> None:
    """Of empty tables they are read again after seconds: on a slow machine that falls between two visits whose queries
    are compared."""
    frequencies.KEEP_EMPTY_SECONDS = frequencies.KEEP_SECONDS


@pytest.fixture(scope="session", autouse=True)
def emptied_and_no_more() -> None:
    """After a test that commits the tables are emptied; Django would fill those of its permissions each time."""

    def empty(_case: TransactionTestCase) -> None:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


@pytest.fixture
def cast(db: None) -> Cast:
    """The six members, fresh."""
    frequencies.forget()
    return make_cast()


@pytest.fixture
def unchanged(db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with unchanged():` fails when any table (sessions and attempts aside) differs afterwards."""

    @contextmanager
    def watch() -> Iterator[None]:
        before = table_fingerprints()
        yield
        assert table_fingerprints() == before

    return watch


@pytest.fixture
def count_queries(db: None) -> Callable[[], Any]:
    """`with count_queries() as q:` … `len(q)`."""
    return lambda: CaptureQueriesContext(connection)
