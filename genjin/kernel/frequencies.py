"""How common values and search tokens are, from PostgreSQL's own statistics (ANALYZE keeps them), kept for minutes.

What follows from it for a list is decided in `lists.planning`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

KEEP_SECONDS = 300.0
KEEP_EMPTY_SECONDS = 10.0

# of the indexes over fields of a company's own: own_customer_x_key
OWN = """
SELECT tablename, null_frac, n_distinct, most_common_vals::text::text[], most_common_freqs FROM pg_stats
 WHERE schemaname = current_schema() AND attname = 'expr' AND tablename LIKE 'own\\_%%\\_x\\_%%'
   AND tablename IN (SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass(%s))
"""
# of the indexes of pieces: words_customer_x_key
PIECES = """
SELECT tablename, most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
 WHERE schemaname = current_schema() AND attname = 'genjin_pieces' AND tablename LIKE 'words\\_%%\\_x\\_%%'
   AND tablename IN (SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass(%s))
"""


@dataclass(frozen=True)
class Shares:
    """Which share of the rows has which value of a column."""

    common: dict[str, float]
    empty: float
    rest: float
    """The share of each value that is not among the common ones."""

    def of(self, values: Iterable[Any]) -> float:
        """The share of the rows that have one of these values."""
        return min(sum(self.common.get(str(value), self.rest) for value in values), 1.0)


@dataclass
class Frequencies:
    """Rows of one table, the shares of its commonest search tokens, of the values of its columns, and of the pieces of
    texts of a company's own (by column)."""

    rows: int = 0
    tokens: dict[str, float] = field(default_factory=dict)
    columns: dict[str, Shares] = field(default_factory=dict)
    pieces: dict[str, dict[str, float]] = field(default_factory=dict)
    read_at: float = 0.0

    def of(self, token: str) -> int:
        """About how many rows hold the token; unknown tokens are rare ones. A prefix ends in `*`."""
        if not token.endswith("*"):
            return int(self.tokens.get(token, 0.0) * self.rows)
        prefix = token[:-1]
        share = sum(share for word, share in self.tokens.items() if word.startswith(prefix))
        return int(min(share, 1.0) * self.rows)


_KEPT: dict[str, Frequencies] = {}


def frequencies(table: str) -> Frequencies:
    """The statistics of a table."""
    kept = _KEPT.get(table)
    if kept and time.monotonic() - kept.read_at < (KEEP_SECONDS if kept.rows else KEEP_EMPTY_SECONDS):
        return kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
        row = cursor.fetchone()
        made = Frequencies(int(row[0]) if row else 0, read_at=time.monotonic())
        cursor.execute(
            "SELECT attname, null_frac, n_distinct, most_common_vals::text::text[], most_common_freqs,"
            " most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
            " WHERE schemaname = current_schema() AND tablename = %s",
            [table],
        )
        for name, empty, distinct, values, shares, elements, element_shares in cursor.fetchall():
            if name == "search":
                made.tokens = dict(zip(elements or (), element_shares or (), strict=False))
            elif elements is None:
                common = dict(zip(values or (), shares or (), strict=False))
                made.columns[name] = _shares(made.rows, empty, distinct, common)
        cursor.execute(OWN, [table])
        for index, empty, distinct, values, shares in cursor.fetchall():
            common = {_plain(value): share for value, share in zip(values or (), shares or (), strict=False)}
            made.columns[_path(index)] = _shares(made.rows, empty, distinct, common)
        cursor.execute(PIECES, [table])
        for index, pieces, shares in cursor.fetchall():
            made.pieces[_path(index)] = dict(zip(pieces or (), shares or (), strict=False))
    _KEPT[table] = made
    return made


def _path(index: str) -> str:
    """The column of an index over a field of their own."""
    return f"custom__{index[index.index('_x_') + 1 :]}"


def _plain(value: str) -> str:
    """A JSON value as its text."""
    return str(json.loads(value)) if value.startswith('"') else value


def _shares(rows: int, empty: float, distinct: float, common: dict[str, float]) -> Shares:
    values = distinct if distinct >= 0 else -distinct * rows
    others = max(values - len(common), 1.0)
    return Shares(common, empty, max(1.0 - empty - sum(common.values()), 0.0) / others)


def forget() -> None:
    """Drop what is kept (after a large import, and in tests)."""
    _KEPT.clear()
