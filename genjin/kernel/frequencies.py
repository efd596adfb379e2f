"""How many rows hold a search token, from PostgreSQL's own statistics (ANALYZE keeps them), kept for minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from django.db import connection

KEEP_SECONDS = 300.0


@dataclass
class Frequencies:
    """Rows of one table and the shares of its commonest tokens."""

    rows: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    read_at: float = 0.0

    def of(self, token: str) -> int:
        """About how many rows hold the token; unknown tokens are rare ones. A prefix ends in `*`."""
        if not token.endswith("*"):
            return int(self.shares.get(token, 0.0) * self.rows)
        prefix = token[:-1]
        share = max((s for word, s in self.shares.items() if word.startswith(prefix)), default=0.0)
        return int(share * self.rows)


_KEPT: dict[str, Frequencies] = {}


def frequencies(table: str) -> Frequencies:
    """The statistics of a table's `search` column."""
    kept = _KEPT.get(table)
    if kept and time.monotonic() - kept.read_at < KEEP_SECONDS:
        return kept
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.reltuples::bigint, s.most_common_elems::text::text[], s.most_common_elem_freqs"
            " FROM pg_class c LEFT JOIN pg_stats s ON s.tablename = c.relname AND s.attname = 'search'"
            "  AND s.schemaname = current_schema()"
            " WHERE c.oid = to_regclass(%s)",
            [table],
        )
        row = cursor.fetchone()
    rows, words, shares = row or (0, None, None)
    made = Frequencies(max(int(rows), 0), dict(zip(words or (), shares or (), strict=False)), time.monotonic())
    _KEPT[table] = made
    return made


def forget() -> None:
    """Drop what is kept (after a large import, and in tests)."""
    _KEPT.clear()
