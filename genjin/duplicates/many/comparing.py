"""Comparing many records of a type with those that are there and with each other: which fit an alternative, how surely.
Within the transaction of who asks; the answers are tables of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from genjin.duplicates.many import statements
from genjin.duplicates.many.asked import Alternative, compared_in
from genjin.duplicates.rules import Compared
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType

Source = Callable[[Compared], sql.Composable]
# Of the records that fit a row: one that forbids first, then the surest, of equals one that he may see and work on.
_BEST = """
CREATE TEMP TABLE duplicates_best ON COMMIT DROP AS
WITH fits AS MATERIALIZED ({fits}),
seen AS MATERIALIZED (SELECT id FROM ({visible}) v(id) WHERE id IN (SELECT id FROM fits))
SELECT DISTINCT ON (f.number) f.number, f.id, f.place, f.percent, s.id IS NOT NULL AS seen, c.life
FROM fits f JOIN {table} c ON c.id = f.id LEFT JOIN seen s ON s.id = f.id
WHERE s.id IS NOT NULL OR f.place = ANY({telling})
ORDER BY f.number, f.place = ANY(CASE WHEN s.id IS NULL THEN {told_blocking} ELSE {blocking} END) DESC,
  f.percent DESC, (s.id IS NOT NULL AND c.life < {voided}) DESC, c.life, f.id DESC
"""
_BY_VALUE = """
SELECT m.number, h.id, h.place, h.percent FROM duplicates_asked m JOIN duplicates_hit h ON h.place = {} AND h.key = {}
"""
_NEAR = "CREATE TEMP TABLE duplicates_near ON COMMIT DROP AS SELECT key, other, id, percent FROM {} near"
_BY_NUMBER = "SELECT number, id, place, percent FROM duplicates_fit"


class Many:
    """Rows of one type against the alternatives of an entry. `source`: where a row holds what is compared."""

    def __init__(self, record_type: RecordType, alternatives: Sequence[Alternative], source: Source) -> None:
        self.alternatives = alternatives
        self._compared = compared_in(alternatives)
        self._names = statements.column_names(self._compared)
        self._source = source
        self._model = record_type.model
        self._table = record_type.model._meta.db_table

    def ask(self, rows: sql.Composable, near: sql.Composable) -> None:
        """Take the rows (a FROM with its conditions), and the names that are alike (key, other, id, percent)."""
        with connection.cursor() as cursor:  # rows: tables of the transaction, `told` says who is told
            cursor.execute(statements.TABLES)
            columns = [(each, self._source(each)) for each in self._compared]
            cursor.execute(statements.asked(columns, rows))
            cursor.execute("ANALYZE duplicates_asked")
            cursor.execute(sql.SQL(_NEAR).format(near))
            cursor.execute("ANALYZE duplicates_near")

    def find(self, actor: Actor) -> None:
        """Find the records: `duplicates_best` (number, id, place, percent, seen, life), one for a row at most. What no
        rule tells of and the actor does not see is as if it were not there."""
        with connection.cursor() as cursor:  # rows: tables of the transaction, `told` says who is told
            for each in self.alternatives:
                cursor.execute(statements.equal(each, self._names, self._table))
                if each.named:
                    cursor.execute(statements.alike(each, self._names, self._table))
            statement, parameters = self._best(actor)
            cursor.execute(statement, parameters)

    def leave_out(self, numbers: str, parameters: Sequence[Any]) -> None:
        """Rows (a statement that gives their numbers) with which no other one is compared."""
        with connection.cursor() as cursor:  # rows: tables of the transaction, `told` says who is told
            cursor.execute(f"DELETE FROM duplicates_asked WHERE number IN ({numbers})", parameters)  # noqa: S608 (ours)

    def find_among(self) -> None:
        """Find earlier rows: `duplicates_twin` (place, number, earlier, percent)."""
        with connection.cursor() as cursor:  # rows: tables of the transaction, `told` says who is told
            for each in self.alternatives:
                cursor.execute(statements.twins(each, self._names))
                if each.named:
                    cursor.execute(statements.near_twins(each, self._names))

    def _best(self, actor: Actor) -> tuple[sql.Composed, dict[str, Any]]:
        seen, parameters = visible_to(actor, self._model).order_by().values("pk").query.sql_with_params()
        named = {f"v{place}": value for place, value in enumerate(parameters)}
        visible = seen % tuple(f"%({name})s" for name in named) if named else seen.replace("%", "%%")
        by_value = [
            sql.SQL(_BY_VALUE).format(sql.Literal(each.place), statements.key_of(each, self._names))
            for each in self.alternatives
        ]
        statement = sql.SQL(_BEST).format(
            fits=sql.SQL(" UNION ALL ").join([*by_value, sql.SQL(_BY_NUMBER)]),
            visible=sql.SQL(visible),  # of the ORM, with parameters
            table=sql.Identifier(self._table),
            telling=_places(each for each in self.alternatives if each.tells),
            blocking=_places(each for each in self.alternatives if each.blocks(seen=True)),
            told_blocking=_places(each for each in self.alternatives if each.blocks(seen=False)),
            voided=sql.Literal(int(Life.VOIDED)),
        )
        return statement, named


def _places(alternatives: Iterable[Alternative]) -> sql.Composed:
    return sql.SQL("{}::smallint[]").format(sql.Literal([each.place for each in alternatives]))
