"""Folding totals every minute, mending them every night, taking old downloads away."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from genjin.followups.statistics.actions import JOB, asked_of, keep_sheet
from genjin.followups.statistics.queries.sheets import sheet_for
from genjin.followups.statistics.sheet import write_sheet
from genjin.kernel.actor import Actor
from genjin.kernel.files import path_of
from genjin.kernel.jobs import job, periodic, progress

FOLDER = "sheets"
KEPT = timedelta(days=7)
logger = logging.getLogger(__name__)
LOCK = 7_204_733
AT_ONCE = 50_000
KEY = "author, author_name, owner, department, method"
NUMBERS = "followups, effective, counted, on_time"
SUMS = "sum(followups), sum(effective), sum(counted), sum(on_time)"
ADD = ", ".join(f"{name} = {{table}}.{name} + excluded.{name}" for name in NUMBERS.split(", "))
ONTO = f"""
    INSERT INTO {{table}} (day, {KEY}, {NUMBERS}) SELECT {{day}}, {KEY}, {SUMS} FROM {{source}} GROUP BY 1, {KEY}
    ON CONFLICT (day, {KEY}) DO UPDATE SET {ADD}
"""  # noqa: S608 - names of our own tables and columns
DAYS, MONTHS, DELTAS = "followups_daytotal", "followups_monthtotal", "followups_totaldelta"
MONTH = "date_trunc('month', day)::date"
FOLD = f"""
    WITH taken AS (
        DELETE FROM {DELTAS} WHERE id IN (SELECT id FROM {DELTAS} ORDER BY id LIMIT %s) RETURNING *
    ), days AS ({ONTO.format(table=DAYS, day="day", source="taken")}
    ), months AS ({ONTO.format(table=MONTHS, day=MONTH, source="taken")}
    ) SELECT count(*) FROM taken
"""  # noqa: S608 - names of our own tables and columns
EMPTY = "DELETE FROM {table} WHERE followups = 0 AND effective = 0 AND counted = 0 AND on_time = 0"
MINUS = ", ".join(f"-{name}" for name in NUMBERS.split(", "))
WRONG = "HAVING " + " OR ".join(f"sum({name}) <> 0" for name in NUMBERS.split(", "))
ROWS = """
    SELECT (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day, coalesce(author_id, 0) AS author, author_name,
           coalesce(owner_id, 0) AS owner, coalesce(department_id, 0) AS department, method, 1 AS followups,
           effective::int AS effective, (late_hours IS NOT NULL)::int AS counted,
           coalesce(late_hours = 0, false)::int AS on_time
    FROM followups_followup WHERE life = 0
"""
MEND_DAYS = f"""
    INSERT INTO {DELTAS} (day, {KEY}, {NUMBERS})
    SELECT day, {KEY}, {SUMS} FROM (
        SELECT * FROM ({ROWS}) AS counted_anew
        UNION ALL SELECT day, {KEY}, {MINUS} FROM {DAYS}
        UNION ALL SELECT day, {KEY}, {MINUS} FROM {DELTAS}
    ) AS differences GROUP BY day, {KEY} {WRONG}
"""  # noqa: S608 - names of our own tables and columns
MEND_MONTHS = f"""
    INSERT INTO {MONTHS} AS kept (day, {KEY}, {NUMBERS})
    SELECT month, {KEY}, {SUMS} FROM (
        SELECT {MONTH} AS month, {KEY}, {NUMBERS} FROM {DAYS}
        UNION ALL SELECT day, {KEY}, {MINUS} FROM {MONTHS}
    ) AS differences GROUP BY month, {KEY} {WRONG}
    ON CONFLICT (day, {KEY}) DO UPDATE SET {ADD.format(table="kept")}
"""  # noqa: S608 - names of our own tables and columns


def fold(most: int = AT_ONCE) -> int:
    """Fold deltas into the totals of days and months; how many. In one statement, so that no reader sees a delta twice
    or not at all. Somebody else folding: 0."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(FOLD, [most])
        folded = int(cursor.fetchone()[0])
        for table in (DAYS, MONTHS):
            cursor.execute(EMPTY.format(table=table))
    return folded


def mend() -> int:
    """Count all rows anew and append what the totals lack (or have too much); how many groups were wrong. The count
    and the totals it is held against are of one moment, so writers need not stop."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        wrong = 0
        for statement in (MEND_DAYS, MEND_MONTHS):
            cursor.execute(statement)
            wrong += int(cursor.rowcount)
    return wrong


@periodic("* * * * *", "followups.fold_totals")
def fold_totals(actor: Actor) -> None:
    """Fold what came in."""
    del actor
    while fold() == AT_ONCE:
        pass


@periodic("25 18 * * *", "followups.mend_totals")
def mend_totals(actor: Actor) -> None:
    """Every night: totals that differ from a recount are mended, and told of, because they never should."""
    fold_totals(actor)
    wrong = mend()
    if wrong:
        logger.error("totals of follow-ups differed from the recount in %s groups; they are mended", wrong)
    fold_totals(actor)


@job(JOB, title=gettext_lazy("下载跟进统计表"), as_member=True)
def make_sheet(actor: Actor, job_id: int, *, sheet: int) -> dict[str, Any]:
    """Make the file of a long table. Run twice it is written anew over the first."""
    row = sheet_for(actor, sheet)
    stored_as = f"{FOLDER}/{row.pk}.xlsx"
    path = path_of(stored_as)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    asked = asked_of(actor, row.asked["query"])
    with path.open("wb") as file:
        path.chmod(0o600)
        lines = write_sheet(actor, asked, file, lambda done: progress(job_id, done, row.lines))
    keep_sheet(actor, row.pk, stored_as=stored_as)
    return {"lines": lines}


@periodic("40 18 * * *", "followups.forget_sheets")
def forget_sheets(actor: Actor) -> None:
    """Take old files away; whoever still wants one downloads it again."""
    del actor
    oldest = time.time() - KEPT.total_seconds()
    for path in path_of(FOLDER).glob("*.xlsx"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
