"""Ids of records that may fit one condition of a rule, by indexes only, and bounded. Whether they do is asked in
`fitting`. Voided records and those without owner are among them (B3).
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import In
from psycopg import sql

from genjin.duplicates.models import Trace, TraceKind
from genjin.duplicates.rules import Compared, How, Kind
from genjin.duplicates.searching.addresses import address_mark
from genjin.duplicates.searching.keys import heads_of, keys_like
from genjin.kernel import normal
from genjin.kernel.company_names import read_company
from genjin.kernel.fields.own import Own, OwnWords
from genjin.kernel.lists.pieces import pieces_of
from genjin.kernel.models.rows import Record

MOST = 40
MOST_OF_HEAD = 200
_ALIKE = """
(SELECT id, '' AS key FROM {table} WHERE {loose} = ANY(%(keys)s) LIMIT {most})
UNION ALL
SELECT c.id, c.key
FROM unnest(%(heads)s::text[], %(least)s::int[], %(longest)s::int[]) AS m(head, least, longest), LATERAL (
  SELECT id, {loose} AS key FROM {table} WHERE {loose} >= m.head AND {loose} < m.head || chr(1114111)
    AND char_length({loose}) BETWEEN m.least AND m.longest LIMIT {most_of_head}
) c
"""


def exact(compared: Compared, value: Any) -> Q | None:
    """What a record with the same value is asked; None when the value says nothing."""
    found = normal_forms(compared, value, How.EXACT)
    if found and compared.kind is Kind.ADDRESS:
        traced = {"kind": TraceKind.ADDRESS, "key__in": found}
        there = Trace.objects.filter(**traced)  # rows: ids only, `telling` says who is told
        return Q(pk__in=there.values("record_id"))
    if found and compared.own:
        own = compared.own
        likely = pieces_of(own, str(value)) if isinstance(own, OwnWords) and own.indexed else Q()
        return likely & Q(**{f"custom__{compared.field}__in": found})
    if found and compared.kind is Kind.EMAIL:
        return Q(In(Lower(compared.column), found)) & ~Q(**{compared.column: ""})
    return Q(**{f"{compared.column}__in": found}) if found else None


def column_of(compared: Compared, table: str = "") -> sql.Composable:
    """What is compared of a row, as its index has it; of an address its trace (of a row of `table`)."""
    if compared.kind is Kind.ADDRESS:
        traced = "(SELECT key FROM duplicates_trace WHERE kind = {} AND record_id = {}.id)"
        return sql.SQL(traced).format(sql.Literal(int(TraceKind.ADDRESS)), sql.Identifier(table))
    column: sql.Composable = sql.Identifier(compared.column)
    if compared.own:
        column = sql.SQL("(custom ->> {})").format(sql.Literal(compared.field))
    return sql.SQL("lower({})").format(column) if compared.kind is Kind.EMAIL else column


def stored_key(compared: Compared, kept: Any) -> Any:
    """The same of a value that was read."""
    return kept.lower() if compared.kind is Kind.EMAIL and kept else kept


def ids_alike(model: type[Record], compared: Compared, value: Any) -> list[int]:
    """Ids of records whose value may be alike without being equal."""
    if compared.kind is Kind.PHONE:
        fitting = _phones_alike(compared.column, value)
        rows = model._default_manager.order_by().filter(fitting)  # rows: `telling` says who is told
        return list(rows.values_list("pk", flat=True)[:MOST])
    heads = heads_of(str(value))
    names = {"table": model._meta.db_table, "loose": compared.loose, "most": MOST, "most_of_head": MOST_OF_HEAD}
    with connection.cursor() as cursor:  # rows: ids only, `telling` says who is told
        cursor.execute(
            _ALIKE.format(**names),
            {
                "keys": [key[:200] for key in keys_like(str(value)) if len(key) > 1],
                "heads": [head for head, _least, _longest in heads],
                "least": [least for _head, least, _longest in heads],
                "longest": [longest for _head, _least, longest in heads],
            },
        )
        rest = read_company(str(value)).rest
        return list({row_id for row_id, key in cursor.fetchall() if not key or _much_in_common(rest, key)})


def _much_in_common(one: str, other: str) -> bool:
    """A cheap look before names are compared."""
    known = set(one)
    return 5 * sum(char in known for char in other) >= 3 * min(len(one), len(other))


def normal_forms(compared: Compared, value: Any, how: How) -> list[Any]:
    """How the same value may be kept; empty for one that cannot be compared."""
    if value in (None, "", []):
        return []
    if compared.own and compared.kind is Kind.TEXT:
        return [compared.own.stored(value)] if isinstance(compared.own, Own) else []
    text = str(value).strip()
    if compared.kind is Kind.ADDRESS:
        return [address_mark(text)]
    if compared.kind is Kind.LINK:
        return [value]
    if compared.kind is Kind.COMPANY:
        key = normal.company_key(text)[:200]
        return [key] if key else []
    if compared.kind is Kind.PHONE:
        found = normal.check_phone(text).normal
        return [found] if found else []
    if compared.kind is Kind.EMAIL:
        address = normal.email_key(text)
        return sorted({address, *([text] if compared.own else ())}) if address else []
    if compared.kind is Kind.CODE:
        code = normal.check_credit_code(text).normal
        return [code] if code else []
    return [text] if how is How.EXACT else []


def _phones_alike(column: str, value: Any) -> Q:
    """The same number with another extension, or without the area code."""
    checked = normal.check_phone(str(value))
    if checked.normal is None:
        return Q(pk__in=[])
    parts = checked.normal.split("-")
    if checked.kind != "landline":
        return Q(**{column: checked.normal})
    main = "-".join(parts[:2]) if parts[0].startswith("0") else parts[0]
    same = Q(**{column: main}) | Q(**{f"{column}__gte": f"{main}-", f"{column}__lt": f"{main}."})
    return same | Q(**{column: parts[1]}) if parts[0].startswith("0") and len(parts) > 1 else same
