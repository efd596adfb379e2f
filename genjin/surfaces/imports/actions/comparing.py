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
from genjin.kernel.actor import Actor
from genjin.kernel.copying import Load
from genjin.kernel.doors import visible_to
from genjin.surfaces.imports.actions.likening import Theirs, liken
from genjin.surfaces.imports.checking import WHOLE_ROW
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, Why
from genjin.surfaces.imports.policy import Policy

# In these statements state 0 is RowState.READY, 1 BAD, 2 DUPLICATE; the reasons are those of Why.
ALIKE = (
    (Why.FILE_CREDIT_CODE, "credit_code"),
    (Why.FILE_PHONE, "phone"),
    (Why.FILE_SIMILAR, "fuzzy_key"),
)
# Only what is compared: to look through the JSON of many rows takes longer than all that follows.
_ANALYZE = """
ANALYZE surfaces_importrow
  (batch_id, number, state, name_key, fuzzy_key, phone, credit_code, external_code, code, follows, alike_key, alike_row)
"""
_RESET = """
UPDATE surfaces_importrow SET follows = NULL, duplicate_of = NULL, duplicate_row = NULL, duplicate_why = '', state = 0
WHERE batch_id = %(batch)s AND state IN (0, 2)
  AND (follows IS NOT NULL OR duplicate_why <> '' OR duplicate_of IS NOT NULL)
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
WITH mine AS MATERIALIZED (
  SELECT number, name_key, fuzzy_key, phone, credit_code, external_code, code FROM surfaces_importrow
  WHERE batch_id = %(batch)s AND state = 0 AND follows IS NULL
)
SELECT m.number, c.id, 1 AS rank FROM mine m JOIN customers_customer c ON c.code = m.code WHERE m.code <> ''
UNION ALL
SELECT m.number, c.id, 2 FROM mine m JOIN customers_customer c ON c.credit_code = m.credit_code
  WHERE m.credit_code <> '' AND c.credit_code <> ''
UNION ALL
SELECT m.number, c.id, 3 FROM mine m JOIN customers_customer c ON c.name_key = m.name_key WHERE m.name_key <> ''
UNION ALL
SELECT m.number, c.id, 4 FROM mine m JOIN customers_customer c ON c.phone = m.phone
  WHERE %(phone)s AND m.phone <> '' AND c.phone <> ''
UNION ALL
SELECT m.number, c.id, 5 FROM mine m JOIN customers_customer c ON c.fuzzy_key = m.fuzzy_key
  WHERE %(similar)s AND m.fuzzy_key <> ''
"""
# Whoever is nothing more than alike.
_FOUND_ALIKE = """
INSERT INTO import_found
SELECT m.number, c.id, 5 FROM surfaces_importrow m JOIN customers_customer c ON c.fuzzy_key = m.alike_key
WHERE m.batch_id = %(batch)s AND m.state = 0 AND m.follows IS NULL AND m.alike_key <> ''
"""
_ALIKE_ROW = """
UPDATE surfaces_importrow r SET state = 2, duplicate_row = e.number, duplicate_why = 'file_similar'
FROM surfaces_importrow e WHERE r.batch_id = %(batch)s AND e.batch_id = r.batch_id AND e.number = r.alike_row
  AND e.state IN (0, 2) AND r.state = 0 AND r.follows IS NULL
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
    (ARRAY['external_code', 'credit_code', 'name', 'phone', 'similar'])[f.rank] AS why
  FROM import_found f JOIN customers_customer c ON c.id = f.id LEFT JOIN ({visible}) v(id) ON v.id = f.id
  ORDER BY f.number, f.rank, (v.id IS NOT NULL AND c.life < 2) DESC, f.id DESC
) d"""
_KNOWN = """
UPDATE surfaces_importrow r SET state = 2, duplicate_of = CASE WHEN d.seen THEN d.id ELSE 0 END,
  duplicate_why = CASE WHEN d.seen THEN d.why ELSE 'hidden' END
FROM {best} WHERE r.batch_id = %(batch)s AND r.number = d.number
"""
# In files of contacts, follow-ups and plans the customer is meant to be there.
_MEANT = """
UPDATE surfaces_importrow r SET state = CASE WHEN d.seen THEN 0 ELSE 1 END,
  duplicate_of = CASE WHEN d.seen THEN d.id END,
  problems = CASE WHEN d.seen THEN r.problems ELSE r.problems || %(problem)s::jsonb END
FROM {best} WHERE r.batch_id = %(batch)s AND r.number = d.number AND d.rank <= 3
"""
_ALIKE = """
UPDATE surfaces_importrow r SET state = 2, duplicate_row = f.first, duplicate_why = '{why}' FROM (
  SELECT number, first_value(number) OVER (PARTITION BY {key} ORDER BY number) AS first
  FROM surfaces_importrow WHERE batch_id = %(batch)s AND state IN (0, 2) AND follows IS NULL AND {key} <> ''
) f WHERE r.batch_id = %(batch)s AND r.number = f.number AND f.first < r.number AND r.state = 0
"""
_FOLLOWERS = """
UPDATE surfaces_importrow r SET state = 2, duplicate_of = l.duplicate_of, duplicate_row = l.duplicate_row,
  duplicate_why = l.duplicate_why
FROM surfaces_importrow l WHERE l.batch_id = %(batch)s AND r.batch_id = %(batch)s AND l.number = r.follows
  AND l.state = 2 AND r.state = 0
"""
_NOBODY = """
UPDATE surfaces_importrow SET state = 1, problems = problems || %(problem)s::jsonb
WHERE batch_id = %(batch)s AND state = 0 AND follows IS NULL AND name_key = ''
"""


def likens(batch: Import) -> bool:
    """Whether names that are alike make a possible duplicate."""
    return _about_customers(batch) and Policy.from_json(batch.policy).by_likeness


def compare(actor: Actor, batch: Import, *, anew: bool = False, marked: Iterable[Load | Theirs] = ()) -> None:
    """Settle for all rows of a file whom they follow and whom they duplicate; again after some were mended. Which names
    are only alike is found `anew` (by what was `marked` ahead), or stays as it was."""
    policy = Policy.from_json(batch.policy)
    with connection.cursor() as cursor:
        cursor.execute(_ANALYZE)
        _run(cursor, batch, _RESET, _SAME_NAME, _SAME_CODE)
        cursor.execute("DROP TABLE IF EXISTS import_found")
        cursor.execute(_FOUND, {"batch": batch.pk, "phone": policy.by_phone, "similar": policy.by_likeness})
        cursor.execute(_NAMELESS, {"batch": batch.pk})
        if cursor.fetchone():
            _run(cursor, batch, _FOUND_BY_CODE)
        _mark_known(cursor, actor, batch)
        if _about_customers(batch):
            wanted = [(why, key) for why, key in ALIKE if policy.counts(why)]
            _run(cursor, batch, *(_ALIKE.format(why=why, key=key) for why, key in wanted))
            if policy.by_likeness:
                if anew:
                    liken(batch, marked)
                _compare_alike(cursor, actor, batch)
            _run(cursor, batch, _FOLLOWERS)
        nobody = _problem(_("没有客户名称")) if _about_customers(batch) else _problem(_("没有找到这位客户"))
        cursor.execute(_NOBODY, {"batch": batch.pk, "problem": nobody})


def _compare_alike(cursor: Any, actor: Actor, batch: Import) -> None:
    """Rows that duplicate nobody but in likeness."""
    _run(cursor, batch, "TRUNCATE import_found", _FOUND_ALIKE)
    _mark_known(cursor, actor, batch)
    _run(cursor, batch, _ALIKE_ROW)


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
