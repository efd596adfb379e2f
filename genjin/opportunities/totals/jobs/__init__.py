"""Folding totals every minute, mending them every night."""

from __future__ import annotations

import logging

from django.db import connection, transaction

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.opportunities.totals.jobs import stays

logger = logging.getLogger(__name__)
LOCK = 7_204_781
AT_ONCE = 50_000
TOTALS, SUMS_OF_ALL, DELTAS = "opportunities_opentotal", "opportunities_opensum", "opportunities_opendelta"
KEY = "stage, owner, department, month"
WHOLE = "stage, owner, department"
NUMBERS = "opportunities, amount, weighted"
SUMS = ", ".join(f"sum({name})" for name in NUMBERS.split(", "))
ADD = ", ".join(f"{name} = {{0}}.{name} + excluded.{name}" for name in NUMBERS.split(", "))
FOLD = f"""
    WITH taken AS (
        DELETE FROM {DELTAS} WHERE id IN (SELECT id FROM {DELTAS} ORDER BY id LIMIT %s) RETURNING *
    ), totals AS (
        INSERT INTO {TOTALS} ({KEY}, {NUMBERS}) SELECT {KEY}, {SUMS} FROM taken GROUP BY {KEY}
        ON CONFLICT ({KEY}) DO UPDATE SET {ADD.format(TOTALS)}
    ), sums AS (
        INSERT INTO {SUMS_OF_ALL} ({WHOLE}, {NUMBERS}) SELECT {WHOLE}, {SUMS} FROM taken GROUP BY {WHOLE}
        ON CONFLICT ({WHOLE}) DO UPDATE SET {ADD.format(SUMS_OF_ALL)}
    ) SELECT count(*) FROM taken
"""  # noqa: S608 - names of our own tables and columns
EMPTY = "DELETE FROM {} WHERE opportunities = 0 AND amount = 0 AND weighted = 0"
MINUS = ", ".join(f"-{name}" for name in NUMBERS.split(", "))
WRONG = " OR ".join(f"sum({name}) <> 0" for name in NUMBERS.split(", "))
ROWS = """
    SELECT stage, coalesce(owner_id, 0) AS owner, coalesce(department_id, 0) AS department,
           date_trunc('month', expected_on)::date AS month, 1 AS opportunities,
           coalesce(amount, 0) AS amount, weighted
    FROM opportunities_opportunity WHERE life = 0 AND outcome = 'open'
"""
MEND = f"""
    INSERT INTO {DELTAS} ({KEY}, {NUMBERS})
    SELECT {KEY}, {SUMS} FROM (
        SELECT * FROM ({ROWS}) AS counted_anew
        UNION ALL SELECT {KEY}, {MINUS} FROM {TOTALS}
        UNION ALL SELECT {KEY}, {MINUS} FROM {DELTAS}
    ) AS differences GROUP BY {KEY} HAVING {WRONG}
"""  # noqa: S608 - names of our own tables and columns
ALIGN = f"""
    INSERT INTO {SUMS_OF_ALL} ({WHOLE}, {NUMBERS})
    SELECT {WHOLE}, {SUMS} FROM (
        SELECT {WHOLE}, {NUMBERS} FROM {TOTALS} UNION ALL SELECT {WHOLE}, {MINUS} FROM {SUMS_OF_ALL}
    ) AS differences GROUP BY {WHOLE} HAVING {WRONG}
    ON CONFLICT ({WHOLE}) DO UPDATE SET {ADD.format(SUMS_OF_ALL)}
"""  # noqa: S608 - names of our own tables and columns


def fold(most: int = AT_ONCE) -> int:
    """Fold deltas into the totals; how many. In one statement, so that no reader sees a delta twice or not at all.
    Somebody else folding: 0."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(FOLD, [most])
        folded = int(cursor.fetchone()[0])
        for table in (TOTALS, SUMS_OF_ALL):
            cursor.execute(EMPTY.format(table))
    return folded


def mend() -> int:
    """Count all rows anew and append what the totals lack (or have too much); add up the sums of all months from what
    is folded. How many groups were wrong."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(MEND)
        wrong = int(cursor.rowcount)
        cursor.execute(ALIGN)
        return wrong + int(cursor.rowcount)


@periodic("* * * * *", "opportunities.fold_totals")
def fold_totals(actor: Actor) -> None:
    """Fold what came in."""
    del actor
    while fold() == AT_ONCE:
        pass
    while stays.fold() == stays.AT_ONCE:
        pass


@periodic("35 18 * * *", "opportunities.mend_totals")
def mend_totals(actor: Actor) -> None:
    """Every night: totals that differ from a recount are mended, and told of, because they never should."""
    fold_totals(actor)
    wrong = mend() + stays.mend()
    if wrong:
        logger.error("totals of opportunities differed from the recount in %s groups; they are mended", wrong)
    fold_totals(actor)
