"""Work that the database broke off because two waited for each other is done again: nothing of it was written."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, SerializationFailure

P = ParamSpec("P")
R = TypeVar("R")
TIMES = 6
WAIT = 0.02
"""Seconds, at most, before the second time; twice as many before each further one. By chance, so that those who met do
not meet again."""
logger = logging.getLogger(__name__)


def unlocked(call: Callable[P, R]) -> Callable[P, R]:
    """The same, done up to six times. Inside somebody else's transaction that is lost, and only he can begin anew."""

    @wraps(call)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TIMES):
            alone = not connection.in_atomic_block
            try:
                return call(*args, **kwargs)
            except OperationalError as error:
                if not alone or not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                    raise
                logger.warning("two waited for each other: %s is done again (%d)", call.__qualname__, attempt)
                time.sleep(random.uniform(0, WAIT * 2**attempt))  # noqa: S311 - when, not a secret
        return call(*args, **kwargs)

    return again
