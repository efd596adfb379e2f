"""Fixtures of the embedded server's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genjin.kernel.postgres.tests.trial import reachable_folder


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder."""
    with reachable_folder() as folder:
        yield folder
