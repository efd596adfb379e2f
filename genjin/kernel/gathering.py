"""Search indexes while very many rows come in: new entries are gathered in a short list and put in their places
together, which costs a quarter. Searches read the list too, so it is kept short; the index is put back when all is in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from django.contrib.postgres.indexes import GinIndex
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from psycopg import sql

logger = logging.getLogger(__name__)

PATIENCE = "2s"


@contextmanager
def gathering(models: Iterable[type[Model]]) -> Iterator[None]:
    """Let the search indexes of these models gather while the body runs. Outside a transaction; where readers hold an
    index too long, it stays as it is."""
    names = [index.name for model in models for index in model._meta.indexes if _gathers(index)]
    for name in names:
        _set(name, gathers=True)
    try:
        yield
    finally:
        with suppress(OperationalError):
            for name in names:
                settle(name)


def settle(name: str) -> None:
    """The index as it is declared: nothing is gathered any more, and what was stands in its place."""
    if _set(name, gathers=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])


def unsettled(models: Iterable[type[Model]]) -> list[str]:
    """Indexes that still gather, because who let them was killed."""
    names = [index.name for model in models for index in model._meta.indexes if _gathers(index)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT 'fastupdate=off' = ANY(reloptions)", [names]
        )
        return [row[0] for row in cursor.fetchall()]


def _gathers(index: object) -> bool:
    return isinstance(index, GinIndex) and getattr(index, "fastupdate", None) is False


def _set(name: str, *, gathers: bool) -> bool:
    """Whether it could be set before patience ran out."""
    statement = sql.SQL("ALTER INDEX {} SET (fastupdate = {})").format(
        sql.Identifier(name), sql.SQL("on" if gathers else "off")
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(statement)
    except OperationalError:
        logger.warning("index %s is in use; it stays as it is", name)
        return False
    return True
