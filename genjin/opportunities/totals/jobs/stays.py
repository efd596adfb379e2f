"""Folding and mending the totals of stays, by the jobs of this package."""

from __future__ import annotations

from django.db import connection, transaction

LOCK = 7_204_783
AT_ONCE = 50_000
TOTALS, DELTAS = "opportunities_staytotal", "opportunities_staydelta"
KEY = "pipeline, month, owner, department, stage"
NUMBERS = "entered, inside, seconds"
SUMS = ", ".join(f"sum({name})" for name in NUMBERS.split(", "))
MINUS = ", ".join(f"-{name}" for name in NUMBERS.split(", "))
ADD = ", ".join(f"{name} = {TOTALS}.{name} + excluded.{name}" for name in NUMBERS.split(", "))
WRONG = " OR ".join(f"sum({name}) <> 0" for name in NUMBERS.split(", "))
FOLD = f"""
    WITH taken AS (
        DELETE FROM {DELTAS} WHERE id IN (SELECT id FROM {DELTAS} ORDER BY id LIMIT %s) RETURNING *
    ), totals AS (
        INSERT INTO {TOTALS} ({KEY}, {NUMBERS}) SELECT {KEY}, {SUMS} FROM taken GROUP BY {KEY}
        ON CONFLICT ({KEY}) DO UPDATE SET {ADD}
    ) SELECT count(*) FROM taken
"""  # noqa: S608 - names of our own tables and columns
EMPTY = f"DELETE FROM {TOTALS} WHERE entered = 0 AND inside = 0 AND seconds = 0"  # noqa: S608 - as above
ROWS = """
    SELECT o.pipeline, date_trunc('month', o.opened_on)::date AS month, coalesce(o.owner_id, 0) AS owner,
           coalesce(o.department_id, 0) AS department, s.stage, (NOT s.again)::int AS entered,
           (s.left_at IS NULL)::int AS inside,
           (coalesce(floor(extract(epoch FROM s.left_at)), 0)
            - floor(extract(epoch FROM s.entered_at)))::bigint AS seconds
    FROM opportunities_stay AS s JOIN opportunities_opportunity AS o ON o.id = s.opportunity_id
    WHERE o.life = 0 AND o.outcome <> 'invalid'
"""
MEND = f"""
    INSERT INTO {DELTAS} ({KEY}, {NUMBERS})
    SELECT {KEY}, {SUMS} FROM (
        SELECT * FROM ({ROWS}) AS counted_anew
        UNION ALL SELECT {KEY}, {MINUS} FROM {TOTALS}
        UNION ALL SELECT {KEY}, {MINUS} FROM {DELTAS}
    ) AS differences GROUP BY {KEY} HAVING {WRONG}
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
        cursor.execute(EMPTY)
    return folded


def mend() -> int:
    """Count all stays anew and append what the totals lack (or have too much). How many groups were wrong."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(MEND)
        return int(cursor.rowcount)
