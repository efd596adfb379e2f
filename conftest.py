"""Fixtures shared by all suites: the cast, its actors, and tables counted before and after a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.kernel import frequencies
from genjin.testing.cast import Cast, make_cast
from genjin.testing.fingerprints import table_fingerprints


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
