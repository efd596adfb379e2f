"""The statements of a case run once more without the product: what PostgreSQL and the driver alone take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection


def bare(run: Callable[[int], Any]) -> Callable[[int], Any]:
    """A function that sends the reading statements of `run(0)` and fetches their rows."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        if text.lstrip().startswith(("SELECT", "(SELECT", "WITH")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run(0)

    def again(_number: int) -> None:
        with connection.cursor() as cursor:
            for sql, params in sent:
                cursor.execute(sql, params)
                cursor.fetchall()

    return again
