"""Which rows speak of one customer, and which of a customer that is there already: set by set, never row by row. A step
of the action that checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.copying import Load
from genjin.kernel.doors import visible_to
from genjin.surfaces.imports.actions.by_rules import Complete, compare_by_rules, comparison_of, keep_near
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, Why
from genjin.surfaces.imports.policy import Policy
from genjin.surfaces.imports.rules import WHOLE_ROW

# In these statements state 0 is RowState.READY, 1 BAD, 2 DUPLICATE; the reasons are those of Why.
# Only what is compared: to look through the JSON of many rows takes longer than all that follows.
_ANALYZE = """
ANALYZE surfaces_importrow
  (batch_id, number, state, name_key, fuzzy_key, phone, credit_code, external_code, code, follows)
"""
_RESET = """
UPDATE surfaces_importrow SET follows = NULL, duplicate_of = NULL, duplicate_row = NULL, duplicate_why = '', state = 0,
  alike = NULL, told = ''
WHERE batch_id = %(batch)s AND state IN (0, 2)
  AND (follows IS NOT NULL OR duplicate_why <> '' OR duplicate_of IS NOT NULL)
"""
# Rows that comparing kept out: it may say something else of them now.
_RESET_KEPT_OUT = """
UPDATE surfaces_importrow SET follows = NULL, duplicate_of = NULL, duplicate_row = NULL, duplicate_why = '', state = 0,
  alike = NULL, told = '', problems = jsonb_path_query_array(problems, '$[*] ? (!(@[4] == "compared"))')
WHERE batch_id = %(batch)s AND state = 1 AND duplicate_why <> ''
"""
# A row with a number of its own belongs to the first row of that name and number, one without to the first of the name.
_SAME_NAME = """
UPDATE surfaces_importrow r SET follows = f.first FROM (
  SELECT number, CASE WHEN external_code = ''
    THEN first_value(number) OVER (PARTITION BY name_key ORDER BY number)
    ELSE first_value(number) OVER (PARTITION BY name_key, external_code ORDER BY number) END AS first
  FROM surfaces_importrow WHERE batch_id = %(batch)s AND state = 0 AND name_key <> ''
) f WHERE r.batch_id = %(batch)s AND r.number = f.number AND f.first < r.number
"""
# Where names alone do not make a duplicate (people, B2C), rows of one customer agree in all that is compared.
_SAME_PERSON = _SAME_NAME.replace("PARTITION BY name_key", "PARTITION BY name_key, phone, credit_code, keys")
_SAME_CODE = """
UPDATE surfaces_importrow r SET follows = f.first, title = f.title FROM (
  SELECT DISTINCT ON (external_code) external_code, number AS first, title FROM surfaces_importrow
  WHERE batch_id = %(batch)s AND state = 0 AND name_key <> '' AND external_code <> '' AND follows IS NULL
  ORDER BY external_code, number
) f WHERE r.batch_id = %(batch)s AND r.state = 0 AND r.name_key = '' AND r.code = ''
  AND r.external_code = f.external_code AND f.first < r.number
"""
_FOUND = """
CREATE TEMP TABLE import_found ON COMMIT DROP AS
SELECT m.number, c.id, 1 AS rank FROM surfaces_importrow m JOIN customers_customer c ON c.code = m.code
WHERE m.batch_id = %(batch)s AND m.state = 0 AND m.follows IS NULL AND m.code <> ''
"""
# Where customers are only looked for, these say who is meant.
_FOUND_MEANT = """
INSERT INTO import_found
SELECT m.number, c.id, 2 FROM surfaces_importrow m JOIN customers_customer c ON c.credit_code = m.credit_code
WHERE m.batch_id = %(batch)s AND m.state = 0 AND m.follows IS NULL AND m.credit_code <> '' AND c.credit_code <> ''
UNION ALL
SELECT m.number, c.id, 3 FROM surfaces_importrow m JOIN customers_customer c ON c.name_key = m.name_key
WHERE m.batch_id = %(batch)s AND m.state = 0 AND m.follows IS NULL AND m.name_key <> ''
"""
_FOUND_BY_CODE = """
INSERT INTO import_found
SELECT m.number, c.id, 1 FROM surfaces_importrow m JOIN customers_customer c ON c.external_code = m.external_code
WHERE m.batch_id = %(batch)s AND m.state = 0 AND m.follows IS NULL
  AND m.name_key = '' AND m.code = '' AND m.external_code <> ''
"""
_NAMELESS = """
SELECT 1 FROM surfaces_importrow WHERE batch_id = %(batch)s AND state = 0 AND follows IS NULL
  AND name_key = '' AND code = '' AND external_code <> '' LIMIT 1
"""
_BEST = """(
  SELECT DISTINCT ON (f.number) f.number, f.id, f.rank, (v.id IS NOT NULL AND c.life < 2) AS seen,
    (ARRAY['external_code', 'credit_code', 'name'])[f.rank] AS why
  FROM import_found f JOIN customers_customer c ON c.id = f.id LEFT JOIN ({visible}) v(id) ON v.id = f.id
  ORDER BY f.number, f.rank, (v.id IS NOT NULL AND c.life < 2) DESC, f.id DESC
) d"""
_KNOWN = """
UPDATE surfaces_importrow r SET state = 2, duplicate_of = CASE WHEN d.seen THEN d.id ELSE 0 END,
  duplicate_why = CASE WHEN d.seen THEN d.why ELSE 'hidden' END
FROM {best} WHERE r.batch_id = %(batch)s AND r.number = d.number
"""
# What rows bring is there already, by a number of its own; whose it is does not matter.
_SAME = """
UPDATE surfaces_importrow r SET state = 2, duplicate_why = '{why}' {told} FROM (
  SELECT i.number, {first} AS first FROM surfaces_importrow i {there}
  WHERE i.batch_id = %(batch)s AND i.state = 0 AND i.values -> '{part}' ->> '{key}' <> ''
) f WHERE r.batch_id = %(batch)s AND r.number = f.number AND f.first <> r.number
"""
_UNMADE = """
UPDATE surfaces_importrow r SET state = 1, problems = r.problems || %(problem)s::jsonb
WHERE r.batch_id = %(batch)s AND r.state = 0 AND r.duplicate_of IS NULL AND (r.follows IS NULL OR EXISTS (
  SELECT FROM surfaces_importrow l WHERE l.batch_id = r.batch_id AND l.number = r.follows AND l.duplicate_of IS NULL))
"""
# In files of contacts, follow-ups and plans the customer is meant to be there.
_MEANT = """
UPDATE surfaces_importrow r SET state = CASE WHEN d.seen THEN 0 ELSE 1 END,
  duplicate_of = CASE WHEN d.seen THEN d.id END,
  problems = CASE WHEN d.seen THEN r.problems ELSE r.problems || %(problem)s::jsonb END
FROM {best} WHERE r.batch_id = %(batch)s AND r.number = d.number AND d.rank <= 3
"""
_FOLLOWERS = """
UPDATE surfaces_importrow r SET state = 2, duplicate_of = l.duplicate_of, duplicate_row = l.duplicate_row,
  duplicate_why = l.duplicate_why, alike = l.alike, told = l.told
FROM surfaces_importrow l WHERE l.batch_id = %(batch)s AND r.batch_id = %(batch)s AND l.number = r.follows
  AND l.state = 2 AND r.state = 0
"""
_NOBODY = """
UPDATE surfaces_importrow SET state = 1, problems = problems || %(problem)s::jsonb
WHERE batch_id = %(batch)s AND state = 0 AND follows IS NULL AND name_key = ''
"""


def likens(actor: Actor, batch: Import) -> bool:
    """Whether names that are alike make a possible duplicate."""
    comparison = comparison_of(actor, batch)
    return comparison is not None and comparison.named is not None


def compare(actor: Actor, batch: Import, *, anew: bool = False, ahead: Iterable[Load | Complete] = ()) -> None:
    """Settle for all rows of a file whom they follow and what they duplicate; again after some were mended. Which names
    are alike is found `anew` (by what was looked up `ahead`), or stays as it was found."""
    if anew:
        keep_near(actor, batch, ahead)
    with connection.cursor() as cursor:
        cursor.execute(_ANALYZE)
        _run(cursor, batch, _RESET, _RESET_KEPT_OUT)
        if KINDS[batch.kind].anchor.key == CUSTOMER.key:
            _find_customers(cursor, actor, batch)
            if not _about_customers(batch):
                _mark_same(cursor, batch)
        compare_by_rules(actor, batch)
        if _about_customers(batch):
            _run(cursor, batch, _FOLLOWERS)
            cursor.execute(_NOBODY, {"batch": batch.pk, "problem": _problem(_("没有客户名称"))})


def _find_customers(cursor: Any, actor: Actor, batch: Import) -> None:
    """Rows of one customer, and customers that are there by what names them: a number; where they are meant to be there
    the name as well."""
    about = _about_customers(batch)
    comparison = comparison_of(actor, batch) if about else None
    same = _SAME_NAME if comparison is None or comparison.by_name_alone else _SAME_PERSON
    _run(cursor, batch, same, _SAME_CODE, "DROP TABLE IF EXISTS import_found", _FOUND)
    if not about:
        _run(cursor, batch, _FOUND_MEANT)
    cursor.execute(_NAMELESS, {"batch": batch.pk})
    if cursor.fetchone():
        _run(cursor, batch, _FOUND_BY_CODE)
    _mark_known(cursor, actor, batch)
    if about:
        return
    nobody = {"batch": batch.pk, "problem": _problem(_("没有找到这位客户"))}
    cursor.execute(_NOBODY, nobody)
    if not Policy.from_json(batch.policy).makes:
        cursor.execute(_UNMADE, nobody)


def _mark_same(cursor: Any, batch: Import) -> None:
    """Rows whose own record is there already, or comes with an earlier row."""
    part = KINDS[batch.kind].by_key[KINDS[batch.kind].main]
    key = part.declared.same_by if part.declared else ""
    if not part.declared or not key:
        return
    table, named = part.declared.record_type.model._meta.db_table, {"part": part.key, "key": key}
    inside = f"i.values -> '{part.key}' ->> '{key}'"
    there = f"JOIN {table} t ON t.{key} = {inside} AND t.life < 2"
    first = f"first_value(i.number) OVER (PARTITION BY {inside} ORDER BY i.number)"
    told = ", duplicate_row = f.first"
    known = {"why": Why.SAME, "first": "0", "there": there, "told": ""}
    _run(cursor, batch, _SAME.format(**named, **known))
    _run(cursor, batch, _SAME.format(**named, why=Why.FILE_SAME, first=first, there="", told=told))


def _about_customers(batch: Import) -> bool:
    return KINDS[batch.kind].main == "customer"


def _run(cursor: Any, batch: Import, *statements: str) -> None:
    for statement in statements:
        cursor.execute(statement, {"batch": batch.pk})


def _mark_known(cursor: Any, actor: Actor, batch: Import) -> None:
    seen, parameters = visible_to(actor, Customer).order_by().values("pk").query.sql_with_params()
    named = {f"v{place}": value for place, value in enumerate(parameters)}
    best = _BEST.format(visible=seen % tuple(f"%({name})s" for name in named) if named else seen)
    statement = (_KNOWN if _about_customers(batch) else _MEANT).format(best=best)
    hidden = _problem(_("这个客户是同事的，或在回收站里；请找同事或主管导入"))
    cursor.execute(statement, {"batch": batch.pk, "problem": hidden, **named})


def _problem(words: str) -> str:
    """A problem of a whole row, as rows keep them."""
    return json.dumps([[WHOLE_ROW, words, "", True]], ensure_ascii=False)
