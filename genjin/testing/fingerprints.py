"""A fingerprint of every table, to prove that a refusal changed nothing (trust flaw 2)."""

from __future__ import annotations

from functools import cache

from django.db import connection
from psycopg import sql

ASIDE = {"org_session", "org_attempt", "django_migrations"}
ONE = sql.SQL("SELECT {}, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t")


def table_fingerprints() -> dict[str, tuple[int, str]]:
    """{table: (rows, sum of the hashes of all rows)}. One statement: it is asked often."""
    parts = [
        ONE.format(sql.Literal(table), sql.Identifier(table)) for table in _tables(connection.settings_dict["NAME"])
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {table: (int(rows), str(told)) for table, rows, told in cursor.fetchall()}


@cache
def _tables(database: str) -> list[str]:  # noqa: ARG001 - one answer for each database
    """Those that stay: a temporary one goes with its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relpersistence <> 't'"
            " AND relnamespace = current_schema()::regnamespace ORDER BY relname"
        )
        known = [str(table) for (table,) in cursor.fetchall()]
    return [table for table in known if table not in ASIDE and not table.startswith("procrastinate")]
