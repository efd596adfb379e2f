"""What the database is asked about many records at once. What the answers mean is `comparing`'s.

Tables of the transaction: `duplicates_asked` (number and k_0, k_1, …: what is compared), `duplicates_near` (names that
are alike: key, other, percent; `other` is empty and `id` set for a record's), `duplicates_hit` and `duplicates_fit`
(records by values and by numbers), `duplicates_twin` (earlier rows).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psycopg import sql

from genjin.duplicates.many.asked import Alternative
from genjin.duplicates.models import TraceKind
from genjin.duplicates.rules import Compared, How, Kind
from genjin.duplicates.searching.fitting import SAME_LINE, SURE

Columns = dict[str, str]
"""{field: k_0}."""

TABLES = sql.SQL("""
DROP TABLE IF EXISTS
  duplicates_asked, duplicates_near, duplicates_hit, duplicates_fit, duplicates_twin, duplicates_best;
CREATE TEMP TABLE duplicates_hit (place smallint, key text, id bigint, percent smallint) ON COMMIT DROP;
CREATE TEMP TABLE duplicates_fit (place smallint, number int, id bigint, percent smallint) ON COMMIT DROP;
CREATE TEMP TABLE duplicates_twin (place smallint, number int, earlier int, percent smallint) ON COMMIT DROP;
""")
_ASKED = "CREATE TEMP TABLE duplicates_asked ON COMMIT DROP AS SELECT number, {columns} FROM {rows}"
_EQUAL = """
INSERT INTO duplicates_hit SELECT {place}, {key}, c.id, {percent}
FROM (SELECT DISTINCT {columns} FROM duplicates_asked m WHERE {filled}) m {traced} JOIN {table} c ON {joins}
"""
_ALIKE = """
INSERT INTO duplicates_fit SELECT {place}, m.number, c.id, {percent}
FROM duplicates_near n JOIN duplicates_asked m ON m.{name} = n.key {traced} JOIN {table} c ON c.id = n.id AND {joins}
WHERE n.id IS NOT NULL AND {filled}
"""
_TWINS = """
INSERT INTO duplicates_twin SELECT {place}, m.number, f.first, {percent}
FROM duplicates_asked m JOIN (
  SELECT {columns}, min(number) AS first FROM duplicates_asked m WHERE {filled} GROUP BY {columns}
) f ON {joins} AND f.first < m.number
"""
_NEAR_TWINS = """
INSERT INTO duplicates_twin SELECT {place}, m.number, f.first, {percent}
FROM duplicates_near n JOIN duplicates_asked m ON m.{name} = n.key JOIN (
  SELECT {columns}, min(number) AS first FROM duplicates_asked m WHERE {filled} GROUP BY {columns}
) f ON f.{name} = n.other AND {joins} AND f.first < m.number
WHERE n.other <> ''
"""
_TRACED = "JOIN duplicates_trace t ON t.kind = {} AND t.key = {}"
# By the index: the number itself, without its extension, without its area code, with an extension.
_PHONES = """{theirs} <> '' AND ({theirs} IN (
  {mine}, CASE WHEN {mine} LIKE '0%' THEN split_part({mine}, '-', 1) || '-' || split_part({mine}, '-', 2)
    ELSE split_part({mine}, '-', 1) END, CASE WHEN {mine} LIKE '0%' THEN split_part({mine}, '-', 2) ELSE {mine} END
) OR ({theirs} >= {mine} || '-' AND {theirs} < {mine} || '.')) AND """
_FILLED = {Kind.LINK: "{} IS NOT NULL", Kind.ADDRESS: "{} IS NOT NULL"}


def asked(columns: Sequence[tuple[Compared, sql.Composable]], rows: sql.Composable) -> sql.Composed:
    """The rows that are compared. `columns`: where the normal form of each stands."""
    named = [
        sql.SQL("{}::{} AS {}").format(source, sql.SQL(_type(compared)), sql.Identifier(f"k_{place}"))
        for place, (compared, source) in enumerate(columns)
    ]
    return sql.SQL(_ASKED).format(columns=sql.SQL(", ").join(named), rows=rows)


def column_names(compared: Sequence[Compared]) -> Columns:
    """{field: its column in `duplicates_asked`}."""
    return {each.field: f"k_{place}" for place, each in enumerate(compared)}


def equal(each: Alternative, names: Columns, table: str) -> sql.Composed:
    """Records that fit an alternative, names being equal."""
    return sql.SQL(_EQUAL).format(**_parts(each, names, table, _of_record, but=None), key=key_of(each, names))


def alike(each: Alternative, names: Columns, table: str) -> sql.Composed:
    """Records whose name is alike and which fit the other conditions."""
    return sql.SQL(_ALIKE).format(**_parts(each, names, table, _of_record, but=each.named))


def twins(each: Alternative, names: Columns) -> sql.Composed:
    """Earlier rows that fit an alternative, names being equal."""
    return sql.SQL(_TWINS).format(**_parts(each, names, "", _of_row, but=None))


def near_twins(each: Alternative, names: Columns) -> sql.Composed:
    """Earlier rows whose name is alike and which fit the other conditions."""
    return sql.SQL(_NEAR_TWINS).format(**_parts(each, names, "", _of_row, but=each.named))


def key_of(each: Alternative, names: Columns) -> sql.Composed:
    """The values of an alternative in one text."""
    texts = [sql.SQL("m.{}::text").format(sql.Identifier(names[c.field])) for c in each.compared]
    return sql.SQL("concat_ws(E'\\x1f', {})").format(sql.SQL(", ").join(texts))


def filled(each: Alternative, names: Columns) -> sql.Composed:
    """That all is given that an alternative asks about."""
    return sql.SQL(" AND ").join(
        sql.SQL(_FILLED.get(c.kind, "{} IS NOT NULL" if c.own else "{} <> ''")).format(_mine(c, names))
        for c in each.compared
    )


Join = Callable[[Compared, How, Columns], tuple[sql.Composable, sql.Composable]]


def _parts(
    each: Alternative, names: Columns, table: str, join: Join, *, but: Compared | None
) -> dict[str, sql.Composable]:
    """What the statements of an alternative have in common; the join of `but` stands in them already."""
    joins: list[sql.Composable] = [sql.SQL("true")]
    percents: list[sql.Composable] = []
    for condition, compared in each.conditions:
        if compared is but:
            percents.append(sql.SQL("n.percent"))
            continue
        fitting, percent = join(compared, condition.how, names)
        joins.append(fitting)
        percents.append(percent)
    columns = [sql.SQL("m.{}").format(sql.Identifier(names[c.field])) for c in each.compared]
    placed = next((c for c in each.compared if c.kind is Kind.ADDRESS), None)
    traced = (
        sql.SQL(_TRACED).format(sql.Literal(int(TraceKind.ADDRESS)), _mine(placed, names)) if placed else sql.SQL("")
    )
    return {
        "traced": traced,
        "place": sql.Literal(each.place),
        "columns": sql.SQL(", ").join(columns),
        "table": sql.Identifier(table or "none"),
        "name": sql.Identifier(names[but.field] if but else "none"),
        "filled": filled(each, names),
        "joins": sql.SQL(" AND ").join(joins),
        "percent": _together(percents),
    }


def _together(percents: Sequence[sql.Composable]) -> sql.Composable:
    """As `fitting.together` doubts."""
    if len(percents) == 1:
        return percents[0]
    doubts = (sql.SQL("(1 - ({})/100.0)").format(each) for each in percents)
    return sql.SQL("round(100 * (1 - {}))::smallint").format(sql.SQL(" * ").join(doubts))


def _of_record(compared: Compared, how: How, names: Columns) -> tuple[sql.Composable, sql.Composable]:
    """A condition between a row and a record, and its percentage."""
    mine, sure = _mine(compared, names), sql.Literal(SURE[compared.kind])
    column = sql.SQL("c.{}").format(sql.Identifier(compared.column))
    if compared.kind is Kind.ADDRESS:
        return sql.SQL("c.id = t.record_id"), sure
    if compared.kind is Kind.EMAIL:
        column = sql.SQL("(c.custom ->> {})").format(sql.Literal(compared.field)) if compared.own else column
        return sql.SQL("lower({}) = {} AND {} <> ''").format(column, mine, column), sure
    if compared.own:
        return sql.SQL("(c.custom -> {}) = {}").format(sql.Literal(compared.field), mine), sure
    if compared.kind is Kind.PHONE and how is How.FUZZY:
        fitting, percent = _alike_phones(column, mine)
        return sql.SQL(_PHONES).format(theirs=column, mine=mine) + fitting, percent
    if compared.kind is Kind.LINK:
        return sql.SQL("{} = {}").format(column, mine), sure
    return sql.SQL("{} = {} AND {} <> ''").format(column, mine, column), sure


def _of_row(compared: Compared, how: How, names: Columns) -> tuple[sql.Composable, sql.Composable]:
    """A condition between a row and the first of some earlier ones, and its percentage."""
    mine, theirs = _mine(compared, names), sql.SQL("f.{}").format(sql.Identifier(names[compared.field]))
    if compared.kind is Kind.PHONE and how is How.FUZZY and not compared.own:
        return _alike_phones(theirs, mine)
    return sql.SQL("{} = {}").format(theirs, mine), sql.Literal(SURE[compared.kind])


def _alike_phones(theirs: sql.Composable, mine: sql.Composable) -> tuple[sql.Composable, sql.Composable]:
    """The same number, with another extension or without the area code: as `fitting.fits` says."""
    area = "CASE WHEN {0} LIKE '0%' THEN split_part({0}, '-', 1) ELSE '' END"
    line = "CASE WHEN {0} LIKE '0%' THEN split_part({0}, '-', 2) ELSE split_part({0}, '-', 1) END"
    parts = {
        "theirs": theirs,
        "mine": mine,
        "line": sql.SQL(line).format(mine),
        "their_line": sql.SQL(line).format(theirs),
        "area": sql.SQL(area).format(mine),
        "their_area": sql.SQL(area).format(theirs),
    }
    same = """({theirs} = {mine} OR (
      {mine} !~ '^(1[3-9][0-9]{{9}}$|\\+)' AND {theirs} <> '' AND {their_line} = {line}
      AND ({their_area} = {area} OR {their_area} = '' OR {area} = '')
    ))"""
    percent = "CASE WHEN {theirs} = {mine} THEN {sure} ELSE {alike} END"
    sure = {"sure": sql.Literal(SURE[Kind.PHONE]), "alike": sql.Literal(SAME_LINE)}
    return sql.SQL(same).format(**parts), sql.SQL(percent).format(**parts, **sure)


def _mine(compared: Compared, names: Columns) -> sql.Composed:
    return sql.SQL("m.{}").format(sql.Identifier(names[compared.field]))


def _type(compared: Compared) -> str:
    if compared.kind in (Kind.LINK, Kind.ADDRESS):
        return "bigint"
    return "jsonb" if compared.own and compared.kind is not Kind.EMAIL else "text"
