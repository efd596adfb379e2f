"""The run over the whole base of a type (批量查重, B3): step by step, each kept before the next begins, so that a
killed run goes on with the step it was in. What it finds are side facts: no record changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from psycopg import sql

from genjin.duplicates.comparing import compared_of
from genjin.duplicates.models import LONGEST_WHY, DuplicateGroup, NoDuplicate, Sweep, SweptPair
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import Compared, Condition, Entry, How, Kind
from genjin.duplicates.searching.candidates import column_of
from genjin.duplicates.searching.fitting import SURE, together
from genjin.duplicates.sweeping.names import Pair, pairs_of, unite
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, progress
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound

MOST_OF_GROUP = 50
MOST_PAIRS = 1_000_000
AT_ONCE = 5_000
Step = tuple[Condition, ...]
_SURER = """
INSERT INTO duplicates_sweptpair (sweep_id, one_id, other_id, percent, why)
SELECT %(sweep)s, one, other, percent, %(why)s
FROM unnest(%(ones)s::bigint[], %(others)s::bigint[], %(percents)s::smallint[]) AS p(one, other, percent)
ON CONFLICT (sweep_id, one_id, other_id) DO UPDATE SET percent = excluded.percent, why = excluded.why
WHERE duplicates_sweptpair.percent < excluded.percent
"""


@job("duplicates.sweep", title=gettext_lazy("全库查重"))
def sweep(actor: Actor, job_id: int, *, sweep_id: int) -> dict[str, Any]:
    """Go on with a run that was begun. Bears being run twice: a step whose pairs are kept is not done again."""
    run = Sweep.objects.filter(pk=sweep_id).first()
    if run is None or run.record_type not in RECORD_TYPES:
        raise NotFound
    Sweep.objects.filter(pk=run.pk).update(job_id=job_id)
    steps = _steps(run.record_type, actor.stamp)
    done = int(run.step or 0)
    for number, step in enumerate(steps[done:], done + 1):
        progress(job_id, number - 1, len(steps) + 1)
        _keep(run, number, _words(step), _pairs(run, step))
    _unite(run)
    progress(job_id, len(steps) + 1, len(steps) + 1)
    run.refresh_from_db()
    return {"groups": run.groups, "pairs": run.pairs}


def _steps(record_type: str, stamp: int) -> list[Step]:
    """The alternatives of all rules that the tool asks, each once."""
    rules = rules_at(record_type, Entry.TOOL, stamp)
    return list(dict.fromkeys(alternative for rule in rules for alternative in rule.alternatives))


def _words(step: Step) -> str:
    return "+".join(f"{condition.field}:{condition.how}" for condition in step)[:LONGEST_WHY]


def _pairs(run: Sweep, step: Step) -> Iterator[Pair]:
    """Pairs that fit all conditions of a step."""
    known = compared_of(run.record_type, 0)
    exact = [known[c.field] for c in step if c.how is How.EXACT or known[c.field].kind is not Kind.COMPANY]
    loose = [known[c.field] for c in step if c.how is How.FUZZY and known[c.field].kind is Kind.COMPANY]
    if not loose:
        yield from _equal(run, exact)
        return
    values = _values(run, exact) if exact else {}
    table = RECORD_TYPES[run.record_type]
    names = _names(table.model._meta.db_table, table.attributes[loose[0].field])
    for one, other, percent in pairs_of(names, lambda _count: None):
        if not exact:
            yield one, other, percent
        elif values.get(one) and values.get(one) == values.get(other):
            yield one, other, together([percent, *(SURE[each.kind] for each in exact)])


def _equal(run: Sweep, columns: Sequence[Compared]) -> Iterator[Pair]:
    """Each of those with equal values beside the first of them."""
    percent = together([SURE[each.kind] for each in columns])
    table = RECORD_TYPES[run.record_type].model._meta.db_table
    asked = sql.SQL(
        "SELECT array_agg(id ORDER BY id) FROM {table} WHERE life < {voided} AND {filled}"
        " GROUP BY {columns} HAVING count(*) BETWEEN 2 AND {most}"
    ).format(
        table=sql.Identifier(table),
        voided=sql.Literal(int(Life.VOIDED)),
        filled=_filled(table, columns),
        columns=sql.SQL(", ").join(column_of(c, table) for c in columns),
        most=sql.Literal(MOST_OF_GROUP),
    )
    for (ids,) in _read(asked):
        for other in ids[1:]:
            yield ids[0], other, percent


def _names(table: str, column: str) -> list[tuple[int, str]]:
    asked = sql.SQL("SELECT id, {column} FROM {table} WHERE life < {voided} AND {column} <> ''").format(
        column=sql.Identifier(column), table=sql.Identifier(table), voided=sql.Literal(int(Life.VOIDED))
    )
    return list(_read(asked))


def _values(run: Sweep, columns: Sequence[Compared]) -> dict[int, tuple[Any, ...]]:
    """{id: its values} of records in which all of them are filled."""
    table = RECORD_TYPES[run.record_type].model._meta.db_table
    asked = sql.SQL("SELECT id, {columns} FROM {table} WHERE life < {voided} AND {filled}").format(
        columns=sql.SQL(", ").join(column_of(c, table) for c in columns),
        table=sql.Identifier(table),
        voided=sql.Literal(int(Life.VOIDED)),
        filled=_filled(table, columns),
    )
    return {row[0]: tuple(row[1:]) for row in _read(asked)}


def _filled(table: str, columns: Sequence[Compared]) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL("{}::text <> ''").format(column_of(c, table)) for c in columns)


def _read(asked: sql.Composed) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement, not held in memory."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(asked)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _keep(run: Sweep, number: int, why: str, found: Iterable[Pair]) -> None:
    """Keep the pairs of a step; the surer reason of a pair stays."""
    collected = list(islice(found, MOST_PAIRS))
    with transaction.atomic():
        for start in range(0, len(collected), AT_ONCE):
            part = collected[start : start + AT_ONCE]
            facts: dict[str, Any] = {"sweep": run.pk, "why": why}
            for name, place in (("ones", 0), ("others", 1), ("percents", 2)):
                facts[name] = [pair[place] for pair in part]
            with connection.cursor() as cursor:
                cursor.execute(_SURER, facts)
        Sweep.objects.filter(pk=run.pk).update(step=str(number))


def _unite(run: Sweep) -> None:
    """Make groups of the pairs; those of earlier runs go."""
    none = set(NoDuplicate.objects.filter(record_type=run.record_type).values_list("one_id", "other_id"))
    rows = SweptPair.objects.filter(sweep=run).order_by("id").values_list("one_id", "other_id", "percent", "why")
    pairs = [row for row in rows if (row[0], row[1]) not in none]
    whys: dict[int, set[str]] = {}
    for one, other, _percent, why in pairs:
        for row_id in (one, other):
            whys.setdefault(row_id, set()).add(why)
    groups = unite([pair[:3] for pair in pairs], MOST_OF_GROUP)
    made = [
        DuplicateGroup(
            sweep=run,
            record_type=run.record_type,
            members=ids,
            size=len(ids),
            percent=percent,
            whys=sorted(set().union(*(whys[row_id] for row_id in ids))),
        )
        for ids, percent in groups
    ]
    with transaction.atomic():
        Sweep.objects.filter(record_type=run.record_type).exclude(pk=run.pk).delete()
        DuplicateGroup.objects.filter(sweep=run).delete()
        DuplicateGroup.objects.bulk_create(made, batch_size=AT_ONCE)
        SweptPair.objects.filter(sweep=run).delete()
        Sweep.objects.filter(pk=run.pk).update(finished_at=timezone.now(), pairs=len(pairs), groups=len(made))
