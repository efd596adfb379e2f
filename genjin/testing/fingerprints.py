"""A fingerprint of every table, to prove that a refusal changed nothing (trust flaw 2)."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

ASIDE = {"org_session", "org_attempt", "django_migrations"}


def table_fingerprints() -> dict[str, tuple[int, str]]:
    """{table: (rows, hash of all rows)}."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in ASIDE or table.startswith("procrastinate"):
                continue
            cursor.execute(
                sql.SQL(
                    "SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
                ).format(sql.Identifier(table))
            )
            row = cursor.fetchone()
            assert row is not None
            found[table] = (int(row[0]), str(row[1]))
    return found
