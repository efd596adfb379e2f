"""Worlds that the tests of one file share: made once, and what a test writes goes back to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from django.db import transaction

from genjin.kernel import frequencies

T = TypeVar("T")


def kept(make: Callable[[], T]) -> Any:
    """A fixture of what `make` makes, for all tests of a file, none of which may commit. What is changed in memory
    stays changed: whoever does it takes a copy."""

    @pytest.fixture(scope="module")
    def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[T]:  # noqa: ARG001 - there must be one
        frequencies.forget()
        with django_db_blocker.unblock(), transaction.atomic():
            yield make()
            transaction.set_rollback(True)

    return made
